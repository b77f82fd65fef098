/**
 * A pool with its journal, for tests: the shell's part played in memory. Catalogs are applied, facts
 * of the past are added up from rows, and after every step "What is always true" is checked.
 */
import { Temporal } from 'temporal-polyfill'
import type { Credits, Instant } from './amounts.ts'
import type { Catalog } from './catalog/catalog.ts'
import { compileCatalog } from './catalog/compile.ts'
import { type Command, factsNeeded } from './commands.ts'
import { decide } from './decide.ts'
import type { Catalogs, Decision } from './decision.ts'
import { violationsOf } from './invariants.ts'
import { newPool } from './open-pool.ts'
import type { ChargeFacts, Draw, Entry, Hold, Lot, Notice, Past, Place, PoolState } from './pool.ts'
import type { Refusal, RefusalCode } from './refusals.ts'

type WithoutAccount<T> = T extends Command ? Omit<T, 'accountId'> & { readonly accountId?: string } : never
export type Told = WithoutAccount<Command>
type More<T extends Command['type']> = Partial<Omit<Extract<Told, { type: T }>, 'type'>>

export interface Given {
  /** Keys of the catalog beside a plain action `use`, which costs a credit a unit. */
  readonly catalog?: Record<string, unknown>
  readonly at?: string
  readonly timeZone?: string
}

const OWNER = 'owner'
const BASE = {
  scrip: 1,
  product: 'Test',
  currency: 'USD',
  actions: { use: { price: { credits: 1, per: 'units' } } },
}

export function instant(text: string): Instant {
  return Temporal.Instant.from(text.includes('T') ? text : `${text}T00:00Z`).epochMilliseconds
}

export function textOf(at: Instant): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toString().replace(':00Z', 'Z').replace('T00:00Z', '')
}

export interface PoolUnderTest {
  /** Later commands happen then, and reading reads what is then. Nothing is booked by it. */
  at(when: string | Instant): PoolUnderTest
  now(): Instant
  /** A new version of the catalog, live from now on. */
  apply(catalog: Record<string, unknown>): PoolUnderTest
  /** Another account that spends from this pool, or no longer does. */
  shareWith(accountId: string, timeZone?: string): PoolUnderTest
  leave(accountId: string): PoolUnderTest
  decide(command: Told): Decision
  does(command: Told): Entry
  refuses(command: Told): Refusal
  /** The code of the refusal, for the many sentences that are about nothing else. */
  says(command: Told): RefusalCode
  charge(units: number, more?: More<'charge'>): Entry
  hold(units: number, more?: More<'hold'>): Entry
  capture(hold: Place, credits?: Credits | null, more?: More<'capture'>): Entry
  refund(charge: Place, credits?: Credits | null): Entry
  grant(credits: Credits, more?: More<'grant'>): Entry
  buy(credits: Credits, more?: More<'grant'>): Entry
  subscribe(plan: string, more?: More<'subscribe'>): Entry
  /** The state as it is now: what is due has been booked. */
  state(): PoolState
  /** `kind remaining`, `(held n)` where some is, in spend order. */
  lots(): string[]
  /** The same with each lot's expiry. */
  lives(): string[]
  /** Every row that moves credits: when, what, how many. */
  rows(): string[]
  entries(): readonly Entry[]
  /** Every notice of these types (all, without any): when and what. */
  news(...types: string[]): string[]
  notices(): readonly Notice[]
  lot(number: number): Lot
}

interface World {
  state: PoolState
  clock: Instant
  readonly versions: Catalog[]
  readonly entries: Entry[]
  readonly notices: Notice[]
  readonly lots: Map<number, Lot>
  readonly holds: Map<number, Hold>
}

