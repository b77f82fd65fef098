/** One charge with everything that happened to it: its captures and its refunds. */
import { type Credits, type Entry, type PriceLine, sumLines } from '@scrip/core'
import { chargeRows } from '../database/journal.sql.ts'
import type { Ask } from './ask.ts'
import { locate } from './place-of-id.ts'
import { Refused } from './refused.ts'

export interface ChargeRead {
  readonly pool: number
  readonly first: Entry
  readonly captures: readonly Entry[]
  readonly refunds: readonly Entry[]
  /** What it was for, line by line; of captures in steps, all of them together. */
  readonly lines: readonly PriceLine[]
  readonly charged: Credits
  readonly refunded: Credits
}

export async function readCharge(ask: Ask, id: string): Promise<ChargeRead> {
  const { address, place } = await locate(ask, 'chg', id)
  const rows = (await chargeRows(ask.house.database.pool, address, place)).map(({ entry }) => entry)
  const [first] = rows
  if (first === undefined) throw new Refused('charge_not_found', `There is no charge ${id}.`)
  const captures = rows.filter(({ type }) => type === 'capture')
  const refunds = rows.filter(({ type }) => type === 'refund')
  const uses = rows.filter(({ type }) => type === 'charge' || type === 'capture')
  const recorded = uses.flatMap(({ detail }) => detail?.lines ?? [])
  const lines = captures.length > 0 ? sumLines(recorded) : recorded
  const [charged, refunded] = [-sumOf(uses), sumOf(refunds)]
  return { pool: address.pool, first, captures, refunds, lines, charged, refunded }
}

function sumOf(rows: readonly Entry[]): Credits {
  return rows.reduce((sum, { amount }) => sum + amount, 0)
}
