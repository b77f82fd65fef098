/**
 * Choosing a plan (rules.md, "Plans and subscriptions"): the first one, another one now or at the
 * period's end, the same one again. Nothing already granted is taken, no money goes back.
 */
import { type Credits, type Instant, share } from './amounts.ts'
import { type Duration, sameDuration } from './calendar.ts'
import type { Catalog, Plan } from './catalog/catalog.ts'
import type { SubscribeCommand } from './commands.ts'
import { catalogNow, type Draft, notify, record, whoAndWhy } from './draft.ts'
import { roomFor } from './lots.ts'
import type { Entry, Subscription } from './pool.ts'
import { knownNames, type Refusal, refuse } from './refusals.ts'
import {
  beginPeriods,
  grantForPeriod,
  periodKey,
  planOf,
  putSubscription,
  settleTrialCredits,
  startPlan,
  termEnd,
} from './subscription.ts'

export function subscribe(draft: Draft, command: SubscribeCommand): { entry: Entry } | { refused: Refusal } {
  const { plans } = catalogNow(draft)
  const plan = Object.hasOwn(plans, command.plan) ? plans[command.plan] : undefined
  if (plan === undefined) {
    const offered = Object.keys(plans).filter((known) => !plans[known]!.retired)
    const facts = knownNames(command.plan, offered)
    return refuse('plan_not_found', `The catalog has no plan “${command.plan}”.`, facts, 'plan')
  }
  const refused =
    plan.every === null ? refuseBasePlan(draft, plan, command) : refuseSubscription(draft, plan, command)
  if (refused !== null) return { refused }
  const wrongTime = refuseTimes(draft, command)
  if (wrongTime !== null) return { refused: wrongTime }
  // The act's own row comes first: what follows from it (refill, cut) is dated the same and numbered after it.
  const entry = record(
    draft,
    {
      type: 'subscription',
      accountId: command.accountId,
      command,
      detail: { plan: plan.id, ...whoAndWhy(command) },
    },
    { available: 0 },
  )
  if (plan.every === null) {
    if (draft.basePlan?.plan !== plan.id) startPlan(draft, plan.id, command)
  } else takePlan(draft, plan, command)
  return { entry }
}

function refuseBasePlan(draft: Draft, plan: Plan, command: SubscribeCommand): Refusal | null {
  const change = draft.basePlan?.plan === plan.id ? null : refuseBaseChange(draft, plan)
  if (change !== null || command.trial !== true) return change
  return refuse('trial_not_offered', `${plan.name} has no trial.`, {}, 'trial').refused
}

function refuseBaseChange(draft: Draft, plan: Plan): Refusal | null {
  if (plan.retired) return refuse('plan_retired', `${plan.name} is no longer offered.`, {}, 'plan').refused
  const present = draft.basePlan === null ? undefined : catalogNow(draft).plans[draft.basePlan.plan]
  if (present !== undefined && isPriced(present) && !isPriced(plan)) {
    return refuse(
      'plan_not_replaceable',
      `${present.name} is for life; ${plan.name} would replace it for nothing.`,
      {
        plan: present.id,
      },
    ).refused
  }
  return null
}

function isPriced(plan: Plan): boolean {
  return plan.price === 'custom' || plan.price.length > 0
}

function refuseSubscription(draft: Draft, plan: Plan, command: SubscribeCommand): Refusal | null {
  const current = draft.subscription
  if (plan.retired && current?.plan !== plan.id) {
    return refuse('plan_retired', `${plan.name} is no longer offered.`, {}, 'plan').refused
  }
  if (command.trial === true && current?.plan !== plan.id) {
    if (plan.trial === null)
      return refuse('trial_not_offered', `${plan.name} has no trial.`, {}, 'trial').refused
    if (draft.once.includes('trial')) {
      return refuse('trial_already_used', 'A trial comes once per account.', {}, 'trial').refused
    }
    if (current !== null) {
      return refuse('subscription_state', 'A trial comes before the first period, not during one.', {
        subscriptionStatus: current.status,
      }).refused
    }
  }
  if (current === null) return null
  if (
    current.plan === plan.id &&
    plan.term !== null &&
    current.cancelAt === null &&
    isSameRequest(current, command)
  ) {
    return refuse('already_on_plan', `The account is on ${plan.name} until its term ends.`, {
      plan: plan.id,
      endsAt: current.endsAt,
    }).refused
  }
  const isStill = current.status === 'paused' || current.status === 'unpaid' || current.status === 'scheduled'
  if (current.plan !== plan.id && isStill) {
    return refuse(
      'subscription_state',
      `The plan cannot be changed while the subscription is ${current.status}.`,
      {
        subscriptionStatus: current.status,
      },
    ).refused
  }
  return null
}

