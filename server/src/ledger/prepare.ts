/** Puts the commands of a batch together with what they are decided on. */
import { type Command, type Instant, type PoolState, startOfPeriod } from '@scrip/core'
import { SPENT_SINCE } from '../database/ledger.sql.ts'
import type { Session } from '../database/transaction.ts'
import type { Job } from './job.ts'
import { isBudget, withFacts } from './load.ts'
import type { Address } from './outcome.ts'

/** The commands of one pool, in their order. */
export interface Group {
  readonly address: Address
  readonly jobs: Job[]
}

export function groupByPool(jobs: readonly Job[]): Group[] {
  const groups = new Map<number, Group>()
  for (const job of jobs) {
    const group = groups.get(job.address.pool)
    if (group === undefined) groups.set(job.address.pool, { address: job.address, jobs: [job] })
    else group.jobs.push(job)
  }
  return [...groups.values()]
}

export interface Ready {
  readonly state: PoolState
  readonly jobs: readonly Job[]
}

/**
 * The states with every fact their commands need, and the jobs that wait for the next round. A pool that
 * does not exist fails its commands: addresses come from accounts, so that is a bug.
 */
export async function prepare(
  session: Session,
  groups: readonly Group[],
  states: ReadonlyMap<number, PoolState>,
): Promise<{ ready: readonly Ready[]; later: readonly Job[] }> {
  const ready: Ready[] = []
  const later: Job[] = []
  for (const { address, jobs } of groups) {
    const state = states.get(address.pool)
    if (state === undefined) {
      for (const job of jobs) job.fail(new Error(`there is no pool ${address.pool} in lane ${address.lane}`))
      continue
    }
    const until = budgetAfterOthers(jobs)
    later.push(...jobs.slice(until))
    ready.push({ state, jobs: await withSpent(session, state, jobs.slice(0, until)) })
  }
  const asked = ready.map(({ state, jobs }) => ({ state, commands: jobs.map((job) => job.command) }))
  const known = await withFacts(session, asked)
  return { ready: ready.map(({ jobs }, index) => ({ state: known[index] as PoolState, jobs })), later }
}

/** A budget counts what was spent before it, so it waits until the commands before it are in the books. */
function budgetAfterOthers(jobs: readonly Job[]): number {
  const index = jobs.findIndex((job, place) => place > 0 && isBudget(job.command))
  return index < 0 ? jobs.length : index
}

async function withSpent(session: Session, state: PoolState, jobs: readonly Job[]): Promise<readonly Job[]> {
  const [first, ...others] = jobs
  if (first === undefined || !isBudget(first.command) || first.command.budget === null) return jobs
  const command = await withSpentCommand(session, state, first.command, first.now)
  return [{ ...first, command }, ...others]
}

/** The command with what was spent in the budget's present period; other commands as they are. */
export async function withSpentCommand(
  session: Session,
  state: PoolState,
  command: Command,
  now: Instant,
): Promise<Command> {
  if (!isBudget(command) || command.budget === null) return command
  const { every, userId, subjectId } = command.budget
  const timeZone = state.accounts[command.accountId]?.timeZone ?? state.timeZone
  const since = every === null ? 0 : startOfPeriod(Math.max(now, state.at), every, timeZone)
  const { rows } = await session.query<{ spent: number }>(SPENT_SINCE, [
    state.lane,
    state.pool,
    command.accountId,
    userId,
    subjectId,
    since,
  ])
  return { ...command, spent: Math.max(0, rows[0]?.spent ?? 0) }
}
