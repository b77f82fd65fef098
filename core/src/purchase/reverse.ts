/**
 * Money of a purchase was returned, or a dispute withholds it (rules.md, "Purchases"): taken back in all
 * are credits × money returned ÷ money paid, rounded down, from the purchase's lots and their grace lots.
 * All figures are cumulative, so that a repeat takes nothing and a dispute that is won gives again.
 */
import { assert, type Credits, share } from '../amounts.ts'
import type { ReverseCommand } from '../commands.ts'
import { type Draft, negative, notify, putLot, record, whoAndWhy } from '../draft.ts'
import { settleReturn } from '../lots.ts'
import type { Draw, Entry, Lot, PoolState, Reversal } from '../pool.ts'
import { addDraw, putReversal } from './unrecovered.ts'

export function reverse(draft: Draft, command: ReverseCommand): { entry: Entry } {
  const known = reversalOf(draft, command)
  if (command.facts < known.facts) return { entry: recordReversal(draft, command, known, 0, []) }
  const target = targetOf(draft, command)
  const taken = sumOf(known.taken)
  const moved = target >= taken ? take(draft, known, target - taken) : give(draft, known, taken - target)
  close(draft, known, isWhole(command))
  const reversal: Reversal = {
    ...known,
    taken: moved.taken,
    unrecovered: Math.min(target - sumOf(moved.taken), spentOrHeld(draft, known.lots)),
    facts: command.facts,
    endedPlan: endAccess(draft, command, known.endedPlan),
  }
  putReversal(draft, reversal)
  const entry = recordReversal(draft, command, reversal, moved.credits, moved.draws)
  if (moved.credits > 0) for (const { lot, credits } of moved.draws) settleReturn(draft, lot, credits)
  return { entry }
}

/** As it stands, with every lot that is the purchase's by now. */
function reversalOf(draft: Draft, command: ReverseCommand): Reversal {
  const known = draft.reversals.find(({ purchase }) => purchase === command.purchase)
  const nothing = {
    purchase: command.purchase,
    lots: [],
    taken: [],
    unrecovered: 0,
    facts: 0,
    endedPlan: null,
  }
  const own = [...(known?.lots ?? []), ...command.lots]
  const grace = [...draft.lots, ...Object.values(draft.past.lots)].filter(
    ({ origin }) => origin.type === 'grace' && own.includes(origin.lot),
  )
  const lots = [...new Set([...own, ...grace.map(({ number }) => number)])]
  return { ...(known ?? nothing), lots }
}

/** Of the credits that came in with the purchase; what came again as grace is part of them already. */
function targetOf(draft: Draft, { lots, returned, paid }: ReverseCommand): Credits {
  if (paid === 0) return 0
  const credits = lots.reduce((sum, number) => sum + loaded(draft, number).amount, 0)
  return share(credits, Math.min(returned, paid), paid)
}

function isWhole({ returned, paid }: ReverseCommand): boolean {
  return paid > 0 && returned >= paid
}

function loaded(draft: Draft, number: number): Lot {
  const lot = draft.lots.find((open) => open.number === number) ?? draft.past.lots[number]
  assert(lot !== undefined, `lot ${number} of the purchase is loaded`)
  return lot
}

interface Moved {
  /** Signed change of the balance. */
  readonly credits: Credits
  readonly draws: readonly Draw[]
  readonly taken: readonly Draw[]
}

/** From what is unheld of its lots, in spend order. */
function take(draft: Draft, { lots, taken }: Reversal, credits: Credits): Moved {
  const draws: Draw[] = []
  let missing = credits
  for (const lot of draft.lots.filter(({ number }) => lots.includes(number))) {
    const part = Math.min(lot.remaining, missing)
    if (part === 0) continue
    putLot(draft, { ...lot, remaining: lot.remaining - part, removed: lot.removed + part })
    draws.push({ lot: lot.number, credits: part })
    missing -= part
  }
  return { credits: missing - credits, draws: negative(draws), taken: draws.reduce(addDraw, [...taken]) }
}

/** To the lots it was taken from, last taken first. */
function give(draft: Draft, { taken }: Reversal, credits: Credits): Moved {
  const draws: Draw[] = []
  const left: Draw[] = []
  let missing = credits
  for (const draw of taken.toReversed()) {
    const part = Math.min(draw.credits, missing)
    if (part < draw.credits) left.unshift({ lot: draw.lot, credits: draw.credits - part })
    if (part === 0) continue
    const lot = loaded(draft, draw.lot)
    putLot(draft, { ...lot, remaining: lot.remaining + part, removed: lot.removed - part })
    draws.push({ lot: draw.lot, credits: part })
    missing -= part
  }
  assert(missing === 0, 'no more is given again than was taken')
  return { credits, draws, taken: left }
}

/** Reversed whole, its lots are closed: also what is held of them is taken when it comes back. */
function close(draft: Draft, { lots }: Reversal, isReversed: boolean): void {
  for (const number of lots) {
    const lot = loaded(draft, number)
    if (isReversed && lot.closed === null) putLot(draft, { ...lot, closed: 'reversed' })
    if (!isReversed && lot.closed === 'reversed') putLot(draft, { ...lot, closed: null })
  }
}

/** What can come back: spent and not refunded, or held. What expired or was voided never does. */
function spentOrHeld(draft: Draft, lots: readonly number[]): Credits {
  return lots.reduce((sum, number) => {
    const { drawn, returned, held } = loaded(draft, number)
    return sum + drawn - returned + held
  }, 0)
}

/** A lifetime plan whose payment is reversed whole ends its access at that instant; won again, it has it again. */
function endAccess(
  draft: Draft,
  command: ReverseCommand,
  ended: PoolState['basePlan'],
): PoolState['basePlan'] {
  if (isWhole(command)) {
    const plan = draft.basePlan
    if (plan === null || plan.purchase !== command.purchase) return ended
    draft.basePlan = null
    notify(draft, 'subscription.ended', { plan: plan.plan, basePlan: true })
    return plan
  }
  if (ended === null) return null
  // Another base plan was taken meanwhile: that one stays.
  if (draft.basePlan !== null) return ended
  draft.basePlan = ended
  notify(draft, 'subscription.started', { plan: ended.plan, basePlan: true })
  return null
}

function recordReversal(
  draft: Draft,
  command: ReverseCommand,
  { unrecovered }: Reversal,
  credits: Credits,
  draws: readonly Draw[],
): Entry {
  return record(
    draft,
    {
      type: 'reversal',
      accountId: command.accountId,
      amount: credits,
      draws,
      command,
      detail: { purchase: command.purchase, unrecovered, ...whoAndWhy(command) },
    },
    { available: credits },
  )
}

function sumOf(draws: readonly Draw[]): Credits {
  return draws.reduce((sum, { credits }) => sum + credits, 0)
}
