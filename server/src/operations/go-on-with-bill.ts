/**
 * Carries one attempt at a plan's bill through: asks the gateway to charge the saved means of payment, or opens
 * a checkout, and ends by what the purchase then is. Paid, the purchase itself tells the ledger; declined or
 * not paid in time, the subscription is past due first and the attempt ends then, so that a process that dies
 * between leaves what can be repeated: the ledger knows the attempt, and ignores it once the bill is paid.
 */

import { accountById } from '../database/accounts.sql.ts'
import { type BillRow, endBill, leaveBill, noteBillDeclined } from '../database/plan-bills.sql.ts'
import { type PurchaseRow, purchaseById } from '../database/purchases.sql.ts'
import { inTransaction } from '../database/transaction.ts'
import { type Project, timeOfClock } from '../directory/projects.ts'
import { GatewayFault } from '../gateways/gateway.ts'
import { chargeSavedMethod } from './charge-saved-method.ts'
import type { Installation } from './installation.ts'
import { openPurchaseCheckout } from './open-purchase-checkout.ts'
import { recheck } from './recheck-purchase.operation.ts'
import { Refused } from './refused.ts'

/** How long a process may say nothing of an attempt before another takes it up. */
export const BILL_TURN_MS = 60_000
const REST_MS = 60_000
const REST_MAX_MS = 3_600_000
/** With rests that double from a minute to an hour: about a day. */
const TRIES_MAX = 28
/** What is being paid is looked at as soon as its purchase changes; this is for one that nobody hears of. */
const PAYING_REST_MS = 15 * 60_000

export async function goOnWithBill(house: Installation, project: Project, bill: BillRow): Promise<void> {
  const { pool } = house.database
  const purchase = await purchaseById(pool, project.id, bill.id)
  if (purchase === null) throw new Error(`the bill ${bill.id} has its purchase`)
  const asked = await ask(house, project, bill, purchase)
  if ('row' in asked) return end(house, project, bill, asked.row)
  const tries = bill.tries + 1
  if (asked.isPassing && tries < TRIES_MAX) {
    const afterMs = Math.min(REST_MS * 2 ** bill.tries, REST_MAX_MS)
    return leaveBill(pool, bill.id, { status: bill.status as 'open', afterMs, tries })
  }
  await decline(house, project, bill, 'gateway_failed', asked.failure)
}

type Asked = { readonly row: PurchaseRow } | { readonly failure: string; readonly isPassing: boolean }

async function ask(
  house: Installation,
  project: Project,
  bill: BillRow,
  purchase: PurchaseRow,
): Promise<Asked> {
  try {
    // Asked before, or an invoice: what became of it is known here, or to the gateway.
    if (purchase.orderId !== null || bill.gateway === 'manual') {
      return { row: await recheck(house, project, purchase, 'job') }
    }
    const charged =
      bill.methodId === null ? null : await chargeSavedMethod({ house, project }, purchase, bill.methodId)
    if (charged !== null) return { row: charged }
    const opened = await openPurchaseCheckout({ house, project }, purchase)
    const isOpen = opened.orderId !== null
    return isOpen ? { row: opened } : { failure: opened.failure ?? 'It has no checkout.', isPassing: true }
  } catch (error) {
    if (error instanceof GatewayFault) return { failure: error.message, isPassing: error.retryable }
    // A gateway that is not set up is no fault of the customer's.
    if (error instanceof Refused) return { failure: error.detail, isPassing: true }
    throw error
  }
}

async function end(
  house: Installation,
  project: Project,
  bill: BillRow,
  { status, failure, paidAt, dueAt }: PurchaseRow,
): Promise<void> {
  const { pool } = house.database
  const now = await timeOf(house, project, bill)
  if (paidAt !== null && status !== 'pending') {
    await endBill(pool, bill.id, { status: 'paid', code: null, reason: null, at: now })
  } else if (status === 'pending' && (dueAt === null || now < dueAt)) {
    await leaveBill(pool, bill.id, { status: 'paying', afterMs: PAYING_REST_MS, tries: 0 })
  } else if (status === 'pending') {
    await decline(house, project, bill, 'not_paid_in_time', 'The invoice was not paid when it was due.')
  } else {
    await decline(house, project, bill, 'payment_declined', failure ?? `The payment has ${status}.`)
  }
}

async function decline(
  house: Installation,
  project: Project,
  bill: BillRow,
  code: string,
  reason: string,
): Promise<void> {
  const { accountId, subscription, period, id } = bill
  const at = Math.max(await timeOf(house, project, bill), bill.at)
  const owed = { subscription, period }
  const command = { type: 'payment_failed', accountId, bill: owed, key: `${id}:declined`, reason } as const
  // Refused where the subscription was cancelled or paused meanwhile: then nothing is past due.
  await house.ledger.submit(bill, command, at)
  await inTransaction(house.database.pool, async (session) => {
    if (await endBill(session, id, { status: 'declined', code, reason, at })) {
      await noteBillDeclined(session, bill, at)
    }
  })
}

async function timeOf(house: Installation, project: Project, { accountId }: BillRow): Promise<number> {
  const time = timeOfClock(project, house.realTime())
  const account = await accountById(house.database.pool, project.id, accountId)
  if (account === null || account.testClock === null) return time
  return Math.max(time, timeOfClock(account, house.realTime()))
}
