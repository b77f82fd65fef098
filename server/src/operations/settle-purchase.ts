/**
 * The one place where it is decided what a purchase is (rules.md, "Purchases"). Whoever learns something of
 * a payment (the customer's return, a webhook, a recheck, the nightly job, staff) brings facts here. They are
 * written first, each once; everything else follows from the set of them and may be repeated by anybody at
 * any moment: the lots by one ledger command under the purchase's id, what was returned by its total, the
 * status last, so that "paid" is never shown before its credits are there.
 */
import type { PurchasePayment } from '@scrip/core'
import { savePaymentMethod } from '../database/payment-methods.sql.ts'
import { beginBilling } from '../database/plan-bills.sql.ts'
import { factsOf, insertFacts } from '../database/purchase-facts.sql.ts'
import {
  lockPurchase,
  type PurchaseRow,
  purchaseById,
  purchaseIdByOrder,
  type Settled,
  writeSettled,
} from '../database/purchases.sql.ts'
import { inTransaction, type Session } from '../database/transaction.ts'
import { type Project, timeOfClock } from '../directory/projects.ts'
import type { OrderReport } from '../gateways/gateway.ts'
import type { Installation } from './installation.ts'
import { invoicePurchase } from './invoice-purchase.ts'
import { countUse } from './promotion-use.ts'
import { type Granted, grantPurchase, reversePurchase, type SettleOptions } from './purchase-effects.ts'
import { tellChange } from './purchase-events.ts'
import { isPaid, paymentOfRow } from './purchase-payment.ts'
import { Refused } from './refused.ts'

/** Who brought the facts: for staff who look at them later. */
export type FactSource = 'webhook' | 'recheck' | 'job' | 'return' | 'staff' | 'sandbox' | 'order'

const TURNS_MAX = 50

/**
 * What a gateway reported, of whatever purchase it is for. `unknown`: of none that this project has; nothing
 * was done, and whoever brought it keeps it for staff.
 */
export async function settlePurchaseByReport(
  house: Installation,
  project: Project,
  gatewayName: string,
  report: OrderReport,
  source: FactSource = 'webhook',
): Promise<'settled' | 'unknown'> {
  const id = await purchaseIdOf(house, project, gatewayName, report)
  if (id === null) return 'unknown'
  await settleFacts(house, project, id, report, source)
  return 'settled'
}

/** By the purchase's own id, which the gateway hands back, else by the order's. */
async function purchaseIdOf(
  house: Installation,
  project: Project,
  gateway: string,
  { orderId, purchaseId }: OrderReport,
): Promise<string | null> {
  const { pool } = house.database
  const named = purchaseId === null ? null : await purchaseById(pool, project.id, purchaseId)
  if (named !== null && named.gateway === gateway) return named.id
  return purchaseIdByOrder(pool, project.id, gateway, orderId)
}

export type Reported = Pick<OrderReport, 'facts'> & Partial<Pick<OrderReport, 'savedMethod'>>

/** Writes down what is new in a report; then does what follows from all that is known. */
export async function settleFacts(
  house: Installation,
  project: Project,
  id: string,
  { facts, savedMethod = null }: Reported,
  source: FactSource,
  options: SettleOptions = {},
): Promise<PurchaseRow> {
  await inTransaction(house.database.pool, async (session) => {
    const row = await lockPurchase(session, project.id, id)
    if (row === null) throw purchaseNotFound(id)
    await insertFacts(session, row, facts, source)
    if (savedMethod === null) return
    const at = timeOfClock(project, house.realTime())
    const { accountId, gateway } = row
    await savePaymentMethod(session, { project: project.id, accountId, gateway, ...savedMethod, at })
  })
  await options.after?.('facts')
  return settlePurchase(house, project, id, options)
}

export function purchaseNotFound(id: string): Refused {
  return new Refused('purchase_not_found', `There is no purchase ${id}.`)
}

/** Makes the purchase what its facts say it is. Repeatable; those of one process wait for each other. */
export function settlePurchase(
  house: Installation,
  project: Project,
  id: string,
  options: SettleOptions = {},
): Promise<PurchaseRow> {
  return oneAtATime(house, id, async () => {
    for (let turn = 0; turn < TURNS_MAX; turn++) {
      const settled = await settleOnce(house, project, id, options)
      if (settled !== null) return settled
    }
    throw new Error(`the purchase ${id} learned more again and again while it was settled`)
  })
}

const running = new WeakMap<Installation, Map<string, Promise<unknown>>>()

