/**
 * When something next happens to a pool by itself. `advance` goes from one such instant to the next,
 * so that every rule of time is applied at its own due instant, whenever anybody looks.
 */
import type { Instant } from './amounts.ts'
import { addDuration, type Duration, subtractDuration } from './calendar.ts'
import type { Catalogs } from './decision.ts'
import type { Lot, PoolState, Subscription } from './pool.ts'

type DueState = Pick<
  PoolState,
  'at' | 'opened' | 'openedAt' | 'lots' | 'scheduled' | 'holds' | 'subscription' | 'timeZone'
>

/** The next instant at which time alone changes the pool; never before its time; null = never. */
export function nextDue(state: DueState, catalogs: Catalogs): Instant | null {
  let due = Number.POSITIVE_INFINITY
  if (!state.opened) due = state.openedAt
  for (const lot of state.lots) due = Math.min(due, lotDue(lot, state, catalogs))
  for (const lot of state.scheduled) due = Math.min(due, lot.effectiveAt)
  for (const hold of state.holds) due = Math.min(due, hold.expiresAt)
  if (state.subscription !== null)
    due = Math.min(due, subscriptionDue(state.subscription, state.at, catalogs))
  return due === Number.POSITIVE_INFINITY ? null : Math.max(due, state.at)
}

/**
 * When a lot next expires or says that it will; infinity = never. One that is held whole counts too,
 * since credits may come back to it before; once it is over, what comes back ends at once.
 */
export function lotDue(lot: Lot, state: Pick<PoolState, 'at' | 'timeZone'>, catalogs: Catalogs): number {
  if (lot.expiresAt === null) return Number.POSITIVE_INFINITY
  if (lot.remaining === 0 && lot.expiresAt <= state.at) return Number.POSITIVE_INFINITY
  let due: number = lot.expiresAt
  for (const instant of expiryNotices(lot, state.timeZone, catalogs.at(state.at).alerts.expiring)) {
    if (instant > state.at) due = Math.min(due, instant)
  }
  return due
}

/** When it is said that a lot will expire: each length before its expiry, where the lot already lived then. */
export function expiryNotices(
  lot: Lot,
  timeZone: string,
  lengths: readonly Parameters<typeof subtractDuration>[1][],
): Instant[] {
  const expiresAt = lot.expiresAt
  if (expiresAt === null || lengths.length === 0) return []
  return lengths
    .map((length) => subtractDuration(expiresAt, length, timeZone))
    .filter((instant) => instant > lot.effectiveAt)
}

/** Before what is not renewed by itself ends, so that it can be renewed by hand. */
const TOLD_BEFORE_END: readonly Duration[] = [
  { count: 60, unit: 'day' },
  { count: 30, unit: 'day' },
]

/**
 * When it is said that a subscription will end, where it already ran then. Nothing is said of one that is
 * cancelled, or that another plan takes over by then: what is to become of it was decided.
 */
export function endNotices(subscription: Subscription): Instant[] {
  const { status, startsAt, bill, endsAt, cancelAt, change, timeZone } = subscription
  const isUnderWay = status === 'active' || status === 'past_due' || status === 'unpaid'
  if (endsAt === null || !isUnderWay || isNoLater(cancelAt, endsAt)) return []
  if (change !== null && isNoLater(bill?.end, endsAt)) return []
  return TOLD_BEFORE_END.map((length) => subtractDuration(endsAt, length, timeZone)).filter(
    (instant) => instant > startsAt,
  )
}

function isNoLater(instant: Instant | null | undefined, than: Instant): boolean {
  return instant != null && instant <= than
}

/** When a subscription next changes by itself, or says that it will end; infinity = never. */
function subscriptionDue(subscription: Subscription, at: Instant, catalogs: Catalogs): number {
  const due = changeDue(subscription, catalogs)
  return endNotices(subscription).reduce((next, told) => (told > at ? Math.min(next, told) : next), due)
}

function changeDue(subscription: Subscription, catalogs: Catalogs): number {
  const { status, startsAt, trialEndsAt, bill, refill, endsAt, cancelAt } = subscription
  const ends = Math.min(endsAt ?? Number.POSITIVE_INFINITY, cancelAt ?? Number.POSITIVE_INFINITY)
  switch (status) {
    case 'scheduled':
      return startsAt
    case 'trialing':
      return Math.min(trialEndsAt ?? ends, ends)
    case 'paused':
      return Number.POSITIVE_INFINITY
    case 'past_due':
      return Math.min(ends, bill?.end ?? ends, refill?.end ?? ends, graceEndsAt(subscription, catalogs))
    case 'active':
    case 'unpaid':
      return Math.min(ends, bill?.end ?? ends, refill?.end ?? ends)
  }
}

/** Past due keeps its access for the plan's days of grace, counted by the calendar. */
export function graceEndsAt(subscription: Subscription, catalogs: Catalogs): number {
  const since = subscription.pastDueSince
  if (since === null) return Number.POSITIVE_INFINITY
  const days = catalogs.at(since).plans[subscription.plan]?.pastDueDays ?? 7
  return days === 0 ? since : addDuration(since, { count: days, unit: 'day' }, 1, subscription.timeZone)
}
