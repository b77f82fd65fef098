/**
 * What Scrip needs of a payment gateway. A gateway states facts and decides nothing: one operation
 * (`settle-purchase`) makes of them what a purchase is. Every call may fail, be slow, be answered with
 * nonsense or be made twice; whatever it throws is a `GatewayFault`, and the purchase stays as it was.
 */
import type { Instant, Money, PaymentFact } from '@scrip/core'

export interface Checkout {
  /** The purchase's id: the gateway's idempotency key, and what it hands back in its events. */
  readonly purchaseId: string
  readonly total: Money
  /** What the customer reads on the gateway's page and statement. */
  readonly description: string
  readonly customer: {
    readonly accountId: string
    readonly name: string | null
    readonly email: string | null
  }
  /** Where the customer comes back to, with `purchase=<id>` added; null where the product gave none. */
  readonly returnUrl: string | null
  readonly expiresAt: Instant
  /** Keeps the means of payment for automatic top-ups and renewals, where the gateway can. */
  readonly savesMethod: boolean
}

export interface CheckoutOpened {
  /** The gateway's own id of the order, by which it is asked later. The same for the same purchase. */
  readonly orderId: string
  /** Where the customer pays; null where nothing is to be opened (the manual gateway). */
  readonly checkoutUrl: string | null
}

/** What a gateway knows of one order. */
export interface OrderReport {
  /** Where an event names the payment alone, the payment's id: a purchase is found by `purchaseId` first. */
  readonly orderId: string
  /** The purchase that the gateway says it is for; null where its answer does not say. */
  readonly purchaseId: string | null
  readonly facts: readonly PaymentFact[]
  /** The means of payment it kept, where it did. */
  readonly savedMethod: SavedMethod | null
}

export interface SavedMethod {
  readonly id: string
  /** As customers know it: "Visa ending 4242". Never a number. */
  readonly label: string
}

/** An event that was verified: its own id, by which a repeat is known, and what it says. */
export interface GatewayEvent {
  readonly eventId: string
  readonly type: string
  readonly at: Instant
  /** null: nothing that concerns a purchase, or not told by the event itself. */
  readonly report: OrderReport | null
  /**
   * What `ask` is to be asked, where the event does not say enough by itself: a refund without the running
   * total, a dispute without its order, an event too old to be taken at its word.
   */
  readonly asks?: string
}

export interface Gateway {
  readonly name: string
  openCheckout(checkout: Checkout): Promise<CheckoutOpened>
  /**
   * Asks the gateway what became of an order: what Recheck and reconciliation do. Given one of its payments
   * it finds the order of that; `purchaseId` is null where it is none of ours.
   */
  ask(orderId: string): Promise<OrderReport>
  /**
   * Verifies an incoming webhook over its raw bytes, ±300 s, and reads it. Throws `WebhookRefused` for
   * one that is not the gateway's.
   */
  readWebhook(
    headers: Readonly<Record<string, string | undefined>>,
    body: Buffer,
    now: Instant,
  ): Promise<GatewayEvent>
  /** Returns money of a payment. `key` makes it happen once. Answers with the refund's facts. */
  refund(payment: { orderId: string; paymentId: string }, money: Money, key: string): Promise<OrderReport>
  /**
   * The order that the customer comes back from, where the gateway signs the return. A hint alone: the
   * gateway is asked what became of it. Throws `WebhookRefused` for one that it did not sign.
   */
  readonly verifyReturn?: (fields: Readonly<Record<string, string>>) => { readonly orderId: string }
  /** Charges a saved means of payment, for automatic top-ups and renewals; null where the gateway cannot. */
  readonly chargeSaved: ((checkout: Checkout, method: SavedMethod) => Promise<OrderReport>) | null
}

/** The gateway could not be asked, or answered what cannot be understood. Retryable unless said otherwise. */
export class GatewayFault extends Error {
  override name = 'GatewayFault'
  readonly retryable: boolean
  constructor(message: string, options: { retryable?: boolean; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.retryable = options.retryable ?? true
  }
}

/** A webhook that is not the gateway's, or too old, or not readable: nothing is done with it. */
export class WebhookRefused extends Error {
  override name = 'WebhookRefused'
}
