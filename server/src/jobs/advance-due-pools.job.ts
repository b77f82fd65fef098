/**
 * Looks after pools that something is due in, so that notices are prompt. Correctness does not need
 * it: every command and reading advances its pool first. The ledger's guard lets one process write.
 */
import { listProjectRows } from '../database/projects.sql.ts'
import { timeOfClock } from '../directory/projects.ts'
import type { Installation } from '../operations/installation.ts'
import type { Job } from './job.ts'

const POOLS_AT_ONCE = 100

export const advanceDuePools: Job = {
  name: 'advance-due-pools',
  everyMs: 5_000,
  async run(house, signal) {
    let hasMore = false
    for (const project of await listProjectRows(house.database.pool)) {
      if (signal.aborted) return false
      if (project.catalogVersion === 0) continue
      // So that a process that answers no requests knows too what the project's commits are to tell.
      await house.projects.find(project.id)
      const advanced = await advanceSome(house, project.id, timeOfClock(project, house.realTime()))
      hasMore ||= advanced === POOLS_AT_ONCE
    }
    return hasMore
  },
}

/** How many went through; one that failed is due still and is met again. */
async function advanceSome({ ledger }: Installation, project: number, now: number): Promise<number> {
  const due = await ledger.duePools(project, now, POOLS_AT_ONCE)
  const outcomes = await Promise.allSettled(due.map((address) => ledger.advance(address, now)))
  return outcomes.filter(({ status }) => status === 'fulfilled').length
}
