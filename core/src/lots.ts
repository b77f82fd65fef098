/**
 * Lots come in, start, expire, and take back what was drawn from them. Lives are half-open: at
 * `expiresAt` the credit is gone. What is held is out of reach of all of it until it comes back.
 */

import { additionSeen } from './alerts.ts'
import { assert, CREDITS_MAX, type Credits, type Instant, type Money } from './amounts.ts'
import { addDuration } from './calendar.ts'
import { groupOf, type LotKind } from './catalog/catalog.ts'
import type { Command } from './commands.ts'
import {
  catalogNow,
  type Draft,
  lotOf,
  moveExpiry,
  noLaterThan,
  notify,
  putLot,
  record,
  takeNumber,
} from './draft.ts'
import type { Entry, EntryDetail, EntryType, Lot, LotOrigin } from './pool.ts'
import { followGrace, takeUnrecovered } from './purchase/unrecovered.ts'

export interface NewLot {
  readonly kind: LotKind
  readonly credits: Credits
  readonly origin: LotOrigin
  readonly accountId: string
  readonly type: EntryType
  readonly effectiveAt?: Instant | null
  readonly expiresAt?: Instant | null
  readonly paid?: Money | null
  readonly priority?: number
  readonly detail?: EntryDetail
  readonly command?: Command
}

/** Makes a lot and its row; a later `effectiveAt` makes a scheduled one, which is no part of the balance yet. */
export function addLot(draft: Draft, facts: NewLot): { lot: Lot; entry: Entry } {
  const effectiveAt = Math.max(facts.effectiveAt ?? draft.at, draft.at)
  const lot: Lot = {
    number: takeNumber(draft),
    grantedAt: draft.at,
    accountId: facts.accountId,
    kind: facts.kind,
    priority: facts.priority ?? catalogNow(draft).priorities[facts.kind],
    effectiveAt,
    expiresAt: facts.expiresAt ?? null,
    paid: facts.paid ?? null,
    origin: facts.origin,
    amount: facts.credits,
    returned: 0,
    drawn: 0,
    removed: 0,
    remaining: facts.credits,
    held: 0,
    closed: null,
  }
  assert(lot.amount > 0, 'a lot has credits')
  assert(lot.expiresAt === null || lot.expiresAt > effectiveAt, 'a lot lives')
  if (effectiveAt > draft.at) return { lot, entry: schedule(draft, lot, facts) }
  putLot(draft, lot)
  return { lot, entry: recordAddition(draft, lot, facts.type, facts.detail, facts.command) }
}

function schedule(draft: Draft, lot: Lot, facts: NewLot): Entry {
  draft.scheduled = [...draft.scheduled, lot]
  draft.touchedLots.set(lot.number, lot)
  noLaterThan(draft, lot.effectiveAt)
  return record(
    draft,
    { type: 'scheduled', accountId: lot.accountId, ...about(lot, facts.detail), ...commandOf(facts.command) },
    { available: 0 },
  )
}

function recordAddition(
  draft: Draft,
  lot: Lot,
  type: EntryType,
  detail: EntryDetail | undefined,
  command: Command | undefined,
): Entry {
  additionSeen(draft, type)
  return record(
    draft,
    {
      type,
      accountId: lot.accountId,
      amount: lot.remaining,
      draws: [{ lot: lot.number, credits: lot.remaining }],
      ...about(lot, detail),
      ...commandOf(command),
    },
    { available: lot.remaining, received: lot.remaining },
  )
}

function about(lot: Lot, detail: EntryDetail | undefined): { detail: EntryDetail } {
  const expires = lot.expiresAt === null ? {} : { expiresAt: lot.expiresAt }
  return { detail: { kind: lot.kind, ...expires, ...detail } }
}

function commandOf(command: Command | undefined): { command?: Command } {
  return command === undefined ? {} : { command }
}

/** How much more can come in before a total leaves the range in which every number is exact. */
export function roomFor(draft: Draft): Credits {
  const { received, available, held } = draft.totals
  let coming = 0
  for (const lot of draft.scheduled) coming += lot.remaining
  return Math.max(0, CREDITS_MAX - Math.max(received, available + held) - coming)
}

export function startScheduledLots(draft: Draft): void {
  const due = draft.scheduled.filter((lot) => lot.effectiveAt <= draft.at).sort(byNumber)
  if (due.length === 0) return
  draft.scheduled = draft.scheduled.filter((lot) => lot.effectiveAt > draft.at)
  for (const lot of due) {
    putLot(draft, lot)
    // What was voided of it before it started was never received: the row brings the rest.
    recordAddition(draft, lot, lot.origin.type === 'purchase' ? 'purchase' : 'grant', undefined, undefined)
  }
}

