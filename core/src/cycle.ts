/** Periods: equal calendar intervals counted from one anchor, never chained from a clamped date. */
import type { Instant } from './amounts.ts'
import { addDuration, type Duration } from './calendar.ts'
import type { Cycle } from './pool.ts'

/** A cycle whose period `index` starts at `anchor`. */
export function startCycle(anchor: Instant, every: Duration, index: number, timeZone: string): Cycle {
  return {
    anchor,
    anchorIndex: index,
    every,
    index,
    start: anchor,
    end: addDuration(anchor, every, 1, timeZone),
  }
}

export function nextPeriod(cycle: Cycle, timeZone: string): Cycle {
  const index = cycle.index + 1
  const end = addDuration(cycle.anchor, cycle.every, index + 1 - cycle.anchorIndex, timeZone)
  return { ...cycle, index, start: cycle.end, end }
}

/** The rest of the current period begins again `by` milliseconds later; what follows is counted from its new end. */
export function postpone(cycle: Cycle, by: number): Cycle {
  const end = cycle.end + by
  return { ...cycle, start: cycle.start + by, end, anchor: end, anchorIndex: cycle.index + 1 }
}