/** A fixed term is renewed by hand and not bought twice at once; another recurring amount is no second purchase. */
function isSameRequest(current: Subscription, command: SubscribeCommand): boolean {
  return (command.credits ?? current.credits) === current.credits
}

function refuseTimes(draft: Draft, command: SubscribeCommand): Refusal | null {
  const { startsAt, endsAt } = command
  if (startsAt != null && startsAt < draft.at) {
    return refuse('instant_in_the_past', 'A subscription starts now or later.', {}, 'startsAt').refused
  }
  if (endsAt != null && endsAt <= Math.max(draft.at, startsAt ?? draft.at)) {
    return refuse('life_is_empty', 'A subscription ends after it starts.', {}, 'endsAt').refused
  }
  return null
}

/** Takes up a subscribed plan, whatever the account is on; what may be refused was before. */
export function takePlan(draft: Draft, plan: Plan, command: SubscribeCommand): void {
  const current = draft.subscription
  if (current === null) startPlan(draft, plan.id, command)
  else if (current.plan === plan.id) keepPlan(draft, current, command)
  else if (isNow(draft, current, plan, command)) changeNow(draft, current, plan, command)
  else changeAtPeriodEnd(draft, current, plan, command)
}

/**
 * The plan it already has: what was to end or to change stays, without a second refill; a new
 * recurring amount or price counts from the next refill on; nothing else changes.
 */
function keepPlan(draft: Draft, current: Subscription, command: SubscribeCommand): void {
  if (current.status === 'trialing' && command.trial !== true) {
    leaveTrial(draft, current, command)
    return
  }
  const kept: Subscription = {
    ...current,
    cancelAt: null,
    change: null,
    credits: command.credits ?? current.credits,
    price: command.price ?? current.price,
    endsAt: command.endsAt ?? current.endsAt,
  }
  const isResumed = current.cancelAt !== null || current.change !== null
  putSubscription(draft, kept)
  if (kept.status === 'trialing') settleTrialCredits(draft, kept)
  if (isResumed) notify(draft, 'subscription.changed', { plan: kept.plan, resumed: true })
}

/**
 * Taking the plan one is trying: at once, or at the trial's end. A trial that converts by itself goes
 * on unless it is to be now; one that does not would end otherwise, so taking the plan ends it.
 */
function leaveTrial(draft: Draft, current: Subscription, command: SubscribeCommand): void {
  const taken: Subscription = {
    ...current,
    converts: true,
    cancelAt: null,
    credits: command.credits ?? current.credits,
    price: command.price ?? current.price,
    endsAt: command.endsAt ?? current.endsAt,
  }
  settleTrialCredits(draft, taken)
  if (command.when === 'now' || (!current.converts && command.when !== 'periodEnd')) {
    const plan = planOf(draft, current.plan)
    const endsAt = taken.endsAt ?? termEnd(plan, draft.at, current.timeZone)
    beginPeriods(draft, { ...taken, trialEndsAt: null, endsAt }, plan)
  } else putSubscription(draft, taken)
  notify(draft, 'subscription.changed', { plan: current.plan })
}

/** Now is the default towards more credits, the period's end towards fewer. */
function isNow(draft: Draft, current: Subscription, plan: Plan, command: SubscribeCommand): boolean {
  if (command.when) return command.when === 'now'
  if (current.status === 'trialing') return true
  const present = planOf(draft, current.plan)
  const before = rate(current.credits ?? present.credits, present.creditsEvery)
  return rate(command.credits ?? plan.credits, plan.creditsEvery) > before
}

/** Credits a day, to compare plans of different intervals. */
function rate(credits: number, every: Duration | null): number {
  if (every === null) return 0
  const days = {
    minute: 1 / 1440,
    hour: 1 / 24,
    day: 1,
    week: 7,
    month: 30.4375,
    quarter: 91.3125,
    year: 365.25,
  }
  return credits / (every.count * days[every.unit])
}

