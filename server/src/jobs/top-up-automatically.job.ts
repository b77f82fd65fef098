/** Buys credits where a balance is low and the customer asked for it, and looks after what is in flight. */
import { claimAttempts, projectsWithTopUps } from '../database/top-ups.sql.ts'
import type { Installation } from '../operations/installation.ts'
import { ATTEMPT_TURN_MS, goOnWithAttempt } from '../operations/top-up-attempt.ts'
import { lookAfterTopUps } from '../operations/top-up-automatically.ts'
import type { Job } from './job.ts'

const ATTEMPTS_AT_ONCE = 20

export const topUpAutomatically: Job = {
  name: 'top-up-automatically',
  everyMs: 3_000,
  async run(house, signal) {
    const hasMore = await goOnWithAttempts(house, signal)
    for (const id of await projectsWithTopUps(house.database.pool)) {
      if (signal.aborted) return false
      // Not what this process remembers: a test clock may have been moved by another.
      const project = await house.projects.reload(id)
      if (project !== null) await lookAfterTopUps(house, project, signal)
    }
    return hasMore
  },
}

/** One that fails holds up no other; the first failure is thrown in the end. */
async function goOnWithAttempts(house: Installation, signal: AbortSignal): Promise<boolean> {
  const left = await claimAttempts(house.database.pool, ATTEMPT_TURN_MS, ATTEMPTS_AT_ONCE)
  const failures: unknown[] = []
  for (const attempt of left) {
    if (signal.aborted) return false
    const project = await house.projects.find(attempt.project)
    if (project === null) continue
    await goOnWithAttempt(house, project, attempt).catch((error: unknown) => failures.push(error))
  }
  if (failures.length > 0) throw failures[0]
  return left.length === ATTEMPTS_AT_ONCE
}
