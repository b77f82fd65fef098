/** Gives a hold more or less time, counted from now. */
import type { Ask } from './ask.ts'
import { locate } from './place-of-id.ts'
import type { ReasonGiven } from './release.operation.ts'
import { type Done, keyOf, submitTo } from './submit.ts'

export async function extendHold(
  ask: Ask,
  holdId: string,
  request: ReasonGiven & { readonly timeoutMs: number },
): Promise<Done> {
  const { address, place, accountId } = await locate(ask, 'hold', holdId)
  return submitTo(ask, address, { type: 'extend', accountId, hold: place, ...request, ...keyOf(ask) })
}