async function oneAtATime<T>(house: Installation, id: string, work: () => Promise<T>): Promise<T> {
  const lanes = running.get(house) ?? new Map<string, Promise<unknown>>()
  running.set(house, lanes)
  const before = lanes.get(id) ?? Promise.resolve()
  const mine = before.then(work, work)
  lanes.set(id, mine)
  try {
    return await mine
  } finally {
    if (lanes.get(id) === mine) lanes.delete(id)
  }
}

/** null: more became known meanwhile, and it is decided again on everything. */
async function settleOnce(
  house: Installation,
  project: Project,
  id: string,
  options: SettleOptions,
): Promise<PurchaseRow | null> {
  const { pool } = house.database
  const row = await purchaseById(pool, project.id, id)
  if (row === null) throw purchaseNotFound(id)
  if (row.settledCount === row.factCount) return row
  const facts = (await factsOf(pool, id)).map(({ fact }) => fact)
  await options.after?.('read')
  const payment = paymentOfRow(row, facts)
  const granted = await grantPurchase(house, project, row, payment, options)
  await reversePurchase(house, project, { ...row, ...granted }, payment, facts)
  await options.after?.('reversed')
  const ending: Ending = { row, facts: facts.length, payment, granted }
  const settled = await inTransaction(pool, (session) => endSettling(session, house, project, ending))
  await options.after?.('settled')
  return settled
}

interface Ending {
  /** As it was when the facts were read. */
  readonly row: PurchaseRow
  /** How many facts it was decided on. */
  readonly facts: number
  readonly payment: PurchasePayment
  readonly granted: Granted
}

async function endSettling(
  session: Session,
  house: Installation,
  project: Project,
  { row, facts, payment, granted }: Ending,
): Promise<PurchaseRow | null> {
  const before = await lockPurchase(session, project.id, row.id)
  const isSame =
    before !== null &&
    before.factCount === facts &&
    before.grantNow === row.grantNow &&
    before.offeredAt === row.offeredAt &&
    before.orderId === row.orderId
  if (!isSame) return null
  const after = { ...before, ...settledOf(before, payment, granted) }
  const promotionCounted = await countUse(session, project, before, after)
  // What the ledger would not grant is tried again by the job, and stands in the monitor until it did.
  const settledCount = granted.failure === null ? facts : -1
  const settled = { ...after, promotionCounted, settledCount }
  await tellChange(session, project, before, settled, timeOfClock(project, house.realTime()))
  await writeSettled(session, before, settled, settledCount)
  if (before.grantedAt === null && settled.grantedAt !== null && boughtPlan(settled)) {
    await beginBilling(session, project.id, row.accountId, settled.grantedAt)
  }
  await invoicePurchase(session, house, project, row.id)
  return settled
}

/** A bill for a later period of one is not looked after anew. */
function boughtPlan({ priced }: PurchaseRow): boolean {
  return priced.lines.some(({ plan, renewal }) => plan !== null && renewal === undefined)
}

function settledOf(
  before: PurchaseRow,
  payment: PurchasePayment,
  granted: Granted,
): Omit<Settled, 'promotionCounted'> {
  const status = statusOf(before, payment, granted)
  return {
    status,
    paid: payment.paid,
    returned: payment.returned,
    paymentId: paymentIdOf(payment) ?? before.paymentId,
    failure: granted.failure ?? payment.reason ?? (status === 'failed' ? before.failure : null),
    unapplied: granted.unapplied,
    attention: needsAttention(payment, granted),
    grantedAt: granted.grantedAt,
    lots: granted.lots,
    // Where there was nothing to pay it is paid with its credits.
    paidAt: payment.paidAt ?? (isPaid(payment) ? granted.grantedAt : null),
  }
}

/** For staff to look at: money that pays for nothing, or that paid for what cannot be given. */
function needsAttention({ second, wrong }: PurchasePayment, { failure, unapplied }: Granted): boolean {
  const isKept = [...second, ...wrong].some(({ money, returned }) => returned < money.amount)
  return isKept || failure !== null || unapplied !== null
}

/** The payment that a customer would name: the one that pays for it, else the last one heard of. */
function paymentIdOf({ counted, parts, wrong }: PurchasePayment): string | null {
  return (counted[0] ?? parts.at(-1) ?? wrong.at(-1))?.paymentId ?? null
}

/** An order without a checkout has failed, and may be tried again; paid money without its credits is still pending. */
function statusOf(row: PurchaseRow, payment: PurchasePayment, granted: Granted): PurchaseRow['status'] {
  const { status } = payment
  if (status === 'pending' && row.gateway !== 'manual' && row.orderId === null && payment.facts === 0)
    return 'failed'
  if (isPaid(payment) && granted.grantedAt === null) return 'pending'
  return status
}
