/**
 * Time as an input (rules.md): before any command at t the pool is advanced to t, everything due in
 * (last, t] happening in time order, each at its own instant. At one instant the order is: lots
 * expire → holds time out → scheduled lots start → the subscription changes, converts or ends →
 * rollover → refill → alerts are judged. Within a step: by number in the pool.
 */

import { judgeAlerts, sayWhatEnds, sayWhatExpires } from './alerts.ts'
import { assert, type Instant } from './amounts.ts'
import type { Catalogs } from './decision.ts'
import { catalogNow, type Draft, finish, openDraft } from './draft.ts'
import { nextDue } from './due.ts'
import { timeOutHolds } from './hold.ts'
import { expireDueLots, startScheduledLots } from './lots.ts'
import { openPool } from './open-pool.ts'
import type { PoolState } from './pool.ts'
import { advanceSubscription } from './subscription.ts'

/** Far above what a lifetime of hourly refills takes; more means that a step does not move on. */
const STEPS_MAX = 2_000_000

export function advance(draft: Draft, to: Instant): void {
  // A clock that is behind the pool's finds what was due at the pool's own time: its first day, at the least.
  const until = Math.max(to, draft.at)
  let steps = 0
  // A catalog applied in the very instant that the pool has lived to is no later step: what it warns of counts from here.
  const isNewCatalog = catalogNow(draft).appliedAt === draft.at
  if (draft.dueChanged || isNewCatalog) draft.dueAt = nextDue(draft, draft.catalogs)
  for (let due = nextStep(draft); due <= until; due = nextStep(draft)) {
    step(draft, Math.max(due, draft.at))
    draft.dueAt = nextDue(draft, draft.catalogs)
    draft.dueChanged = false
    assert(++steps < STEPS_MAX, 'advancing comes to an end')
  }
  draft.at = until
}

/** A new catalog is a step of its own: thresholds and notices change with it at its instant, not at the next look. */
function nextStep(draft: Draft): number {
  const due = draft.dueAt ?? Number.POSITIVE_INFINITY
  return Math.min(due, draft.catalogs.nextChange(draft.at) ?? Number.POSITIVE_INFINITY)
}

function step(draft: Draft, at: Instant): void {
  const before = draft.at
  draft.at = at
  if (!draft.opened) openPool(draft)
  expireDueLots(draft)
  timeOutHolds(draft)
  startScheduledLots(draft)
  sayWhatExpires(draft, before)
  sayWhatEnds(draft, before)
  advanceSubscription(draft)
  judgeAlerts(draft)
}

/** The pool as it will be at `to` if nobody does anything: a copy, nothing is booked. `to` in the past changes nothing. */
export function peek(state: PoolState, to: Instant, catalogs: Catalogs): PoolState {
  const draft = openDraft(state, catalogs)
  advance(draft, to)
  return finish(draft).state
}
