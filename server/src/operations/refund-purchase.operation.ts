/**
 * Returns money of a payment, all or a part. What was asked of a gateway is written down before it is asked,
 * so that two who ask at once never return more than was paid, and a repetition under its key asks for the
 * same refund. What follows in credits follows from the gateway's own total.
 */
import type { PaymentFact, ReportedPayment } from '@scrip/core'
import { factsOf, insertFacts } from '../database/purchase-facts.sql.ts'
import {
  deleteRefundAsked,
  insertRefundAsked,
  type RefundAsked,
  refundsAsked,
} from '../database/purchase-refunds.sql.ts'
import { lockPurchase, type PurchaseRow } from '../database/purchases.sql.ts'
import { inTransaction, type Session } from '../database/transaction.ts'
import { freshId } from '../directory/keys.ts'
import { GatewayFault } from '../gateways/gateway.ts'
import { openGateway } from '../gateways/gateways.ts'
import { type Ask, projectTime } from './ask.ts'
import { state } from './confirm-purchase.operation.ts'
import { paymentOfRow } from './purchase-payment.ts'
import { purchaseOf } from './read-purchase.operation.ts'
import { Refused } from './refused.ts'
import { purchaseNotFound, settleFacts, settlePurchase } from './settle-purchase.ts'

export interface RefundRequest {
  /** Minor units; null = all that is left. */
  readonly amount: number | null
  /** null = the payment that paid for it; a second payment or a wrong one is named. */
  readonly paymentId: string | null
}

export async function refundPurchase(ask: Ask, id: string, request: RefundRequest): Promise<PurchaseRow> {
  const { house, project } = ask
  const row = await purchaseOf(ask, id)
  const key = ask.key ?? freshId('rfd', projectTime(ask))
  const reserved = await inTransaction(
    house.database.pool,
    (session) => reserve(ask, session, id, request, key),
    { undo: ask.dryRun },
  )
  if (ask.dryRun) return row
  if (row.gateway === 'manual') return settlePurchase(house, project, id)
  return askGateway(ask, row, reserved)
}

async function reserve(
  ask: Ask,
  session: Session,
  id: string,
  request: RefundRequest,
  key: string,
): Promise<RefundAsked> {
  const row = await lockPurchase(session, ask.project.id, id)
  if (row === null) throw purchaseNotFound(id)
  const asked = await refundsAsked(session, id)
  const before = asked.find((one) => one.key === key)
  if (before !== undefined) return again(before, request)
  const facts = (await factsOf(session, id)).map(({ fact }) => fact)
  const payment = paymentToReturn(row, facts, request.paymentId)
  const left = payment.money.amount - returnedOrAsked(payment, asked)
  const amount = request.amount ?? left
  if (amount > left || left <= 0) throw exceeds(row, left)
  const { paymentId, money } = payment
  const refund = { key, paymentId, amount, currency: money.currency }
  await insertRefundAsked(session, id, refund, projectTime(ask))
  if (row.gateway === 'manual')
    await writeDown(ask, session, row, payment, payment.money.amount - left + amount)
  return refund
}

/** What is under way is not in the gateway's total yet, and what was returned by others is in nobody's asking. */
function returnedOrAsked({ paymentId, returned }: ReportedPayment, asked: readonly RefundAsked[]): number {
  const sum = asked.reduce((all, one) => all + (one.paymentId === paymentId ? one.amount : 0), 0)
  return Math.max(returned, sum)
}

/** Money that came by hand goes back by hand: staff say so, and it is so. */
async function writeDown(
  ask: Ask,
  session: Session,
  row: PurchaseRow,
  { paymentId, money }: ReportedPayment,
  amount: number,
): Promise<void> {
  const returned = { amount, currency: money.currency }
  const fact: PaymentFact = { kind: 'refunded', at: projectTime(ask), paymentId, returned }
  await insertFacts(session, row, [fact], 'staff')
}

function again(before: RefundAsked, request: RefundRequest): RefundAsked {
  const isSame =
    (request.amount === null || request.amount === before.amount) &&
    (request.paymentId === null || request.paymentId === before.paymentId)
  if (isSame) return before
  throw new Refused('idempotency_key_reused', 'The key was used for another refund.')
}

function paymentToReturn(
  row: PurchaseRow,
  facts: readonly PaymentFact[],
  paymentId: string | null,
): ReportedPayment {
  const { counted, parts, second, wrong } = paymentOfRow(row, facts)
  const known = [...counted, ...parts, ...second, ...wrong]
  if (known.length === 0) throw state(row, 'Nothing was paid for it.')
  if (paymentId === null) {
    // Of several parts the latest that has something left; a payment that pays for nothing is named.
    const own = counted.length > 0 ? counted : known
    return own.findLast(({ money, returned }) => returned < money.amount) ?? own[0]!
  }
  const named = known.find((payment) => payment.paymentId === paymentId)
  if (named !== undefined) return named
  throw new Refused(
    'payment_not_found',
    `The purchase has no payment ${paymentId}.`,
    { allowed: known.map((payment) => payment.paymentId) },
    'paymentId',
  )
}

function exceeds({ currency }: PurchaseRow, left: number): Refused {
  const facts = { expected: `at most ${left}`, left: { amount: Math.max(0, left), currency } }
  return new Refused(
    'refund_exceeds_payment',
    `Of this payment ${Math.max(0, left)} are left to return, in minor units of ${currency}.`,
    facts,
    'amount',
  )
}

async function askGateway(ask: Ask, row: PurchaseRow, refund: RefundAsked): Promise<PurchaseRow> {
  const { house, project } = ask
  if (row.orderId === null) throw state(row, 'It has no order at the gateway.')
  const gateway = await openGateway(house, project, row.gateway)
  const payment = { orderId: row.orderId, paymentId: refund.paymentId }
  const money = { amount: refund.amount, currency: refund.currency }
  try {
    const report = await gateway.refund(payment, money, `${row.id}:${refund.key}`)
    return await settleFacts(house, project, row.id, report, 'staff')
  } catch (error) {
    // What the gateway refuses for good is not under way; what it did not answer may be.
    const isRefused = error instanceof GatewayFault && !error.retryable
    if (isRefused) await deleteRefundAsked(house.database.pool, row.id, refund.key)
    throw error
  }
}
