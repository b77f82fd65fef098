/**
 * A purchase: an order with lines, and the money side of it (rules.md, "Purchases"). What was ordered
 * never changes: price, credits and expiry stay as they were when it was made. What happened to its
 * payment is a set of facts, reported by whoever learns of them first, in any order and more than once;
 * what the purchase is follows from the facts alone (`payment.ts`).
 */
import type { Credits, Instant, Money } from '../amounts.ts'
import type { Expiry } from '../catalog/catalog.ts'

/** What is asked for; a custom line is an amount of money and a remark, and no credits. */
export type OrderLine =
  | { readonly plan: string; readonly credits?: Credits | null }
  | { readonly pack: string }
  | { readonly credits: Credits }
  | { readonly custom: { readonly amount: Money; readonly remark: string } }

export type LineKind = 'plan' | 'pack' | 'credits' | 'custom'

/** A line as it was ordered. Amounts are minor units of the order's currency. */
export interface PurchaseLine {
  /** Its place in the order, from 0: part of what makes its lots unique. */
  readonly line: number
  readonly kind: LineKind
  readonly plan: string | null
  readonly pack: string | null
  readonly remark: string | null
  readonly name: string
  /** What the line grants by itself; a plan's refill comes from its subscription and is not counted here. */
  readonly credits: Credits
  readonly bonus: Credits
  /** A plan's recurring amount where it was agreed. */
  readonly recurring: Credits | null
  /** What each later period of the plan costs where that was agreed; absent = what the catalog says then. */
  readonly recurringPrice?: number
  /** Of a change of plan within a period that is paid for, and of nothing else. */
  readonly change?: PlanChange
  /** Of the bill for a later period of a plan that was bought, and of nothing else. */
  readonly renewal?: PlanPeriod
  readonly expires: Expiry
  /** The base plan that the account moves to when the line is paid. */
  readonly movesTo: string | null
  /** Before discount and tax; with inclusive tax, what is shown to the customer. */
  readonly price: number
  readonly discount: number
  /** The line's part of all taxes; the parts of all lines add up to the tax lines. */
  readonly tax: number
}

/**
 * What a change of plan was priced by: so much of the present period is paid for, and no more. It is
 * neither a whole period nor a later one, whenever it is paid.
 */
export interface PlanChange {
  /** What of the difference comes at once. */
  readonly credits: Credits
  /** The subscription's number, and the period of its bill. */
  readonly subscription: number
  readonly period: number
}

/** A period of a subscription's bill: the subscription's number in the pool, and the period's. */
export interface PlanPeriod {
  readonly subscription: number
  readonly period: number
}

export interface PlanBought {
  readonly purchase: string
  /** The last period of the subscription's bill that is paid for. */
  readonly paidPeriod: number
}

export interface TaxLine {
  readonly name: string
  readonly percent: number
  readonly amount: number
}

/** price − discount + tax = total; with inclusive tax the tax is inside the price and price − discount = total. */
export interface PricedOrder {
  readonly currency: string
  readonly lines: readonly PurchaseLine[]
  readonly credits: Credits
  readonly price: number
  readonly discount: number
  readonly taxes: readonly TaxLine[]
  readonly taxInclusive: boolean
  readonly tax: number
  readonly total: number
  readonly catalogVersion: number
}

export type PurchaseStatus =
  | 'requested'
  | 'pending'
  | 'paid'
  | 'failed'
  | 'abandoned'
  | 'expired'
  | 'refunded'
  | 'disputed'

/**
 * What somebody reported of a payment. `paymentId` is the gateway's; a fact of one payment reported twice
 * is one fact. `returned` of a refund is the gateway's running total for that payment.
 */
export type PaymentFact =
  | { readonly kind: 'pending'; readonly at: Instant; readonly paymentId: string | null }
  | { readonly kind: 'paid'; readonly at: Instant; readonly paymentId: string; readonly money: Money }
  | {
      readonly kind: 'failed' | 'abandoned' | 'expired'
      readonly at: Instant
      readonly paymentId: string | null
      readonly reason: string | null
    }
  | { readonly kind: 'refunded'; readonly at: Instant; readonly paymentId: string; readonly returned: Money }
  | {
      readonly kind: 'disputed' | 'dispute_won' | 'dispute_lost'
      readonly at: Instant
      readonly paymentId: string
      readonly disputeId: string
      readonly money: Money
    }
