/**
 * A subscription's life by itself: it starts, converts, renews, runs past due, changes plan at a
 * boundary, and ends. Its refills are the lots of its periods, one each. Acts of people are in
 * `subscribe.ts` and `subscription-acts.ts`.
 */
import { assert, type Credits, type Instant } from './amounts.ts'
import { addDuration, sameDuration } from './calendar.ts'
import { groupOf, type Plan } from './catalog/catalog.ts'
import type { SubscribeCommand } from './commands.ts'
import { nextPeriod, startCycle } from './cycle.ts'
import { catalogNow, type Draft, moveExpiry, notify, takeNumber } from './draft.ts'
import { graceEndsAt } from './due.ts'
import { addLot, expireNow, roomFor } from './lots.ts'
import { lotsOfPeriod } from './period-lots.ts'
import type { EntryType, LotOrigin, Subscription } from './pool.ts'
import { cutToBankLimit, expiryInCycle, refillExpiry } from './rollover.ts'

/** The plan of a subscription by the catalog live now; a plan in use never leaves it. */
export function planOf(draft: Draft, id: string): Plan {
  const plan = catalogNow(draft).plans[id]
  assert(plan !== undefined, `plan ${id} is in the catalog`)
  return plan
}

/** Puts an account on a plan it is not on: a base plan, or a subscription from its first day. */
export function startPlan(draft: Draft, id: string, command: SubscribeCommand | null): void {
  const plan = planOf(draft, id)
  if (plan.every === null) startBasePlan(draft, plan)
  else startSubscription(draft, plan, command)
}

function startBasePlan(draft: Draft, plan: Plan): void {
  draft.basePlan = { plan: plan.id, since: draft.at }
  notify(draft, 'subscription.started', { plan: plan.id, basePlan: true })
  const once = `starter:${plan.id}`
  const credits = Math.min(plan.credits, roomFor(draft))
  if (credits === 0 || draft.once.includes(once)) return
  draft.once = [...draft.once, once]
  addLot(draft, {
    // A plan that is paid for once is a lifetime plan, and its starter credits never expire.
    kind: plan.price === 'custom' || plan.price.length > 0 ? 'lifetime' : 'free',
    credits,
    origin: { type: 'starter', plan: plan.id },
    accountId: draft.ownerId,
    type: 'starter',
    detail: { plan: plan.id },
  })
}

function startSubscription(draft: Draft, plan: Plan, command: SubscribeCommand | null): void {
  const startsAt = Math.max(command?.startsAt ?? draft.at, draft.at)
  const subscription: Subscription = {
    at: draft.at,
    number: takeNumber(draft),
    plan: plan.id,
    status: 'scheduled',
    timeZone: draft.timeZone,
    startsAt,
    bill: null,
    refill: null,
    refilledIndex: -1,
    trialEndsAt: command?.trial === true && plan.trial !== null ? startsAt : null,
    converts: plan.trial?.converts ?? true,
    credits: command?.credits ?? null,
    price: command?.price ?? null,
    endsAt: command?.endsAt ?? null,
    cancelAt: null,
    change: null,
    pastDueSince: null,
    pausedAt: null,
    pausedFrom: null,
    frozen: [],
  }
  putSubscription(draft, subscription)
  if (startsAt <= draft.at) begin(draft, subscription)
}

export function putSubscription(draft: Draft, subscription: Subscription | null): void {
  draft.subscription = subscription
  draft.dueChanged = true
}

/** Everything of a subscription that is due at the pool's time. */
export function advanceSubscription(draft: Draft): void {
  const subscription = draft.subscription
  if (subscription === null || subscription.status === 'paused') return
  if (subscription.status === 'scheduled') {
    if (subscription.startsAt <= draft.at) begin(draft, subscription)
    return
  }
  const { endsAt, cancelAt, trialEndsAt, bill, change } = subscription
  // A plan chosen for the period's end takes over where a fixed term would have ended.
  const isTakenOver = change !== null && bill !== null && isDue(draft, bill.end)
  if (isDue(draft, cancelAt) || (isDue(draft, endsAt) && !isTakenOver)) {
    endSubscription(draft)
    return
  }
  if (subscription.status === 'trialing') {
    if (!isDue(draft, trialEndsAt)) return
    if (subscription.converts) convert(draft, subscription)
    else endSubscription(draft)
    return
  }
  if (subscription.status === 'past_due' && isDue(draft, graceEndsAt(subscription, draft.catalogs))) {
    putSubscription(draft, { ...subscription, status: 'unpaid' })
    notify(draft, 'subscription.changed', { plan: subscription.plan, status: 'unpaid' })
  }
  passBoundary(draft)
}

function isDue(draft: Draft, instant: number | null): boolean {
  return instant !== null && instant <= draft.at
}

