/** Erases names, addresses and metadata of an account and its members; the ledger stays whole. */
import { erasePersonalRow, lockAccount } from '../database/accounts.sql.ts'
import type { Session } from '../database/transaction.ts'
import { tell } from './account-write.ts'
import { type Ask, accountNotFound, projectTime } from './ask.ts'

export async function erasePersonalData(ask: Ask, session: Session, id: string): Promise<void> {
  const account = await lockAccount(session, ask.project.id, id)
  if (account === null) throw accountNotFound(id)
  await erasePersonalRow(session, account, projectTime(ask))
  await tell(ask, session, 'account.updated', id, { personalDataErased: true })
}
