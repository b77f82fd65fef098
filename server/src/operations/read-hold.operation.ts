/** One hold as it stands now: one whose time is over has ended, whether or not anybody looked before. */
import type { Hold } from '@scrip/core'
import { holdAt } from '../database/journal.sql.ts'
import { type Ask, accountOf, accountTime } from './ask.ts'
import { locate } from './place-of-id.ts'
import { Refused } from './refused.ts'

export async function readHold(
  ask: Ask,
  id: string,
): Promise<{ readonly hold: Hold; readonly pool: number }> {
  const { address, place, accountId } = await locate(ask, 'hold', id)
  const now = accountTime(ask, await accountOf(ask, accountId))
  const { database, ledger } = ask.house
  let hold = await holdAt(database.pool, address, place)
  if (hold?.status === 'open' && hold.expiresAt <= now) {
    await ledger.advance(address, now)
    hold = await holdAt(database.pool, address, place)
  }
  if (hold === null) throw new Refused('hold_not_found', `There is no hold ${id}.`)
  return { hold, pool: address.pool }
}
