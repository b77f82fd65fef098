/**
 * Stripe, by its own SDK: Checkout Sessions for what a customer pays, PaymentIntents for saved cards. A
 * payment's id is its PaymentIntent's, which Stripe's page, receipts and events all name.
 */
import { createHash } from 'node:crypto'
import type { Instant, PaymentFact } from '@scrip/core'
import Stripe from 'stripe'
import { type Answered, instantIn, listIn, recordIn, textIn, textOrNull } from '../answers.ts'
import { type Checkout, type Gateway, GatewayFault, type OrderReport, type SavedMethod } from '../gateway.ts'
import { returnUrlOf } from '../return-url.ts'
import { toStripe } from './stripe-amounts.ts'
import {
  factsOfCharge,
  factsOfDispute,
  factsOfIntent,
  factsOfSession,
  purchaseIdIn,
  reasonOf,
  savedMethodIn,
} from './stripe-facts.ts'
import { readStripeEvent } from './stripe-webhook.ts'

export interface StripeSettings {
  readonly secretKey: string
  readonly webhookSecret: string
}

export interface StripeSurroundings {
  /** Where customers arrive whose product gave no address. */
  readonly donePage: string
  now(): Instant
  /** Another far side than Stripe's own, for tests. */
  readonly farSide?: Pick<Stripe.StripeConfig, 'host' | 'port' | 'protocol'>
  readonly timeoutMs?: number
  /** How often the SDK asks again by itself. */
  readonly repeats?: number
}

const TIMEOUT_MS = 10_000
const NAME_LENGTH_MAX = 250

export function openStripe(settings: StripeSettings, around: StripeSurroundings): Gateway {
  const stripe = new Stripe(settings.secretKey, {
    ...around.farSide,
    timeout: around.timeoutMs ?? TIMEOUT_MS,
    maxNetworkRetries: around.repeats ?? 1,
    telemetry: false,
  })
  return {
    name: 'stripe',
    openCheckout: (checkout) => asking(() => openCheckout(stripe, checkout, around)),
    ask: (orderId) => asking(() => ask(stripe, orderId)),
    readWebhook: async (headers, body, now) =>
      readStripeEvent(stripe, settings.webhookSecret, headers, body, now),
    refund: ({ orderId, paymentId }, money, key) =>
      asking(async () => {
        await stripe.refunds.create(
          { payment_intent: paymentId, amount: toStripe(money) },
          { idempotencyKey: key },
        )
        return ask(stripe, orderId)
      }),
    chargeSaved: (checkout, method) => asking(() => chargeSaved(stripe, checkout, method)),
  }
}

/** Whatever goes wrong on the way is a fault of the gateway's; what would go wrong again says so. */
async function asking<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof GatewayFault) throw error
    throw new GatewayFault(`Stripe: ${faultWords(error)}`, { retryable: isRetryable(error), cause: error })
  }
}

/** Never the SDK's whole error, which may quote what was sent. */
function faultWords(error: unknown): string {
  if (!(error instanceof Stripe.errors.StripeError)) return 'its answer cannot be understood'
  const { type, code, message } = error
  if (error instanceof Stripe.errors.StripeConnectionError) return 'no answer'
  if (error instanceof Stripe.errors.StripeAuthenticationError) return 'the secret key is not taken'
  return `${code ?? type}: ${message.slice(0, 200)}`
}

function isRetryable(error: unknown): boolean {
  const { errors } = Stripe
  const final = [
    errors.StripeInvalidRequestError,
    errors.StripeAuthenticationError,
    errors.StripePermissionError,
    errors.StripeCardError,
    errors.StripeIdempotencyError,
  ]
  return !final.some((kind) => error instanceof kind)
}

async function openCheckout(stripe: Stripe, checkout: Checkout, around: StripeSurroundings) {
  const session = recordIn(
    await makeSession(stripe, checkout.purchaseId, orderOf(checkout, around)),
    'the session',
  )
  const orderId = textIn(session.id, 'the id of the session')
  return { orderId, checkoutUrl: textIn(session.url, 'where it is paid') }
}

