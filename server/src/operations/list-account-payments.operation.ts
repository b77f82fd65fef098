/** An account's payments as its customer sees them: every order, whatever became of it. */
import type { PurchasePage } from '../database/purchases.sql.ts'
import type { Ask } from './ask.ts'
import { listPurchases } from './list-purchases.operation.ts'
import type { PurchaseRead } from './read-purchase.operation.ts'

export function listAccountPayments(
  ask: Ask,
  accountId: string,
  page: Pick<PurchasePage, 'after' | 'ascending' | 'limit'>,
): Promise<PurchaseRead[]> {
  return listPurchases(ask, { ...page, accountId, status: null, attention: null })
}