export function givenPool(given: Given = {}): PoolUnderTest {
  const openedAt = instant(given.at ?? '2026-01-01')
  const world: World = {
    state: newPool({
      pool: 1,
      lane: 0,
      project: 1,
      ownerId: OWNER,
      timeZone: given.timeZone ?? 'UTC',
      openedAt,
    }),
    clock: openedAt,
    versions: [versionOf(given.catalog ?? {}, 1, 0)],
    entries: [],
    notices: [],
    lots: new Map(),
    holds: new Map(),
  }
  const does = (command: Told) => entryOf(tell(world, command))
  const pool: PoolUnderTest = {
    ...steps(world, () => pool),
    ...readings(world),
    decide: (command) => tell(world, command),
    does,
    refuses: (command) => refusalOf(tell(world, command)),
    says: (command) => refusalOf(tell(world, command)).code,
    charge: (units, more) =>
      does({ type: 'charge', action: 'use', quantities: { units }, options: {}, ...more }),
    hold: (units, more) => does({ type: 'hold', action: 'use', quantities: { units }, options: {}, ...more }),
    capture: (place, credits = null, more) =>
      does({ type: 'capture', hold: place, credits, final: true, beyondHold: false, ...more }),
    refund: (place, credits = null) => does({ type: 'refund', charge: place, credits }),
    grant: (credits, more) => does({ type: 'grant', kind: 'free', credits, ...more }),
    buy: (credits, more) => does({ ...purchase(world, credits), ...more }),
    subscribe: (plan, more) => does({ type: 'subscribe', plan, ...more }),
  }
  return pool
}

function purchase(world: World, credits: Credits) {
  return {
    type: 'grant' as const,
    kind: 'purchased' as const,
    credits,
    paid: { amount: credits, currency: 'USD' },
    purchase: { id: `purchase ${world.state.sequence}`, line: 1, bonus: false },
  }
}

function steps(world: World, itself: () => PoolUnderTest) {
  return {
    at(when: string | Instant) {
      world.clock = typeof when === 'number' ? when : instant(when)
      return itself()
    },
    now: () => world.clock,
    apply(catalog: Record<string, unknown>) {
      world.versions.push(versionOf(catalog, world.versions.length + 1, world.clock))
      return itself()
    },
    shareWith(accountId: string, timeZone = 'UTC') {
      world.state = { ...world.state, accounts: { ...world.state.accounts, [accountId]: { timeZone } } }
      return itself()
    },
    leave(accountId: string) {
      const { [accountId]: _, ...accounts } = world.state.accounts
      world.state = { ...world.state, accounts }
      return itself()
    },
  }
}

function readings(world: World) {
  const booked = () => {
    tell(world, { type: 'advance' })
    return world.state
  }
  const lots = () => booked().lots
  return {
    state: booked,
    lots: () => lots().map(lotText),
    lives: () =>
      lots().map(
        (lot) => `${lotText(lot)} ${lot.expiresAt === null ? 'for ever' : `until ${textOf(lot.expiresAt)}`}`,
      ),
    rows: () => {
      booked()
      return world.entries.filter((entry) => entry.amount !== 0).map(rowText)
    },
    entries: () => {
      booked()
      return world.entries
    },
    news: (...types: string[]) => {
      booked()
      const asked = world.notices.filter((notice) => types.length === 0 || types.includes(notice.type))
      return asked.map((notice) => `${textOf(notice.at)} ${notice.type}`)
    },
    notices: () => {
      booked()
      return world.notices
    },
    lot: (number: number) => {
      booked()
      return world.lots.get(number)!
    },
  }
}

function lotText(lot: Lot): string {
  return lot.held === 0 ? `${lot.kind} ${lot.remaining}` : `${lot.kind} ${lot.remaining} (held ${lot.held})`
}

function rowText(entry: Entry): string {
  return `${textOf(entry.at)} ${entry.type} ${entry.amount > 0 ? '+' : ''}${entry.amount}`
}

function versionOf(catalog: Record<string, unknown>, version: number, appliedAt: Instant): Catalog {
  const document = { ...BASE, ...catalog, actions: { ...BASE.actions, ...(catalog.actions ?? {}) } }
  const compiled = compileCatalog(document)
  if ('errors' in compiled) throw new Error(JSON.stringify(compiled.errors, null, 1))
  return { ...compiled.catalog, version, appliedAt }
}

function catalogsOf(versions: readonly Catalog[]): Catalogs {
  return {
    at: (when) => versions.findLast((version) => version.appliedAt <= when) ?? versions[0]!,
    version: (number) => versions[number - 1]!,
    nextChange: (when) => versions.find((version) => version.appliedAt > when)?.appliedAt ?? null,
  }
}

function tell(world: World, told: Told): Decision {
  const command = { accountId: OWNER, ...told } as Command
  const state = { ...world.state, past: pastFor(world, command) }
  const before = JSON.stringify(state)
  const decision = decide(state, command, world.clock, catalogsOf(world.versions))
  if (JSON.stringify(state) !== before) throw new Error('decide changed the state it was given')
  const violations = violationsOf(decision.state)
  if (violations.length > 0) throw new Error(violations.join('; '))
  keep(world, decision)
  return decision
}

