/** What Stripe's objects say, as facts. Each is read field by field, and what is not as it should be is a fault. */
import type { Instant, PaymentFact } from '@scrip/core'
import { type Answered, instantIn, recordIn, textIn, textOrNull, wholeIn } from '../answers.ts'
import type { SavedMethod } from '../gateway.ts'
import { fromStripe } from './stripe-amounts.ts'

/** The id of what Stripe gives as an id, or expanded as an object. */
export function idIn(value: unknown): string | null {
  if (typeof value === 'object' && value !== null) return textOrNull((value as Answered).id)
  return textOrNull(value)
}

export function purchaseIdIn(object: Answered): string | null {
  const metadata = object.metadata
  const named = typeof metadata === 'object' && metadata !== null ? (metadata as Answered).purchaseId : null
  return textOrNull(named) ?? textOrNull(object.client_reference_id)
}

/** A Checkout Session by itself: of an open one nothing is known yet. */
export function factsOfSession(session: Answered, at: Instant): PaymentFact[] {
  const paymentId = idIn(session.payment_intent)
  const status = textIn(session.status, 'the state of the session')
  const paid = textIn(session.payment_status, 'whether the session is paid')
  if (paid === 'paid' || paid === 'no_payment_required') {
    const money = fromStripe(session.amount_total, session.currency, 'the session')
    return [{ kind: 'paid', at, paymentId: paymentId ?? textIn(session.id, 'the id of the session'), money }]
  }
  if (status === 'expired') return [{ kind: 'expired', at, paymentId, reason: 'checkout_expired' }]
  return status === 'complete' ? [{ kind: 'pending', at, paymentId }] : []
}

export function factsOfIntent(intent: Answered): PaymentFact[] {
  const paymentId = textIn(intent.id, 'the id of the payment')
  const at = instantIn(intent.created, 'the time of the payment')
  const status = textIn(intent.status, 'the state of the payment')
  if (status === 'succeeded') {
    const money = fromStripe(intent.amount_received, intent.currency, 'the payment')
    return [{ kind: 'paid', at, paymentId, money }]
  }
  if (status === 'processing') return [{ kind: 'pending', at, paymentId }]
  if (status === 'canceled') return [{ kind: 'failed', at, paymentId, reason: 'canceled' }]
  const error = intent.last_payment_error
  if (typeof error !== 'object' || error === null) return []
  return [{ kind: 'failed', at, paymentId, reason: reasonOf(error as Answered) }]
}

export function reasonOf(error: Answered): string | null {
  return textOrNull(error.decline_code) ?? textOrNull(error.code) ?? textOrNull(error.type)
}

/** What came back of a charge, in all: Stripe keeps the running total. */
export function factsOfCharge(charge: Answered, paymentId: string, at: Instant): PaymentFact[] {
  const total = wholeIn(charge.amount_refunded, 'what was returned')
  if (total === 0) return []
  const returned = fromStripe(total, charge.currency, 'the refund')
  return [{ kind: 'refunded', at, paymentId, returned }]
}

/** An inquiry (`warning_…`) takes no money; it is a dispute once the bank takes some. */
export function factsOfDispute(dispute: Answered, paymentId: string): PaymentFact[] {
  const status = textIn(dispute.status, 'the state of the dispute')
  if (status.startsWith('warning_') || status === 'prevented') return []
  const at = instantIn(dispute.created, 'the time of the dispute')
  const disputeId = textIn(dispute.id, 'the id of the dispute')
  const money = fromStripe(dispute.amount, dispute.currency, 'the dispute')
  const opened: PaymentFact = { kind: 'disputed', at, paymentId, disputeId, money }
  if (status === 'won') return [opened, { ...opened, kind: 'dispute_won' }]
  return status === 'lost' ? [opened, { ...opened, kind: 'dispute_lost' }] : [opened]
}

/** The customer and the card together: Stripe charges a kept card only for the customer it was kept for. */
export function savedMethodIn(intent: Answered): SavedMethod | null {
  const customer = idIn(intent.customer)
  const method = intent.payment_method
  if (customer === null || textOrNull(intent.setup_future_usage) === null) return null
  if (typeof method !== 'object' || method === null) return null
  const { id, type, card } = method as Answered
  return { id: `${customer}/${textIn(id, 'the id of the card')}`, label: labelOf(type, card) }
}

function labelOf(type: unknown, card: unknown): string {
  if (typeof card !== 'object' || card === null) return textOrNull(type) ?? 'saved'
  const { brand, last4 } = recordIn(card, 'the card')
  const name = textOrNull(brand) ?? 'card'
  return `${name.charAt(0).toUpperCase()}${name.slice(1)} ending ${textOrNull(last4) ?? '????'}`
}
