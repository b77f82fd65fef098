/**
 * What a reader of a pool is told: its figures, its status, and what comes next. Read from the pool
 * as it is at the instant asked for (`peek`), so it says what a charge at that instant would find.
 */

import { activePlans } from './access.ts'
import { peek } from './advance.ts'
import { thresholdCredits } from './alerts.ts'
import type { Credits, Instant } from './amounts.ts'
import { type Catalog, groupOf, type LotGroup } from './catalog/catalog.ts'
import type { Catalogs } from './decision.ts'
import { balanceOf } from './draft.ts'
import type { PoolState, Subscription } from './pool.ts'

export type CreditsStatus = 'active' | 'low' | 'exhausted' | 'inactive'

export interface CreditsView {
  readonly balance: Credits
  readonly available: Credits
  readonly held: Credits
  readonly received: Credits
  readonly used: Credits
  readonly removed: Credits
  /** The part of `removed` that expired, less what came again as grace. */
  readonly expired: Credits
  readonly byGroup: Readonly<Record<LotGroup, { readonly available: Credits; readonly held: Credits }>>
  readonly status: CreditsStatus
  /** The plan that counts: the subscription's, else the base plan. */
  readonly plan: string | null
  readonly nextRefill: NextRefill | null
  readonly nextExpiry: { readonly at: Instant; readonly credits: Credits } | null
}

export interface NextRefill {
  readonly at: Instant
  /** What it grants, and what the balance gains, net of what a limit or an expiry takes at that instant. */
  readonly credits: Credits
  readonly net: Credits
  readonly availableAfter: Credits
}

export function viewCredits(state: PoolState, catalogs: Catalogs): CreditsView {
  const { available, held, received, used, expired } = state.totals
  const balance = available + held
  const catalog = catalogs.at(state.at)
  return {
    balance,
    available,
    held,
    received,
    used,
    removed: received - used - balance,
    expired,
    byGroup: groupTotals(state),
    status: statusOf(state, catalog),
    plan: state.subscription?.plan ?? state.basePlan?.plan ?? null,
    nextRefill: nextRefill(state, catalogs),
    nextExpiry: nextExpiry(state),
  }
}

function groupTotals(state: PoolState): CreditsView['byGroup'] {
  const groups = { subscription: { available: 0, held: 0 }, purchased: { available: 0, held: 0 } }
  for (const lot of state.lots) {
    const group = groups[groupOf(lot.kind)]
    group.available += lot.remaining
    group.held += lot.held
  }
  return groups
}

/** `inactive`: there are credits or not, but a plan is needed and none is active. */
function statusOf(state: PoolState, catalog: Catalog): CreditsStatus {
  const balance = balanceOf(state.totals)
  if (catalog.access === 'plan' && activePlans(state).length === 0) return 'inactive'
  if (balance < catalog.exhaustedBelow) return 'exhausted'
  const thresholds = state.thresholds ?? catalog.alerts.remaining
  const isLow = thresholds.some((threshold) => balance <= thresholdCredits(threshold, state.alerts.reference))
  return isLow ? 'low' : 'active'
}

/** When credits next come by themselves, or null. Found by advancing a copy, so every rule on the way counts. */
export function nextRefill(state: PoolState, catalogs: Catalogs): NextRefill | null {
  const at = refillAt(state.subscription)
  if (at === null) return null
  const before = peek(state, at - 1, catalogs)
  const after = peek(state, at, catalogs)
  const credits = after.totals.received - before.totals.received
  if (credits <= 0) return null
  return {
    at,
    credits,
    net: balanceOf(after.totals) - balanceOf(before.totals),
    availableAfter: after.totals.available,
  }
}

function refillAt(subscription: Subscription | null): Instant | null {
  if (subscription === null) return null
  switch (subscription.status) {
    case 'scheduled':
      return subscription.startsAt
    case 'trialing':
      return subscription.trialEndsAt
    case 'active':
    case 'past_due':
      return subscription.refill?.end ?? null
    case 'unpaid':
    case 'paused':
      return null
  }
}

function nextExpiry(state: PoolState): CreditsView['nextExpiry'] {
  let at: Instant | null = null
  let credits = 0
  for (const lot of state.lots) {
    if (lot.expiresAt === null || lot.remaining === 0) continue
    if (at === null || lot.expiresAt < at) {
      at = lot.expiresAt
      credits = lot.remaining
    } else if (lot.expiresAt === at) credits += lot.remaining
  }
  return at === null ? null : { at, credits }
}
