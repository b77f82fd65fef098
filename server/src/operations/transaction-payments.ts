/** How the gateways call what rows of the journal were bought with. */
import { type PaymentNames, paymentNames } from '../database/purchases.sql.ts'
import type { Ask } from './ask.ts'
import type { TransactionRow } from './list-account-transactions.operation.ts'

export async function paymentsOf(
  ask: Ask,
  rows: readonly TransactionRow[],
): Promise<ReadonlyMap<string, PaymentNames>> {
  const ids = rows.flatMap(({ entry }) => entry.detail?.purchase ?? [])
  if (ids.length === 0) return new Map()
  const names = await paymentNames(ask.house.database.pool, ask.project.id, ids)
  return new Map(names.map((one) => [one.id, one]))
}
