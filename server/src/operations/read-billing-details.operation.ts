/** Who an account's invoices are for. */
import { billingDetailsOf } from '../database/billing.sql.ts'
import type { BillingDetails } from '../invoices/party.ts'
import { type Ask, accountOf } from './ask.ts'
import { Refused } from './refused.ts'

export async function readBillingDetails(ask: Ask, accountId: string): Promise<BillingDetails> {
  await accountOf(ask, accountId)
  const details = await billingDetailsOf(ask.house.database.pool, ask.project.id, accountId)
  if (details === null) {
    throw new Refused('billing_details_not_found', `The account ${accountId} has no billing details yet.`)
  }
  return details
}
