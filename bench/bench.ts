/** A group of lines that are measured together, in the same rounds. */
import type { Measured } from './figures.ts'
import type { Machine } from './machine.ts'

export interface Bench {
  readonly title: string
  /** The first words of its lines' ids. */
  readonly ids: readonly string[]
  readonly run: (machine: Machine) => Promise<readonly Measured[]>
}

/** So that three groups and the preparation of millions of rows fit into five minutes. */
export const ROUNDS = 3
export const SECONDS = 0.8
export const ACCOUNTS = 10_000
