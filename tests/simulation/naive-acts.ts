/** What is done to a subscription, to lots by staff, and to what an account agreed for itself. */
import type { Duration, Plan } from '@scrip/core'
import { addLot, lotOf, startScheduled } from './naive-lots.ts'
import {
  addRow,
  availableOf,
  firstInOrder,
  freeOf,
  heldOf,
  type NaivePool,
  type NaiveSubscription,
  signed,
  sumOf,
  tell,
} from './naive-pool.ts'
import {
  begin,
  beginPeriods,
  decideTrial,
  endSubscription,
  lifeBy,
  planOf,
  recurring,
  refill,
  refillByStatus,
  sameIntervals,
  termEnd,
  thaw,
} from './naive-subscription.ts'
import { takeBasePlan } from './naive-time.ts'
import type { Grant, SetBudget, Subscribe } from './steps.ts'

type Answer = string | null

export function subscribe(pool: NaivePool, asked: Subscribe): Answer {
  const plan = planOf(pool, asked.plan)
  if (plan === undefined) return 'plan_not_found'
  const refused =
    plan.every === null ? refuseBasePlan(pool, plan, asked) : refuseSubscription(pool, plan, asked)
  if (refused !== null) return refused
  if (asked.startsAt !== null && asked.startsAt < pool.now) return 'instant_in_the_past'
  if (asked.endsAt !== null && asked.endsAt <= Math.max(pool.now, asked.startsAt ?? 0)) return 'life_is_empty'
  addRow(pool, 'subscription', {})
  if (plan.every !== null) takePlan(pool, plan, asked)
  else if (pool.basePlan !== asked.plan) takeBasePlan(pool, asked.plan)
  return null
}

function refuseBasePlan(pool: NaivePool, plan: Plan, asked: Subscribe): Answer {
  const isPriced = (id: string | null) => id !== null && planOf(pool, id).price.length > 0
  const isNew = pool.basePlan !== plan.id
  if (isNew && plan.retired) return 'plan_retired'
  if (isNew && isPriced(pool.basePlan) && !isPriced(plan.id)) return 'plan_not_replaceable'
  return asked.trial ? 'trial_not_offered' : null
}

function refuseSubscription(pool: NaivePool, plan: Plan, asked: Subscribe): Answer {
  const sub = pool.subscription
  if (sub !== null && sub.plan === plan.id) {
    const isSame = asked.credits === null || asked.credits === sub.credits
    return plan.term !== null && sub.cancelAt === null && isSame ? 'already_on_plan' : null
  }
  if (plan.retired) return 'plan_retired'
  if (asked.trial && plan.trial === null) return 'trial_not_offered'
  if (asked.trial && pool.once.has('trial')) return 'trial_already_used'
  if (sub === null) return null
  const stands = sub.status === 'paused' || sub.status === 'unpaid' || sub.status === 'scheduled'
  return stands || asked.trial ? 'subscription_state' : null
}

function takePlan(pool: NaivePool, plan: Plan, asked: Subscribe): void {
  const sub = pool.subscription
  if (sub === null) startSubscription(pool, asked)
  else if (sub.plan !== plan.id) change(pool, sub, plan, asked)
  else if (sub.status === 'trialing' && !asked.trial) takeWhatIsTried(pool, sub, asked)
  else keep(pool, sub, asked)
}

function startSubscription(pool: NaivePool, asked: Subscribe): void {
  const startsAt = Math.max(asked.startsAt ?? pool.now, pool.now)
  const sub: NaiveSubscription = {
    plan: asked.plan,
    status: 'scheduled',
    zone: pool.zone,
    startsAt,
    trialEndsAt: asked.trial ? startsAt : null,
    converts: planOf(pool, asked.plan).trial?.converts ?? true,
    bill: null,
    refill: null,
    period: 0,
    isRefilled: false,
    credits: asked.credits,
    endsAt: asked.endsAt,
    cancelAt: null,
    change: null,
    pastDueSince: null,
    pausedAt: null,
    pausedFrom: null,
    frozen: new Map(),
  }
  pool.subscription = sub
  if (startsAt <= pool.now) begin(pool, sub)
}

/** The plan it already has: resumed where it was cancelled, kept where another was to come, else nothing. */
function keep(pool: NaivePool, sub: NaiveSubscription, asked: Subscribe): void {
  if (sub.cancelAt !== null || sub.change !== null) tell(pool, 'subscription.changed')
  sub.cancelAt = null
  sub.change = null
  sub.credits = asked.credits ?? sub.credits
  sub.endsAt = asked.endsAt ?? sub.endsAt
  if (sub.status === 'trialing') decideTrial(pool, sub)
}

