/** An account, with what was asked to come with it. */
import { type AccountRow, accountById } from '../database/accounts.sql.ts'
import { type Ask, accountNotFound, mayKnow } from './ask.ts'

export async function readAccount(ask: Ask, id: string): Promise<AccountRow> {
  mayKnow(ask, id)
  const account = await accountById(ask.house.database.pool, ask.project.id, id)
  if (account === null) throw accountNotFound(id)
  return account
}
