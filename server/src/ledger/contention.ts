/**
 * Pools for which another process keeps being faster. One that lost twice is taken under its lock for
 * a while: the waiting is then the database's, and both get their turn.
 */
export interface Contention {
  /** Whether the pool is to be taken under its lock now. */
  isContended(pool: number): boolean
  lost(pool: number): void
  won(pool: number): void
}

const LOSSES_UNTIL_LOCKED = 2
/** Long enough for a hundred batches, short enough that a quiet pool is soon fast again. */
const LOCKED_MS = 250

export function openContention(clock: () => number = () => performance.now()): Contention {
  const losses = new Map<number, number>()
  const lockedUntil = new Map<number, number>()
  return {
    isContended(pool) {
      const until = lockedUntil.get(pool)
      if (until === undefined) return false
      if (until > clock()) return true
      lockedUntil.delete(pool)
      return false
    },
    lost(pool) {
      const count = (losses.get(pool) ?? 0) + 1
      if (count < LOSSES_UNTIL_LOCKED) {
        losses.set(pool, count)
        return
      }
      losses.delete(pool)
      lockedUntil.set(pool, clock() + LOCKED_MS)
    },
    won(pool) {
      if (losses.size > 0) losses.delete(pool)
    },
  }
}
