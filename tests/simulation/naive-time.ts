/** Time: every instant at which anything is due, one after the other, and at each the order of the rules. */
import { judge, sayWhatEnds, sayWhatExpires, warningsOf } from './naive-alerts.ts'
import { after } from './naive-calendar.ts'
import { addLot, expireWhatIsOver, lotOf, settle, startScheduled } from './naive-lots.ts'
import {
  addRow,
  catalogOf,
  freeOf,
  type NaiveHold,
  type NaivePool,
  signed,
  sumOf,
  tell,
} from './naive-pool.ts'
import { endWarningsOf, graceEnd, liveOn, planOf, subscriptionInstants } from './naive-subscription.ts'

export function advanceTo(pool: NaivePool, to: number): void {
  if (!pool.isOpened) at(pool, pool.openedAt)
  for (;;) {
    const due = isOverdue(pool) ? pool.now : nextInstant(pool)
    if (due === null || due > Math.max(to, pool.now)) break
    at(pool, due)
  }
  pool.now = Math.max(pool.now, to)
}

/** A plan with fewer days to pay, taken while past due: what was to come is over already. */
function isOverdue(pool: NaivePool): boolean {
  const end = pool.subscription === null ? null : graceEnd(pool, pool.subscription)
  return end !== null && end <= pool.now
}

function nextInstant(pool: NaivePool): number | null {
  const instants = [
    ...pool.versions.map((version) => version.from),
    ...pool.holds.filter((hold) => hold.isOpen).map((hold) => hold.expiresAt),
    ...pool.lots.filter((lot) => !lot.isStarted).map((lot) => lot.effectiveAt),
    ...pool.lots.flatMap((lot, index) =>
      lot.expiresAt === null || freeOf(pool, lot) === 0 ? [] : [lot.expiresAt, ...warningsOf(pool, index)],
    ),
    ...subscriptionInstants(pool),
    ...endWarningsOf(pool.subscription),
  ].filter((instant) => instant > pool.now)
  return instants.length === 0 ? null : Math.min(...instants)
}

function at(pool: NaivePool, instant: number): void {
  const isNews = instant > pool.now
  pool.now = instant
  if (!pool.isOpened) open(pool)
  expireWhatIsOver(pool)
  for (const hold of pool.holds) {
    if (hold.isOpen && hold.expiresAt <= pool.now) endHold(pool, hold, 'hold_expired')
  }
  startScheduled(pool)
  sayWhatExpires(pool)
  if (isNews) sayWhatEnds(pool)
  liveOn(pool)
  judge(pool)
}

/** The first day: the catalog's plan, and its credits, once. */
function open(pool: NaivePool): void {
  pool.isOpened = true
  const { plan, credits, expires } = catalogOf(pool).newAccounts
  if (plan !== null) takeBasePlan(pool, plan)
  if (credits === 0) return
  const expiresAt = expires.kind === 'after' ? after(pool.now, expires.length, 1, pool.zone) : null
  addLot(pool, { kind: 'free', credits, type: 'sign_up', expiresAt })
}

/** Its starter credits come once per account, and never expire where the plan was paid for. */
export function takeBasePlan(pool: NaivePool, plan: string): void {
  const { credits, price } = planOf(pool, plan)
  pool.basePlan = plan
  tell(pool, 'subscription.started')
  if (pool.once.has(plan) || credits === 0) return
  pool.once.add(plan)
  const isPriced = price === 'custom' || price.length > 0
  addLot(pool, { kind: isPriced ? 'lifetime' : 'free', credits, type: 'starter' })
}

/** What is left goes back to the lots it came from; a hold ends once. */
export function endHold(pool: NaivePool, hold: NaiveHold, type: 'hold_expired' | 'release'): void {
  const back = hold.left
  hold.left = []
  hold.isOpen = false
  addRow(pool, type, { held: -sumOf(back), draws: signed(back, -1), spender: hold.spender, madeAt: hold.at })
  for (const draw of back) settle(pool, lotOf(pool, draw.lot).number, draw.credits)
}