/** A trial that converts goes on unless it is to be now; one that does not is over with the plan's first period. */
function takeWhatIsTried(pool: NaivePool, sub: NaiveSubscription, asked: Subscribe): void {
  const isNow = asked.when === 'now' || (!sub.converts && asked.when !== 'periodEnd')
  sub.cancelAt = null
  sub.converts = true
  sub.credits = asked.credits ?? sub.credits
  sub.endsAt = asked.endsAt ?? sub.endsAt
  tell(pool, 'subscription.changed')
  decideTrial(pool, sub)
  if (!isNow) return
  beginPeriods(pool, sub)
  refill(pool, sub)
}

function sameLength(left: Duration, right: Duration): boolean {
  return left.count === right.count && left.unit === right.unit
}

const DAYS = {
  minute: 1 / 1440,
  hour: 1 / 24,
  day: 1,
  week: 7,
  month: 365.25 / 12,
  quarter: 365.25 / 4,
  year: 365.25,
}

/** Credits a day: towards more is now, towards fewer at the end of the period. */
function perDay(credits: number, plan: Plan): number {
  const { count, unit } = plan.creditsEvery!
  return credits / (count * DAYS[unit])
}

function change(pool: NaivePool, sub: NaiveSubscription, plan: Plan, asked: Subscribe): void {
  const isMore =
    perDay(asked.credits ?? plan.credits, plan) > perDay(recurring(pool, sub), planOf(pool, sub.plan))
  const isNow = asked.when === null ? sub.status === 'trialing' || isMore : asked.when === 'now'
  sub.cancelAt = null
  tell(pool, 'subscription.changed')
  if (isNow) changeNow(pool, sub, plan, asked)
  else if (sub.status === 'trialing') {
    sub.plan = plan.id
    sub.credits = asked.credits
    sub.converts = true
    decideTrial(pool, sub)
  } else sub.change = { plan: plan.id, credits: asked.credits }
}

/** Nothing already granted is taken: no rollover is applied, and a trial's credits keep what the trial had left. */
function changeNow(pool: NaivePool, sub: NaiveSubscription, plan: Plan, asked: Subscribe): void {
  const before = planOf(pool, sub.plan)
  const old = recurring(pool, sub)
  sub.plan = plan.id
  sub.credits = asked.credits
  sub.change = null
  sub.endsAt = asked.endsAt ?? termEnd(pool, sub)
  const isFirstPaid = plan.price.length > 0 && before.price.length === 0
  if (sub.status === 'trialing' || isFirstPaid || !sameIntervals(before, plan)) {
    sub.converts = true
    if (sub.status === 'trialing') decideTrial(pool, sub)
    beginPeriods(pool, sub)
    refillByStatus(pool, sub, false)
    return
  }
  const period = sub.refill!
  if (asked.endsAt === null && plan.term !== null && sameLength(plan.term, plan.every!))
    sub.endsAt = sub.bill!.end
  if (!sub.isRefilled) return
  const difference = Math.max(0, recurring(pool, sub) - old)
  const left = BigInt(period.end - pool.now)
  const credits = Number((BigInt(difference) * left) / BigInt(period.end - period.start))
  if (credits === 0) return
  const expiresAt = lifeBy(plan, period.end, sub.zone)
  addLot(pool, { kind: 'subscription', credits, type: 'plan_change', expiresAt, period: sub.period })
}

export function cancel(pool: NaivePool, when: 'now' | 'periodEnd'): Answer {
  const sub = pool.subscription
  if (sub === null) return 'subscription_not_found'
  addRow(pool, 'subscription', {})
  tell(pool, 'subscription.canceled')
  const waits =
    when === 'periodEnd' && sub.status !== 'scheduled' && sub.status !== 'unpaid' && sub.status !== 'paused'
  if (!waits) endSubscription(pool, sub)
  else {
    sub.cancelAt = sub.status === 'trialing' ? sub.trialEndsAt : sub.bill!.end
    sub.change = null
    if (sub.status === 'trialing') decideTrial(pool, sub)
  }
  return null
}

export function act(
  pool: NaivePool,
  type: 'pause' | 'resume' | 'payment_failed' | 'payment_received',
): Answer {
  const sub = pool.subscription
  if (sub === null) return 'subscription_not_found'
  const from = {
    pause: ['active', 'past_due', 'trialing'],
    resume: ['paused'],
    payment_failed: ['active', 'past_due', 'unpaid'],
    payment_received: ['active', 'past_due', 'unpaid'],
  }[type]
  const isWithdrawn = type === 'resume' && (sub.cancelAt !== null || sub.change !== null)
  if (!from.includes(sub.status) && !isWithdrawn) return 'subscription_state'
  addRow(pool, 'subscription', {})
  if (type === 'pause') pause(pool, sub)
  if (type === 'resume') resume(pool, sub)
  if (type === 'payment_failed' && sub.status === 'active') {
    sub.status = 'past_due'
    sub.pastDueSince = pool.now
    tell(pool, 'subscription.past_due')
  }
  if (type === 'payment_received' && sub.status !== 'active') {
    sub.status = 'active'
    sub.pastDueSince = null
    tell(pool, 'subscription.recovered')
    refillByStatus(pool, sub)
  }
  return null
}

