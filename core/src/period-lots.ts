/**
 * The lots of the period (or trial) under way. A pause stops their life, also of those that are empty:
 * what comes back to one finds the life it would have had. An empty lot is no part of the open state,
 * so the subscription keeps those of its period at hand.
 */
import type { Lot, Subscription } from './pool.ts'

export function isOfPeriod(
  { number, status, pausedFrom, refill }: Subscription,
  { origin }: Pick<Lot, 'origin'>,
): boolean {
  switch (origin.type) {
    case 'trial':
      return (status === 'trialing' || pausedFrom === 'trialing') && origin.subscription === number
    case 'refill':
    case 'plan_change':
      return origin.subscription === number && origin.period === refill?.index
    default:
      return false
  }
}

/** The subscription with an emptied lot of its period at hand, as it is now; those of earlier periods are let go. */
export function withEmptied(subscription: Subscription, emptied: Lot): Subscription {
  const others = (subscription.emptied ?? []).filter(
    (lot) => lot.number !== emptied.number && isOfPeriod(subscription, lot),
  )
  return { ...subscription, emptied: [...others, emptied] }
}

/** Every lot of the period, open or empty, as it is now. */
export function lotsOfPeriod(open: readonly Lot[], subscription: Subscription): Lot[] {
  const empty = (subscription.emptied ?? []).filter(
    (lot) => !open.some((candidate) => candidate.number === lot.number),
  )
  return [...open, ...empty].filter((lot) => isOfPeriod(subscription, lot))
}
