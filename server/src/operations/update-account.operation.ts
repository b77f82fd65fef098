/** Changes what is named of an account, and nothing else. */
import type { AccountRow } from '../database/accounts.sql.ts'
import type { Session } from '../database/transaction.ts'
import { type AccountRequest, changeAccount } from './account-write.ts'
import type { Ask } from './ask.ts'

export function updateAccount(ask: Ask, session: Session, id: string, request: AccountRequest): Promise<AccountRow> {
  return changeAccount(ask, session, id, request)
}
