/** Lets a paused subscription run on, or takes back a cancellation or a change to come. */
import type { Ask } from './ask.ts'
import type { ReasonGiven } from './release.operation.ts'
import { type Done, keyOf, submit } from './submit.ts'

export async function resumeSubscription(ask: Ask, accountId: string, request: ReasonGiven): Promise<Done> {
  return submit(ask, { type: 'resume', accountId, ...request, ...keyOf(ask) })
}
