/**
 * What happens to unused plan credits (rules.md). `reset` and `window` are lives given to a lot when
 * it is granted; `bank` cuts what is carried over to the limit, just before each refill; `keep`
 * does nothing. Only unheld credits of the subscription group are counted or cut, whichever plan
 * granted them; packs sit outside the cap and are never touched.
 */
import type { Credits, Instant } from './amounts.ts'
import { addDuration } from './calendar.ts'
import { groupOf, type Plan, type Rollover } from './catalog/catalog.ts'
import { postpone } from './cycle.ts'
import { catalogNow, type Draft, negative, putLot, record } from './draft.ts'
import type { Cycle, Draw, Subscription } from './pool.ts'

/** The expiry of a lot granted for the period that ends at `periodEnd`; null = it has none. */
export function refillExpiry(rollover: Rollover, periodEnd: Instant, timeZone: string): Instant | null {
  switch (rollover.kind) {
    case 'reset':
      return periodEnd
    case 'window':
      return addDuration(periodEnd, rollover.window, 1, timeZone)
    case 'bank':
    case 'keep':
      return null
  }
}

/** As long as a lot of the current period's refill lives: for top-ups and packs bought `for the term`. */
export function subscriptionLotExpiry(draft: Draft): Instant | null {
  const subscription = draft.subscription
  if (subscription === null || subscription.refill === null) return null
  const plan = catalogNow(draft).plans[subscription.plan]
  if (plan === undefined) return null
  // In a pause the rest of the period is kept: it ends as if it ran on from now.
  const { refill, pausedAt } = subscription
  const cycle = pausedAt === null ? refill : postpone(refill, draft.at - pausedAt)
  return expiryInCycle(plan, subscription, cycle)
}

export function expiryInCycle(plan: Plan, subscription: Subscription, cycle: Cycle): Instant | null {
  return refillExpiry(plan.rollover, cycle.end, subscription.timeZone)
}

/** The most that may be carried into a period whose refill is `refill`. */
function carriedLimit(rollover: Rollover & { kind: 'bank' }, refill: Credits): Credits {
  if (rollover.counts === 'carried') return rollover.limit
  // A limit below the refill counts as the refill, so that a refill is never cut by its own limit.
  return Math.max(rollover.limit, refill) - refill
}

/** Cuts what is carried over to the plan's limit, in spend order, as one row. */
export function cutToBankLimit(draft: Draft, plan: Plan, refill: Credits): void {
  if (plan.rollover.kind !== 'bank') return
  const lots = draft.lots.filter((lot) => groupOf(lot.kind) === 'subscription' && lot.remaining > 0)
  let excess = -carriedLimit(plan.rollover, refill)
  for (const lot of lots) excess += lot.remaining
  if (excess <= 0) return
  const draws: Draw[] = []
  let missing = excess
  for (const lot of lots) {
    if (missing === 0) break
    const part = Math.min(lot.remaining, missing)
    putLot(draft, { ...lot, remaining: lot.remaining - part, removed: lot.removed + part })
    draws.push({ lot: lot.number, credits: part })
    missing -= part
  }
  record(
    draft,
    {
      type: 'rollover_excess',
      accountId: draft.ownerId,
      amount: -excess,
      draws: negative(draws),
      detail: { plan: plan.id },
    },
    { available: -excess },
  )
}
