/**
 * The working copy of a pool while one command is decided. Everything that moves a credit goes
 * through the few functions here, which keep the totals and the journal in step; `finish` hands
 * back plain data. The state it was opened from is never touched, so a refusal costs nothing.
 */
import { assert, CREDITS_MAX, type Credits, type Instant } from './amounts.ts'
import type { Catalog } from './catalog/catalog.ts'
import type { Command } from './commands.ts'
import type { Catalogs, Changes } from './decision.ts'
import { lotDue, nextDue } from './due.ts'
import { isOfPeriod, withEmptied } from './period-lots.ts'
import type {
  Draw,
  Entry,
  EntryDetail,
  EntryType,
  Hold,
  Lot,
  Notice,
  Place,
  PoolState,
  SubjectRef,
  Totals,
} from './pool.ts'
import { placeInOrder } from './spend-order.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

export interface Draft extends Mutable<Omit<PoolState, 'totals' | 'lots' | 'scheduled' | 'holds'>> {
  readonly totals: Mutable<Totals>
  lots: readonly Lot[]
  scheduled: readonly Lot[]
  holds: readonly Hold[]
  readonly catalogs: Catalogs
  readonly entries: Entry[]
  readonly notices: Notice[]
  readonly touchedLots: Map<number, Lot>
  readonly touchedHolds: Map<number, Hold>
  /** Whether `dueAt` must be found anew: the subscription changed. Lots and holds only bring it nearer. */
  dueChanged: boolean
}

// Every field by name, here and in `finish`: spreading an object of this size makes one that is slow
// to read, and this is done for every command (13 µs a charge with spreads, 3 µs without).
export function openDraft(state: PoolState, catalogs: Catalogs): Draft {
  return {
    pool: state.pool,
    lane: state.lane,
    project: state.project,
    version: state.version,
    at: state.at,
    sequence: state.sequence,
    openedAt: state.openedAt,
    opened: state.opened,
    ownerId: state.ownerId,
    timeZone: state.timeZone,
    accounts: state.accounts,
    lots: state.lots,
    scheduled: state.scheduled,
    holds: state.holds,
    basePlan: state.basePlan,
    subscription: state.subscription,
    once: state.once,
    planCreditsEnded: state.planCreditsEnded,
    reversals: state.reversals,
    terms: state.terms,
    alerts: state.alerts,
    thresholds: state.thresholds,
    budgets: state.budgets,
    dueAt: state.dueAt,
    past: state.past,
    totals: copyTotals(state.totals),
    catalogs,
    entries: [],
    notices: [],
    touchedLots: new Map(),
    touchedHolds: new Map(),
    dueChanged: false,
  }
}

export function finish(draft: Draft): { state: PoolState; changes: Changes } {
  if (draft.dueChanged) draft.dueAt = nextDue(draft, draft.catalogs)
  const { entries, notices, touchedLots, touchedHolds } = draft
  return {
    state: stateOf(draft),
    changes: { entries, notices, lots: [...touchedLots.values()], holds: [...touchedHolds.values()] },
  }
}

function stateOf(draft: Draft): PoolState {
  return {
    pool: draft.pool,
    lane: draft.lane,
    project: draft.project,
    version: draft.version,
    at: draft.at,
    sequence: draft.sequence,
    openedAt: draft.openedAt,
    opened: draft.opened,
    ownerId: draft.ownerId,
    timeZone: draft.timeZone,
    accounts: draft.accounts,
    lots: draft.lots,
    scheduled: draft.scheduled,
    holds: draft.holds,
    basePlan: draft.basePlan,
    subscription: draft.subscription,
    once: draft.once,
    planCreditsEnded: draft.planCreditsEnded,
    reversals: draft.reversals,
    terms: draft.terms,
    alerts: draft.alerts,
    thresholds: draft.thresholds,
    budgets: draft.budgets,
    dueAt: draft.dueAt,
    past: draft.past,
    totals: draft.totals,
  }
}

function copyTotals(totals: Totals): Totals {
  const { available, held, received, used, charged, expired, uses } = totals
  return { available, held, received, used, charged, expired, uses }
}

