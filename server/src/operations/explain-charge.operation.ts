/** How a charge came about: what it was for, line by line, which lots paid, and what came back. */
import { type Catalog, formatCredits, type Lot } from '@scrip/core'
import { lotByNumber } from '../database/journal.sql.ts'
import { laneOf } from '../ledger/outcome.ts'
import type { Ask } from './ask.ts'
import { type ChargeRead, readCharge } from './read-charge.operation.ts'
import { sayCredits } from './refusal-facts.ts'

export interface ChargeExplained extends ChargeRead {
  readonly sentences: readonly string[]
}

export async function explainCharge(ask: Ask, id: string): Promise<ChargeExplained> {
  const read = await readCharge(ask, id)
  const { first } = read
  const catalog = ask.project.catalogs.version(first.catalogVersion ?? ask.project.catalogs.latest)
  const lots = await lotsOf(ask, read)
  return {
    ...read,
    sentences: [...sayCost(read, catalog), ...sayLots(read, lots, catalog), ...sayReturns(read, catalog)],
  }
}

async function lotsOf(ask: Ask, { pool, first, captures }: ChargeRead): Promise<Map<number, Lot>> {
  const address = { pool, lane: laneOf(pool) }
  const numbers = new Set([first, ...captures].flatMap(({ draws }) => draws.map((draw) => draw.lot)))
  const lots = new Map<number, Lot>()
  for (const number of numbers) {
    const lot = await lotByNumber(ask.house.database.pool, address, number)
    if (lot !== null) lots.set(number, lot)
  }
  return lots
}

function sayCost({ first, charged, captures, lines }: ChargeRead, catalog: Catalog): string[] {
  const action = first.action === null ? undefined : catalog.actions[first.action]
  const name = action?.name ?? first.action ?? 'An action'
  const say = (units: number): number => formatCredits(units, catalog.credit.decimals)
  const sentences = lines.map((line) => {
    const times =
      line.quantity === undefined || line.unit === undefined ? '' : ` (${line.quantity} × ${say(line.unit)})`
    return `${line.name}: ${say(line.credits)}${times}.`
  })
  const steps =
    captures.length > 1
      ? ` in ${captures.length} captures of one hold`
      : captures.length === 1
        ? ' as the capture of a hold'
        : ''
  const version = first.catalogVersion === null ? '' : `, by version ${first.catalogVersion} of the catalog`
  return [`${name} cost ${sayCredits(charged, catalog)}${steps}${version}.`, ...sentences]
}

function sayLots(
  { first, captures }: ChargeRead,
  lots: ReadonlyMap<number, Lot>,
  catalog: Catalog,
): string[] {
  const uses = captures.length > 0 ? captures : [first]
  return uses.flatMap(({ draws }) =>
    draws.map(({ lot, credits }) => {
      const kind = lots.get(lot)?.kind ?? 'unknown'
      return `${sayCredits(Math.abs(credits), catalog)} came from lot ${lot} (${kind}).`
    }),
  )
}

function sayReturns({ refunds, refunded, charged }: ChargeRead, catalog: Catalog): string[] {
  if (refunds.length === 0) return []
  const kept = charged - refunded
  return [`${sayCredits(refunded, catalog)} were given back; ${sayCredits(kept, catalog)} were kept.`]
}
