/**
 * Asks the gateway what became of an order, and settles by its answer: for a customer whose payment seems
 * stuck, for staff, and for the job. An order without a checkout is tried again; one that nobody paid until
 * it expired has expired, after the gateway was asked a last time.
 */

import { accountById } from '../database/accounts.sql.ts'
import { setAskedAt } from '../database/purchase-claims.sql.ts'
import type { PurchaseRow } from '../database/purchases.sql.ts'
import { type Project, timeOfClock } from '../directory/projects.ts'
import { openGateway } from '../gateways/gateways.ts'
import type { Ask } from './ask.ts'
import type { Installation } from './installation.ts'
import { openPurchaseCheckout } from './open-purchase-checkout.ts'
import { purchaseOf } from './read-purchase.operation.ts'
import { type FactSource, settleFacts, settlePurchase, settlePurchaseByReport } from './settle-purchase.ts'

/** On a dry run nothing is asked, and what is known is answered. */
export async function recheckPurchase(ask: Ask, id: string): Promise<PurchaseRow> {
  const row = await purchaseOf(ask, id)
  if (ask.dryRun) return row
  return recheck(ask.house, ask.project, row, 'recheck')
}

/** Throws a `GatewayFault` where the gateway cannot be asked; the purchase stays as it was. */
export async function recheck(
  house: Installation,
  project: Project,
  row: PurchaseRow,
  source: FactSource,
): Promise<PurchaseRow> {
  // First what is known already and was not finished.
  const before = await settlePurchase(house, project, row.id)
  if (before.gateway === 'manual') return before
  const now = await timeOf(house, project, before)
  const isOver = before.expiresAt !== null && before.expiresAt <= now
  if (before.orderId === null) {
    // Only somebody who waits for it: nobody is there to pay what a job opens.
    if (before.status === 'failed' && !isOver && source !== 'job') {
      return openPurchaseCheckout({ house, project }, before)
    }
  } else {
    const gateway = await openGateway(house, project, before.gateway)
    const report = await gateway.ask(before.orderId)
    await setAskedAt(house.database.pool, before, now)
    // The gateway was asked by the order's own id, so it is of this purchase whatever it says.
    await settlePurchaseByReport(house, project, before.gateway, { ...report, purchaseId: before.id }, source)
  }
  const after = await settlePurchase(house, project, before.id)
  return isOver ? expire(house, project, after, source) : after
}

const UNPAID: readonly PurchaseRow['status'][] = ['pending', 'failed', 'abandoned']

/** Never where money is on its way: a payment that the gateway calls pending may still arrive. */
async function expire(
  house: Installation,
  project: Project,
  row: PurchaseRow,
  source: FactSource,
): Promise<PurchaseRow> {
  if (!UNPAID.includes(row.status) || row.expiresAt === null) return row
  const fact = { kind: 'expired', at: row.expiresAt, paymentId: null, reason: 'not paid in time' } as const
  return settleFacts(house, project, row.id, { facts: [fact] }, source)
}

async function timeOf(house: Installation, project: Project, row: PurchaseRow): Promise<number> {
  const time = timeOfClock(project, house.realTime())
  const account = await accountById(house.database.pool, project.id, row.accountId)
  if (account === null || account.testClock === null) return time
  return Math.max(time, timeOfClock(account, house.realTime()))
}
