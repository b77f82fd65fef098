/**
 * Carries an attempt through: asks the gateway to charge the saved means of payment, brings what it says to
 * the one place that settles purchases, and ends by what the purchase then is. It may be repeated by anybody
 * at any moment: the gateway knows the purchase's id, and an attempt ends once.
 */
import { restAfterDecline } from '@scrip/core'
import { type PurchaseRow, purchaseById } from '../database/purchases.sql.ts'
import {
  type AttemptRow,
  countDecline,
  endAttempt,
  forgetDeclines,
  leaveAttempt,
} from '../database/top-ups.sql.ts'
import { inTransaction } from '../database/transaction.ts'
import { type Project, timeOfClock } from '../directory/projects.ts'
import { GatewayFault } from '../gateways/gateway.ts'
import { chargeSavedMethod } from './charge-saved-method.ts'
import type { Installation } from './installation.ts'
import { recheck } from './recheck-purchase.operation.ts'
import { Refused } from './refused.ts'
import { tellTopUpRefused } from './top-up-events.ts'

/** How long a process may say nothing of an attempt before another takes it up. */
export const ATTEMPT_TURN_MS = 60_000
const REST_MS = 60_000
const REST_MAX_MS = 3_600_000
/** With rests that double from a minute to an hour: about a day. */
const TRIES_MAX = 28
/** A payment that takes days is looked after by its webhook; this is for one whose webhook is lost. */
const PAYING_REST_MS = 15 * 60_000

export async function goOnWithAttempt(
  house: Installation,
  project: Project,
  attempt: AttemptRow,
): Promise<void> {
  const { pool } = house.database
  const purchase = await purchaseById(pool, project.id, attempt.id)
  if (purchase === null) throw new Error(`the attempt ${attempt.id} has its order`)
  const asked = await ask(house, project, attempt, purchase)
  if ('row' in asked) return end(house, project, attempt, asked.row)
  const tries = attempt.tries + 1
  if (asked.isPassing && tries < TRIES_MAX) {
    const afterMs = Math.min(REST_MS * 2 ** attempt.tries, REST_MAX_MS)
    await leaveAttempt(pool, attempt.id, {
      status: attempt.status as 'open',
      afterMs,
      tries,
      reason: asked.failure,
    })
    return
  }
  await decline(house, project, attempt, 'gateway_failed', asked.failure)
}

type Asked = { readonly row: PurchaseRow } | { readonly failure: string; readonly isPassing: boolean }

async function ask(
  house: Installation,
  project: Project,
  attempt: AttemptRow,
  purchase: PurchaseRow,
): Promise<Asked> {
  try {
    // Asked before: what became of it is known here, or to the gateway.
    if (purchase.orderId !== null) return { row: await recheck(house, project, purchase, 'job') }
    const charged = await chargeSavedMethod({ house, project }, purchase, attempt.methodId)
    if (charged !== null) return { row: charged }
    return { failure: `${purchase.gateway} charges no saved means of payment.`, isPassing: false }
  } catch (error) {
    if (error instanceof GatewayFault) return { failure: error.message, isPassing: error.retryable }
    if (error instanceof Refused) return { failure: error.detail, isPassing: false }
    throw error
  }
}

async function end(
  house: Installation,
  project: Project,
  attempt: AttemptRow,
  { status, failure, paidAt }: PurchaseRow,
): Promise<void> {
  const { pool } = house.database
  if (paidAt !== null && status !== 'pending') {
    const at = timeOfClock(project, house.realTime())
    await inTransaction(pool, async (session) => {
      if (!(await endAttempt(session, attempt.id, { status: 'paid', code: null, reason: null, at }))) return
      await forgetDeclines(session, project.id, attempt.accountId)
    })
  } else if (status === 'pending') {
    const left = { status: 'paying', afterMs: PAYING_REST_MS, tries: 0, reason: null } as const
    await leaveAttempt(pool, attempt.id, left)
  } else await decline(house, project, attempt, 'payment_declined', failure ?? `The payment has ${status}.`)
}

async function decline(
  house: Installation,
  project: Project,
  attempt: AttemptRow,
  code: string,
  reason: string,
): Promise<void> {
  const at = Math.max(timeOfClock(project, house.realTime()), attempt.at)
  await inTransaction(house.database.pool, async (session) => {
    if (!(await endAttempt(session, attempt.id, { status: 'declined', code, reason, at }))) return
    await countDecline(session, attempt, at, (declines) => restAfterDecline(at, declines))
    await tellTopUpRefused(session, project, attempt, { code, reason, purchaseId: attempt.id, at })
  })
}
