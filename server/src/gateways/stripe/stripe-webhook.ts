/** Stripe's events: verified by its SDK over the raw bytes. What one does not say in full, Stripe is asked for. */
import type { Instant } from '@scrip/core'
import type Stripe from 'stripe'
import { type Answered, instantIn, recordIn, textIn } from '../answers.ts'
import { type GatewayEvent, GatewayFault, type OrderReport, WebhookRefused } from '../gateway.ts'
import { isOfNow, WEBHOOK_AGE_MAX_MS } from '../webhook-signature.ts'
import { factsOfSession, idIn, purchaseIdIn } from './stripe-facts.ts'

export function readStripeEvent(
  stripe: Stripe,
  secret: string,
  headers: Readonly<Record<string, string | undefined>>,
  body: Buffer,
  now: Instant,
): GatewayEvent {
  const event = verified(stripe, secret, headers['stripe-signature'] ?? '', body, now)
  try {
    return read(recordIn(event, 'the event'))
  } catch (error) {
    if (error instanceof GatewayFault) throw new WebhookRefused(error.message)
    throw error
  }
}

function verified(stripe: Stripe, secret: string, header: string, body: Buffer, now: Instant): unknown {
  const seconds = Number(/(?:^|,)t=(\d{1,12})(?:,|$)/.exec(header)?.[1])
  // The SDK looks at how old it is, and not whether it is of a time to come.
  if (!isOfNow(seconds * 1000, now)) throw new WebhookRefused('The signature is none of now.')
  // The SDK verifies text: bytes that are no UTF-8, or a byte order mark, would be others than were signed.
  if (!Buffer.from(new TextDecoder().decode(body)).equals(body)) {
    throw new WebhookRefused('The body is not UTF-8 as it was signed.')
  }
  try {
    return stripe.webhooks.constructEvent(body, header, secret, WEBHOOK_AGE_MAX_MS / 1000, undefined, now)
  } catch (error) {
    throw new WebhookRefused('The signature is not of these bytes.', { cause: error })
  }
}

function read(event: Answered): GatewayEvent {
  const type = textIn(event.type, 'the type of the event')
  const at = instantIn(event.created, 'the time of the event')
  const object = recordIn(recordIn(event.data, 'the data of the event').object, 'the object of the event')
  const told = { eventId: textIn(event.id, 'the id of the event'), type, at }
  if (type.startsWith('checkout.session.')) return { ...told, ...saidOfSession(type, object, at) }
  const asks = paymentToAsk(type, object)
  return asks === null ? { ...told, report: null } : { ...told, report: null, asks }
}

/** A session that is written otherwise than we know is asked for: what is signed is not lost. */
function saidOfSession(type: string, session: Answered, at: Instant): Pick<GatewayEvent, 'report' | 'asks'> {
  try {
    return { report: reportOfSession(type, session, at) }
  } catch (error) {
    if (!(error instanceof GatewayFault)) throw error
    return { report: null, asks: textIn(session.id, 'the id of the session') }
  }
}

function reportOfSession(type: string, session: Answered, at: Instant): OrderReport | null {
  const purchaseId = purchaseIdIn(session)
  // Sold by somebody else through the same account.
  if (purchaseId === null) return null
  const report = { orderId: textIn(session.id, 'the id of the session'), purchaseId, savedMethod: null }
  if (type !== 'checkout.session.async_payment_failed') {
    return { ...report, facts: factsOfSession(session, at) }
  }
  const paymentId = idIn(session.payment_intent)
  return { ...report, facts: [{ kind: 'failed', at, paymentId, reason: 'payment_failed' }] }
}

const OF_PAYMENTS = /^(payment_intent\.(succeeded|payment_failed|processing|canceled)|charge\.refunded)$/
/** Their objects do not carry the purchase's id, so that they may be of anybody. */
const OF_ANYBODY =
  /^(charge\.dispute\.(created|updated|closed|funds_withdrawn|funds_reinstated)|refund\.\w+)$/

function paymentToAsk(type: string, object: Answered): string | null {
  const payment = type.startsWith('payment_intent.') ? idIn(object.id) : idIn(object.payment_intent)
  if (OF_ANYBODY.test(type)) return payment
  return OF_PAYMENTS.test(type) && purchaseIdIn(object) !== null ? payment : null
}
