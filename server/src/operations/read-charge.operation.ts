/** One charge with everything that happened to it: its captures and its refunds. */
import type { Credits, Entry } from '@scrip/core'
import { chargeRows } from '../database/journal.sql.ts'
import type { Ask } from './ask.ts'
import { locate } from './place-of-id.ts'
import { Refused } from './refused.ts'

export interface ChargeRead {
  readonly pool: number
  readonly first: Entry
  readonly captures: readonly Entry[]
  readonly refunds: readonly Entry[]
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
  return { pool: address.pool, first, captures, refunds, charged: -sumOf(uses), refunded: sumOf(refunds) }
}

function sumOf(rows: readonly Entry[]): Credits {
  return rows.reduce((sum, { amount }) => sum + amount, 0)
}
