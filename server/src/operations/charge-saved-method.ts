/** Charges the means of payment that a gateway kept for a customer, and settles by what it says. */
import { type PurchaseRow, setCheckout } from '../database/purchases.sql.ts'
import { openGateway } from '../gateways/gateways.ts'
import type { Ask } from './ask.ts'
import { checkoutOf } from './open-purchase-checkout.ts'
import { settleFacts } from './settle-purchase.ts'

/** The gateway knows the purchase's id, so a repetition charges nothing more. null where it keeps no means of payment. */
export async function chargeSavedMethod(
  { house, project }: Pick<Ask, 'house' | 'project'>,
  purchase: PurchaseRow,
  methodId: string,
): Promise<PurchaseRow | null> {
  const gateway = await openGateway(house, project, purchase.gateway)
  if (gateway.chargeSaved === null) return null
  const method = { id: methodId, label: methodId }
  const report = await gateway.chargeSaved(await checkoutOf({ house, project }, purchase), method)
  await setCheckout(house.database.pool, purchase, { orderId: report.orderId, checkoutUrl: null })
  return settleFacts(house, project, purchase.id, report, 'job')
}
