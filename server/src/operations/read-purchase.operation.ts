/** A purchase with everything that was reported of its payment. */
import type { PaymentFact, PurchasePayment } from '@scrip/core'
import { factsOf } from '../database/purchase-facts.sql.ts'
import { type PurchaseRow, purchaseById } from '../database/purchases.sql.ts'
import { type Ask, mayKnow } from './ask.ts'
import { paymentOfRow } from './purchase-payment.ts'
import { Refused } from './refused.ts'
import { purchaseNotFound } from './settle-purchase.ts'

export interface PurchaseRead {
  readonly row: PurchaseRow
  readonly facts: readonly PaymentFact[]
  readonly payment: PurchasePayment
}

/** A customer's key finds its own purchases only. */
export async function purchaseOf(ask: Ask, id: string): Promise<PurchaseRow> {
  const row = await purchaseById(ask.house.database.pool, ask.project.id, id)
  if (row === null) throw purchaseNotFound(id)
  try {
    mayKnow(ask, row.accountId)
  } catch (error) {
    if (error instanceof Refused) throw purchaseNotFound(id)
    throw error
  }
  return row
}

export async function readPurchase(ask: Ask, id: string): Promise<PurchaseRead> {
  return withPayment(ask, await purchaseOf(ask, id))
}

export async function withPayment(ask: Ask, row: PurchaseRow): Promise<PurchaseRead> {
  const facts = (await factsOf(ask.house.database.pool, row.id)).map(({ fact }) => fact)
  return { row, facts, payment: paymentOfRow(row, facts) }
}
