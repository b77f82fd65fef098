/** The lots of an account's pool: what came in together, and what is left of it. */
import type { Lot } from '@scrip/core'
import { type LotPage, listLots as lotRows } from '../database/journal.sql.ts'
import type { Ask } from './ask.ts'
import { bookedPool } from './read-pool.ts'

export async function listLots(
  ask: Ask,
  accountId: string,
  page: LotPage,
): Promise<{ readonly lots: Lot[]; readonly pool: number }> {
  const { account } = await bookedPool(ask, accountId)
  return { lots: await lotRows(ask.house.database.pool, account, page), pool: account.pool }
}
