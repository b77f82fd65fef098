/** Erases names, addresses and metadata of an account and its members; the ledger stays whole. */
import { erasePersonalRow, lockAccount } from '../database/accounts.sql.ts'
import { deleteBillingRow } from '../database/billing.sql.ts'
import { forgetExportsOf } from '../database/exports.sql.ts'
import { eraseMails } from '../database/mails.sql.ts'
import { eraseNotifications } from '../database/notifications.sql.ts'
import type { Session } from '../database/transaction.ts'
import { tell } from './account-write.ts'
import { type Ask, accountNotFound, projectTime } from './ask.ts'

export async function erasePersonalData(ask: Ask, session: Session, id: string): Promise<void> {
  const account = await lockAccount(session, ask.project.id, id)
  if (account === null) throw accountNotFound(id)
  await erasePersonalRow(session, account, projectTime(ask))
  // Invoices stay as they were issued: the law keeps them.
  await deleteBillingRow(session, ask.project.id, id)
  await eraseMails(session, ask.project.id, id)
  await eraseNotifications(session, ask.project.id, id)
  await forgetExportsOf(session, ask.project.id, id)
  await tell(ask, session, 'account.updated', id, { personalDataErased: true })
}
