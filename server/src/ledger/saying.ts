/** The words that every answer of the ledger is made of: credits, instants, lots, balances. */
import { type Draw, type Entry, formatCredits, type Instant, lotId } from '@scrip/core'

/** What the row does not say of itself: the number of its pool, and how its project writes credits. */
export interface Saying {
  readonly pool: number
  readonly decimals: number
}

export type AnswerBody = Readonly<Record<string, unknown>>

export function balances(entry: Entry, { decimals }: Saying) {
  const { available, held } = entry.detail?.after ?? entry.totals
  return {
    balance: formatCredits(available + held, decimals),
    available: formatCredits(available, decimals),
    held: formatCredits(held, decimals),
  }
}

/** What each lot gave or got back; positive, whatever the row's sign. */
export function sayDraws(draws: readonly Draw[], { pool, decimals }: Saying) {
  return draws.map((draw) => ({
    lotId: lotId(pool, draw.lot),
    credits: formatCredits(Math.abs(draw.credits), decimals),
  }))
}

// Rows of one batch share their instant; making a Date for each would cost more than the rest of the row.
let lastInstant = Number.NaN
let lastText = ''

export function sayInstant(instant: Instant): string {
  if (instant !== lastInstant) {
    lastText = new Date(instant).toISOString()
    lastInstant = instant
  }
  return lastText
}

export function sayInstantOrNull(instant: Instant | null): string | null {
  return instant === null ? null : sayInstant(instant)
}
