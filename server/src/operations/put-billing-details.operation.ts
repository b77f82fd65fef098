/** Who an account's invoices are for. Those that waited for it are issued at once. */
import { lockAccount } from '../database/accounts.sql.ts'
import { putBillingRow } from '../database/billing.sql.ts'
import type { Session } from '../database/transaction.ts'
import type { BillingDetails } from '../invoices/party.ts'
import { type Ask, accountNotFound, projectTime } from './ask.ts'
import { issueWaiting } from './issue-waiting.ts'
import { type AddressRequest, readAddress, readPartyTaxId } from './party-request.ts'

export interface BillingRequest extends Omit<BillingDetails, 'address' | 'taxId' | 'shipping'> {
  readonly address: AddressRequest
  readonly taxId: string | null
  readonly shipping: { readonly name: string; readonly address: AddressRequest } | null
}

export async function putBillingDetails(
  ask: Ask,
  session: Session,
  accountId: string,
  request: BillingRequest,
): Promise<BillingDetails> {
  if ((await lockAccount(session, ask.project.id, accountId)) === null) throw accountNotFound(accountId)
  const { shipping, taxId, ...stated } = request
  const address = readAddress('address', request.address)
  const details: BillingDetails = {
    ...stated,
    address,
    taxId: taxId === null ? null : await readPartyTaxId('taxId', address, taxId),
    shipping:
      shipping === null
        ? null
        : { name: shipping.name, address: readAddress('shipping.address', shipping.address) },
  }
  await putBillingRow(session, ask.project.id, accountId, details, projectTime(ask))
  await issueWaiting(ask, session, accountId)
  return details
}
