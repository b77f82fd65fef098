/**
 * Looks after purchases that nobody else does: those in the middle of which a process died, and those that
 * are unpaid for a while, whose gateway is asked. Each is taken on by one process at a time, and one whose
 * gateway fails holds up no other.
 */
import { projectById } from '../database/projects.sql.ts'
import { claimUnpaid, claimUnsettled, markStuck } from '../database/purchase-claims.sql.ts'
import { factsOf } from '../database/purchase-facts.sql.ts'
import type { PurchaseRow } from '../database/purchases.sql.ts'
import { inTransaction } from '../database/transaction.ts'
import { type Project, timeOfClock } from '../directory/projects.ts'
import { GatewayFault } from '../gateways/gateway.ts'
import type { Installation } from './installation.ts'
import { tell } from './purchase-events.ts'
import { recheck } from './recheck-purchase.operation.ts'
import { Refused } from './refused.ts'
import { settlePurchase } from './settle-purchase.ts'

const AT_ONCE = 50
/** By then whoever began has ended, or never will. */
const LEFT_AFTER_MS = 60_000
/** A payment that is under way settles within minutes. */
const ASKED_AFTER_MS = 15 * 60_000
const STUCK_AFTER_MS = 3_600_000

/** How many it took on; a full portion says that more may wait. */
export async function settleLeft(house: Installation, leftAfterMs = LEFT_AFTER_MS): Promise<number> {
  const left = await claimUnsettled(house.database.pool, leftAfterMs, AT_ONCE)
  const done = await Promise.allSettled(
    left.map(async ({ project: id, id: purchase }) => {
      const project = await house.projects.find(id)
      if (project !== null) await settlePurchase(house, project, purchase)
    }),
  )
  throwFirst(done)
  return left.length
}

export async function recheckUnpaid(house: Installation, project: Project): Promise<number> {
  const { pool } = house.database
  // Not what this process remembers: a test clock may have been moved by another.
  const row = (await projectById(pool, project.id)) ?? project
  const now = timeOfClock(row, house.realTime())
  const claimed = await claimUnpaid(pool, project.id, { before: now - ASKED_AFTER_MS, now, limit: AT_ONCE })
  const done = await Promise.allSettled(claimed.map((purchase) => recheckOne(house, project, purchase, now)))
  throwFirst(done)
  return claimed.length
}

export const PORTION = AT_ONCE

async function recheckOne(
  house: Installation,
  project: Project,
  purchase: PurchaseRow,
  now: number,
): Promise<void> {
  const failure = await recheck(house, project, purchase, 'job').then(
    () => null,
    (error: unknown) => {
      // A gateway that does not answer, or is no longer set up: it is asked again, and staff hear of it.
      if (error instanceof GatewayFault || error instanceof Refused) return error.message
      throw error
    },
  )
  if (now - purchase.createdAt < STUCK_AFTER_MS) return
  const reason = failure ?? ((await isUnderWay(house, purchase)) ? 'The payment is still under way.' : null)
  if (reason !== null) await tellStuck(house, project, purchase, now, reason)
}

/** Somebody did pay, and nobody knows yet what became of it; an order that nobody paid is not stuck. */
async function isUnderWay(house: Installation, { id }: PurchaseRow): Promise<boolean> {
  const facts = await factsOf(house.database.pool, id)
  return facts.some(({ fact }) => fact.kind === 'pending' && fact.paymentId !== null)
}

async function tellStuck(
  house: Installation,
  project: Project,
  purchase: PurchaseRow,
  now: number,
  reason: string,
): Promise<void> {
  await inTransaction(house.database.pool, async (session) => {
    if (await markStuck(session, purchase, now))
      await tell(session, project, 'purchase.stuck', purchase, now, reason)
  })
}

function throwFirst(done: readonly PromiseSettledResult<unknown>[]): void {
  const failed = done.find((one) => one.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}
