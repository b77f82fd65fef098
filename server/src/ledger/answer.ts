/** After the commit: tells the callers, keeps the new states, and finds the rows of repeated keys. */
import { entryFromRow } from '../database/entry-rows.ts'
import { NO_PAST } from '../database/ledger-rows.ts'
import type { Session } from '../database/transaction.ts'
import type { Committed, FoundKey } from './commit.ts'
import type { PoolWork } from './decide-batch.ts'
import type { Job } from './job.ts'
import { keyText } from './keys.ts'
import { loadEntries } from './load.ts'
import { replay } from './same-request.ts'
import type { World } from './world.ts'

/** Answers with the jobs that must be decided again, in their order. */
export async function answerWorks(
  world: World,
  session: Session,
  works: readonly PoolWork[],
  { went, found }: Committed,
): Promise<Job[]> {
  // What is durable is answered before anything else may fail: nobody decides it again.
  works.forEach((work, ord) => {
    if (went.has(ord)) {
      publish(world, work)
      answer(world, work)
    }
  })
  const replayed = found.length === 0 ? new Set<Job>() : await replayFound(world, session, works, found)
  const left: Job[] = []
  works.forEach((work, ord) => {
    if (went.has(ord)) return
    const others = work.jobs.filter((job) => !replayed.has(job))
    // Only a used key kept it back: nothing was lost to another process.
    if (others.length === work.jobs.length) lose(world, work)
    else if (work.isChanged) world.cache.drop(work.change.after.pool)
    left.push(...others)
  })
  return left
}

function lose(world: World, work: PoolWork): void {
  const { pool } = work.change.after
  world.cache.drop(pool)
  world.contention.lost(pool)
}

/** The next batch goes on from here. A work that wrote nothing leaves the state as it was, its clock included. */
function publish(world: World, { change: { before, after }, isChanged }: PoolWork): void {
  world.contention.won(after.pool)
  const state = isChanged
    ? { ...after, version: before.version + 1, past: NO_PAST }
    : { ...before, past: NO_PAST }
  world.cache.put(state)
}

export function answer(world: World, work: PoolWork): void {
  for (const given of work.answers) {
    const { job } = given
    if ('bug' in given) {
      job.fail(given.bug)
      continue
    }
    const { outcome } = given
    if ('entry' in outcome) for (const key of job.keys) world.recentKeys.put(job.address, key, outcome.entry)
    job.settle(outcome)
  }
}

/** Settles the jobs whose keys were used before, and says which they were. */
async function replayFound(
  world: World,
  session: Session,
  works: readonly PoolWork[],
  found: readonly FoundKey[],
): Promise<Set<Job>> {
  const places = found.map(({ ord, at, number }) => {
    const { lane, pool } = (works[ord] as PoolWork).change.after
    return { lane, pool, at, number }
  })
  const rows = await loadEntries(session, places)
  const settled = new Set<Job>()
  found.forEach(({ ord, text, number }) => {
    const work = works[ord] as PoolWork
    const row = rows.find(
      (candidate) => candidate.pool_id === work.change.after.pool && candidate.number === number,
    )
    if (row === undefined) return
    const entry = entryFromRow(row)
    for (const job of work.jobs) {
      const key = job.keys.find((candidate) => keyText(candidate) === text)
      if (key === undefined || settled.has(job)) continue
      settled.add(job)
      world.recentKeys.put(job.address, key, entry)
      const again = replay(job.command, key, entry)
      job.settle('refused' in again ? { ...again, state: work.change.before } : again)
    }
  })
  return settled
}
