/** Where a customer is, for tax: by the details that its invoices are made out to; nowhere where it gave none. */
import type { TaxPlace } from '@scrip/core'
import { billingDetailsOf } from '../database/billing.sql.ts'
import type { Ask } from './ask.ts'

const NOWHERE: TaxPlace = { country: null, region: null, hasTaxId: false }

export async function placeOf(ask: Ask, accountId: string): Promise<TaxPlace> {
  const details = await billingDetailsOf(ask.house.database.pool, ask.project.id, accountId)
  if (details === null) return NOWHERE
  const { country, region } = details.address
  return { country, region, hasTaxId: details.taxId !== null }
}
