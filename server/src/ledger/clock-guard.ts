/**
 * A clock that runs ahead would expire credits for good (rules.md, "Amounts and time"), so a process
 * whose clock is more than a minute off the database's decides nothing until it is mended.
 */
import { LedgerFault } from './faults.ts'

export interface ClockGuard {
  /** The fault, or null where the clock was in order at most ten seconds ago. */
  check(): Promise<LedgerFault | null>
}

const SKEW_MS_MAX = 60_000
const CHECKED_EVERY_MS = 10_000

export interface ClockGuardOptions {
  /** How far this process's clock is ahead of the database's; negative when behind. */
  readonly measureSkewMs: () => Promise<number>
  /** Elapsed time, which no change of the wall clock touches. */
  readonly elapsedMs: () => number
}

export function openClockGuard({ measureSkewMs, elapsedMs }: ClockGuardOptions): ClockGuard {
  let checkedAt = Number.NEGATIVE_INFINITY
  let skewMs = 0
  return {
    async check() {
      if (elapsedMs() - checkedAt >= CHECKED_EVERY_MS || Math.abs(skewMs) > SKEW_MS_MAX) {
        skewMs = await measureSkewMs()
        checkedAt = elapsedMs()
      }
      if (Math.abs(skewMs) <= SKEW_MS_MAX) return null
      const seconds = Math.round(Math.abs(skewMs) / 1000)
      const way = skewMs > 0 ? 'ahead of' : 'behind'
      return new LedgerFault(
        'clock_unsafe',
        `This process's clock is ${seconds} seconds ${way} the database's.`,
      )
    },
  }
}
