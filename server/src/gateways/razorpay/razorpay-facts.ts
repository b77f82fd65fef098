/** What Razorpay's payments and disputes say, as facts. An attempt that failed may still be captured later. */
import type { Money, PaymentFact } from '@scrip/core'
import { type Answered, instantIn, textIn, textOrNull, wholeIn } from '../answers.ts'

export function factsOfPayment(payment: Answered): PaymentFact[] {
  const paymentId = textIn(payment.id, 'the id of the payment')
  const at = instantIn(payment.created_at, 'the time of the payment')
  switch (textIn(payment.status, 'the state of the payment')) {
    case 'captured':
    case 'refunded':
      return [
        { kind: 'paid', at, paymentId, money: moneyIn(payment.amount, payment.currency) },
        ...factsOfReturned(payment, paymentId, at),
      ]
    case 'authorized':
      return [{ kind: 'pending', at, paymentId }]
    case 'failed': {
      const reason = textOrNull(payment.error_reason) ?? textOrNull(payment.error_code)
      return [{ kind: 'failed', at, paymentId, reason }]
    }
    // Begun, and not tried yet.
    default:
      return []
  }
}

/** `amount_refunded` is the running total. */
function factsOfReturned(payment: Answered, paymentId: string, at: number): PaymentFact[] {
  const amount = wholeIn(payment.amount_refunded ?? 0, 'what was returned')
  if (amount === 0) return []
  return [{ kind: 'refunded', at, paymentId, returned: moneyIn(amount, payment.currency) }]
}

/** Phases before a chargeback take no money. */
export function factsOfDispute(dispute: Answered): PaymentFact[] {
  if (dispute.phase === 'fraud' || dispute.phase === 'retrieval') return []
  const paymentId = textIn(dispute.payment_id, 'the payment of the dispute')
  const at = instantIn(dispute.created_at, 'the time of the dispute')
  const disputeId = textIn(dispute.id, 'the id of the dispute')
  const money = moneyIn(dispute.amount, dispute.currency)
  const opened: PaymentFact = { kind: 'disputed', at, paymentId, disputeId, money }
  const status = textIn(dispute.status, 'the state of the dispute')
  // Closed without a loss: the money stays.
  if (status === 'won' || status === 'closed') return [opened, { ...opened, kind: 'dispute_won' }]
  return status === 'lost' ? [opened, { ...opened, kind: 'dispute_lost' }] : [opened]
}

function moneyIn(amount: unknown, currency: unknown): Money {
  return {
    amount: wholeIn(amount, 'the amount'),
    currency: textIn(currency, 'the currency').toUpperCase(),
  }
}
