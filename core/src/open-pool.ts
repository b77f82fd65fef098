/**
 * A pool's first day. The catalog's `newAccounts` names every new account's base plan and sign-up
 * credits; they arrive by time itself, at the instant the pool was opened, so that no crash between
 * making an account and granting to it can lose them, and nothing can give them twice.
 */

import { NO_ALERTS } from './alerts.ts'
import type { Instant } from './amounts.ts'
import { addDuration } from './calendar.ts'
import type { Expiry } from './catalog/catalog.ts'
import { catalogNow, type Draft } from './draft.ts'
import { addLot } from './lots.ts'
import type { PoolState } from './pool.ts'
import { subscriptionLotExpiry } from './rollover.ts'
import { startPlan } from './subscription.ts'

export interface NewPool {
  readonly pool: number
  readonly lane: number
  readonly project: number
  readonly ownerId: string
  readonly timeZone: string
  readonly openedAt: Instant
}

/** The state of a pool nobody has touched: everything of its first day is still due. */
export function newPool(facts: NewPool): PoolState {
  return {
    ...facts,
    version: 0,
    at: facts.openedAt,
    sequence: 1,
    opened: false,
    accounts: { [facts.ownerId]: { timeZone: facts.timeZone } },
    totals: { available: 0, held: 0, received: 0, used: 0, charged: 0, expired: 0, uses: 0 },
    lots: [],
    scheduled: [],
    holds: [],
    basePlan: null,
    subscription: null,
    once: [],
    planCreditsEnded: null,
    reversals: [],
    terms: [],
    alerts: NO_ALERTS,
    thresholds: null,
    budgets: [],
    dueAt: facts.openedAt,
    past: { charges: {}, lots: {}, holds: {} },
  }
}

export function openPool(draft: Draft): void {
  draft.opened = true
  const { plan, credits, expires } = catalogNow(draft).newAccounts
  if (plan !== null) startPlan(draft, plan, null)
  if (credits === 0) return
  draft.once = [...draft.once, 'sign_up']
  addLot(draft, {
    kind: 'free',
    credits,
    origin: { type: 'sign_up' },
    accountId: draft.ownerId,
    type: 'sign_up',
    expiresAt: lifeOf(draft, expires),
  })
}

/** When a lot with this life expires; null = never. A `term` lives as long as a lot of the current period's refill. */
export function lifeOf(draft: Draft, expires: Expiry): Instant | null {
  switch (expires.kind) {
    case 'never':
      return null
    case 'after':
      return addDuration(draft.at, expires.length, 1, draft.timeZone)
    case 'term':
      return subscriptionLotExpiry(draft)
  }
}
