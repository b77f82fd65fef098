/** Issues invoices that waited for details, oldest first: of one account, or of all. What is left the job does. */
import { waitingPurchases } from '../database/invoices.sql.ts'
import type { Session } from '../database/transaction.ts'
import type { Ask } from './ask.ts'
import { invoicePurchase } from './invoice-purchase.ts'

const AT_ONCE = 100

export async function issueWaiting(ask: Ask, session: Session, accountId: string | null): Promise<void> {
  const { house, project } = ask
  for (const purchaseId of await waitingPurchases(session, project.id, accountId, AT_ONCE)) {
    await invoicePurchase(session, house, project, purchaseId)
  }
}
