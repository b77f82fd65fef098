import type { Command, Instant } from '@scrip/core'
import { type Key, keysOf } from './keys.ts'
import type { Address, Outcome } from './outcome.ts'

/** A command on its way through a lane. */
export interface Job {
  readonly address: Address
  readonly command: Command
  readonly now: Instant
  readonly keys: readonly Key[]
  /** The first answer counts; later ones change nothing. */
  readonly settle: (outcome: Outcome) => void
  readonly fail: (error: unknown) => void
  readonly isDone: () => boolean
}

/** The job, and the promise of what becomes of it. */
export function newJob(
  address: Address,
  command: Command,
  now: Instant,
): { job: Job; outcome: Promise<Outcome> } {
  let settle!: Job['settle']
  let fail!: Job['fail']
  let done = false
  const outcome = new Promise<Outcome>((resolve, reject) => {
    settle = (value) => {
      done = true
      resolve(value)
    }
    fail = (error) => {
      done = true
      reject(error)
    }
  })
  const keys = keysOf(command)
  return { job: { address, command, now, keys, settle, fail, isDone: () => done }, outcome }
}
