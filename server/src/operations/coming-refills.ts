/** The refills of the next year if nobody does anything: each found by advancing a copy of the pool. */
import {
  addDuration,
  type Catalogs,
  type Credits,
  type Instant,
  nextRefill,
  type PoolState,
  peek,
} from '@scrip/core'

export interface ComingRefill {
  readonly at: Instant
  readonly credits: Credits
  /** What the balance gains, net of what a limit or an expiry takes at that instant. */
  readonly net: Credits
}

const REFILLS_MAX = 13

export function comingRefills(state: PoolState, catalogs: Catalogs): ComingRefill[] {
  const until = addDuration(state.at, { count: 1, unit: 'year' }, 1, state.timeZone)
  const refills: ComingRefill[] = []
  for (let now = state; refills.length < REFILLS_MAX; ) {
    const next = nextRefill(now, catalogs)
    if (next === null || next.at > until) break
    refills.push({ at: next.at, credits: next.credits, net: next.net })
    now = peek(now, next.at, catalogs)
  }
  return refills
}
