/**
 * Razorpay's events: signed over the raw bytes, without a time beside the signature. The event's own time
 * stands in for it. One that is older than a repetition of minutes, as Razorpay repeats for a day, is a
 * hint alone: what it says is not believed, and Razorpay is asked.
 */
import { createHash } from 'node:crypto'
import type { Instant, PaymentFact } from '@scrip/core'
import { type Answered, instantIn, recordIn, textIn, textOrNull } from '../answers.ts'
import { type GatewayEvent, GatewayFault, type OrderReport, WebhookRefused } from '../gateway.ts'
import { hmacOf, isOfNow, isSameSignature, parseSigned } from '../webhook-signature.ts'
import { factsOfDispute, factsOfPayment } from './razorpay-facts.ts'

export function readRazorpayEvent(
  secret: string,
  headers: Readonly<Record<string, string | undefined>>,
  body: Buffer,
  now: Instant,
): GatewayEvent {
  const given = headers['x-razorpay-signature'] ?? ''
  if (!isSameSignature(hmacOf(secret, body), given)) {
    throw new WebhookRefused('The signature is not of these bytes.')
  }
  try {
    return read(recordIn(parseSigned(body), 'the event'), idOf(body), now)
  } catch (error) {
    if (error instanceof GatewayFault) throw new WebhookRefused(error.message)
    throw error
  }
}

/** The id in the header is not signed; a repetition has the same bytes. */
function idOf(body: Buffer): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`
}

function read(event: Answered, eventId: string, now: Instant): GatewayEvent {
  const type = textIn(event.event, 'the type of the event')
  const at = instantIn(event.created_at, 'the time of the event')
  const isOld = !isOfNow(at, now)
  if (isOld && at > now) throw new WebhookRefused('The event is of a time to come.')
  const told = { eventId, type, at }
  const entities = entitiesIn(event.payload)
  const orderId = textOrNull(entities.order?.id) ?? textOrNull(entities.payment?.order_id)
  // A payment link, a subscription, a settlement of somebody else.
  if (orderId === null) return { ...told, report: null }
  const report = isOld ? null : reportOf(orderId, entities)
  return report === null ? { ...told, report, asks: orderId } : { ...told, report }
}

interface Entities {
  readonly order: Answered | null
  readonly payment: Answered | null
  readonly dispute: Answered | null
}

function entitiesIn(payload: unknown): Entities {
  const held = recordIn(payload, 'the payload')
  return {
    order: entityIn(held, 'order'),
    payment: entityIn(held, 'payment'),
    dispute: entityIn(held, 'dispute'),
  }
}

/** null where it is written otherwise than we know: what is signed is not lost, and Razorpay is asked. */
function reportOf(orderId: string, { order, payment, dispute }: Entities): OrderReport | null {
  try {
    const facts: PaymentFact[] = [
      ...(payment === null ? [] : factsOfPayment(payment)),
      ...(dispute === null ? [] : factsOfDispute(dispute)),
    ]
    return { orderId, purchaseId: textOrNull(order?.receipt), facts, savedMethod: null }
  } catch (error) {
    if (error instanceof GatewayFault) return null
    throw error
  }
}

function entityIn(entities: Answered, name: string): Answered | null {
  const held = entities[name]
  return held === undefined ? null : recordIn(recordIn(held, name).entity, name)
}
