/** Makes an account under the product's own id, or updates it. */
import type { AccountRow } from '../database/accounts.sql.ts'
import { accountById } from '../database/accounts.sql.ts'
import type { Session } from '../database/transaction.ts'
import { type AccountRequest, changeAccount, makeAccount } from './account-write.ts'
import type { Ask } from './ask.ts'

export async function putAccount(
  ask: Ask,
  session: Session,
  id: string,
  request: AccountRequest,
): Promise<{ readonly account: AccountRow; readonly made: boolean }> {
  const existing = await accountById(session, ask.project.id, id)
  const account = existing === null ? await makeAccount(ask, session, id, request, false) : null
  if (account !== null) return { account, made: true }
  // There before, or made by another request a moment ago.
  return { account: await changeAccount(ask, session, id, request), made: false }
}
