/**
 * Reads what the rules decide on. A pool, its lots and its holds come in one statement, so they are of
 * one instant. Facts of the past are read beside a state that is already known: they are true of it as
 * long as its version still is, which the commit's guard asks.
 */
import {
  assert,
  type BudgetCommand,
  type ChargeFacts,
  type Command,
  type Draw,
  type Entry,
  factsNeeded,
  type Hold,
  type Lot,
  type Place,
  type PoolState,
} from '@scrip/core'
import { int8Array } from '../database/array-literals.ts'
import { type EntryRow, entryFromRow } from '../database/entry-rows.ts'
import {
  LOAD_CHARGE_ROWS,
  LOAD_ENTRIES,
  LOAD_HOLDS,
  LOAD_LOTS,
  LOAD_LOTS_WITH_GRACE,
  LOAD_POOLS,
} from '../database/ledger.sql.ts'
import { lotFromJson, type PoolRow, poolFromRow } from '../database/ledger-rows.ts'
import type { Session } from '../database/transaction.ts'
import type { Address } from './outcome.ts'

export interface LoadedPool {
  readonly state: PoolState
  /** The version of the project's catalog that is live in the database. */
  readonly catalogVersion: number
}

/** The pools as they are; one that does not exist is absent. */
export async function loadPools(
  session: Session,
  addresses: readonly Address[],
): Promise<Map<number, LoadedPool>> {
  const { rows } = await session.query<PoolRow & { catalog_version: number }>({
    ...LOAD_POOLS,
    values: placesOf(addresses),
  })
  return new Map(
    rows.map((row) => [row.pool_id, { state: poolFromRow(row), catalogVersion: row.catalog_version }]),
  )
}

export function placesOf(addresses: readonly Address[]): [string, string] {
  return [
    int8Array(addresses.map((address) => address.lane)),
    int8Array(addresses.map((address) => address.pool)),
  ]
}

/** A pool's state and the commands that will be decided on it. */
export interface Asked {
  readonly state: PoolState
  readonly commands: readonly Command[]
}

/** The states with the facts of the past that their commands need. Those that need none are untouched. */
export async function withFacts(session: Session, asked: readonly Asked[]): Promise<PoolState[]> {
  const needs = asked.map(needsOf)
  if (needs.every((need) => need === null)) return asked.map(({ state }) => state)
  const charges = await loadCharges(session, places(asked, needs, 'charges'))
  const holds = await loadHolds(session, places(asked, needs, 'holds'))
  const lots = await loadLots(session, asked, needs, charges)
  return asked.map(({ state }) => ({
    ...state,
    past: {
      charges: { ...state.past.charges, ...charges.get(state.pool) },
      holds: { ...state.past.holds, ...holds.get(state.pool) },
      lots: { ...state.past.lots, ...lots.get(state.pool) },
    },
  }))
}

interface Needs {
  readonly charges: readonly Place[]
  readonly holds: readonly Place[]
  readonly lots: readonly number[]
  /** Lots that are needed with the grace lots that came from them. */
  readonly lotsWithGrace: readonly number[]
}

/** What the commands need that the state does not have; null = nothing. */
function needsOf({ state, commands }: Asked): Needs | null {
  const charges: Place[] = []
  const holds: Place[] = []
  const lots: number[] = []
  const lotsWithGrace: number[] = []
  for (const command of commands) {
    const { charge, hold, lot, lotsWithGrace: bought = [] } = factsNeeded(command)
    lotsWithGrace.push(...bought)
    if (charge !== undefined) charges.push(charge)
    if (hold !== undefined && !state.holds.some((open) => open.number === hold.number)) holds.push(hold)
    // Also one that is open now: a command before it in the batch may empty it.
    if (lot !== undefined) lots.push(lot)
  }
  if (charges.length + holds.length + lots.length + lotsWithGrace.length === 0) return null
  return {
    charges: eachOnce(charges),
    holds: eachOnce(holds),
    lots: [...new Set(lots)],
    lotsWithGrace: [...new Set(lotsWithGrace)],
  }
}

/** Two refunds of one charge in a batch ask for it twice; its rows must be added up once. */
function eachOnce(of: readonly Place[]): Place[] {
  return [...new Map(of.map((place) => [`${place.at}/${place.number}`, place])).values()]
}

interface PlaceOf extends Place, Address {}

function places(
  asked: readonly Asked[],
  needs: readonly (Needs | null)[],
  which: 'charges' | 'holds',
): readonly PlaceOf[] {
  return asked.flatMap(({ state: { lane, pool } }, index) =>
    (needs[index]?.[which] ?? []).map(({ at, number }) => ({ lane, pool, at, number })),
  )
}

type ByPool<T> = Map<number, Record<number, T>>

function put<T>(map: ByPool<T>, pool: number, number: number, value: T): void {
  const known = map.get(pool)
  if (known === undefined) map.set(pool, { [number]: value })
  else known[number] = value
}

function parametersOf(of: readonly PlaceOf[]): [string, string, string, string] {
  const column = (name: keyof PlaceOf) => int8Array(of.map((place) => place[name]))
  return [column('lane'), column('pool'), column('number'), column('at')]
}

