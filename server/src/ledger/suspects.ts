/** Commits whose answer was lost: whether they happened is found out under the pool's lock. */
import { databaseFault } from '../database/fault.ts'
import type { PoolWork } from './decide-batch.ts'

export interface Suspect {
  readonly batch: number
  readonly work: PoolWork
}

/** By pool. */
export type Suspects = Map<number, readonly Suspect[]>

export function suspect(suspects: Suspects, works: readonly PoolWork[], batch: number): void {
  for (const work of works) {
    const { pool } = work.change.after
    suspects.set(pool, [...(suspects.get(pool) ?? []), { batch, work }])
  }
}

/**
 * Nothing is known of a statement whose connection went away, or whose server was told to stop; every
 * other error was the database's own answer, and its transaction is undone.
 */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  // Only the database's own answers have a severity.
  const { code, severity } = error as { code?: unknown; severity?: unknown }
  if (typeof code === 'string' && severity !== undefined) return /^(08|57P)/.test(code)
  return databaseFault(error) !== undefined || error.message === 'Query read timeout'
}
