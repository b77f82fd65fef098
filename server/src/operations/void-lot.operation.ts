/** Takes unheld credits of one lot away: a part, or all of it, which closes the lot. */
import type { Credits } from '@scrip/core'
import type { Ask } from './ask.ts'
import { locateLot } from './place-of-id.ts'
import type { ReasonGiven } from './release.operation.ts'
import { type Done, keyOf, submitTo } from './submit.ts'

export async function voidLot(
  ask: Ask,
  lotId: string,
  request: ReasonGiven & { readonly credits: Credits | null },
): Promise<Done> {
  const { address, lot, accountId } = await locateLot(ask, lotId)
  return submitTo(ask, address, { type: 'void', accountId, lot, ...request, ...keyOf(ask) })
}
