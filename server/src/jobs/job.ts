/**
 * Something done again and again beside the requests. Any number of processes may run the same jobs at
 * once: what a round takes on is claimed in the database, so each thing is done once, and what a process
 * left behind when it died is taken up by another.
 */
import type { Installation } from '../operations/installation.ts'

export interface Job {
  readonly name: string
  /** From the end of one round to the beginning of the next. */
  readonly everyMs: number
  /** One round, of a bounded size. True where more is waiting: then the next follows at once. */
  run(house: Installation, signal: AbortSignal): Promise<boolean>
}
