/** Who a project's invoices are from. */
import { sellerOf } from '../database/billing.sql.ts'
import type { Seller } from '../invoices/party.ts'
import type { Ask } from './ask.ts'
import { Refused } from './refused.ts'

export async function readSeller(ask: Ask): Promise<Seller> {
  const seller = await sellerOf(ask.house.database.pool, ask.project.id)
  if (seller !== null) return seller
  throw new Refused(
    'seller_not_found',
    'PUT /project/seller says who sells; until then no invoice is issued.',
  )
}
