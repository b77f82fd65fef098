/**
 * Bills the plans that were bought (core's `plan-billing.ts` says which bill is owed, and when it is asked for
 * again). A bill is a purchase of its own with one row beside it for each attempt, both written before the
 * gateway is asked, so that whatever dies afterwards it was counted, and any number of processes make one.
 */
import {
  addDuration,
  type Instant,
  nextBillAttempt,
  type PlanBillDue,
  type PoolState,
  type PricedOrder,
  planBillDue,
  priceRenewal,
  termsAt,
} from '@scrip/core'
import { accountById } from '../database/accounts.sql.ts'
import {
  type BillFields,
  type BillRow,
  billsOfPeriod,
  type DueBilling,
  dueBillings,
  endBilling,
  insertBill,
  restBilling,
  waitForOther,
} from '../database/plan-bills.sql.ts'
import { insertPurchase } from '../database/purchases.sql.ts'
import { type PaymentMethodRow, paymentMethodsOf } from '../database/top-ups.sql.ts'
import { inTransaction } from '../database/transaction.ts'
import { freshId } from '../directory/keys.ts'
import { type Project, timeOfClock } from '../directory/projects.ts'
import { gatewayFor } from '../gateways/gateways.ts'
import { askOfJob } from './ask.ts'
import { BILL_TURN_MS, goOnWithBill } from './go-on-with-bill.ts'
import type { Installation } from './installation.ts'
import { invoicePurchase } from './invoice-purchase.ts'
import { tell } from './purchase-events.ts'
import { placeOf } from './purchase-place.ts'

const DUE_AT_ONCE = 100
/** As long as a gateway keeps a checkout open. */
const EXPIRES_AFTER_MS = 24 * 3_600_000
/** A period may move meanwhile, by a pause or a change of plan: nobody is looked at less often. */
const LOOK_AGAIN_MS = 24 * 3_600_000
/** By then an attempt in flight may have ended without a word. */
const IN_FLIGHT_MS = 3_600_000

/** Every one that is due; one that fails holds up no other, and the first failure is thrown in the end. */
export async function billPlansOf(house: Installation, project: Project, signal: AbortSignal): Promise<void> {
  const realTime = house.realTime()
  const asked = { project: project.id, now: timeOfClock(project, realTime), realTime, limit: DUE_AT_ONCE }
  const failures: unknown[] = []
  let after: string | undefined = ''
  while (after !== undefined && !signal.aborted) {
    const due: DueBilling[] = await dueBillings(house.database.pool, { ...asked, after })
    for (const billing of due) {
      if (signal.aborted) break
      await billOne(house, project, billing).catch((error: unknown) => failures.push(error))
    }
    after = due.length === DUE_AT_ONCE ? due.at(-1)?.accountId : undefined
  }
  if (failures.length > 0) throw failures[0]
}

async function billOne(house: Installation, project: Project, billing: DueBilling): Promise<void> {
  const { pool } = house.database
  const { now, accountId } = billing
  const state = await house.ledger.read(billing, now)
  const subscription = state?.subscription ?? null
  if (state === null || state.ownerId !== accountId || subscription?.bought === undefined) {
    return endBilling(pool, billing)
  }
  const bill = planBillDue(subscription)
  const later = Math.min(subscription.bill?.end ?? Number.POSITIVE_INFINITY, now + LOOK_AGAIN_MS)
  if (bill === null) {
    await restBilling(pool, billing, Math.max(later, now + 1))
    return
  }
  const attempts = await billsOfPeriod(pool, billing, bill)
  const methods = await paymentMethodsOf(pool, project.id, accountId)
  const wait = waitOf(attempts, methods, { now, later })
  if (wait !== null && wait.declinedAt !== null) {
    await waitForOther(pool, billing, { until: wait.until, declinedAt: wait.declinedAt })
  } else if (wait !== null) await restBilling(pool, billing, wait.until)
  else await begin(house, project, { billing, state, bill, attempts, methods, later })
}

interface Wait {
  readonly until: Instant
  readonly declinedAt: Instant | null
}

/** null: nothing is waited for. */
function waitOf(
  attempts: readonly BillRow[],
  methods: readonly PaymentMethodRow[],
  { now, later }: { readonly now: Instant; readonly later: Instant },
): Wait | null {
  const last = attempts.at(-1)
  if (last === undefined) return null
  const declinedAt = last.endedAt
  if (last.status !== 'declined' || declinedAt === null) {
    return { until: now + IN_FLIGHT_MS, declinedAt: null }
  }
  // An invoice that is due stays to be paid: there is one of it.
  if (last.gateway === 'manual') return { until: later, declinedAt: null }
  const next = nextBillAttempt({
    attempts: attempts.length,
    declinedAt,
    isByHand: last.methodId === null,
    hasOther: methods.some(({ gateway, savedAt }) => gateway === last.gateway && savedAt > declinedAt),
  })
  if (next !== null && next <= now) return null
  // What was saved until now was looked at: it is not what is waited for.
  const known = Math.max(declinedAt, ...methods.map(({ savedAt }) => savedAt))
  return { until: Math.max(Math.min(next ?? later, later), now + 1), declinedAt: known }
}

