/** What people and payments do to a subscription that stands: cancel, pause, resume, fail to pay, pay. */
import type { CancelCommand, SubscriptionActCommand } from './commands.ts'
import { postpone } from './cycle.ts'
import { type Draft, moveExpiry, notify, record, whoAndWhy } from './draft.ts'
import { lotsOfPeriod } from './period-lots.ts'
import type { Entry, Subscription } from './pool.ts'
import type { PlanPeriod } from './purchase/purchase.ts'
import { type Refusal, refuse } from './refusals.ts'
import { endSubscription, putSubscription, refillNow, settleTrialCredits, thaw } from './subscription.ts'

type Outcome = { entry: Entry } | { refused: Refusal }

/** At the period's end (access until then, no more refills) or now. */
export function cancel(draft: Draft, command: CancelCommand): Outcome {
  const subscription = draft.subscription
  if (subscription === null) return refuse('subscription_not_found', 'The account has no subscription.')
  const entry = recordAct(draft, command)
  const end = subscription.status === 'trialing' ? subscription.trialEndsAt : (subscription.bill?.end ?? null)
  const hasPeriod =
    subscription.status === 'trialing' ||
    subscription.status === 'active' ||
    subscription.status === 'past_due'
  notify(draft, 'subscription.canceled', { plan: subscription.plan, when: command.when })
  if (command.when === 'now' || !hasPeriod || end === null) endSubscription(draft)
  else standUntil(draft, { ...subscription, cancelAt: end, change: null })
  return { entry }
}

/** With another end, or none: a trial's credits follow it. */
function standUntil(draft: Draft, subscription: Subscription): void {
  putSubscription(draft, subscription)
  if (subscription.status === 'trialing') settleTrialCredits(draft, subscription)
}

export function actOnSubscription(draft: Draft, command: SubscriptionActCommand): Outcome {
  const subscription = draft.subscription
  if (subscription === null) return refuse('subscription_not_found', 'The account has no subscription.')
  const act = ACTS[command.type]
  if (!act.from(subscription)) {
    return refuse(
      'subscription_state',
      `A subscription that is ${subscription.status} cannot be ${act.done}.`,
      {
        subscriptionStatus: subscription.status,
      },
    )
  }
  const entry = recordAct(draft, command)
  act.apply(draft, subscription, command)
  return { entry }
}

interface Act {
  readonly done: string
  from(subscription: Subscription): boolean
  apply(draft: Draft, subscription: Subscription, command: SubscriptionActCommand): void
}

/** An act that finds its work already done changes nothing but is written down, so that a repeat is harmless. */
const ACTS: Readonly<Record<SubscriptionActCommand['type'], Act>> = {
  pause: {
    done: 'paused',
    from: ({ status }) => status === 'active' || status === 'past_due' || status === 'trialing',
    apply: pause,
  },
  resume: {
    done: 'resumed',
    from: ({ status, cancelAt, change }) => status === 'paused' || cancelAt !== null || change !== null,
    apply: resume,
  },
  payment_failed: {
    done: 'marked as past due',
    from: ({ status }) => status === 'active' || status === 'past_due' || status === 'unpaid',
    apply: fail,
  },
  payment_received: {
    done: 'marked as paid',
    from: ({ status }) => status === 'active' || status === 'past_due' || status === 'unpaid',
    apply: receive,
  },
}

function recordAct(draft: Draft, command: CancelCommand | SubscriptionActCommand): Entry {
  const plan = draft.subscription?.plan
  return record(
    draft,
    {
      type: 'subscription',
      accountId: command.accountId,
      command,
      detail: { ...(plan === undefined ? {} : { plan }), ...whoAndWhy(command) },
    },
    { available: 0 },
  )
}

/** The rest of the period is kept: its own credits stop ageing with it. */
function pause(draft: Draft, subscription: Subscription): void {
  const { status } = subscription
  if (status !== 'active' && status !== 'past_due' && status !== 'trialing') return
  const lots = lotsOfPeriod(draft.lots, subscription)
  const frozen = lots.flatMap(({ number, expiresAt }) =>
    expiresAt === null ? [] : [{ lot: number, expiresAt }],
  )
  for (const lot of lots) moveExpiry(draft, lot, null)
  putSubscription(draft, {
    // Not as it was: it keeps its emptied lots as they are now.
    ...(draft.subscription ?? subscription),
    status: 'paused',
    pausedAt: draft.at,
    pausedFrom: status,
    frozen,
  })
  notify(draft, 'subscription.changed', { plan: subscription.plan, status: 'paused' })
}

/** The period runs on for as long as it had left; what was to happen at its end moves with it. */
export function resume(draft: Draft, subscription: Subscription): void {
  const { pausedAt, pausedFrom } = subscription
  if (pausedAt === null || pausedFrom === null) {
    standUntil(draft, { ...subscription, cancelAt: null, change: null })
    notify(draft, 'subscription.changed', { plan: subscription.plan, resumed: true })
    return
  }
  const by = draft.at - pausedAt
  const later = (instant: number | null) => (instant === null ? null : instant + by)
  putSubscription(draft, {
    ...subscription,
    status: pausedFrom,
    pausedAt: null,
    pausedFrom: null,
    frozen: [],
    bill: subscription.bill && postpone(subscription.bill, by),
    refill: subscription.refill && postpone(subscription.refill, by),
    trialEndsAt: later(subscription.trialEndsAt),
    endsAt: later(subscription.endsAt),
    cancelAt: later(subscription.cancelAt),
    pastDueSince: later(subscription.pastDueSince),
  })
  thaw(draft, subscription)
  notify(draft, 'subscription.changed', { plan: subscription.plan, status: pausedFrom })
}

function fail(draft: Draft, subscription: Subscription, { bill }: SubscriptionActCommand): void {
  if (subscription.status !== 'active' || (bill !== undefined && !isOwed(subscription, bill))) return
  putSubscription(draft, { ...subscription, status: 'past_due', pastDueSince: draft.at })
  notify(draft, 'subscription.past_due', { plan: subscription.plan })
}

/** Whether it is of this subscription, and neither its period nor a later one is paid for. */
export function isOwed({ number, bought }: Subscription, bill: PlanPeriod): boolean {
  return number === bill.subscription && bought !== undefined && bought.paidPeriod < bill.period
}

/** Paid: access at once, and the refill that the current period is owed; the period's end does not move. */
export function receive(draft: Draft, subscription: Subscription): void {
  const { status, bought, bill } = subscription
  if (status === 'active' && bought === undefined) return
  const paid = bought && bill ? { bought: { ...bought, paidPeriod: bill.index } } : {}
  const recovered: Subscription = { ...subscription, ...paid, status: 'active', pastDueSince: null }
  putSubscription(draft, recovered)
  if (status !== 'active') notify(draft, 'subscription.recovered', { plan: subscription.plan })
  if (recovered.refill !== null && recovered.refilledIndex < recovered.refill.index) refillNow(draft)
}
