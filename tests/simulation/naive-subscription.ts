/** A subscription's life by itself: it starts, converts, renews, changes at a boundary, falls behind, ends. */
import type { Duration, Plan } from '@scrip/core'
import { after } from './naive-calendar.ts'
import { addLot, cutTo, expireWhatIsOver, isOver } from './naive-lots.ts'
import {
  catalogOf,
  freeOf,
  heldOf,
  type NaiveCycle,
  type NaivePool,
  type NaiveSubscription,
  tell,
  versionAt,
} from './naive-pool.ts'

export function planOf(pool: NaivePool, id: string): Plan {
  return catalogOf(pool).plans[id]!
}

function cycleFrom(at: number, every: Duration, zone: string): NaiveCycle {
  return { anchor: at, anchorIndex: 0, every, index: 0, start: at, end: after(at, every, 1, zone) }
}

function goOn(cycle: NaiveCycle, zone: string): void {
  cycle.index++
  cycle.start = cycle.end
  cycle.end = after(cycle.anchor, cycle.every, cycle.index + 1 - cycle.anchorIndex, zone)
}

/** How long plan credits live that come in a period ending then. */
export function lifeBy(plan: Plan, periodEnd: number, zone: string): number | null {
  if (plan.rollover.kind === 'reset') return periodEnd
  return plan.rollover.kind === 'window' ? after(periodEnd, plan.rollover.window, 1, zone) : null
}

export function recurring(pool: NaivePool, sub: NaiveSubscription): number {
  return sub.credits ?? planOf(pool, sub.plan).credits
}

/** The refill of the current period, once, preceded by the plan's rollover. */
export function refill(pool: NaivePool, sub: NaiveSubscription, isCut = true): void {
  const period = sub.refill!
  if (sub.isRefilled) return
  sub.isRefilled = true
  const plan = planOf(pool, sub.plan)
  const credits = recurring(pool, sub)
  if (plan.rollover.kind === 'bank' && isCut) {
    const { limit, counts } = plan.rollover
    cutTo(pool, counts === 'carried' ? limit : Math.max(limit, credits) - credits)
  }
  if (credits === 0) return
  const expiresAt = lifeBy(plan, period.end, sub.zone)
  addLot(pool, { kind: 'subscription', credits, type: 'refill', expiresAt, period: sub.period })
  tell(pool, 'subscription.refilled', `${credits}`)
}

/** Period 0 begins now; a plan with a term ends with it. */
export function beginPeriods(pool: NaivePool, sub: NaiveSubscription): void {
  const plan = planOf(pool, sub.plan)
  sub.bill = cycleFrom(pool.now, plan.every!, sub.zone)
  sub.refill = cycleFrom(pool.now, plan.creditsEvery!, sub.zone)
  startPeriod(pool, sub)
  sub.trialEndsAt = null
  sub.endsAt ??= termEnd(pool, sub)
  if (sub.status !== 'past_due' && sub.status !== 'unpaid') sub.status = 'active'
}

function startPeriod(pool: NaivePool, sub: NaiveSubscription): void {
  sub.period = ++pool.periods
  sub.isRefilled = false
}

export function termEnd(pool: NaivePool, sub: NaiveSubscription): number | null {
  const { term } = planOf(pool, sub.plan)
  return term === null ? null : after(pool.now, term, 1, sub.zone)
}

/** From its first day: a trial, or period 0 with its refill. */
export function begin(pool: NaivePool, sub: NaiveSubscription): void {
  tell(pool, 'subscription.started')
  const plan = planOf(pool, sub.plan)
  if (sub.trialEndsAt === null || plan.trial === null) {
    beginPeriods(pool, sub)
    refill(pool, sub)
    return
  }
  const { length, credits } = plan.trial
  sub.status = 'trialing'
  sub.trialEndsAt = after(pool.now, length, 1, sub.zone)
  pool.once.add('trial')
  const expiresAt = trialLife(pool, sub)
  if (credits > 0) addLot(pool, { kind: 'trial', credits, type: 'trial', expiresAt, period: 'trial' })
}

/** Trial credits end with the trial; where it converts they live on as those of a period that ends with it. */
function trialLife(pool: NaivePool, sub: NaiveSubscription): number | null {
  const goesOn = sub.converts && sub.cancelAt === null
  return goesOn ? lifeBy(planOf(pool, sub.plan), sub.trialEndsAt!, sub.zone) : sub.trialEndsAt
}

/** Another fate of the trial is another fate of its credits. */
export function decideTrial(pool: NaivePool, sub: NaiveSubscription): void {
  for (const lot of pool.lots) {
    if (lot.period === 'trial' && freeOf(pool, lot) + heldOf(pool, lot) > 0)
      lot.expiresAt = trialLife(pool, sub)
  }
}

export function endSubscription(pool: NaivePool, sub: NaiveSubscription): void {
  const wasTrial = sub.status === 'trialing' || (sub.status === 'paused' && sub.pausedFrom === 'trialing')
  const keeps = planOf(pool, sub.plan).onEnd === 'keep'
  thaw(pool, sub)
  for (const lot of pool.lots) {
    const isPlan = lot.kind === 'subscription' || lot.kind === 'trial'
    // A trial that is cut short where plan credits are kept ends what is left of it, and no more.
    const isLeft = wasTrial && lot.period === 'trial' && freeOf(pool, lot) + heldOf(pool, lot) > 0
    const ends = isLeft || (!keeps && isPlan)
    if (ends && !isOver(pool, lot)) lot.expiresAt = pool.now
  }
  expireWhatIsOver(pool)
  pool.subscription = null
  tell(pool, 'subscription.ended')
}

