/** The states that a batch is decided on: cached ones, and what is not cached read from the database. */
import type { PoolState } from '@scrip/core'
import type { Session } from '../database/transaction.ts'
import { loadPools } from './load.ts'
import type { Group } from './prepare.ts'
import type { World } from './world.ts'

/** A project whose catalogs are to be read before its pools can be decided on. */
export interface CatalogNeeded {
  readonly project: number
  readonly version: number
}

export interface States {
  readonly states: ReadonlyMap<number, PoolState>
  readonly needed: readonly CatalogNeeded[]
}

/** Under a lock, `versions` says what each pool's version is: an older state is not used. */
export async function statesOf(
  world: World,
  session: Session,
  groups: readonly Group[],
  versions?: ReadonlyMap<number, number>,
): Promise<States> {
  const states = new Map<number, PoolState>()
  const missing: Group[] = []
  for (const group of groups) {
    const { pool } = group.address
    const state = world.cache.get(pool)
    if (state !== undefined && (versions === undefined || versions.get(pool) === state.version))
      states.set(pool, state)
    else missing.push(group)
  }
  if (missing.length === 0) return { states, needed: [] }
  const needed = new Map<number, CatalogNeeded>()
  const addresses = missing.map((group) => group.address)
  for (const [pool, { state, catalogVersion }] of await loadPools(session, addresses)) {
    states.set(pool, state)
    const { project } = state
    if (!world.catalogs.has(project, catalogVersion))
      needed.set(project, { project, version: catalogVersion })
  }
  return { states, needed: [...needed.values()] }
}
