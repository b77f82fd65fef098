/** To adjust down is to void part of a lot: never more than is unheld. */
import type { Credits } from './amounts.ts'
import type { AdjustDownCommand, VoidCommand } from './commands.ts'
import { type Draft, putLot, record, whoAndWhy } from './draft.ts'
import type { Draw, Entry, Lot } from './pool.ts'
import { type Refusal, refuse } from './refusals.ts'

type Outcome = { entry: Entry } | { refused: Refusal }

/** A part, or all that is unheld: then the lot is closed, and what comes back to it is taken at once. */
export function voidLot(draft: Draft, command: VoidCommand): Outcome {
  const scheduled = draft.scheduled.find((lot) => lot.number === command.lot)
  const lot =
    scheduled ?? draft.lots.find((open) => open.number === command.lot) ?? draft.past.lots[command.lot]
  if (lot === undefined) return refuse('lot_not_found', 'There is no such lot.')
  if (lot.closed !== null) return refuse('lot_closed', `The lot was ${lot.closed} before.`)
  const credits = command.credits ?? lot.remaining
  if (credits > lot.remaining) {
    return refuse('void_exceeds_lot', `The lot has ${lot.remaining} unheld credits.`, {
      available: lot.remaining,
      held: lot.held,
      required: credits,
    })
  }
  const closed = command.credits == null ? 'voided' : null
  const changed: Lot = { ...lot, remaining: lot.remaining - credits, removed: lot.removed + credits, closed }
  if (scheduled === undefined) putLot(draft, changed)
  else replaceScheduled(draft, changed)
  return {
    entry: recordVoid(draft, command, scheduled === undefined ? credits : 0, [{ lot: lot.number, credits }]),
  }
}

/** A scheduled lot is no part of the balance: cutting it moves nothing. */
function replaceScheduled(draft: Draft, changed: Lot): void {
  const others = draft.scheduled.filter((lot) => lot.number !== changed.number)
  draft.scheduled = changed.remaining > 0 ? [...others, changed] : others
  draft.touchedLots.set(changed.number, changed)
}

/** Takes credits off the account, from its lots in spend order. */
export function adjustDown(draft: Draft, command: AdjustDownCommand): Outcome {
  const { available, held } = draft.totals
  if (command.credits > available) {
    return refuse('void_exceeds_lot', `The account has ${available} unheld credits.`, {
      available,
      held,
      required: command.credits,
    })
  }
  const draws: Draw[] = []
  let missing = command.credits
  for (const lot of draft.lots) {
    if (missing === 0) break
    const part = Math.min(lot.remaining, missing)
    if (part === 0) continue
    putLot(draft, { ...lot, remaining: lot.remaining - part, removed: lot.removed + part })
    draws.push({ lot: lot.number, credits: part })
    missing -= part
  }
  return { entry: recordVoid(draft, command, command.credits, draws) }
}

function recordVoid(
  draft: Draft,
  command: VoidCommand | AdjustDownCommand,
  credits: Credits,
  draws: readonly Draw[],
): Entry {
  return record(
    draft,
    {
      type: 'void',
      accountId: command.accountId,
      amount: -credits,
      draws: credits === 0 ? [] : draws.map((draw) => ({ lot: draw.lot, credits: -draw.credits })),
      command,
      detail: whoAndWhy(command),
    },
    { available: -credits },
  )
}
