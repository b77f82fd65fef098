/** The product's own billing reports that a period was not paid: the subscription is past due. */
import type { Ask } from './ask.ts'
import type { ReasonGiven } from './release.operation.ts'
import { type Done, keyOf, submit } from './submit.ts'

export async function reportPaymentFailed(ask: Ask, accountId: string, request: ReasonGiven): Promise<Done> {
  return submit(ask, { type: 'payment_failed', accountId, ...request, ...keyOf(ask) })
}
