/** Ends a subscription at its period's end, or now. */
import type { Ask } from './ask.ts'
import type { ReasonGiven } from './release.operation.ts'
import { type Done, keyOf, submit } from './submit.ts'

export async function cancelSubscription(
  ask: Ask,
  accountId: string,
  request: ReasonGiven & { readonly when: 'now' | 'periodEnd' },
): Promise<Done> {
  return submit(ask, { type: 'cancel', accountId, ...request, ...keyOf(ask) })
}