/**
 * Under the purchase's id, so that a repetition finds the session. One that differs (the customer's address
 * was mended since) Stripe refuses under that key: nobody was led to the first session, so another is made.
 */
async function makeSession(stripe: Stripe, purchaseId: string, order: SessionOrder) {
  try {
    return await stripe.checkout.sessions.create(order, { idempotencyKey: purchaseId })
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeIdempotencyError)) throw error
    const hash = createHash('sha256').update(JSON.stringify(order)).digest('hex').slice(0, 32)
    return stripe.checkout.sessions.create(order, { idempotencyKey: `${purchaseId}:${hash}` })
  }
}

type SessionOrder = Stripe.Checkout.SessionCreateParams

function orderOf(checkout: Checkout, around: StripeSurroundings): SessionOrder {
  const { purchaseId, customer, savesMethod } = checkout
  const comeBack = returnUrlOf(checkout, around.donePage)
  const metadata = { purchaseId, accountId: customer.accountId }
  return {
    mode: 'payment',
    client_reference_id: purchaseId,
    metadata,
    line_items: [lineOf(checkout)],
    payment_intent_data: { metadata, ...(savesMethod ? { setup_future_usage: 'off_session' } : {}) },
    // A card is kept for a customer, so there has to be one.
    ...(savesMethod ? { customer_creation: 'always' } : {}),
    ...(customer.email === null ? {} : { customer_email: customer.email }),
    ...expiryOf(checkout.expiresAt, around.now()),
    success_url: comeBack,
    cancel_url: comeBack,
  }
}

function lineOf({ total, description }: Checkout): Stripe.Checkout.SessionCreateParams.LineItem {
  const currency = total.currency.toLowerCase()
  const product_data = { name: description.slice(0, NAME_LENGTH_MAX) }
  return { quantity: 1, price_data: { currency, unit_amount: toStripe(total), product_data } }
}

const EXPIRY_MIN_MS = 31 * 60_000
const EXPIRY_MAX_MS = 24 * 3_600_000

/** Stripe takes half an hour to a day. Without it is a day: what is paid later than Scrip waits still counts. */
function expiryOf(expiresAt: Instant, now: Instant): { expires_at?: number } {
  const left = expiresAt - now
  return left >= EXPIRY_MIN_MS && left <= EXPIRY_MAX_MS ? { expires_at: Math.floor(expiresAt / 1000) } : {}
}

/** An order is a Checkout Session; of a saved card, and where an event names the payment alone, a PaymentIntent. */
async function ask(stripe: Stripe, orderId: string): Promise<OrderReport> {
  if (orderId.startsWith('cs_')) return reportOfSession(stripe, await retrieveSession(stripe, orderId))
  const { data } = await stripe.checkout.sessions.list({ payment_intent: orderId, limit: 1 })
  const [found] = listIn(data, 'the sessions of the payment')
  if (found === undefined) return reportOfIntent(stripe, await retrieveIntent(stripe, orderId))
  const { id } = recordIn(found, 'the session')
  return reportOfSession(stripe, await retrieveSession(stripe, textIn(id, 'the id of the session')))
}

async function retrieveSession(stripe: Stripe, id: string): Promise<Answered> {
  const expand = ['payment_intent', 'payment_intent.payment_method']
  return recordIn(await stripe.checkout.sessions.retrieve(id, { expand }), 'the session')
}

async function retrieveIntent(stripe: Stripe, id: string): Promise<Answered> {
  return recordIn(await stripe.paymentIntents.retrieve(id, { expand: ['payment_method'] }), 'the payment')
}

async function reportOfSession(stripe: Stripe, session: Answered): Promise<OrderReport> {
  const orderId = textIn(session.id, 'the id of the session')
  const purchaseId = purchaseIdIn(session)
  const created = instantIn(session.created, 'the time of the session')
  if (typeof session.payment_intent !== 'object' || session.payment_intent === null) {
    return { orderId, purchaseId, facts: factsOfSession(session, created), savedMethod: null }
  }
  const report = await reportOfIntent(stripe, recordIn(session.payment_intent, 'the payment'))
  // That it was closed says the session alone; what was paid says the payment.
  const closed = factsOfSession(session, created).filter(({ kind }) => kind === 'expired')
  return { ...report, orderId, purchaseId, facts: [...closed, ...report.facts] }
}

