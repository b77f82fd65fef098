/**
 * The way for pools that another process keeps moving, and for commits whose answer was lost: lock in
 * one statement, read in the next (never both in one: the read would be older than the wait), decide,
 * write, commit. Under the lock it is also certain whether a lost commit happened.
 */

import type { Connection } from '../database/database.ts'
import { LOCK_POOLS } from '../database/ledger.sql.ts'
import type { Session } from '../database/transaction.ts'
import { answer, answerWorks } from './answer.ts'
import { type Committed, checkWorks, encodeCommit, sendCommit } from './commit.ts'
import { decidePool, type PoolWork } from './decide-batch.ts'
import type { Job } from './job.ts'
import { loadEntries, placesOf } from './load.ts'
import { type Group, prepare } from './prepare.ts'
import { type CatalogNeeded, statesOf } from './states.ts'
import { isConnectionLost, type Suspects, suspect } from './suspects.ts'
import type { World } from './world.ts'

/** Answers with the jobs that must be decided again. */
export async function settleUnderLock(
  world: World,
  groups: readonly Group[],
  suspects: Suspects,
): Promise<readonly Job[]> {
  const connection = await world.session.connection()
  try {
    await connection.query('begin')
    const versions = await lock(connection, groups)
    const open = await settleSuspects(world, connection, groups, suspects)
    const { states, needed } = await statesOf(world, connection, open, versions)
    if (needed.length > 0) return await readCatalogsFirst(world, connection, groups, needed)
    const { ready, later } = await prepare(connection, open, states)
    const works = ready.map(({ state, jobs }) => decidePool(state, jobs, world.catalogs.of(state.project)))
    const left = await writeUnderLock(world, connection, works, suspects)
    return [...left, ...later]
  } catch (error) {
    await connection.query('rollback').catch(() => world.session.abandon())
    throw error
  }
}

/**
 * Catalogs are read by another session, which on the embedded database waits for this one's transaction:
 * so it is ended first, and the jobs come again.
 */
async function readCatalogsFirst(
  world: World,
  connection: Connection,
  groups: readonly Group[],
  needed: readonly CatalogNeeded[],
): Promise<readonly Job[]> {
  await connection.query('rollback')
  for (const { project, version } of needed) await world.catalogs.atLeast(project, version)
  return groups.flatMap((group) => group.jobs)
}

async function lock(connection: Connection, groups: readonly Group[]): Promise<ReadonlyMap<number, number>> {
  const { rows } = await connection.query<{ pool_id: number; version: number }>(
    LOCK_POOLS,
    placesOf(groups.map((group) => group.address)),
  )
  return new Map(rows.map((row) => [row.pool_id, row.version]))
}

/**
 * Of the commits whose answer was lost, those that happened: their rows carry the batch's number. Their
 * jobs are answered and taken out; of the others nothing was written, and nothing can be any more,
 * because the version they were decided on is about to pass.
 */
async function settleSuspects(
  world: World,
  session: Session,
  groups: readonly Group[],
  suspects: Suspects,
): Promise<readonly Group[]> {
  const asked = groups.flatMap(({ address }) => suspects.get(address.pool) ?? [])
  if (asked.length === 0) return groups
  const places = asked.flatMap(({ work: { change } }) =>
    change.entries
      .slice(0, 1)
      .map(({ at, number }) => ({ lane: change.after.lane, pool: change.after.pool, at, number })),
  )
  const rows = await loadEntries(session, places)
  const done = new Set<Job>()
  for (const { batch, work } of asked) {
    const isOurs = rows.some((row) => row.pool_id === work.change.after.pool && row.batch === batch)
    if (!isOurs) continue
    answer(world, work)
    for (const job of work.jobs) done.add(job)
  }
  return groups.map(({ address, jobs }) => ({ address, jobs: jobs.filter((job) => !done.has(job)) }))
}

async function writeUnderLock(
  world: World,
  connection: Connection,
  works: readonly PoolWork[],
  suspects: Suspects,
): Promise<readonly Job[]> {
  const changed = works.filter((work) => work.isChanged)
  const quiet = works.filter((work) => !work.isChanged)
  const batch = world.nextBatch()
  const nothing: Committed = { went: new Set(), found: [] }
  const committed =
    changed.length === 0
      ? nothing
      : await sendCommit(connection, encodeCommit(changed, batch, world.statements, world.told))
  const checked = quiet.length === 0 ? nothing : await checkQuiet(world, connection, quiet)
  await connection.query('commit').catch((error: unknown) => {
    if (isConnectionLost(error)) suspect(suspects, changed, batch)
    throw error
  })
  for (const { change } of works) suspects.delete(change.after.pool)
  return [
    ...(await answerWorks(world, connection, changed, committed)),
    ...(await answerWorks(world, connection, quiet, checked)),
  ]
}

/** Under the lock nothing has moved; only a used key stands in the way. */
async function checkQuiet(
  world: World,
  connection: Connection,
  quiet: readonly PoolWork[],
): Promise<Committed> {
  const { pools, found } = await checkWorks(connection, world.statements, quiet)
  const went = new Set<number>()
  quiet.forEach(({ change: { before, catalogVersion } }, ord) => {
    const isKept = found.some((key) => key.ord === ord)
    if (!isKept && pools.get(before.pool)?.catalogVersion === catalogVersion) went.add(ord)
  })
  return { went, found }
}
