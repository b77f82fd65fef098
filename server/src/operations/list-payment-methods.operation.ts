/** Means of payment that gateways keep for an account, the newest first: named as the customer knows them. */
import { type PaymentMethodRow, paymentMethodsOf } from '../database/top-ups.sql.ts'
import { type Ask, accountOf } from './ask.ts'

export async function listPaymentMethods(ask: Ask, accountId: string): Promise<PaymentMethodRow[]> {
  await accountOf(ask, accountId)
  return paymentMethodsOf(ask.house.database.pool, ask.project.id, accountId)
}
