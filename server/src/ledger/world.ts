/** What one writer works with: the parts that the rounds of a batch share. */
import { randomInt } from 'node:crypto'
import { assert } from '@scrip/core'
import type { Database } from '../database/database.ts'
import { type CommitStatements, commitStatements } from './commit.ts'
import { type Contention, openContention } from './contention.ts'
import type { ProjectCatalogs } from './decide-batch.ts'
import type { RecentKeys } from './keys.ts'
import type { StateCache } from './state-cache.ts'
import type { ToldOf } from './told.ts'
import { openWriterSession, type WriterSession } from './writer-session.ts'

/**
 * Breaks the thing that a race test guards, so that the test can be seen to fail. Given to `openLedger`
 * by tests alone; no configuration reaches it.
 */
export interface Sabotage {
  readonly withoutVersionGuard?: boolean
  readonly acknowledgeBeforeCommit?: boolean
  readonly withoutKeyLookup?: boolean
}

/** Reads a project's catalogs again, with what other processes applied; null where there is no such project. */
export type CatalogSource = (project: number) => Promise<ProjectCatalogs | null>

export interface CatalogShelf {
  has(project: number, version: number): boolean
  /** The catalogs of a project of which a pool was loaded before. */
  of(project: number): ProjectCatalogs
  /** The catalogs as this process knows them, no older than `version`. */
  atLeast(project: number, version: number): Promise<ProjectCatalogs>
}

export interface World {
  readonly session: WriterSession
  readonly statements: CommitStatements
  readonly cache: StateCache
  readonly recentKeys: RecentKeys
  readonly catalogs: CatalogShelf
  readonly contention: Contention
  readonly sabotage: Sabotage
  readonly told: ToldOf
  /** A number for each commit, by which a writer knows its own rows again. */
  nextBatch(): number
}

export interface WorldOptions {
  readonly database: Database
  readonly cache: StateCache
  readonly recentKeys: RecentKeys
  readonly catalogs: CatalogShelf
  readonly sabotage: Sabotage
  readonly told: ToldOf
  readonly patienceMs: number
}

const BATCH_MAX = 2 ** 31 - 1

export function openWorld(options: WorldOptions): World {
  const { database, sabotage, patienceMs } = options
  let batch = randomInt(BATCH_MAX)
  return {
    ...options,
    session: openWriterSession(database, patienceMs),
    statements: commitStatements(sabotage),
    contention: openContention(),
    nextBatch() {
      batch = (batch + 1) % BATCH_MAX
      return batch
    },
  }
}

export function openCatalogShelf(source: CatalogSource): CatalogShelf {
  const known = new Map<number, ProjectCatalogs>()
  const has = (project: number, version: number) => (known.get(project)?.latest ?? -1) >= version
  return {
    has,
    of(project) {
      const catalogs = known.get(project)
      assert(
        catalogs !== undefined,
        `the catalogs of project ${project} are known since its first pool was loaded`,
      )
      return catalogs
    },
    async atLeast(project, version) {
      const catalogs = known.get(project)
      if (catalogs !== undefined && catalogs.latest >= version) return catalogs
      const read = await source(project)
      if (read === null || read.latest < version) throw new Error(`project ${project} has catalog ${version}`)
      known.set(project, read)
      return read
    },
  }
}