function keep(world: World, decision: Decision): void {
  for (const entry of decision.changes.entries) {
    const last = world.entries.at(-1)
    if (last !== undefined && entry.at < last.at) throw new Error('a row went back in time')
    const balance = (last?.totals.available ?? 0) + (last?.totals.held ?? 0) + entry.amount
    if (entry.totals.available + entry.totals.held !== balance) throw new Error('a running balance is wrong')
    world.entries.push(entry)
  }
  for (const lot of decision.changes.lots) world.lots.set(lot.number, lot)
  for (const hold of decision.changes.holds) world.holds.set(hold.number, hold)
  world.notices.push(...decision.changes.notices)
  world.state = { ...decision.state, past: { charges: {}, lots: {}, holds: {} } }
}

/** What the shell would load for a command: nothing of it stays in the state afterwards. */
function pastFor(world: World, command: Command): Past {
  const needs = factsNeeded(command)
  const facts = needs.charge === undefined ? null : chargeFacts(world, needs.charge)
  const numbers = [
    ...(facts?.draws.map((draw) => draw.lot) ?? []),
    ...(needs.lot === undefined ? [] : [needs.lot]),
    ...withGrace(world.lots, needs.lotsWithGrace ?? []),
  ]
  const lots = numbers.flatMap((number) => world.lots.get(number) ?? [])
  const hold = needs.hold === undefined ? undefined : world.holds.get(needs.hold.number)
  return {
    charges: facts === null ? {} : { [facts.number]: facts },
    lots: Object.fromEntries(lots.map((lot) => [lot.number, lot])),
    holds: hold === undefined || hold.status === 'open' ? {} : { [hold.number]: hold },
  }
}

function withGrace(lots: ReadonlyMap<number, Lot>, numbers: readonly number[]): number[] {
  const grace = [...lots.values()].filter(
    ({ origin }) => origin.type === 'grace' && numbers.includes(origin.lot),
  )
  return [...numbers, ...grace.map(({ number }) => number)]
}

/** All rows of a charge added up; null where none begins at that place. */
function chargeFacts(world: World, place: Place): ChargeFacts | null {
  const first = world.entries.find((entry) => entry.number === place.number && entry.at === place.at)
  if (first === undefined || (first.type !== 'charge' && (first.type !== 'capture' || first.charge !== null)))
    return null
  const rows = [first, ...world.entries.filter((entry) => entry.charge?.number === place.number)]
  const taken = rows.filter((row) => row.type === 'charge' || row.type === 'capture')
  const given = rows.filter((row) => row.type === 'refund')
  const hold = first.hold === null ? null : (world.holds.get(first.hold.number) ?? null)
  const what = hold ?? first.detail
  return {
    at: first.at,
    number: first.number,
    accountId: first.accountId,
    userId: first.userId,
    subject: first.subject,
    action: first.action!,
    quantities: { ...what?.quantities, ...hold?.happened?.quantities },
    options: { ...what?.options, ...hold?.happened?.options },
    catalogVersion: first.catalogVersion!,
    pricedAt: hold?.pricedAt ?? first.detail?.pricedAt ?? first.at,
    madeAt: hold?.at ?? first.at,
    hold: first.hold,
    charged: -sum(taken.map((row) => row.amount)),
    refunded: sum(given.map((row) => row.amount)),
    draws: taken.flatMap((row) => row.draws.map((draw) => ({ lot: draw.lot, credits: -draw.credits }))),
    refundedByLot: byLot(given.flatMap((row) => row.draws)),
  }
}

function byLot(draws: readonly Draw[]): Record<number, Credits> {
  const found: Record<number, Credits> = {}
  for (const draw of draws) found[draw.lot] = (found[draw.lot] ?? 0) + draw.credits
  return found
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

function entryOf(decision: Decision): Entry {
  if ('entry' in decision.outcome) return decision.outcome.entry
  throw new Error(`expected a row, found ${JSON.stringify(decision.outcome)}`)
}

function refusalOf(decision: Decision): Refusal {
  if ('refused' in decision.outcome) return decision.outcome.refused
  throw new Error(`expected a refusal, found ${JSON.stringify(decision.outcome)}`)
}
