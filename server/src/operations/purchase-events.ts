/** What is told of a purchase, in the transaction that makes it so: none lost, none of what was undone. */
import { formatCredits } from '@scrip/core'
import { insertProjectEvent } from '../database/projects.sql.ts'
import type { PurchaseRow } from '../database/purchases.sql.ts'
import type { Session } from '../database/transaction.ts'
import type { Project } from '../directory/projects.ts'

export type PurchaseEvent =
  | 'purchase.requested'
  | 'purchase.created'
  | 'purchase.paid'
  | 'purchase.failed'
  | 'purchase.expired'
  | 'purchase.refunded'
  | 'purchase.disputed'
  | 'purchase.stuck'

export async function tell(
  session: Session,
  project: Project,
  type: PurchaseEvent,
  row: PurchaseRow,
  at: number,
  reason: string | null = null,
): Promise<void> {
  const { accountId } = row
  const data = { purchase: factsOfPurchase(project, row), ...(reason === null ? {} : { reason }) }
  await insertProjectEvent(session, project.id, { type, at, accountId, data })
}

function factsOfPurchase(project: Project, row: PurchaseRow) {
  const { currency, gateway, orderId, paymentId, status, userId, metadata } = row
  const decimals =
    project.catalogs.latest === 0 ? 0 : project.catalogs.version(project.catalogs.latest).credit.decimals
  return {
    id: row.id,
    status,
    credits: formatCredits(row.credits, decimals),
    total: { amount: row.total, currency },
    paid: { amount: row.paid, currency },
    returned: { amount: row.returned, currency },
    ...{ gateway, orderId, paymentId, userId, metadata },
    failure: row.failure,
  }
}

/** The change from what it was to what it is now. A state reached again by the same facts is no news. */
export async function tellChange(
  session: Session,
  project: Project,
  before: PurchaseRow,
  after: PurchaseRow,
  at: number,
): Promise<void> {
  for (const type of newsOf(before, after)) await tell(session, project, type, after, at)
  if (after.attention && !before.attention && after.status !== 'paid') {
    await tell(
      session,
      project,
      'purchase.stuck',
      after,
      at,
      after.failure ?? 'Its payments are not as ordered.',
    )
  }
}

function newsOf(before: PurchaseRow, after: PurchaseRow): PurchaseEvent[] {
  const isNew = before.status !== after.status
  const news: PurchaseEvent[] = []
  // Refunded before anybody heard that it was paid: both are told, in their order.
  const wasPaid = before.paidAt !== null && before.grantedAt !== null
  if (after.paidAt !== null && after.grantedAt !== null && (!wasPaid || (isNew && after.status === 'paid'))) {
    news.push('purchase.paid')
  }
  if (isNew && after.status === 'disputed') news.push('purchase.disputed')
  // A dispute that is lost withholds for good what it withheld before.
  else if (after.returned > before.returned || (isNew && after.status === 'refunded')) {
    news.push('purchase.refunded')
  }
  if (isNew && after.status === 'expired') news.push('purchase.expired')
  if (isNew && (after.status === 'failed' || after.status === 'abandoned')) news.push('purchase.failed')
  return news
}
