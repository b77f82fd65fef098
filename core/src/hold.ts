/**
 * Holds pin lots: credits set aside in spend order for an action under way, then captured or
 * released. At its time-out a hold is over by itself. What comes back goes to the lot it came from.
 */
import { countReturned, countSpent, type Spender } from './budget.ts'
import { spendFacts } from './charge.ts'
import type { ExtendCommand, HoldCommand, ReleaseCommand } from './commands.ts'
import { type Draft, drawInOrder, lotOf, noLaterThan, putLot, record, whoAndWhy } from './draft.ts'
import { settleReturn } from './lots.ts'
import type { Draw, Entry, EntryType, Hold, Place } from './pool.ts'
import { largestAffordable } from './price/largest-affordable.ts'
import { type Refusal, refuse } from './refusals.ts'
import { type Priced, priceFrom, priceOf, refuseSpend, spenderOf } from './spend.ts'

type Outcome = { entry: Entry } | { refused: Refusal }

export const HOLD_TIMEOUT_DEFAULT_MS = 3_600_000
export const HOLD_TIMEOUT_MAX_MS = 30 * 86_400_000
export const HOLD_TIMEOUT_MIN_MS = 1_000

export function hold(draft: Draft, command: HoldCommand): Outcome {
  const timeoutMs = command.timeoutMs ?? HOLD_TIMEOUT_DEFAULT_MS
  const priced = priceOf(draft, command)
  if ('refused' in priced) return priced
  const wrongTimeout = refuseTimeout(timeoutMs)
  if (wrongTimeout !== null) return { refused: wrongTimeout }
  const affordable = command.atMost == null ? priced : reduce(draft, priced, command.atMost)
  const refused = refuseSpend(draft, command, affordable)
  if (refused !== null) return { refused }

  const { credits } = affordable
  const pinned = credits === 0 ? [] : drawInOrder(draft, credits, 'hold')
  countSpent(draft, spenderOf(command), credits)
  const expiresAt = draft.at + timeoutMs
  const facts = spendFacts(command, affordable)
  const leftOut = command.atMost == null ? {} : leftOutOf(command.atMost, priced, affordable)
  const entry = record(
    draft,
    {
      type: 'hold',
      held: credits,
      draws: pinned,
      ...facts,
      detail: { ...facts.detail, expiresAt, ...leftOut },
    },
    { available: -credits, held: credits },
  )
  putHold(draft, holdFrom(command, affordable, entry, pinned, timeoutMs))
  return { entry }
}

function holdFrom(
  command: HoldCommand,
  priced: Priced,
  entry: Entry,
  pinned: Draw[],
  timeoutMs: number,
): Hold {
  return {
    at: entry.at,
    number: entry.number,
    accountId: command.accountId,
    userId: command.userId ?? null,
    subject: command.subject ?? null,
    action: command.action,
    quantities: priced.quantities,
    options: priced.options,
    metadata: command.metadata ?? null,
    catalogVersion: priced.catalogVersion,
    pricedAt: priced.pricedAt,
    expiresAt: entry.at + timeoutMs,
    timeoutMs,
    pinned,
    left: pinned,
    amount: entry.held,
    captured: 0,
    happened: null,
    charge: null,
    status: 'open',
    endedAt: null,
  }
}

/** `atMost`: the largest affordable part of the quantity; where not even the least is affordable, the refusal is of the whole. */
function reduce(draft: Draft, priced: Priced, name: string): Priced {
  const asked = priced.quantities[name]
  if (asked === undefined || priced.credits <= draft.totals.available) return priced
  const { action, quantities, options } = priced
  const found = largestAffordable(action, quantities, options, name, draft.totals.available, asked)
  if (found === null) return priced
  const reduced = { action: action.id, quantities: { ...quantities, [name]: found.quantity }, options }
  const cost = priceFrom(draft.catalogs.version(priced.catalogVersion), draft, reduced, priced.pricedAt)
  return 'refused' in cost ? priced : cost
}

function leftOutOf(name: string, asked: Priced, held: Priced): { leftOut: Record<string, number> } {
  return { leftOut: { [name]: (asked.quantities[name] ?? 0) - (held.quantities[name] ?? 0) } }
}

function refuseTimeout(timeoutMs: number): Refusal | null {
  if (timeoutMs >= HOLD_TIMEOUT_MIN_MS && timeoutMs <= HOLD_TIMEOUT_MAX_MS) return null
  return refuse('timeout_out_of_range', 'A hold lives from 1 second to 30 days.', {}, 'timeoutSeconds')
    .refused
}