interface Owed {
  readonly billing: DueBilling
  readonly state: PoolState
  readonly bill: PlanBillDue
  readonly attempts: readonly BillRow[]
  readonly methods: readonly PaymentMethodRow[]
  readonly later: Instant
}

async function begin(house: Installation, project: Project, owed: Owed): Promise<void> {
  const { billing, later } = owed
  const order = await price(house, project, owed)
  // What costs nothing, or has no price, is not billed.
  if (order === null) {
    await restBilling(house.database.pool, billing, later)
    return
  }
  const made = await writeBill(house, project, owed, order)
  if (made !== null) await goOnWithBill(house, project, made)
}

/** By the catalog and the terms that were live when the period began, and where the customer is now. */
async function price(
  house: Installation,
  project: Project,
  { billing, state, bill }: Owed,
): Promise<PricedOrder | null> {
  const { accountId } = billing
  const owner = await accountById(house.database.pool, project.id, accountId)
  const place = await placeOf(askOfJob(house, project), accountId)
  const { startsAt: at, subscription, period } = bill
  const context = { catalog: project.catalogs.at(at), at, state, accountId, place, promotion: null }
  return priceRenewal(
    { subscription, period },
    { ...context, currency: owner?.currency ?? null, offered: null },
  )
}

/** The attempt and its purchase, in one transaction; null where another process was faster, or it changed. */
async function writeBill(
  house: Installation,
  project: Project,
  owed: Owed,
  order: PricedOrder,
): Promise<BillRow | null> {
  const { billing, bill } = owed
  const { accountId, lane, pool, now } = billing
  const means = meansOf(project, owed, order.currency)
  const fields: BillFields = {
    ...{ project: project.id, id: freshId('pur', now), accountId, lane, pool, at: now },
    ...{ subscription: bill.subscription, period: bill.period, attempt: owed.attempts.length },
    ...means,
  }
  return inTransaction(house.database.pool, async (session) => {
    if (!(await restBilling(session, billing, now + IN_FLIGHT_MS))) return null
    const row = await insertBill(session, fields, BILL_TURN_MS)
    if (row === null) return null
    const { gateway } = means
    const isManual = gateway === 'manual'
    const purchase = await insertPurchase(session, {
      ...{ project: project.id, id: fields.id, accountId, userId: null, priced: order },
      asked: order.lines.map(({ plan }) => ({ plan: plan ?? '' })),
      ...{ total: order.total, currency: order.currency, credits: order.credits, gateway },
      ...{ requested: false, returnUrl: null, savesMethod: means.methodId === null && !isManual },
      ...{ promotionCode: null, metadata: { automatic: 'renewal' }, note: null },
      // Pending once there is a checkout, where it is paid by one.
      status: means.methodId === null && !isManual ? 'failed' : 'pending',
      dueAt: isManual ? dueAt(project, owed) : null,
      ...{ createdAt: now, expiresAt: isManual ? null : now + EXPIRES_AFTER_MS },
    })
    await tell(session, project, 'purchase.created', purchase, now)
    if (isManual) await invoicePurchase(session, house, project, purchase.id)
    return row
  })
}

/** The newest means of payment that the gateway keeps; by hand where it keeps none, or staff sell. */
function meansOf(
  project: Project,
  { state, billing, methods }: Owed,
  currency: string,
): Pick<BillFields, 'gateway' | 'methodId'> {
  const { now } = billing
  const own = gatewayFor(project.catalogs.at(now), project, currency)
  const gateway = (termsAt(state.terms, now)?.buysItself ?? true) ? own : 'manual'
  return { gateway, methodId: methods.find((method) => method.gateway === gateway)?.id ?? null }
}

/** An invoice is to be paid within as many days as a plan that is past due keeps its access. */
function dueAt(project: Project, { billing: { now }, state }: Owed): Instant {
  const { subscription } = state
  const days =
    subscription === null ? 0 : (project.catalogs.at(now).plans[subscription.plan]?.pastDueDays ?? 0)
  return days === 0 ? now : addDuration(now, { count: days, unit: 'day' }, 1, subscription?.timeZone ?? 'UTC')
}