export function expireDueLots(draft: Draft): void {
  const due = draft.lots.filter(
    (lot) => lot.expiresAt !== null && lot.expiresAt <= draft.at && lot.remaining > 0,
  )
  expireEach(draft, due)
}

/** Ends the life of lots before their time: a trial that did not convert, a plan whose credits end with it. */
export function expireNow(draft: Draft, lots: readonly Lot[]): void {
  const living = lots.filter((lot) => lot.expiresAt === null || lot.expiresAt > draft.at)
  const ended = living.map((lot) => moveExpiry(draft, lot, draft.at))
  expireEach(
    draft,
    ended.filter((lot) => lot.remaining > 0),
  )
}

function expireEach(draft: Draft, lots: readonly Lot[]): void {
  if (lots.length === 0) return
  let credits = 0
  for (const lot of [...lots].sort(byNumber)) {
    credits += lot.remaining
    takeAway(draft, lot, lot.remaining, 'expired')
  }
  notify(draft, 'credits.expired', { credits })
}

/** Removes unheld credits of one lot, with a row that says why. */
function takeAway(
  draft: Draft,
  lot: Lot,
  credits: Credits,
  type: 'expired' | 'void' | 'reversal',
  purchase?: string,
): Lot {
  const less = { ...lot, remaining: lot.remaining - credits, removed: lot.removed + credits }
  putLot(draft, less)
  record(
    draft,
    {
      type,
      accountId: lot.accountId,
      amount: -credits,
      draws: [{ lot: lot.number, credits: -credits }],
      detail: { kind: lot.kind, ...(purchase === undefined ? {} : { purchase }) },
    },
    { available: -credits, ...(type === 'expired' ? { expired: credits } : {}) },
  )
  return less
}

/**
 * What comes back to a lot after its row was written: what is unrecovered of its purchase is taken at
 * once, and so is all that comes back to a lot that was voided meanwhile; one that expired lets the rest
 * expire there, and it comes again as a grace lot.
 */
export function settleReturn(draft: Draft, number: number, credits: Credits): void {
  const back = endedWithPlan(draft, lotOf(draft, number))
  const taken = takeUnrecovered(draft, back, credits)
  const lot = taken === null ? back : takeAway(draft, back, taken.owed, 'reversal', taken.purchase)
  const rest = credits - (taken?.owed ?? 0)
  if (rest === 0) return
  if (lot.closed !== null) {
    takeAway(draft, lot, rest, lot.closed === 'voided' ? 'void' : 'reversal')
  } else if (lot.expiresAt !== null && lot.expiresAt <= draft.at) {
    takeAway(draft, lot, rest, 'expired')
    if (lot.origin.type !== 'grace') addGrace(draft, lot, rest)
  }
}

/** The lot with the end of its plan's credits, which it had no part in while it was empty. */
function endedWithPlan(draft: Draft, lot: Lot): Lot {
  const ended = draft.planCreditsEnded
  if (ended === null || lot.number >= ended.before || groupOf(lot.kind) !== 'subscription') return lot
  const isOver = lot.expiresAt !== null && lot.expiresAt <= ended.at
  return isOver ? lot : moveExpiry(draft, lot, ended.at)
}

function addGrace(draft: Draft, lot: Lot, credits: Credits): void {
  const life = catalogNow(draft).returnAfterExpiry
  if (life === 'expire') return
  const grace: Lot = {
    ...lot,
    number: takeNumber(draft),
    grantedAt: draft.at,
    effectiveAt: draft.at,
    expiresAt: addDuration(draft.at, life, 1, draft.timeZone),
    origin: { type: 'grace', lot: lot.number },
    amount: credits,
    returned: 0,
    drawn: 0,
    removed: 0,
    remaining: credits,
    held: 0,
  }
  putLot(draft, grace)
  followGrace(draft, lot.number, grace)
  record(
    draft,
    {
      type: 'grace',
      accountId: lot.accountId,
      amount: credits,
      draws: [{ lot: grace.number, credits }],
      ...about(grace, undefined),
    },
    { available: credits, expired: -credits },
  )
}

function byNumber(left: { number: number }, right: { number: number }): number {
  return left.number - right.number
}