function begin(draft: Draft, subscription: Subscription): void {
  const plan = planOf(draft, subscription.plan)
  notify(draft, 'subscription.started', { plan: plan.id, trial: subscription.trialEndsAt !== null })
  const endsAt = subscription.endsAt ?? termEnd(plan, draft.at, subscription.timeZone)
  if (subscription.trialEndsAt === null || plan.trial === null) {
    beginPeriods(draft, { ...subscription, trialEndsAt: null, endsAt }, plan)
    return
  }
  const trialEndsAt = addDuration(draft.at, plan.trial.length, 1, subscription.timeZone)
  putSubscription(draft, { ...subscription, status: 'trialing', trialEndsAt, endsAt: subscription.endsAt })
  draft.once = [...draft.once, 'trial']
  if (plan.trial.credits === 0) return
  addLot(draft, {
    kind: 'trial',
    credits: Math.min(plan.trial.credits, roomFor(draft)),
    origin: { type: 'trial', subscription: subscription.number },
    accountId: draft.ownerId,
    type: 'trial',
    expiresAt: trialExpiry(plan, { ...subscription, trialEndsAt }),
    detail: { plan: plan.id },
  })
}

export function termEnd(plan: Plan, from: number, timeZone: string): number | null {
  return plan.term === null ? null : addDuration(from, plan.term, 1, timeZone)
}

/**
 * Starts a new period now, on `plan`: at the first day, at a conversion, or where a change brings
 * another interval. Who is past due stays so: only a payment ends that. A `change` takes nothing
 * that was granted, so no limit cuts before its refill.
 */
export function beginPeriods(
  draft: Draft,
  subscription: Subscription,
  plan: Plan,
  by: 'start' | 'change' = 'start',
): void {
  assert(plan.every !== null && plan.creditsEvery !== null, 'a subscribed plan has an interval')
  const index = Math.max(subscription.refill?.index ?? -1, subscription.refilledIndex) + 1
  const started: Subscription = {
    ...subscription,
    plan: plan.id,
    status: subscription.status === 'past_due' ? 'past_due' : 'active',
    bill: startCycle(draft.at, plan.every, (subscription.bill?.index ?? -1) + 1, subscription.timeZone),
    refill: startCycle(draft.at, plan.creditsEvery, index, subscription.timeZone),
  }
  putSubscription(draft, started)
  refillIfDue(draft, by)
}

function convert(draft: Draft, subscription: Subscription): void {
  const plan = planOf(draft, subscription.plan)
  const endsAt = subscription.endsAt ?? termEnd(plan, draft.at, subscription.timeZone)
  beginPeriods(draft, { ...subscription, trialEndsAt: null, endsAt }, plan)
}

/**
 * What is left of a trial rolls over by the plan's rule when it converts, as after a period that ends
 * with the trial; it expires with the trial when that does not convert.
 */
function trialExpiry(plan: Plan, subscription: Subscription): Instant | null {
  const { trialEndsAt, converts, cancelAt, timeZone } = subscription
  assert(trialEndsAt !== null, 'a trial has an end')
  return converts && cancelAt === null ? refillExpiry(plan.rollover, trialEndsAt, timeZone) : trialEndsAt
}

/** Whoever decides what becomes of a trial decides with it what becomes of its credits. */
export function settleTrialCredits(draft: Draft, subscription: Subscription): void {
  const expiresAt = trialExpiry(planOf(draft, subscription.plan), subscription)
  for (const lot of draft.lots) {
    const isOfTrial = lot.origin.type === 'trial' && lot.origin.subscription === subscription.number
    if (isOfTrial && lot.expiresAt !== expiresAt) moveExpiry(draft, lot, expiresAt)
  }
}

/** Renews, or takes up the plan chosen for the period's end; each refill at its own boundary. */
function passBoundary(draft: Draft): void {
  const subscription = draft.subscription
  if (subscription === null || subscription.bill === null || subscription.refill === null) return
  const isBillDue = subscription.bill.end <= draft.at
  const isRefillDue = subscription.refill.end <= draft.at
  if (isBillDue && subscription.change !== null) {
    takeUpChange(draft, subscription)
    return
  }
  if (!isBillDue && !isRefillDue) return
  putSubscription(draft, {
    ...subscription,
    bill: isBillDue ? nextPeriod(subscription.bill, subscription.timeZone) : subscription.bill,
    refill: isRefillDue ? nextPeriod(subscription.refill, subscription.timeZone) : subscription.refill,
  })
  if (isRefillDue) refillIfDue(draft)
}