/** Keeps an open hold in the state, takes an ended one out of it. */
export function putHold(draft: Draft, changed: Hold): void {
  const others = draft.holds.filter((candidate) => candidate.number !== changed.number)
  const isOpen = changed.status === 'open'
  const isNew = others.length === draft.holds.length
  if (isOpen && isNew) draft.holds = [...draft.holds, changed]
  else if (isOpen) draft.holds = draft.holds.map((open) => (open.number === changed.number ? changed : open))
  else draft.holds = others
  draft.touchedHolds.set(changed.number, changed)
  if (changed.status !== 'open') {
    draft.past = { ...draft.past, holds: { ...draft.past.holds, [changed.number]: changed } }
  } else noLaterThan(draft, changed.expiresAt)
}

/** The open hold at that place, or why there is none. */
export function openHold(draft: Draft, place: Place): Hold | { refused: Refusal } {
  const found =
    draft.holds.find((candidate) => candidate.number === place.number) ?? draft.past.holds[place.number]
  if (found === undefined || found.at !== place.at) return refuse('hold_not_found', 'There is no such hold.')
  if (found.status === 'open') return found
  const how = { captured: 'was captured', released: 'was released', expired: 'ran out of time' }[found.status]
  return refuse('hold_ended', `The hold ${how}.`, { holdStatus: found.status, endedAt: found.endedAt })
}

export function release(draft: Draft, command: ReleaseCommand): Outcome {
  const found = openHold(draft, command.hold)
  if ('refused' in found) return found
  const entry = endHold(draft, found, found.charge === null ? 'released' : 'captured', 'release', command)
  return { entry }
}

/** Gives it more or less time, counted from now; never beyond 30 days after it was made. */
export function extend(draft: Draft, command: ExtendCommand): Outcome {
  const found = openHold(draft, command.hold)
  if ('refused' in found) return found
  const expiresAt = draft.at + command.timeoutMs
  const refused = refuseTimeout(command.timeoutMs) ?? refuseTimeout(expiresAt - found.at)
  if (refused !== null) return { refused }
  putHold(draft, { ...found, expiresAt, timeoutMs: command.timeoutMs })
  const entry = record(
    draft,
    {
      type: 'setting',
      accountId: found.accountId,
      hold: placeOf(found),
      command,
      detail: { expiresAt, ...whoAndWhy(command) },
    },
    { available: 0 },
  )
  return { entry }
}

export function timeOutHolds(draft: Draft): void {
  for (const due of draft.holds.filter((candidate) => candidate.expiresAt <= draft.at)) {
    endHold(draft, due, due.charge === null ? 'expired' : 'captured', 'hold_expired', null)
  }
}

/** Releases what is left, once, and writes how it ended. */
export function endHold(
  draft: Draft,
  ending: Hold,
  status: Hold['status'],
  type: EntryType,
  command: ReleaseCommand | null,
): Entry {
  const released = sumOf(ending.left)
  for (const draw of ending.left) {
    const lot = lotOf(draft, draw.lot)
    putLot(draft, { ...lot, held: lot.held - draw.credits, remaining: lot.remaining + draw.credits })
  }
  const entry = record(
    draft,
    {
      type,
      accountId: ending.accountId,
      held: -released,
      draws: ending.left.map((draw) => ({ lot: draw.lot, credits: -draw.credits })),
      action: ending.action,
      userId: ending.userId,
      subject: ending.subject,
      hold: placeOf(ending),
      charge: ending.charge,
      madeAt: ending.at,
      ...(command === null ? {} : { command, detail: whoAndWhy(command) }),
    },
    { available: released, held: -released },
  )
  countReturned(draft, spenderOfHold(ending), released, ending.at)
  putHold(draft, { ...ending, left: [], status, endedAt: draft.at })
  for (const draw of ending.left) settleReturn(draft, draw.lot, draw.credits)
  return entry
}

export function spenderOfHold(of: Hold): Spender {
  return { accountId: of.accountId, userId: of.userId, subject: of.subject }
}

export function placeOf(place: Place): Place {
  return { at: place.at, number: place.number }
}

export function sumOf(draws: readonly Draw[]): number {
  let sum = 0
  for (const draw of draws) sum += draw.credits
  return sum
}