/** The catalog live at the pool's time. */
export function catalogNow(draft: Draft): Catalog {
  return draft.catalogs.at(draft.at)
}

export function balanceOf(totals: Totals): Credits {
  return totals.available + totals.held
}

export function takeNumber(draft: Draft): number {
  return draft.sequence++
}

/** Puts a lot's new figures in its place. Its order never changes with them, but an emptied one leaves the open state. */
export function putLot(draft: Draft, lot: Lot): void {
  checkLot(lot)
  draft.touchedLots.set(lot.number, lot)
  const index = findLot(draft.lots, lot)
  const isOpen = lot.remaining + lot.held > 0
  if (index >= 0) {
    const lots = draft.lots.slice()
    if (isOpen) lots[index] = lot
    else lots.splice(index, 1)
    draft.lots = lots
  } else if (isOpen) {
    const lots = draft.lots.slice()
    lots.splice(placeInOrder(lots, lot), 0, lot)
    draft.lots = lots
  }
  if (!isOpen && draft.subscription !== null && isOfPeriod(draft.subscription, lot)) {
    draft.subscription = withEmptied(draft.subscription, lot)
  }
  // An emptied lot leaves `dueAt` early at worst, which is harmless; a new one may be due before it.
  if (index < 0 && isOpen) noLaterThan(draft, lotDue(lot, draft, draft.catalogs))
  if (draft.past.lots[lot.number] !== undefined) {
    draft.past = { ...draft.past, lots: { ...draft.past.lots, [lot.number]: lot } }
  }
}

/** Something more is due at `instant`. */
export function noLaterThan(draft: Draft, instant: number): void {
  if (instant < (draft.dueAt ?? Number.POSITIVE_INFINITY)) draft.dueAt = Math.max(instant, draft.at)
}

/** Gives a lot another expiry, which moves it in the spend order. */
export function moveExpiry(draft: Draft, lot: Lot, expiresAt: Instant | null): Lot {
  const moved = { ...lot, expiresAt }
  draft.lots = draft.lots.filter((other) => other.number !== lot.number)
  putLot(draft, moved)
  return moved
}

function findLot(lots: readonly Lot[], lot: Lot): number {
  const index = placeInOrder(lots, lot)
  return lots[index]?.number === lot.number ? index : -1
}

/** A lot of the open state, or one loaded from the past. */
export function lotOf(draft: Draft, number: number): Lot {
  const lot = draft.lots.find((candidate) => candidate.number === number) ?? draft.past.lots[number]
  assert(lot !== undefined, `lot ${number} of pool ${draft.pool} is loaded`)
  return lot
}

function checkLot(lot: Lot): void {
  assert(
    lot.remaining >= 0 && lot.held >= 0 && lot.drawn >= 0 && lot.removed >= 0 && lot.returned >= 0,
    `lot ${lot.number}: no figure is negative`,
  )
  assert(
    lot.amount + lot.returned - lot.drawn - lot.removed === lot.remaining + lot.held,
    `lot ${lot.number}: amount + returns − drawn − removed = remaining + held`,
  )
}

/** What a row is about; what is left out is null. */
export interface EntryFacts {
  readonly type: EntryType
  readonly accountId: string
  readonly amount?: Credits
  readonly held?: Credits
  readonly draws?: readonly Draw[]
  readonly action?: string | null
  readonly userId?: string | null
  readonly subject?: SubjectRef | null
  readonly charge?: Place | null
  readonly hold?: Place | null
  readonly madeAt?: Instant | null
  readonly catalogVersion?: number | null
  readonly detail?: EntryDetail | null
  /** The command whose own row this is: its key goes with it. */
  readonly command?: Command
}

/** How a row counts in the totals beside the balance. */
export interface TotalsChange {
  readonly available: Credits
  readonly held?: Credits
  readonly received?: Credits
  readonly used?: Credits
  readonly charged?: Credits
  readonly expired?: Credits
  readonly uses?: number
}

