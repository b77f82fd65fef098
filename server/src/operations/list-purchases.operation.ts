/** Purchases, newest first: of the project, or of one account. */
import { factsOfMany } from '../database/purchase-facts.sql.ts'
import { listPurchaseRows, type PurchasePage } from '../database/purchases.sql.ts'
import { type Ask, accountAsked, accountOf } from './ask.ts'
import { paymentOfRow } from './purchase-payment.ts'
import type { PurchaseRead } from './read-purchase.operation.ts'

export async function listPurchases(ask: Ask, page: Omit<PurchasePage, 'project'>): Promise<PurchaseRead[]> {
  const accountId = accountAsked(ask, page.accountId)
  if (accountId !== null) await accountOf(ask, accountId)
  const { pool } = ask.house.database
  const rows = await listPurchaseRows(pool, { ...page, accountId, project: ask.project.id })
  const facts = await factsOfMany(
    pool,
    rows.map(({ id }) => id),
  )
  return rows.map((row) => {
    const known = facts.get(row.id) ?? []
    return { row, facts: known, payment: paymentOfRow(row, known) }
  })
}

const ROWS_AT_ONCE = 200

/** All of them, one page after the other, for a file. */
export async function* streamPurchases(
  ask: Ask,
  page: Omit<PurchasePage, 'project' | 'after' | 'limit'>,
): AsyncIterable<PurchaseRead> {
  let after: PurchasePage['after'] = null
  for (;;) {
    const rows: PurchaseRead[] = await listPurchases(ask, { ...page, after, limit: ROWS_AT_ONCE })
    yield* rows
    const last = rows.at(-1)
    if (last === undefined || rows.length < ROWS_AT_ONCE) return
    after = { createdAt: last.row.createdAt, number: last.row.number }
  }
}
