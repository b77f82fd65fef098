/**
 * Buys credits where a balance is at or below its threshold (core's `automatic-top-up.ts` says how many and
 * why not). An attempt is a row, with its order, before the gateway is asked, so that whatever dies
 * afterwards it was counted; and the gateway is asked under the purchase's id, so that to ask again is safe.
 */
import {
  type OrderLine,
  type PoolState,
  type PricedOrder,
  priceOrder,
  refuseTopUp,
  startOfPeriod,
  type TopUpRefusal,
  termsAt,
  topUpCredits,
} from '@scrip/core'
import { accountById } from '../database/accounts.sql.ts'
import { fixCurrency, insertPurchase } from '../database/purchases.sql.ts'
import {
  type AttemptFields,
  type AttemptRow,
  type DueTopUp,
  dueTopUps,
  forgetDeclines,
  insertAttempt,
  insertRefusal,
  lockTopUp,
  type MoneyFacts,
  moneyFacts,
  restTopUp,
  takeTopUp,
} from '../database/top-ups.sql.ts'
import { inTransaction } from '../database/transaction.ts'
import { freshId } from '../directory/keys.ts'
import { type Project, timeOfClock } from '../directory/projects.ts'
import { askOfJob } from './ask.ts'
import type { Installation } from './installation.ts'
import { tell } from './purchase-events.ts'
import { placeOf } from './purchase-place.ts'
import { refusalSaid } from './refusal-facts.ts'
import { ATTEMPT_TURN_MS, goOnWithAttempt } from './top-up-attempt.ts'
import { tellTopUpRefused } from './top-up-events.ts'

const DUE_AT_ONCE = 100
const EXPIRES_AFTER_MS = 24 * 3_600_000
/** What was refused is looked at again by then; what is changed, at once. */
const LOOK_AGAIN_MS = 3_600_000

/** Every one that is due; one that fails holds up no other, and the first failure is thrown in the end. */
export async function lookAfterTopUps(
  house: Installation,
  project: Project,
  signal: AbortSignal,
): Promise<void> {
  const realTime = house.realTime()
  const asked = { project: project.id, now: timeOfClock(project, realTime), realTime, limit: DUE_AT_ONCE }
  const failures: unknown[] = []
  let after: string | undefined = ''
  while (after !== undefined && !signal.aborted) {
    const due: DueTopUp[] = await dueTopUps(house.database.pool, { ...asked, after })
    for (const topUp of due) {
      if (signal.aborted) break
      await topUpOne(house, project, topUp).catch((error: unknown) => failures.push(error))
    }
    after = due.length === DUE_AT_ONCE ? due.at(-1)?.accountId : undefined
  }
  if (failures.length > 0) throw failures[0]
}

async function topUpOne(house: Installation, project: Project, topUp: DueTopUp): Promise<void> {
  const attempt = await decide(house, project, topUp)
  if (attempt !== null) await goOnWithAttempt(house, project, attempt)
}

/** The attempt that is now in flight; null where nothing is to be bought. */
async function decide(house: Installation, project: Project, topUp: DueTopUp): Promise<AttemptRow | null> {
  const { pool } = house.database
  const { accountId, now, timeZone } = topUp
  const state = await house.ledger.read(topUp, now)
  if (state === null || state.ownerId !== accountId) return null
  const balance = state.totals.available + state.totals.held
  const money = await moneyFacts(pool, topUp, startOfPeriod(now, 'month', timeZone))
  const credits = topUpCredits(topUp, { balance, pending: money.pending })
  if (credits === 0) return null
  const { project: id, lane, pool: number, currency, gateway, methodId } = topUp
  const attempt: AttemptFields = {
    ...{ project: id, accountId, lane, pool: number, credits, currency, gateway, methodId, balance },
    ...{ id: freshId('pur', now), at: now, total: null },
  }
  const priced = await price(house, project, topUp, state, credits)
  if ('code' in priced) {
    const day = startOfPeriod(now, 'day', timeZone)
    await refuse(house, project, topUp, attempt, { ...priced, cause: `${priced.code}:${day}` })
    return null
  }
  const { total } = priced.order
  const declines = declinesAfter(topUp, money)
  const code = refuseTopUp(topUp, { balance, ...money, declines }, total)
  const facts = { ...attempt, total }
  if (code === null) return begin(house, project, topUp, facts, priced, declines)
  const refusal = { code, reason: REASONS[code], cause: causeOf(code, topUp) }
  await refuse(house, project, topUp, facts, refusal)
  return null
}

