/** The product's own billing reports that the period was paid: access at once, and the refill it is owed. */
import type { Ask } from './ask.ts'
import type { ReasonGiven } from './release.operation.ts'
import { type Done, keyOf, submit } from './submit.ts'

export async function reportPaymentReceived(
  ask: Ask,
  accountId: string,
  request: ReasonGiven,
): Promise<Done> {
  return submit(ask, { type: 'payment_received', accountId, ...request, ...keyOf(ask) })
}
