/**
 * Looks after pools that something is due in, so that notices are prompt. Correctness does not need
 * it: every command and reading advances its pool first. Any number of processes may run it; the
 * ledger's guard lets one of them write.
 */
import { listProjectRows } from '../database/projects.sql.ts'
import { timeOfClock } from '../directory/projects.ts'
import type { Installation } from '../operations/installation.ts'

const POOLS_AT_ONCE = 100

/** Advances what is due now, up to a bounded number of pools a project; answers how many it was. */
async function advanceDuePools(house: Installation): Promise<number> {
  const { database, ledger } = house
  let advanced = 0
  for (const project of await listProjectRows(database.pool)) {
    if (project.catalogVersion === 0) continue
    const now = timeOfClock(project, house.realTime())
    const due = await ledger.duePools(project.id, now, POOLS_AT_ONCE)
    const outcomes = await Promise.allSettled(due.map((address) => ledger.advance(address, now)))
    advanced += outcomes.filter(({ status }) => status === 'fulfilled').length
  }
  return advanced
}

/** Ticks until stopped; one tick at a time, the next a while after the last ended. Failures are told and outlived. */
export function startTick(
  house: Installation,
  everyMs: number,
  onFailure: (error: unknown) => void,
): { stop(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  let stopped = false
  const tick = async (): Promise<void> => {
    try {
      // More may be due than one round takes: then the next follows at once.
      while (!stopped && (await advanceDuePools(house)) >= POOLS_AT_ONCE);
    } catch (error) {
      onFailure(error)
    }
    if (!stopped) plan()
  }
  const plan = (): void => {
    timer = setTimeout(() => {
      running = tick()
    }, everyMs)
    timer.unref()
  }
  plan()
  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
