/** Stops a subscription; the rest of its period is kept. */
import type { Ask } from './ask.ts'
import type { ReasonGiven } from './release.operation.ts'
import { type Done, keyOf, submit } from './submit.ts'

export async function pauseSubscription(ask: Ask, accountId: string, request: ReasonGiven): Promise<Done> {
  return submit(ask, { type: 'pause', accountId, ...request, ...keyOf(ask) })
}
