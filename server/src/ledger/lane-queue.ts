/**
 * Commands wait here while a commit is under way and leave in batches: a busy pool is served in large
 * ones, an idle one at once, with no timer. One queue per writer; a lane belongs to one writer, so the
 * commands of a pool keep their order.
 */

import { LedgerFault } from './faults.ts'
import type { Job } from './job.ts'

export interface LaneQueue {
  /** Fails the job at once where too many wait already. */
  add(job: Job): void
  /** Fails whatever waits: the database is away, and nobody should wait for it in line. */
  failWaiting(fault: LedgerFault): void
  /** Commands that wait for their turn. */
  waiting(): number
  /** When everything that was accepted is finished. */
  idle(): Promise<void>
}

export interface LaneQueueOptions {
  /** Never rejects: every job is settled or failed by it. */
  readonly settle: (jobs: readonly Job[]) => Promise<void>
  readonly batchMax: number
  readonly waitingMax: number
}

export function openLaneQueue({ settle, batchMax, waitingMax }: LaneQueueOptions): LaneQueue {
  let waiting: Job[] = []
  let working: Promise<void> | null = null

  const work = async () => {
    while (waiting.length > 0) {
      // The current turn of the event loop may bring more: fuller batches, at the price of no time.
      await new Promise((resolve) => setImmediate(resolve))
      const jobs = waiting.slice(0, batchMax)
      waiting = waiting.length > batchMax ? waiting.slice(batchMax) : []
      await settle(jobs)
    }
    working = null
  }

  return {
    add(job) {
      if (waiting.length >= waitingMax) {
        job.fail(new LedgerFault('overloaded', `${waiting.length} commands are waiting already.`))
        return
      }
      waiting.push(job)
      working ??= work()
    },
    failWaiting(fault) {
      const failed = waiting
      waiting = []
      for (const job of failed) job.fail(fault)
    },
    waiting: () => waiting.length,
    async idle() {
      while (working !== null) await working
    },
  }
}
