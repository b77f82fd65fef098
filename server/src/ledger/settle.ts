/**
 * A batch, round by round: load what is not cached, decide in memory, commit guarded by version, and
 * decide again what another process was faster with. Whatever happens, every job is settled or failed,
 * and nothing is acknowledged that is not durable.
 */
import { databaseFault } from '../database/fault.ts'
import { answerWorks } from './answer.ts'
import { checkWorks, encodeCommit, sendCommit } from './commit.ts'
import { decidePool, type PoolWork } from './decide-batch.ts'
import { LedgerFault } from './faults.ts'
import type { Job } from './job.ts'
import { settleUnderLock } from './locked-path.ts'
import { type Group, groupByPool, prepare } from './prepare.ts'
import { statesOf } from './states.ts'
import { isConnectionLost, type Suspects, suspect } from './suspects.ts'
import type { World } from './world.ts'

/** Far more than a busy pool ever needs; reached only when something is wrong. */
const ROUNDS_MAX = 200

/** The fault, where the database was away for so long that nobody should go on waiting for it. */
export async function settleBatch(world: World, jobs: readonly Job[]): Promise<LedgerFault | null> {
  const suspects: Suspects = new Map()
  let waiting = jobs
  for (let round = 0; waiting.length > 0; round++) {
    if (round === ROUNDS_MAX) return failAll(waiting, new LedgerFault('overloaded', 'The pool is too busy.'))
    try {
      waiting = await settleRound(world, waiting, suspects)
    } catch (error) {
      waiting = waiting.filter((job) => !job.isDone())
      if (error instanceof LedgerFault) return failAll(waiting, error)
      if (isConnectionLost(error)) world.session.abandon()
      else if (isPassing(error)) return failAll(waiting, unavailable(error))
      else return await isolate(world, waiting, error)
    }
  }
  return null
}

async function settleRound(world: World, jobs: readonly Job[], suspects: Suspects): Promise<readonly Job[]> {
  const groups = groupByPool(jobs)
  // Told apart before either is served: a pool that loses now is contended in the next round, not in this one too.
  const free: Group[] = []
  const contended: Group[] = []
  for (const group of groups) {
    const { pool } = group.address
    const mustLock = suspects.has(pool) || world.contention.isContended(pool)
    const part = mustLock ? contended : free
    part.push(group)
  }
  const left = free.length === 0 ? [] : await settleFree(world, free, suspects)
  if (contended.length === 0) return left
  return [...left, ...(await settleUnderLock(world, contended, suspects))]
}

/** The usual way: no lock is waited for. Answers with the jobs that must be decided again. */
async function settleFree(
  world: World,
  groups: readonly Group[],
  suspects: Suspects,
): Promise<readonly Job[]> {
  const connection = await world.session.connection()
  const { states, needed } = await statesOf(world, connection, groups)
  for (const { project, version } of needed) await world.catalogs.atLeast(project, version)
  const { ready, later } = await prepare(connection, groups, states)
  const works = ready.map(({ state, jobs }) => decidePool(state, jobs, world.catalogs.of(state.project)))
  const left = await write(world, works, suspects)
  return [...left, ...later]
}

async function write(world: World, works: readonly PoolWork[], suspects: Suspects): Promise<readonly Job[]> {
  const connection = await world.session.connection()
  const changed = works.filter((work) => work.isChanged)
  const quiet = works.filter((work) => !work.isChanged)
  const left: Job[] = []
  if (changed.length > 0) {
    const batch = world.nextBatch()
    const encoded = encodeCommit(changed, batch, world.statements, world.told)
    if (world.sabotage.acknowledgeBeforeCommit) acknowledge(changed)
    const committed = await sendCommit(connection, encoded).catch((error: unknown) => {
      if (isConnectionLost(error)) suspect(suspects, changed, batch)
      throw error
    })
    left.push(...(await answerWorks(world, connection, changed, committed)))
  }
  if (quiet.length > 0) {
    const { pools, found } = await checkWorks(connection, world.statements, quiet)
    const went = new Set<number>()
    quiet.forEach(({ change: { before, catalogVersion } }, ord) => {
      const now = pools.get(before.pool)
      const hasKey = found.some((key) => key.ord === ord)
      if (now?.version === before.version && now.catalogVersion === catalogVersion && !hasKey) went.add(ord)
    })
    left.push(...(await answerWorks(world, connection, quiet, { went, found })))
  }
  return left
}

function acknowledge(works: readonly PoolWork[]): void {
  for (const answer of works.flatMap((work) => work.answers)) {
    if ('outcome' in answer) answer.job.settle(answer.outcome)
  }
}

/**
 * The database refused the batch as a whole, which is a bug: a constraint broken, a text it cannot
 * store. Pools are tried one by one, then commands one by one, so that only the guilty one fails.
 */
async function isolate(world: World, jobs: readonly Job[], error: unknown): Promise<LedgerFault | null> {
  const groups = groupByPool(jobs)
  for (const { address } of groups) world.cache.drop(address.pool)
  const [only] = jobs
  if (only === undefined) return null
  if (jobs.length === 1) {
    only.fail(error)
    return null
  }
  const parts = groups.length > 1 ? groups.map((group) => group.jobs) : jobs.map((job) => [job])
  for (const part of parts) {
    const fault = await settleBatch(world, part)
    if (fault !== null) return failAll(jobs, fault)
  }
  return null
}

function failAll(jobs: readonly Job[], fault: LedgerFault): LedgerFault {
  for (const job of jobs) job.fail(fault)
  return fault
}

function unavailable(error: unknown): LedgerFault {
  const reason = error instanceof Error ? error.message : String(error)
  return new LedgerFault('database_unavailable', `The database could not write: ${reason}`, error)
}

/** Locks waited for too long, a disk that is full, a server out of connections: it passes by itself. */
function isPassing(error: unknown): boolean {
  return databaseFault(error) !== undefined
}