export function changeAtPeriodEnd(
  draft: Draft,
  current: Subscription,
  plan: Plan,
  command: SubscribeCommand,
): void {
  // A trial has no period yet: the plan it turns into is simply the new one.
  if (current.status === 'trialing') {
    const turned: Subscription = {
      ...current,
      converts: true,
      cancelAt: null,
      plan: plan.id,
      credits: command.credits ?? null,
      price: command.price ?? null,
    }
    putSubscription(draft, turned)
    settleTrialCredits(draft, turned)
    notify(draft, 'subscription.changed', { plan: plan.id, previousPlan: current.plan })
    return
  }
  const change = { plan: plan.id, credits: command.credits ?? null, price: command.price ?? null }
  putSubscription(draft, { ...current, cancelAt: null, change })
  notify(draft, 'subscription.changed', {
    plan: current.plan,
    nextPlan: plan.id,
    changesAt: current.bill?.end,
  })
}

function changeNow(draft: Draft, current: Subscription, plan: Plan, command: SubscribeCommand): void {
  if (keepsPeriod(draft, current, plan))
    changeWithin(
      draft,
      current,
      plan,
      command,
      differenceOf(current, catalogNow(draft), plan, command.credits, draft.at),
    )
  else beginAnew(draft, current, plan, command)
}

/** With the same interval the period stays. A plan that costs nothing has no paid period to keep: who pays first gets a whole one. */
function keepsPeriod(draft: Draft, current: Subscription, plan: Plan): boolean {
  const isFirstPaid = isPriced(plan) && !isPriced(planOf(draft, current.plan))
  return current.status !== 'trialing' && hasSameIntervals(current, plan) && !isFirstPaid
}

export function hasSameIntervals({ bill, refill }: Subscription, plan: Plan): boolean {
  return (
    bill !== null &&
    refill !== null &&
    plan.every !== null &&
    plan.creditsEvery !== null &&
    sameDuration(plan.every, bill.every) &&
    sameDuration(plan.creditsEvery, refill.every)
  )
}

/** (new − old credits) × time left ÷ period, rounded down, never below 0; nothing where the refill is still owed. */
export function differenceOf(
  current: Subscription,
  catalog: Catalog,
  plan: Plan,
  recurring: Credits | null | undefined,
  at: Instant,
): Credits {
  const period = current.refill
  if (period === null || current.refilledIndex < period.index) return 0
  const before = current.credits ?? catalog.plans[current.plan]?.credits ?? 0
  const more = Math.max(0, (recurring ?? plan.credits) - before)
  return share(more, Math.max(0, period.end - Math.max(at, period.start)), period.end - period.start)
}

/** Another plan in the present period, with so much of the difference at once. */
export function changeWithin(
  draft: Draft,
  current: Subscription,
  plan: Plan,
  command: SubscribeCommand,
  difference: Credits,
): void {
  const { bill } = current
  // A term of one period ends with the period that stays: else a day of it would buy a whole one.
  const isOnePeriod = plan.term !== null && plan.every !== null && sameDuration(plan.term, plan.every)
  const endsAt = isOnePeriod && bill !== null ? bill.end : null
  const changed = changedTo(draft, current, plan, { ...command, endsAt: command.endsAt ?? endsAt })
  putSubscription(draft, changed)
  const credits = Math.min(difference, roomFor(draft))
  if (credits === 0) return
  grantForPeriod(draft, credits, 'plan_change', { type: 'plan_change', ...periodKey(changed) })
}

/** Another plan with a period of its own, which begins now. */
export function beginAnew(draft: Draft, current: Subscription, plan: Plan, command: SubscribeCommand): void {
  const changed = changedTo(draft, current, plan, command)
  if (current.status === 'trialing') settleTrialCredits(draft, { ...changed, converts: true })
  beginPeriods(draft, { ...changed, trialEndsAt: null }, plan, 'change')
}

function changedTo(draft: Draft, current: Subscription, plan: Plan, command: SubscribeCommand): Subscription {
  notify(draft, 'subscription.changed', { plan: plan.id, previousPlan: current.plan })
  return {
    ...current,
    plan: plan.id,
    credits: command.credits ?? null,
    price: command.price ?? null,
    endsAt: command.endsAt ?? termEnd(plan, draft.at, current.timeZone),
    cancelAt: null,
    change: null,
  }
}
