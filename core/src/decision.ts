/**
 * What `decide` answers: the pool's next state, the rows that make the difference, and the command's
 * outcome. Plain data: the shell writes it in one commit, or throws it away.
 */
import type { Instant } from './amounts.ts'
import type { Catalog } from './catalog/catalog.ts'
import type { Entry, Hold, Lot, Notice, PoolState } from './pool.ts'
import type { Refusal } from './refusals.ts'

/** The project's catalogs: which was live at an instant, and a given version. */
export interface Catalogs {
  at(instant: Instant): Catalog
  version(version: number): Catalog
  /** When the next version after `instant` becomes live; null where none is known. */
  nextChange(instant: Instant): Instant | null
}

export interface Changes {
  /** In order; numbers rise. */
  readonly entries: readonly Entry[]
  /** Lots touched, as they are now, by number; new where number ≥ the state's sequence before. */
  readonly lots: readonly Lot[]
  /** Holds touched, open or ended, likewise. */
  readonly holds: readonly Hold[]
  readonly notices: readonly Notice[]
}

export interface Decision {
  readonly state: PoolState
  readonly changes: Changes
  /** The command's own row, from which its answer is made (also on a replay), or why not. Absent for `advance`. */
  readonly outcome: { readonly entry: Entry } | { readonly refused: Refusal } | { readonly nothing: true }
}
