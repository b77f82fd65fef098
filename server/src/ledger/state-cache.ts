/**
 * Pool states kept between commits, so that a busy pool is not read again for each batch. What is kept
 * may be old when other processes write too: the version guard of the commit tells, never this.
 * Bounded by weight; what was not used for longest goes first. In two generations, since a Map that
 * loses its oldest entry again and again walks over all it has lost.
 */
import type { PoolState } from '@scrip/core'

export interface StateCache {
  get(pool: number): PoolState | undefined
  put(state: PoolState): void
  drop(pool: number): void
  clear(): void
  /** The sum of the weights. */
  weight(): number
}

/** What a state takes, in records: itself, its open lots and holds, and the accounts that share it. */
function weightOf(state: PoolState): number {
  const records = state.lots.length + state.scheduled.length + state.holds.length + state.budgets.length
  let accounts = 0
  for (const _ in state.accounts) accounts++
  return 1 + records + accounts
}

export function openStateCache(weightMax: number): StateCache {
  let young = new Map<number, PoolState>()
  let old = new Map<number, PoolState>()
  let youngWeight = 0
  let oldWeight = 0
  const put = (state: PoolState) => {
    const before = young.get(state.pool)
    youngWeight += weightOf(state) - (before === undefined ? 0 : weightOf(before))
    young.set(state.pool, state)
    if (youngWeight <= weightMax / 2) return
    old = young
    oldWeight = youngWeight
    young = new Map()
    youngWeight = 0
  }
  return {
    get(pool) {
      const state = young.get(pool)
      if (state !== undefined) return state
      const kept = old.get(pool)
      if (kept !== undefined) put(kept)
      return kept
    },
    put,
    drop(pool) {
      const state = young.get(pool)
      if (state !== undefined) youngWeight -= weightOf(state)
      young.delete(pool)
      old.delete(pool)
    },
    clear() {
      young = new Map()
      old = new Map()
      youngWeight = 0
      oldWeight = 0
    },
    weight: () => youngWeight + oldWeight,
  }
}