/** Rows by their places; those that do not exist are absent. */
export async function loadEntries(
  session: Session,
  of: readonly PlaceOf[],
): Promise<(EntryRow & { readonly batch: number })[]> {
  if (of.length === 0) return []
  const { rows } = await session.query<EntryRow & { batch: number }>({
    ...LOAD_ENTRIES,
    values: parametersOf(of),
  })
  return rows
}

async function loadCharges(session: Session, of: readonly PlaceOf[]): Promise<ByPool<ChargeFacts>> {
  const charges: ByPool<ChargeFacts> = new Map()
  const first = (await loadEntries(session, of)).filter(isCharge)
  if (first.length === 0) return charges
  const [lanes, pools, numbers] = parametersOf(first.map((row) => ({ ...row, pool: row.pool_id })))
  const later = (await session.query<EntryRow>(LOAD_CHARGE_ROWS, [lanes, pools, numbers])).rows
  const holds = await loadHolds(session, first.flatMap(holdPlaceOf))
  for (const row of first) {
    const rows = later.filter((other) => other.pool_id === row.pool_id && other.charge_number === row.number)
    const hold = row.hold_number === null ? null : (holds.get(row.pool_id)?.[row.hold_number] ?? null)
    put(charges, row.pool_id, row.number, chargeFacts([row, ...rows].map(entryFromRow), hold))
  }
  return charges
}

/** A capture that names a charge is not its beginning, and no charge of its own. */
function isCharge(row: EntryRow): boolean {
  return row.type === 'charge' || (row.type === 'capture' && row.charge_number === null)
}

function holdPlaceOf(row: EntryRow): PlaceOf[] {
  if (row.hold_at === null || row.hold_number === null) return []
  return [{ lane: row.lane, pool: row.pool_id, at: row.hold_at, number: row.hold_number }]
}

/** A charge's rows added up: itself, or the captures of its hold; and what was given back. */
function chargeFacts(rows: readonly Entry[], hold: Hold | null): ChargeFacts {
  const first = rows[0]
  assert(first !== undefined && first.action !== null, 'a charge begins with a row of its action')
  const draws: Draw[] = []
  const refundedByLot: Record<number, number> = {}
  let charged = 0
  let refunded = 0
  for (const row of rows) {
    if (row.type === 'charge' || row.type === 'capture') {
      charged -= row.amount
      for (const draw of row.draws) draws.push({ lot: draw.lot, credits: -draw.credits })
    } else if (row.type === 'refund') {
      refunded += row.amount
      for (const draw of row.draws) refundedByLot[draw.lot] = (refundedByLot[draw.lot] ?? 0) + draw.credits
    }
  }
  return {
    at: first.at,
    number: first.number,
    accountId: first.accountId,
    userId: first.userId,
    subject: first.subject,
    action: first.action,
    quantities: { ...(hold ?? first.detail)?.quantities, ...hold?.happened?.quantities },
    options: { ...(hold ?? first.detail)?.options, ...hold?.happened?.options },
    catalogVersion: first.catalogVersion ?? 0,
    pricedAt: hold?.pricedAt ?? first.detail?.pricedAt ?? first.at,
    madeAt: hold?.at ?? first.at,
    hold: first.hold,
    charged,
    refunded,
    draws,
    refundedByLot,
  }
}

async function loadHolds(session: Session, of: readonly PlaceOf[]): Promise<ByPool<Hold>> {
  const holds: ByPool<Hold> = new Map()
  if (of.length === 0) return holds
  const { rows } = await session.query<{ pool_id: number; data: Hold }>(LOAD_HOLDS, parametersOf(of))
  for (const row of rows) put(holds, row.pool_id, row.data.number, row.data)
  return holds
}

/** The lots asked for, and those to which a refund would give back. */
async function loadLots(
  session: Session,
  asked: readonly Asked[],
  needs: readonly (Needs | null)[],
  charges: ByPool<ChargeFacts>,
): Promise<ByPool<Lot>> {
  const lots: ByPool<Lot> = new Map()
  const alone = asked.flatMap(({ state }, index) => {
    const drawn = Object.values(charges.get(state.pool) ?? {}).flatMap((charge) =>
      charge.draws.map((draw) => draw.lot),
    )
    return lotPlaces(state, [...(needs[index]?.lots ?? []), ...drawn])
  })
  const withGrace = asked.flatMap(({ state }, index) => lotPlaces(state, needs[index]?.lotsWithGrace ?? []))
  for (const [statement, wanted] of [
    [LOAD_LOTS, alone],
    [LOAD_LOTS_WITH_GRACE, withGrace],
  ] as const) {
    if (wanted.length === 0) continue
    const parameters = parametersOf(wanted).slice(0, 3)
    const { rows } = await session.query<{ pool_id: number; lot: unknown[] }>(statement, parameters)
    for (const row of rows) {
      const lot = lotFromJson(row.lot)
      put(lots, row.pool_id, lot.number, lot)
    }
  }
  return lots
}

function lotPlaces({ lane, pool }: PoolState, numbers: readonly number[]): PlaceOf[] {
  return [...new Set(numbers)].map((number) => ({ lane, pool, at: 0, number }))
}

/** A budget counts what was spent in its period before it was set: the shell looks that up (`factsNeeded`). */
export function isBudget(command: Command): command is BudgetCommand {
  return factsNeeded(command).budget === true
}
