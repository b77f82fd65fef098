/**
 * What a customer spent of a purchase whose money went back is unrecovered: shown to staff, lowered when
 * credits of that very purchase come back, and never taken from later credits.
 */
import type { Credits } from '../amounts.ts'
import type { Draft } from '../draft.ts'
import type { Draw, Lot, PoolState, Reversal } from '../pool.ts'

/** Of all purchases of the pool together. */
export function unrecoveredOf({ reversals }: Pick<PoolState, 'reversals'>): Credits {
  return reversals.reduce((sum, { unrecovered }) => sum + unrecovered, 0)
}

/** How much of what came back to the lot is owed, by which purchase, whether the lot lives or not; it is counted as taken. */
export function takeUnrecovered(
  draft: Draft,
  lot: Lot,
  credits: Credits,
): { readonly owed: Credits; readonly purchase: string } | null {
  if (draft.reversals.length === 0) return null
  const reversal = draft.reversals.find(({ lots }) => lots.includes(lot.number))
  const owed = Math.min(reversal?.unrecovered ?? 0, credits)
  if (reversal === undefined || owed === 0) return null
  putReversal(draft, {
    ...reversal,
    taken: addDraw(reversal.taken, { lot: lot.number, credits: owed }),
    unrecovered: reversal.unrecovered - owed,
  })
  return { owed, purchase: reversal.purchase }
}

/** A grace lot belongs to the purchase whose lot it came from; also for a reversal later in the same batch. */
export function followGrace(draft: Draft, from: number, grace: Lot): void {
  const reversal = draft.reversals.find(({ lots }) => lots.includes(from))
  if (reversal !== undefined) putReversal(draft, { ...reversal, lots: [...reversal.lots, grace.number] })
  if (draft.past.lots[from] === undefined) return
  draft.past = { ...draft.past, lots: { ...draft.past.lots, [grace.number]: grace } }
}

export function putReversal(draft: Draft, changed: Reversal): void {
  const others = draft.reversals.filter(({ purchase }) => purchase !== changed.purchase)
  draft.reversals = [...others, changed]
}

/** One draw a lot, in the order in which they were first taken. */
export function addDraw(draws: readonly Draw[], more: Draw): Draw[] {
  if (!draws.some(({ lot }) => lot === more.lot)) return [...draws, more]
  return draws.map((draw) =>
    draw.lot === more.lot ? { lot: draw.lot, credits: draw.credits + more.credits } : draw,
  )
}
