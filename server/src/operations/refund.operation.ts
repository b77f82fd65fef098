/** Gives credits of a charge back to the lots they came from. */
import type { Ask } from './ask.ts'
import type { AmountRequest } from './capture.operation.ts'
import { locate } from './place-of-id.ts'
import { type Done, keyOf, submitTo } from './submit.ts'

export async function refund(ask: Ask, chargeId: string, request: AmountRequest): Promise<Done> {
  const { address, place, accountId } = await locate(ask, 'chg', chargeId)
  return submitTo(ask, address, { type: 'refund', accountId, charge: place, ...request, ...keyOf(ask) })
}
