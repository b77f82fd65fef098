import type { Changes, Entry, PoolState, Refusal } from '@scrip/core'

/** Which pool: its number, and the lane it keeps for life. */
export interface Address {
  readonly lane: number
  readonly pool: number
}

/** Knuth's multiplicative hash: neighbours land in different lanes. 0–255. */
export function laneOf(pool: number): number {
  const low = pool % 0x1_0000_0000
  const high = Math.floor(pool / 0x1_0000_0000)
  return Math.imul(low ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1) >>> 24
}

/**
 * What became of a command, once it is durable. `state` is the pool after it, `changes` what it wrote
 * with what time did before it. A replay gives the first time's row again and touches nothing. A refusal
 * changed nothing that time had not already done. `nothing`: the command has no row of its own (`advance`).
 */
export type Outcome =
  | { readonly entry: Entry; readonly replayed: false; readonly state: PoolState; readonly changes: Changes }
  | { readonly entry: Entry; readonly replayed: true }
  | { readonly refused: Refusal; readonly state: PoolState }
  | { readonly nothing: true; readonly state: PoolState; readonly changes: Changes }
