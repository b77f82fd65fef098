/**
 * An order of the sandbox, and what may happen to it: pure, so that each act is one table row of facts.
 * What is refused is said in words for whoever pressed the button.
 */
import type { Instant, Money, PaymentFact } from '@scrip/core'
import type { Checkout, OrderReport, SavedMethod } from '../gateway.ts'

export const SANDBOX_ACTS = [
  'pay',
  'payWithoutWebhook',
  'payWithDecliningCard',
  'payAgain',
  'decline',
  'abandon',
  'delay',
  'refund',
  'dispute',
  'winDispute',
  'loseDispute',
] as const

export type SandboxActName = (typeof SANDBOX_ACTS)[number]

export interface SandboxAct {
  readonly act: SandboxActName
  /** Of a payment or a refund, in minor units; where it is null, what was ordered, or all that is left. */
  readonly amount: number | null
}

/** What the sandbox knows of one order's payments. */
export interface SandboxPayment {
  readonly facts: readonly PaymentFact[]
  /** Minor units by key, so that each refund happens once. */
  readonly refunds: Readonly<Record<string, number>>
  readonly savedMethod: SavedMethod | null
}

export interface SandboxOrder {
  readonly orderId: string
  readonly purchaseId: string
  readonly checkout: SandboxCheckout
  readonly payment: SandboxPayment
}

/** What is kept of a checkout: what its page shows. Of the customer its id alone, so that no name stands here twice. */
export type SandboxCheckout = Pick<Checkout, 'total' | 'description' | 'returnUrl' | 'savesMethod'> & {
  readonly accountId: string
}

export const NO_PAYMENT: SandboxPayment = { facts: [], refunds: {}, savedMethod: null }

const WORKING_CARD: SavedMethod = { id: 'sbm_4242', label: 'Sandbox card ending 4242' }
/** Pays now, and is declined whenever it is charged later. */
export const DECLINING_CARD: SavedMethod = { id: 'sbm_0341', label: 'Sandbox card ending 0341' }

export type Acted = { readonly payment: SandboxPayment } | { readonly refused: string }

export function act(order: SandboxOrder, { act: name, amount }: SandboxAct, at: Instant): Acted {
  const paid = paidOf(order)
  switch (name) {
    case 'pay':
    case 'payWithoutWebhook':
    case 'payWithDecliningCard':
      if (paid !== null) return { refused: 'It is paid already.' }
      return pay(order, amount, at, name === 'payWithDecliningCard' ? DECLINING_CARD : WORKING_CARD)
    case 'payAgain':
      if (paid === null) return { refused: 'It is not paid yet.' }
      return pay(order, amount, at, WORKING_CARD)
    case 'decline':
    case 'abandon':
    case 'delay':
      if (paid !== null) return { refused: 'It is paid already.' }
      return told(order, unpaidFact(order, name, at))
    case 'refund':
      return refund(order, amount, `act:${order.payment.facts.length}`, at)
    case 'dispute':
      return dispute(order, at)
    case 'winDispute':
    case 'loseDispute':
      return endDispute(order, name, at)
  }
}

/** Another amount than was ordered is a mistake that a gateway may make: it is told as it is. */
function pay(order: SandboxOrder, amount: number | null, at: Instant, card: SavedMethod): Acted {
  const paymentId = paymentIdOf(order)
  const { total, savesMethod } = order.checkout
  const money = amount === null ? total : { ...total, amount }
  const fact: PaymentFact = { kind: 'paid', at, paymentId, money }
  const savedMethod = savesMethod ? card : null
  const { payment } = told(order, fact)
  return { payment: { ...payment, savedMethod } }
}

/** Charges a card that was kept: paid, or declined, at once. */
export function chargeCard(order: SandboxOrder, card: SavedMethod, at: Instant): SandboxPayment {
  const fact: PaymentFact =
    card.id === WORKING_CARD.id
      ? { kind: 'paid', at, paymentId: paymentIdOf(order), money: order.checkout.total }
      : { kind: 'failed', at, paymentId: paymentIdOf(order), reason: 'card_declined' }
  return told(order, fact).payment
}

function unpaidFact(order: SandboxOrder, name: 'decline' | 'abandon' | 'delay', at: Instant): PaymentFact {
  const paymentId = paymentIdOf(order)
  if (name === 'decline') return { kind: 'failed', at, paymentId, reason: 'card_declined' }
  if (name === 'delay') return { kind: 'pending', at, paymentId }
  return { kind: 'abandoned', at, paymentId: null, reason: 'closed by the customer' }
}

/** Returns money of the latest payment; the same key twice is one refund. `amount` null: all that is left. */
export function refund(order: SandboxOrder, amount: number | null, key: string, at: Instant): Acted {
  const { payment } = order
  const paid = paidOf(order)
  if (paid === null) return { refused: 'There is no payment to return.' }
  if (Object.hasOwn(payment.refunds, key)) return { payment }
  const before = Object.values(payment.refunds).reduce((sum, one) => sum + one, 0)
  const left = paid.money.amount - before
  const returning = amount ?? left
  if (returning <= 0 || returning > left) return { refused: `At most ${left} can be returned.` }
  const returned: Money = { amount: before + returning, currency: paid.money.currency }
  const fact: PaymentFact = { kind: 'refunded', at, paymentId: paid.paymentId, returned }
  return { payment: { ...told(order, fact).payment, refunds: { ...payment.refunds, [key]: returning } } }
}

function dispute(order: SandboxOrder, at: Instant): Acted {
  const paid = paidOf(order)
  if (paid === null) return { refused: 'There is no payment to dispute.' }
  if (openDispute(order) !== null) return { refused: 'It is disputed already.' }
  const disputeId = `${paid.paymentId}_dispute_${order.payment.facts.length}`
  const { paymentId, money } = paid
  return told(order, { kind: 'disputed', at, paymentId, disputeId, money })
}

function endDispute(order: SandboxOrder, name: 'winDispute' | 'loseDispute', at: Instant): Acted {
  const open = openDispute(order)
  if (open === null) return { refused: 'There is no open dispute.' }
  return told(order, { ...open, kind: name === 'winDispute' ? 'dispute_won' : 'dispute_lost', at })
}

type Paid = Extract<PaymentFact, { kind: 'paid' }>
type Dispute = Extract<PaymentFact, { kind: 'disputed' | 'dispute_won' | 'dispute_lost' }>

/** The latest payment; null before the first. */
export function paidOf({ payment }: SandboxOrder): Paid | null {
  return payment.facts.findLast((fact): fact is Paid => fact.kind === 'paid') ?? null
}

export function openDispute({ payment }: SandboxOrder): Dispute | null {
  const latest = payment.facts.findLast((fact): fact is Dispute => 'disputeId' in fact)
  return latest?.kind === 'disputed' ? latest : null
}

/** Each attempt to pay is a payment of its own; one that was pending goes on under its own id. */
function paymentIdOf({ orderId, payment }: SandboxOrder): string {
  const last = payment.facts.at(-1)
  if (last?.kind === 'pending' && last.paymentId !== null) return last.paymentId
  return `${orderId.replace('sbx_', 'sbp_')}_${payment.facts.length + 1}`
}

function told({ payment }: SandboxOrder, fact: PaymentFact): { readonly payment: SandboxPayment } {
  return { payment: { ...payment, facts: [...payment.facts, fact] } }
}

export function reportOf({ orderId, purchaseId, payment }: SandboxOrder): OrderReport {
  return { orderId, purchaseId, facts: payment.facts, savedMethod: payment.savedMethod }
}
