/** What the payment of a purchase is, by all that was reported of it. */
import { type PaymentFact, type PurchasePayment, paymentOf } from '@scrip/core'
import type { PurchaseRow } from '../database/purchases.sql.ts'

export function paymentOfRow(row: PurchaseRow, facts: readonly PaymentFact[]): PurchasePayment {
  const total = { amount: row.total, currency: row.currency }
  return paymentOf(total, facts, row.requested && row.offeredAt === null)
}

/** Whether the money was there once, whatever became of it. */
export function isPaid({ status }: PurchasePayment): boolean {
  return status === 'paid' || status === 'disputed' || status === 'refunded'
}