/** Writes a row down and moves the totals with it, in one step, so that they cannot part. */
export function record(draft: Draft, facts: EntryFacts, change: TotalsChange): Entry {
  moveTotals(draft.totals, change)
  // + 0 turns −0, which negating nothing gives, into 0.
  const amount = (facts.amount ?? 0) + 0
  const held = (facts.held ?? 0) + 0
  assert(
    change.available + (change.held ?? 0) === amount,
    `${facts.type}: the balance moves by the row's amount`,
  )
  assert((change.held ?? 0) === held, `${facts.type}: what is held moves by the row's figure`)
  const draws = facts.draws ?? []
  if (draws.length > 0) {
    let sum = 0
    for (const draw of draws) sum += draw.credits
    assert(sum === (amount !== 0 ? amount : held), `${facts.type}: the draws add up to the row`)
  }
  const entry: Entry = {
    at: draft.at,
    number: takeNumber(draft),
    type: facts.type,
    accountId: facts.accountId,
    amount,
    held,
    totals: copyTotals(draft.totals),
    draws,
    action: facts.action ?? null,
    userId: facts.userId ?? null,
    subject: facts.subject ?? null,
    charge: facts.charge ?? null,
    hold: facts.hold ?? null,
    madeAt: facts.madeAt ?? null,
    catalogVersion: facts.catalogVersion ?? null,
    key: facts.command?.key ?? null,
    requestHash: facts.command?.requestHash ?? null,
    detail: facts.detail ?? null,
  }
  draft.entries.push(entry)
  return entry
}

/** Adds to the detail of a row of this decision what is only known once its effects are there. */
export function amend(draft: Draft, entry: Entry, more: EntryDetail): Entry {
  const index = draft.entries.indexOf(entry)
  assert(index >= 0, "the row is among its decision's")
  const amended = { ...entry, detail: { ...entry.detail, ...more } }
  draft.entries[index] = amended
  return amended
}

function moveTotals(totals: Mutable<Totals>, change: TotalsChange): void {
  totals.available += change.available
  totals.held += change.held ?? 0
  totals.received += change.received ?? 0
  totals.used += change.used ?? 0
  totals.charged += change.charged ?? 0
  totals.expired += change.expired ?? 0
  totals.uses += change.uses ?? 0
  assert(totals.available >= 0 && totals.held >= 0, 'there is no negative balance')
  assert(totals.available + totals.held <= CREDITS_MAX, 'a balance stays below the largest amount')
}

export function notify(
  draft: Draft,
  type: string,
  data: Readonly<Record<string, unknown>>,
  accountId?: string,
): void {
  draft.notices.push({
    at: draft.at,
    number: takeNumber(draft),
    type,
    accountId: accountId ?? draft.ownerId,
    data,
  })
}

/** Takes credits from open lots in spend order. Call only where at least `credits` are available. */
export function drawInOrder(draft: Draft, credits: Credits, use: 'spend' | 'hold'): Draw[] {
  assert(credits > 0 && credits <= draft.totals.available, 'what is drawn is available')
  const draws: Draw[] = []
  let missing = credits
  for (const lot of draft.lots) {
    if (missing === 0) break
    if (lot.remaining === 0) continue
    const part = Math.min(lot.remaining, missing)
    draws.push({ lot: lot.number, credits: part })
    missing -= part
    putLot(draft, use === 'spend' ? spent(lot, part) : setAside(lot, part))
  }
  assert(missing === 0, 'the lots hold what the totals say')
  return draws
}

function spent(lot: Lot, part: Credits): Lot {
  return { ...lot, remaining: lot.remaining - part, drawn: lot.drawn + part }
}

function setAside(lot: Lot, part: Credits): Lot {
  return { ...lot, remaining: lot.remaining - part, held: lot.held + part }
}

/** The draws with the sign of the row they belong to. */
export function negative(draws: readonly Draw[]): Draw[] {
  return draws.map((draw) => ({ lot: draw.lot, credits: -draw.credits }))
}

/** The reason and who, for a row's detail; nothing where the command says neither. */
export function whoAndWhy(command: Command): Pick<EntryDetail, 'actor' | 'reason'> {
  return {
    ...(command.actor ? { actor: command.actor } : {}),
    ...(command.reason ? { reason: command.reason } : {}),
  }
}