/** After a pause the rest of the period runs on: what its lots had left of life, they have again. */
export function thaw(pool: NaivePool, sub: NaiveSubscription): void {
  const rest = pool.now - (sub.pausedAt ?? pool.now)
  for (const [lot, expiresAt] of sub.frozen) lot.expiresAt = expiresAt + rest
  sub.frozen.clear()
}

/** When it stops being past due and is unpaid; calendar days of its own zone. */
export function graceEnd(pool: NaivePool, sub: NaiveSubscription): number | null {
  if (sub.status !== 'past_due' || sub.pastDueSince === null) return null
  const days = versionAt(pool, sub.pastDueSince).catalog.plans[sub.plan]!.pastDueDays
  return days === 0 ? sub.pastDueSince : after(sub.pastDueSince, { count: days, unit: 'day' }, 1, sub.zone)
}

/** Every instant at which it does something by itself, as it stands. */
export function subscriptionInstants(pool: NaivePool): number[] {
  const sub = pool.subscription
  if (sub === null || sub.status === 'paused') return []
  if (sub.status === 'scheduled') return [sub.startsAt]
  const all = [sub.trialEndsAt, sub.bill?.end, sub.refill?.end, sub.endsAt, sub.cancelAt, graceEnd(pool, sub)]
  return all.filter((at): at is number => at !== null && at !== undefined)
}

/** 60 and 30 days before it ends, where it runs and nobody said what is to become of it by then. */
export function endWarningsOf(sub: NaiveSubscription | null): number[] {
  if (sub === null || sub.endsAt === null) return []
  const { endsAt } = sub
  if (sub.status === 'scheduled' || sub.status === 'trialing' || sub.status === 'paused') return []
  if (sub.cancelAt !== null && sub.cancelAt <= endsAt) return []
  if (sub.change !== null && sub.bill!.end <= endsAt) return []
  const days = (count: number) => after(endsAt, { count, unit: 'day' }, -1, sub.zone)
  return [days(60), days(30)].filter((at) => at > sub.startsAt)
}

/** What is due of it now, at this very instant. */
export function liveOn(pool: NaivePool): void {
  const sub = pool.subscription
  if (sub === null || sub.status === 'paused') return
  const isDue = (at: number | null | undefined) => at !== null && at !== undefined && at <= pool.now
  if (sub.status === 'scheduled') {
    if (isDue(sub.startsAt)) begin(pool, sub)
    return
  }
  const changes = sub.change !== null && isDue(sub.bill?.end)
  if (isDue(sub.cancelAt) || (isDue(sub.endsAt) && !changes)) endSubscription(pool, sub)
  else if (sub.status !== 'trialing') liveInPeriods(pool, sub, isDue)
  else if (isDue(sub.trialEndsAt)) leaveTrial(pool, sub)
}

function liveInPeriods(pool: NaivePool, sub: NaiveSubscription, isDue: (at: number | null) => boolean): void {
  if (isDue(graceEnd(pool, sub))) {
    sub.status = 'unpaid'
    tell(pool, 'subscription.changed')
  }
  if (isDue(sub.bill!.end)) {
    if (sub.change !== null) changePlan(pool, sub)
    else goOn(sub.bill!, sub.zone)
  }
  if (isDue(sub.refill!.end)) {
    goOn(sub.refill!, sub.zone)
    startPeriod(pool, sub)
  }
  refillByStatus(pool, sub)
}

export function refillByStatus(pool: NaivePool, sub: NaiveSubscription, isCut = true): void {
  const inTime = sub.status === 'past_due' && planOf(pool, sub.plan).refill === 'onTime'
  if (sub.status === 'active' || inTime) refill(pool, sub, isCut)
}

function leaveTrial(pool: NaivePool, sub: NaiveSubscription): void {
  if (!sub.converts) {
    endSubscription(pool, sub)
    return
  }
  beginPeriods(pool, sub)
  refill(pool, sub)
}

/** At the end of a bill: with the same intervals the periods go on, with others they begin anew. */
function changePlan(pool: NaivePool, sub: NaiveSubscription): void {
  const before = planOf(pool, sub.plan)
  sub.plan = sub.change!.plan
  sub.credits = sub.change!.credits
  sub.change = null
  sub.endsAt = termEnd(pool, sub)
  tell(pool, 'subscription.changed')
  if (sameIntervals(before, planOf(pool, sub.plan))) goOn(sub.bill!, sub.zone)
  else beginPeriods(pool, sub)
}

export function sameIntervals(left: Plan, right: Plan): boolean {
  const text = (length: Duration | null) => (length === null ? '' : monthsOrDays(length))
  return text(left.every) === text(right.every) && text(left.creditsEvery) === text(right.creditsEvery)
}

function monthsOrDays({ count, unit }: Duration): string {
  const factor = { minute: 1, hour: 60, day: 1440, week: 10_080, month: 1, quarter: 3, year: 12 }[unit]
  const isMonths = unit === 'month' || unit === 'quarter' || unit === 'year'
  return `${count * factor} ${isMonths ? 'months' : 'minutes'}`
}