async function reportOfIntent(stripe: Stripe, intent: Answered): Promise<OrderReport> {
  const paymentId = textIn(intent.id, 'the id of the payment')
  const facts = factsOfIntent(intent)
  const after = facts.some(({ kind }) => kind === 'paid') ? await factsAfterPaid(stripe, paymentId) : []
  const purchaseId = purchaseIdIn(intent)
  return { orderId: paymentId, purchaseId, facts: [...facts, ...after], savedMethod: savedMethodIn(intent) }
}

const PAGE = { limit: 100 } as const

async function factsAfterPaid(stripe: Stripe, paymentId: string): Promise<PaymentFact[]> {
  const { data } = await stripe.charges.list({ payment_intent: paymentId, ...PAGE })
  const charges = listIn(data, 'the charges').map((one) => recordIn(one, 'the charge'))
  const charge = charges.find(({ status }) => status === 'succeeded')
  if (charge === undefined) return []
  const returned = factsOfCharge(charge, paymentId, await lastRefundAt(stripe, charge, paymentId))
  if (charge.disputed !== true) return returned
  const disputes = await stripe.disputes.list({ payment_intent: paymentId, ...PAGE })
  const told = listIn(disputes.data, 'the disputes').map((one) => recordIn(one, 'the dispute'))
  return [...returned, ...told.flatMap((dispute) => factsOfDispute(dispute, paymentId))]
}

async function lastRefundAt(stripe: Stripe, charge: Answered, paymentId: string): Promise<Instant> {
  const chargedAt = instantIn(charge.created, 'the time of the charge')
  if (charge.amount_refunded === 0) return chargedAt
  const { data } = await stripe.refunds.list({ payment_intent: paymentId, ...PAGE })
  const times = listIn(data, 'the refunds').map((one) =>
    instantIn(recordIn(one, 'the refund').created, 'the time of the refund'),
  )
  return Math.max(chargedAt, ...times)
}

/** A declined card is an answer, not a fault: it is told as what became of the payment. */
async function chargeSaved(stripe: Stripe, checkout: Checkout, method: SavedMethod): Promise<OrderReport> {
  const [customer = '', card = ''] = method.id.split('/')
  const { purchaseId, total, description } = checkout
  try {
    const intent = await stripe.paymentIntents.create(
      {
        amount: toStripe(total),
        currency: total.currency.toLowerCase(),
        customer,
        payment_method: card,
        off_session: true,
        confirm: true,
        description: description.slice(0, NAME_LENGTH_MAX),
        metadata: { purchaseId, accountId: checkout.customer.accountId },
      },
      // A key belongs to one address of Stripe's: the same purchase may still be paid on its page.
      { idempotencyKey: `${purchaseId}:charge` },
    )
    return chargedReport(checkout, recordIn(intent, 'the payment'))
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeCardError)) throw error
    return declinedReport(checkout, recordIn(error, 'the refusal'))
  }
}

function chargedReport({ purchaseId }: Checkout, intent: Answered): OrderReport {
  const orderId = textIn(intent.id, 'the id of the payment')
  return { orderId, purchaseId, facts: factsOfIntent(intent), savedMethod: null }
}

function declinedReport({ purchaseId }: Checkout, refusal: Answered): OrderReport {
  const intent = recordIn(refusal.payment_intent, 'the payment that was declined')
  const orderId = textIn(intent.id, 'the id of the payment')
  const at = instantIn(intent.created, 'the time of the payment')
  const reason = reasonOf(refusal) ?? textOrNull(refusal.message)
  return {
    orderId,
    purchaseId,
    facts: [{ kind: 'failed', at, paymentId: orderId, reason }],
    savedMethod: null,
  }
}
