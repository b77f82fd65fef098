/** Who an invoice is from and who it is for. */
import type { IndianState } from './indian-states.ts'
import { indianState } from './indian-states.ts'
import type { TaxId } from './tax-ids.ts'

export interface Address {
  /** Street and house, one to four lines. */
  readonly lines: readonly string[]
  readonly city: string
  /** A state or province; in India the letters of ISO 3166-2 (`KA`). */
  readonly region: string | null
  readonly postcode: string | null
  /** ISO 3166-1, two letters. */
  readonly country: string
}

export interface BillingDetails {
  readonly kind: 'company' | 'person'
  readonly name: string
  readonly email: string | null
  readonly phone: string | null
  readonly address: Address
  readonly taxId: TaxId | null
  /** null = the same as the address. */
  readonly shipping: { readonly name: string; readonly address: Address } | null
}

export interface Seller {
  readonly name: string
  readonly address: Address
  readonly email: string | null
  readonly phone: string | null
  readonly website: string | null
  readonly taxIds: readonly TaxId[]
  /** One to three characters, so that a number fits the sixteen that some countries allow. */
  readonly invoicePrefix: string
  readonly creditNotePrefix: string
  /** Month and day on which its financial year begins: `04-01`. */
  readonly financialYearStart: string
  /** In which an invoice has its date. */
  readonly timeZone: string
  /** What it sells by the codes of goods and services (SAC, HSN). */
  readonly taxCode: string | null
  /** How to pay what is to be paid: a bank account. */
  readonly paymentTerms: string | null
  readonly note: string | null
}

/** Where the law says that something was supplied; the code is India's. */
export interface PlaceOfSupply {
  readonly code: string | null
  readonly region: string | null
  readonly country: string
}

const OUTSIDE_INDIA = '96'

export function placeOfSupply(seller: Pick<Seller, 'address'>, customer: BillingDetails): PlaceOfSupply {
  const { country, region } = (customer.shipping ?? customer).address
  if (seller.address.country !== 'IN') return { code: null, region, country }
  if (country !== 'IN') return { code: OUTSIDE_INDIA, region, country }
  const state = stateOf(customer)
  return { code: state?.code ?? null, region: state?.name ?? region, country }
}

function stateOf(party: { readonly address: Address }): IndianState | null {
  const { country, region } = party.address
  return country === 'IN' && region !== null ? indianState(region) : null
}

/**
 * How India's tax is called for the two: within the seller's state it is shared by centre and state, across
 * states it is the Union's. null where it is no matter of India alone.
 */
export function indianTaxes(
  seller: Pick<Seller, 'address'>,
  customer: BillingDetails,
): readonly string[] | null {
  const from = stateOf(seller)
  const to = stateOf(customer.shipping ?? customer)
  if (from === null || to === null) return null
  return from.code === to.code ? ['CGST', to.tax] : ['IGST']
}