function takeUpChange(draft: Draft, subscription: Subscription): void {
  const { change, bill, refill } = subscription
  assert(change !== null && bill !== null && refill !== null, 'a change at the boundary is pending')
  const plan = planOf(draft, change.plan)
  const changed: Subscription = {
    ...subscription,
    ...change,
    change: null,
    endsAt: termEnd(plan, draft.at, subscription.timeZone),
  }
  notify(draft, 'subscription.changed', { plan: plan.id, previousPlan: subscription.plan })
  assert(plan.every !== null && plan.creditsEvery !== null, 'a change is to a subscribed plan')
  const zone = subscription.timeZone
  const isSame = sameDuration(plan.every, bill.every) && sameDuration(plan.creditsEvery, refill.every)
  putSubscription(draft, {
    ...changed,
    bill: isSame ? nextPeriod(bill, zone) : startCycle(draft.at, plan.every, bill.index + 1, zone),
    refill: isSame
      ? nextPeriod(refill, zone)
      : startCycle(draft.at, plan.creditsEvery, refill.index + 1, zone),
  })
  refillIfDue(draft)
}

/**
 * Past due refills only where the plan refills on time; unpaid never; what is owed comes with the payment.
 * So does the refill of a plan that refills once paid, where the bill of its period is ours and not paid yet.
 */
function refillIfDue(draft: Draft, by: 'start' | 'change' = 'start'): void {
  const subscription = draft.subscription as Subscription
  const plan = planOf(draft, subscription.plan)
  const isOnTime = subscription.status === 'past_due' && plan.refill === 'onTime'
  const { bought, bill } = subscription
  const isBilled = bought !== undefined && bill !== null && bought.paidPeriod < bill.index
  const waits = by === 'start' && isBilled && plan.refill === 'whenPaid' && isPriced(plan, subscription)
  if ((subscription.status === 'active' && !waits) || isOnTime) refillNow(draft, by)
}

/** Whether a bill is sure to come: none for a fixed term, and what has no price yet is not waited for. */
function isPriced({ price }: Plan, { price: agreed, endsAt }: Subscription): boolean {
  return endsAt === null && (agreed !== null || (price !== 'custom' && price.length > 0))
}

/** Rollover, then the refill of the current period, once. A refill of 0 makes no lot. */
export function refillNow(draft: Draft, by: 'start' | 'change' = 'start'): void {
  const subscription = draft.subscription
  assert(subscription !== null && subscription.refill !== null, 'a refill has a period')
  assert(subscription.refilledIndex < subscription.refill.index, 'one refill per subscription and period')
  const plan = planOf(draft, subscription.plan)
  const credits = Math.min(subscription.credits ?? plan.credits, roomFor(draft))
  if (by === 'start') cutToBankLimit(draft, plan, credits)
  putSubscription(draft, { ...subscription, refilledIndex: subscription.refill.index })
  if (credits === 0) return
  grantForPeriod(draft, credits, 'refill', { type: 'refill', ...periodKey(subscription) })
  notify(draft, 'subscription.refilled', { plan: plan.id, credits, nextRefillAt: subscription.refill.end })
}

export function periodKey(subscription: Subscription): { subscription: number; period: number } {
  assert(subscription.refill !== null, 'a period is under way')
  return { subscription: subscription.number, period: subscription.refill.index }
}

/** A lot that lives as the plan's rollover says for the current period. */
export function grantForPeriod(draft: Draft, credits: Credits, type: EntryType, origin: LotOrigin): void {
  const subscription = draft.subscription
  assert(subscription !== null && subscription.refill !== null, 'a period is under way')
  const plan = planOf(draft, subscription.plan)
  addLot(draft, {
    kind: 'subscription',
    credits,
    origin,
    accountId: draft.ownerId,
    type,
    expiresAt: expiryInCycle(plan, subscription, subscription.refill),
    detail: { plan: plan.id },
  })
}

/** Ends access now. What happens to plan credits is the plan's `onEnd`; a trial's always go. */
export function endSubscription(draft: Draft): void {
  const subscription = draft.subscription
  assert(subscription !== null, 'a subscription ends once')
  const plan = planOf(draft, subscription.plan)
  const isTrial = subscription.status === 'trialing' || subscription.pausedFrom === 'trialing'
  thaw(draft, subscription)
  putSubscription(draft, null)
  const ending = draft.lots.filter((lot) =>
    plan.onEnd === 'expire'
      ? groupOf(lot.kind) === 'subscription'
      : isTrial && lot.origin.type === 'trial' && lot.origin.subscription === subscription.number,
  )
  expireNow(draft, ending)
  if (plan.onEnd === 'expire') draft.planCreditsEnded = { at: draft.at, before: draft.sequence }
  notify(draft, 'subscription.ended', { plan: plan.id })
}

/** The lives that a pause stopped run on from now. */
export function thaw(draft: Draft, subscription: Subscription): void {
  if (subscription.pausedAt === null) return
  const by = draft.at - subscription.pausedAt
  const lots = lotsOfPeriod(draft.lots, subscription)
  for (const { lot: number, expiresAt } of subscription.frozen) {
    const lot = lots.find((candidate) => candidate.number === number)
    if (lot !== undefined) moveExpiry(draft, lot, expiresAt + by)
  }
}
