/** Runs jobs beside the requests, each in a loop of its own, until they are stopped. */
import type { Instant } from '@scrip/core'
import type { Installation } from '../operations/installation.ts'
import type { Job } from './job.ts'

/** What a job did since this process started it. */
export interface JobFigures {
  readonly job: string
  readonly rounds: number
  readonly failures: number
  /** When its last round that did not fail ended; null before the first. */
  readonly endedAt: Instant | null
}

export interface RunningJobs {
  figures(): readonly JobFigures[]
  /** Tells the rounds under way to end soon, and resolves when they have. */
  stop(): Promise<void>
}

export type OnFailure = (job: string, error: unknown) => void

const PAUSE_MAX_MS = 5 * 60_000

/** A job that fails again and again is tried less and less often, so that it takes nothing from the others. */
export function pauseMs({ everyMs }: Job, failures: number): number {
  return Math.min(everyMs * 2 ** Math.min(failures, 20), Math.max(everyMs, PAUSE_MAX_MS))
}

/** The first round of each follows after its pause: what a process is asked first is not to wait for them. */
export function startJobs(
  house: Installation,
  jobs: readonly Job[],
  onFailure: OnFailure = () => undefined,
): RunningJobs {
  const stopping = new AbortController()
  const loops = jobs.map((job) => startJob(house, job, stopping.signal, onFailure))
  return {
    figures: () => loops.map(({ figures }) => figures()),
    async stop() {
      stopping.abort()
      await Promise.all(loops.map(({ stopped }) => stopped()))
    },
  }
}

function startJob(
  house: Installation,
  job: Job,
  signal: AbortSignal,
  onFailure: OnFailure,
): { figures(): JobFigures; stopped(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined
  let round: Promise<void> = Promise.resolve()
  let done: JobFigures = { job: job.name, rounds: 0, failures: 0, endedAt: null }
  const plan = (failures: number): void => {
    if (signal.aborted) return
    timer = setTimeout(
      () => {
        round = turn(failures)
      },
      pauseMs(job, failures),
    )
    timer.unref()
  }
  const turn = async (failures: number): Promise<void> => {
    try {
      let hasMore = true
      while (hasMore && !signal.aborted) {
        hasMore = await job.run(house, signal)
        done = { ...done, rounds: done.rounds + 1, endedAt: house.realTime() }
      }
      plan(0)
    } catch (error) {
      done = { ...done, failures: done.failures + 1 }
      onFailure(job.name, error)
      plan(failures + 1)
    }
  }
  plan(0)
  return {
    figures: () => done,
    async stopped() {
      clearTimeout(timer)
      await round
    },
  }
}

const ROUNDS_MAX = 10_000

/**
 * Does everything that waits, one job after the other, until none has anything left: for tests and
 * commands that want it done now. Throws what a job throws.
 */
export async function runJobs(house: Installation, jobs: readonly Job[]): Promise<void> {
  const { signal } = new AbortController()
  for (const job of jobs) {
    for (let round = 0; await job.run(house, signal); round++) {
      if (round === ROUNDS_MAX)
        throw new Error(`${job.name} says after ${ROUNDS_MAX} rounds that more is left`)
    }
  }
}
