/** Who a project's invoices are from, and how they are numbered. Invoices that waited for it are issued at once. */
import { isTimeZone } from '@scrip/core'
import { putSellerRow } from '../database/billing.sql.ts'
import type { Session } from '../database/transaction.ts'
import type { Seller } from '../invoices/party.ts'
import { type Ask, projectTime } from './ask.ts'
import { issueWaiting } from './issue-waiting.ts'
import { type AddressRequest, readAddress, readPartyTaxId } from './party-request.ts'
import { Refused } from './refused.ts'

export interface SellerRequest extends Omit<Seller, 'address' | 'taxIds'> {
  readonly address: AddressRequest
  readonly taxIds: readonly string[]
}

export async function putSeller(ask: Ask, session: Session, request: SellerRequest): Promise<Seller> {
  const { timeZone, invoicePrefix, creditNotePrefix } = request
  if (!isTimeZone(timeZone)) {
    throw new Refused('time_zone_unknown', `There is no time zone ${timeZone}.`, {}, 'timeZone')
  }
  if (invoicePrefix === creditNotePrefix) {
    const facts = { expected: 'another prefix than that of invoices', found: creditNotePrefix }
    throw new Refused(
      'prefix_taken',
      'Invoices and credit notes are numbered apart.',
      facts,
      'creditNotePrefix',
    )
  }
  const address = readAddress('address', request.address)
  const taxIds = await Promise.all(
    request.taxIds.map((taxId, place) => readPartyTaxId(`taxIds.${place}`, address, taxId)),
  )
  const seller = { ...request, address, taxIds }
  await putSellerRow(session, ask.project.id, seller, projectTime(ask))
  await issueWaiting(ask, session, null)
  return seller
}