function pause(pool: NaivePool, sub: NaiveSubscription): void {
  tell(pool, 'subscription.changed')
  const period = sub.status === 'trialing' ? 'trial' : sub.period
  for (const lot of pool.lots) {
    if (lot.period !== period || lot.expiresAt === null) continue
    sub.frozen.set(lot, lot.expiresAt)
    lot.expiresAt = null
  }
  sub.pausedFrom = sub.status as NaiveSubscription['pausedFrom']
  sub.pausedAt = pool.now
  sub.status = 'paused'
}

/** Everything that was still to come comes later by the pause. */
function resume(pool: NaivePool, sub: NaiveSubscription): void {
  tell(pool, 'subscription.changed')
  if (sub.status !== 'paused') {
    sub.cancelAt = null
    sub.change = null
    if (sub.status === 'trialing') decideTrial(pool, sub)
    return
  }
  const rest = pool.now - sub.pausedAt!
  const later = (at: number | null) => (at === null ? null : at + rest)
  thaw(pool, sub)
  for (const name of ['bill', 'refill'] as const) {
    const cycle = sub[name]
    if (cycle === null) continue
    const [start, end] = [cycle.start + rest, cycle.end + rest]
    sub[name] = { ...cycle, anchor: end, anchorIndex: cycle.index + 1, start, end }
  }
  sub.trialEndsAt = later(sub.trialEndsAt)
  sub.endsAt = later(sub.endsAt)
  sub.cancelAt = later(sub.cancelAt)
  sub.pastDueSince = later(sub.pastDueSince)
  sub.status = sub.pausedFrom!
  sub.pausedAt = null
  sub.pausedFrom = null
}

export function grant(pool: NaivePool, asked: Grant): Answer {
  const { kind, credits, effectiveAt, expiresAt, paid, account } = asked
  if (effectiveAt !== null && effectiveAt < pool.now) return 'instant_in_the_past'
  if (expiresAt !== null && expiresAt <= Math.max(pool.now, effectiveAt ?? 0)) return 'life_is_empty'
  const type = kind === 'purchased' ? 'purchase' : 'grant'
  addLot(pool, { kind, credits, type, effectiveAt, expiresAt, paid, account })
  startScheduled(pool)
  return null
}

export function voidLot(pool: NaivePool, number: number, asked: number | null): Answer {
  const lot = lotOf(pool, number)
  if (lot === undefined) return 'lot_not_found'
  if (lot.isVoided || lot.isReversed) return 'lot_closed'
  const free = lot.isStarted ? freeOf(pool, lot) : lot.amount - lot.removed - heldOf(pool, lot)
  const credits = asked ?? free
  if (credits > free) return 'void_exceeds_lot'
  lot.removed += credits
  lot.isVoided = asked === null
  const draws = lot.isStarted && credits > 0 ? [{ lot: number, credits: -credits }] : []
  addRow(pool, 'void', { amount: lot.isStarted ? -credits : 0, draws })
  return null
}

export function adjust(pool: NaivePool, credits: number): Answer {
  if (credits > availableOf(pool)) return 'void_exceeds_lot'
  const draws = firstInOrder(pool, credits)
  for (const part of draws) lotOf(pool, part.lot).removed += part.credits
  addRow(pool, 'void', { amount: -sumOf(draws), draws: signed(draws, -1) })
  return null
}

export function setBudget(pool: NaivePool, asked: SetBudget): Answer {
  const index = pool.budgets.findIndex(
    (budget) => budget.name === asked.name && budget.account === asked.account,
  )
  const { limit } = asked
  if (limit === null && index < 0) return 'budget_not_found'
  if (index >= 0) pool.budgets.splice(index, 1)
  if (limit !== null) pool.budgets.push({ ...asked, limit })
  addRow(pool, 'setting', { account: asked.account })
  return null
}

export function setTerms(pool: NaivePool, from: number, unit: number): Answer {
  if (from < pool.now) return 'instant_in_the_past'
  const same = pool.terms.findIndex((terms) => terms.from === from)
  if (same >= 0) pool.terms.splice(same, 1)
  pool.terms.push({ from, unit })
  addRow(pool, 'setting', {})
  return null
}
