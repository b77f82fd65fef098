/**
 * A refund, whole or part, any number of times, never exceeds what was charged, in all and for each
 * lot, and goes back to the lots it came from, last drawn first. It is not itself refundable.
 */
import { assert, type Credits } from './amounts.ts'
import { countReturned } from './budget.ts'
import type { Action } from './catalog/catalog.ts'
import type { RefundCommand } from './commands.ts'
import { type Draft, lotOf, putLot, record, whoAndWhy } from './draft.ts'
import { placeOf } from './hold.ts'
import { settleReturn } from './lots.ts'
import type { ChargeFacts, Draw, Entry } from './pool.ts'
import { costOfWhatHappened } from './price/cost.ts'
import { linesBeyond } from './price/lines.ts'
import type { PriceLine } from './price/price.ts'
import { type Refusal, refuse } from './refusals.ts'
import { explainPriceRefusal } from './spend.ts'
import { actionUnderTerms } from './terms.ts'

export function refund(draft: Draft, command: RefundCommand): { entry: Entry } | { refused: Refusal } {
  const charge = draft.past.charges[command.charge.number]
  if (charge === undefined || charge.at !== command.charge.at) {
    return refuse('charge_not_found', 'There is no such charge.')
  }
  const asked = judgeRefund(draft, charge, command)
  if ('refused' in asked) return asked

  const draws = drawsOfRefund(charge, asked.credits)
  for (const draw of draws) {
    const lot = lotOf(draft, draw.lot)
    putLot(draft, { ...lot, returned: lot.returned + draw.credits, remaining: lot.remaining + draw.credits })
  }
  const entry = recordRefund(draft, command, charge, draws, asked)
  remember(draft, charge, draws, asked.credits)
  countReturned(draft, charge, asked.credits, charge.madeAt)
  for (const draw of draws) settleReturn(draft, draw.lot, draw.credits)
  return { entry }
}

interface AskedRefund {
  readonly credits: Credits
  /** What the credits were for; they add up to them. */
  readonly lines: readonly PriceLine[]
}

function judgeRefund(
  draft: Draft,
  charge: ChargeFacts,
  command: RefundCommand,
): AskedRefund | { refused: Refusal } {
  const left = charge.charged - charge.refunded
  const facts = { charged: charge.charged, refunded: charge.refunded, left }
  if (command.quantities == null && command.options == null) {
    if (left === 0) return refuse('nothing_to_refund', 'The whole charge was given back before.', facts)
    const credits = command.credits ?? left
    // All of a charge is explained by its price; a part that is named by its credits alone, by the action.
    const whole = credits === charge.charged ? costOfWhatWasKept(draft, charge, {}) : null
    const priced = whole === null || 'refused' in whole ? [] : whole.lines
    if (credits <= left) return { credits, lines: linesOf(draft, charge, credits, priced) }
    return refuse('refund_exceeds_charge', `Of the charge ${left} credits are left to give back.`, {
      ...facts,
      required: credits,
    })
  }
  const kept = costOfWhatWasKept(draft, charge, command)
  if ('refused' in kept) return kept
  const all = costOfWhatWasKept(draft, charge, {})
  const credits = Math.max(0, left - kept.credits)
  const priced = 'refused' in all ? [] : linesBeyond(all.lines, kept.lines)
  return { credits, lines: linesOf(draft, charge, credits, priced) }
}

/** A price's lines where they add up to the credits; else one line for all of them. */
function linesOf(
  draft: Draft,
  charge: ChargeFacts,
  credits: Credits,
  priced: readonly PriceLine[],
): readonly PriceLine[] {
  if (credits === 0) return []
  if (priced.reduce((sum, line) => sum + line.credits, 0) === credits) return priced
  return [{ name: actionOf(draft, charge).name, credits }]
}

function actionOf(draft: Draft, charge: ChargeFacts): Action {
  const action = draft.catalogs.version(charge.catalogVersion).actions[charge.action]
  assert(action !== undefined, 'the version that priced a charge has its action')
  return action
}

/** The price of what really happened, by the version and terms that priced the charge. */
function costOfWhatWasKept(
  draft: Draft,
  charge: ChargeFacts,
  command: Pick<RefundCommand, 'quantities' | 'options'>,
) {
  const action = actionOf(draft, charge)
  const pricedBy = charge.hold?.number ?? charge.number
  const own = actionUnderTerms(action, draft.terms, charge.pricedAt, pricedBy)
  const cost = costOfWhatHappened(own, charge, {
    quantities: command.quantities ?? undefined,
    options: command.options ?? undefined,
  })
  return 'refused' in cost ? { refused: explainPriceRefusal(cost) } : cost
}

/** Last drawn first, never more to a lot than it gave. */
function drawsOfRefund(charge: ChargeFacts, credits: Credits): Draw[] {
  const returnable = new Map<number, Credits>()
  for (const draw of charge.draws) returnable.set(draw.lot, (returnable.get(draw.lot) ?? 0) + draw.credits)
  for (const [lot, returned] of Object.entries(charge.refundedByLot)) {
    returnable.set(Number(lot), (returnable.get(Number(lot)) ?? 0) - returned)
  }
  const back = new Map<number, Credits>()
  let missing = credits
  for (let index = charge.draws.length - 1; index >= 0 && missing > 0; index--) {
    const draw = charge.draws[index]!
    const part = Math.min(draw.credits, returnable.get(draw.lot)!, missing)
    if (part === 0) continue
    returnable.set(draw.lot, returnable.get(draw.lot)! - part)
    back.set(draw.lot, (back.get(draw.lot) ?? 0) + part)
    missing -= part
  }
  assert(missing === 0, 'a refund fits into the draws of its charge')
  return [...back].map(([lot, part]) => ({ lot, credits: part }))
}

function recordRefund(
  draft: Draft,
  command: RefundCommand,
  charge: ChargeFacts,
  draws: readonly Draw[],
  { credits, lines }: AskedRefund,
): Entry {
  return record(
    draft,
    {
      type: 'refund',
      accountId: charge.accountId,
      amount: credits,
      draws,
      action: charge.action,
      userId: charge.userId,
      subject: charge.subject,
      charge: placeOf(charge),
      hold: charge.hold,
      madeAt: charge.madeAt,
      command,
      detail: {
        ...(command.quantities ? { quantities: command.quantities } : {}),
        ...(command.options ? { options: command.options } : {}),
        chargeCredits: charge.charged,
        chargeRefunded: charge.refunded + credits,
        ...(lines.length > 0 ? { lines } : {}),
        ...whoAndWhy(command),
      },
    },
    { available: credits, used: -credits },
  )
}

/** The facts stay true for the next refund of the same batch. */
function remember(draft: Draft, charge: ChargeFacts, draws: readonly Draw[], credits: Credits): void {
  const refundedByLot: Record<number, Credits> = { ...charge.refundedByLot }
  for (const draw of draws) refundedByLot[draw.lot] = (refundedByLot[draw.lot] ?? 0) + draw.credits
  const known = { ...charge, refunded: charge.refunded + credits, refundedByLot }
  draft.past = { ...draft.past, charges: { ...draft.past.charges, [charge.number]: known } }
}