/** A success since the last decline ends the row of declines, whoever paid. */
function declinesAfter({ declines, declinedAt }: DueTopUp, { paidAt }: MoneyFacts): number {
  return declinedAt !== null && paidAt !== null && paidAt > declinedAt ? 0 : declines
}

const REASONS: Readonly<Record<TopUpRefusal, string>> = {
  declined_too_often:
    'The means of payment was declined three times in a row: it is asked again after another one is chosen, or a payment succeeds.',
  monthly_cap_reached: 'It would cost more than what is left of the month’s limit.',
}

function causeOf(code: TopUpRefusal, { now, timeZone, declinedAt, updatedAt }: DueTopUp): string {
  return code === 'declined_too_often'
    ? `${code}:${declinedAt}`
    : `${code}:${startOfPeriod(now, 'month', timeZone)}:${updatedAt}`
}

interface PricedTopUp {
  readonly order: PricedOrder
  readonly lines: readonly OrderLine[]
}

async function price(
  house: Installation,
  project: Project,
  topUp: DueTopUp,
  state: PoolState,
  credits: number,
): Promise<PricedTopUp | { readonly code: string; readonly reason: string }> {
  const { accountId, currency, now } = topUp
  const ask = askOfJob(house, project)
  const owner = await accountById(house.database.pool, project.id, accountId)
  if (owner?.currency != null && owner.currency !== currency) {
    return {
      code: 'currency_changed',
      reason: `The account pays in ${owner.currency}, its limit is in ${currency}.`,
    }
  }
  if (!(termsAt(state.terms, now)?.buysItself ?? true)) {
    return { code: 'sold_by_staff', reason: 'The account buys through staff.' }
  }
  const lines: readonly OrderLine[] = [{ credits }]
  const context = { catalog: project.catalogs.at(now), at: now, state, accountId, currency }
  const place = await placeOf(ask, accountId)
  const asked = priceOrder(lines, { ...context, place, promotion: null, offered: null })
  if ('order' in asked) return { order: asked.order, lines }
  const { code, detail } = refusalSaid(ask, asked.refused)
  return { code, reason: detail }
}

/** A row and an event, once for each cause. */
async function refuse(
  house: Installation,
  project: Project,
  topUp: DueTopUp,
  attempt: AttemptFields,
  refusal: { readonly code: string; readonly reason: string; readonly cause: string },
): Promise<void> {
  await inTransaction(house.database.pool, async (session) => {
    if (!(await lockTopUp(session, topUp))) return
    await restTopUp(session, topUp, topUp.now + LOOK_AGAIN_MS)
    if (!(await insertRefusal(session, attempt, refusal))) return
    await tellTopUpRefused(session, project, attempt, { ...refusal, purchaseId: null, at: topUp.now })
  })
}

/** Counted and ordered in one transaction; null where another process was faster, or the setting changed. */
async function begin(
  house: Installation,
  project: Project,
  topUp: DueTopUp,
  attempt: AttemptFields,
  { order, lines }: PricedTopUp,
  declines: number,
): Promise<AttemptRow | null> {
  const { accountId, gateway, currency, now } = topUp
  return inTransaction(house.database.pool, async (session) => {
    if (!(await takeTopUp(session, topUp))) return null
    const row = await insertAttempt(session, attempt, ATTEMPT_TURN_MS)
    if (row === null) return null
    if (declines < topUp.declines) await forgetDeclines(session, project.id, accountId)
    await fixCurrency(session, project.id, accountId, currency)
    const purchase = await insertPurchase(session, {
      ...{ project: project.id, id: attempt.id, accountId, userId: null, asked: lines, priced: order },
      ...{ total: order.total, currency, credits: order.credits, gateway, requested: false },
      ...{ returnUrl: null, savesMethod: false, promotionCode: null, metadata: { automatic: 'top-up' } },
      ...{ status: 'pending' as const, dueAt: null, note: null },
      ...{ createdAt: now, expiresAt: now + EXPIRES_AFTER_MS },
    })
    await tell(session, project, 'purchase.created', purchase, now)
    return row
  })
}
