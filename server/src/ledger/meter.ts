/** What the ledger did since it was opened, for whoever watches it. Counting costs a charge nothing to speak of. */

export interface LedgerFigures {
  /** Batches that were settled: one commit each, but for those that had to be decided again. */
  readonly batches: number
  /** Commands in them. */
  readonly commands: number
  /** How many batches had at most so many commands, by the bounds of `BATCH_BOUNDS`. */
  readonly batchesUpTo: readonly number[]
  /** Commands that wait for a writer now. */
  readonly waiting: number
}

export const BATCH_BOUNDS: readonly number[] = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000]

export interface Meter {
  settled(commands: number): void
  figures(waiting: number): LedgerFigures
}

export function openMeter(): Meter {
  let batches = 0
  let commands = 0
  const batchesUpTo = BATCH_BOUNDS.map(() => 0)
  return {
    settled(count) {
      batches++
      commands += count
      BATCH_BOUNDS.forEach((bound, index) => {
        if (count <= bound) batchesUpTo[index]!++
      })
    },
    figures: (waiting) => ({ batches, commands, batchesUpTo: [...batchesUpTo], waiting }),
  }
}
