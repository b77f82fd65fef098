/**
 * What stands on an invoice or a credit note: made once, when it is issued, from the order and from seller
 * and customer as they are at that instant, and never changed. Amounts are minor units of its currency, and
 * its lines and taxes add up to its total exactly.
 */
import {
  assert,
  formatCredits,
  type Instant,
  type PricedOrder,
  type PurchaseLine,
  share,
  type TaxLine,
} from '@scrip/core'
import { isInEuropeanUnion } from './countries.ts'
import { type BillingDetails, indianTaxes, type PlaceOfSupply, placeOfSupply, type Seller } from './party.ts'

export interface DocumentLine {
  readonly name: string
  readonly remark: string | null
  /** What it brings in credits, bonus apart; 0 where none. With the project's decimals. */
  readonly credits: number
  readonly bonus: number
  /** Before discount; on a credit note what is given back of it. Without tax. */
  readonly price: number
  readonly discount: number
  /** The taxable value: price less discount. */
  readonly net: number
}

/** Sentences that the law asks for, by their name in the message files. */
export type DocumentNote = 'reverseCharge' | 'export'

export interface InvoiceDocument {
  readonly kind: 'invoice' | 'credit_note'
  readonly number: string
  readonly issuedAt: Instant
  /** By the seller's calendar. */
  readonly date: string
  readonly dueDate: string | null
  readonly language: string
  readonly purchaseId: string
  readonly seller: Seller
  readonly customer: BillingDetails
  readonly placeOfSupply: PlaceOfSupply
  readonly currency: string
  readonly lines: readonly DocumentLine[]
  readonly net: number
  readonly taxes: readonly TaxLine[]
  readonly total: number
  readonly notes: readonly DocumentNote[]
  /** How it was paid, where it was paid when it was issued. */
  readonly payment: { readonly gateway: string; readonly paymentId: string; readonly date: string } | null
  /** The invoice that a credit note is about. */
  readonly invoice: { readonly number: string; readonly date: string } | null
}

export interface Issue {
  readonly number: string
  readonly issuedAt: Instant
  readonly date: string
  readonly dueDate: string | null
  readonly language: string
  readonly purchaseId: string
  readonly seller: Seller
  readonly customer: BillingDetails
  readonly decimals: number
  readonly payment: InvoiceDocument['payment']
}

export function invoiceOf(order: PricedOrder, issue: Issue): InvoiceDocument {
  const { decimals, ...stated } = issue
  const { seller, customer } = issue
  const lines = order.lines.map((line) => lineOf(line, order.taxInclusive, decimals))
  const net = sum(lines.map((line) => line.net))
  const taxes = taxesAtPlace(order.taxes, indianTaxes(seller, customer))
  const total = net + sum(taxes.map(({ amount }) => amount))
  assert(total === order.total, 'the lines and taxes of an invoice add up to what is paid')
  return {
    ...stated,
    kind: 'invoice',
    placeOfSupply: placeOfSupply(seller, customer),
    currency: order.currency,
    ...{ lines, net, taxes, total },
    notes: notesOf(seller, customer, taxes),
    invoice: null,
  }
}

/** With inclusive tax the prices contain it; an invoice states them without. */
function lineOf(line: PurchaseLine, isInclusive: boolean, decimals: number): DocumentLine {
  const net = line.price - line.discount - (isInclusive ? line.tax : 0)
  return {
    name: line.name,
    remark: line.remark,
    credits: formatCredits(line.credits, decimals),
    bonus: formatCredits(line.bonus, decimals),
    price: net + line.discount,
    discount: line.discount,
    net,
  }
}

const INDIAN = /^(?:[CSI]|UT)?GST$/

/**
 * In India the place of supply decides how the tax is called, and it may be known only now: what was
 * charged stays, and is stated as the halves of centre and state, or as the Union's.
 */
function taxesAtPlace(taxes: readonly TaxLine[], names: readonly string[] | null): readonly TaxLine[] {
  if (names === null || taxes.length === 0 || !taxes.every(({ name }) => INDIAN.test(name))) return taxes
  const percent = sum(taxes.map((tax) => tax.percent))
  const amount = sum(taxes.map((tax) => tax.amount))
  if (names.length === 1) return [{ name: names[0]!, percent, amount }]
  const half = Math.ceil(amount / 2)
  return [
    { name: names[0]!, percent: percent / 2, amount: half },
    { name: names[1]!, percent: percent / 2, amount: amount - half },
  ]
}

function notesOf(
  seller: Seller,
  customer: BillingDetails,
  taxes: readonly TaxLine[],
): readonly DocumentNote[] {
  if (taxes.some(({ amount }) => amount > 0)) return []
  const [from, to] = [seller.address.country, customer.address.country]
  if (from === 'IN' && to !== 'IN') return ['export']
  const crosses = from !== to && isInEuropeanUnion(from) && isInEuropeanUnion(to)
  return crosses && customer.taxId !== null ? ['reverseCharge'] : []
}

/** What credit notes before it have left of an invoice, part by part: each line, then each tax. */
export function leftOf(invoice: InvoiceDocument, before: readonly InvoiceDocument[]): readonly number[] {
  return partsOf(invoice).map((part, place) => part - sum(before.map((note) => partsOf(note)[place] ?? 0)))
}

function partsOf({ lines, taxes }: InvoiceDocument): readonly number[] {
  return [...lines.map(({ net }) => net), ...taxes.map(({ amount }) => amount)]
}

/**
 * Takes `returned` back from an invoice, in the proportions of what is left of it, so that notes for all
 * of it take back exactly its lines and taxes. Never more than is left.
 */
export function creditNoteOf(
  invoice: InvoiceDocument,
  before: readonly InvoiceDocument[],
  returned: number,
  issue: Pick<Issue, 'number' | 'issuedAt' | 'date' | 'seller'>,
): InvoiceDocument {
  const left = leftOf(invoice, before)
  assert(returned > 0 && returned <= sum(left), 'no more is taken back than stands on the invoice')
  const parts = split(returned, left)
  const lines = invoice.lines.map((line, place) => {
    const net = parts[place]!
    return { ...line, price: net, discount: 0, net, credits: 0, bonus: 0 }
  })
  const taxes = invoice.taxes.map((tax, place) => ({ ...tax, amount: parts[lines.length + place]! }))
  return {
    ...invoice,
    ...issue,
    kind: 'credit_note',
    dueDate: null,
    lines,
    net: sum(lines.map(({ net }) => net)),
    taxes,
    total: returned,
    payment: null,
    invoice: { number: invoice.number, date: invoice.date },
  }
}

/** `amount` over the weights, whole units, each at most its weight; what rounding leaves goes to the largest remainders. */
export function split(amount: number, weights: readonly number[]): readonly number[] {
  const whole = sum(weights)
  const parts = weights.map((weight) => share(amount, weight, whole))
  const rests = weights.map((weight, place) => ({
    place,
    rest: (BigInt(amount) * BigInt(weight)) % BigInt(whole),
  }))
  rests.sort((left, right) =>
    left.rest === right.rest ? left.place - right.place : left.rest > right.rest ? -1 : 1,
  )
  const missing = amount - sum(parts)
  for (const { place } of rests.slice(0, missing)) parts[place]! += 1
  return parts
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
