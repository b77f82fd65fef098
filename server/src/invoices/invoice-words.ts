/** Parties and places as they are written on an invoice. */
import type { Messages } from '../messages/messages.ts'
import { COUNTRIES } from './countries.ts'
import type { InvoiceDocument } from './document.ts'
import { indianState } from './indian-states.ts'
import type { Address, BillingDetails } from './party.ts'

/** India calls it a tax invoice where tax is charged. */
export function titleOf({ kind, seller, taxes }: InvoiceDocument, { invoices }: Messages): string {
  if (kind === 'credit_note') return invoices.creditNote
  return seller.address.country === 'IN' && taxes.length > 0 ? invoices.taxInvoice : invoices.invoice
}

export function addressOf({ address }: { readonly address: Address }): string[] {
  const { lines, city, region, postcode, country } = address
  const state = country === 'IN' && region !== null ? (indianState(region)?.name ?? region) : region
  const place = [postcode, city].filter((part) => part !== null).join(' ')
  const inRegion = state === null || state === city ? place : `${place}, ${state}`
  return [...lines, inRegion, COUNTRIES.get(country) ?? country]
}

export function partyOf(customer: BillingDetails): string[] {
  const { email, phone, taxId } = customer
  const contacts = [email, phone].filter((contact) => contact !== null)
  const ids = taxId === null ? [] : [`${taxId.label} ${taxId.value}`]
  return [...addressOf(customer), ...contacts, ...ids]
}

/** `29 Karnataka`, `96 outside India`; elsewhere the country. */
export function placeWords({ placeOfSupply }: InvoiceDocument, { invoices }: Messages): string {
  const { code, region, country } = placeOfSupply
  const name = COUNTRIES.get(country) ?? country
  if (code === null) return region === null ? name : `${region}, ${name}`
  return country === 'IN' ? `${code} ${region}` : `${code} ${invoices.outsideIndia} (${name})`
}
