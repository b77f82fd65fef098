/** What webhooks carry: one envelope for every type. */
import { CREDIT_FACTS, formatCredits, type Instant, lotId, type Notice, placeId } from '@scrip/core'
import { Type } from 'typebox'
import type { EventRow } from '../database/events.sql.ts'
import { sayInstant } from '../ledger/replay.ts'
import { fields, InstantOut, nullable } from './schema.ts'

export const EventOut = fields({
  id: Type.String(),
  type: Type.String({ description: 'An open list.' }),
  timestamp: InstantOut,
  accountId: nullable(Type.String()),
  data: Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: {} }),
})

type Happened = Pick<Notice, 'type' | 'data'> & {
  readonly at: Instant
  readonly number: number
  readonly accountId: string | null
}

export function sayEvent(happened: Happened, pool: number, decimals: number) {
  const { type, at, accountId, data } = happened
  return {
    id: placeId('evt', pool, happened),
    type,
    timestamp: sayInstant(at),
    accountId,
    data: sayData(data, pool, decimals),
  }
}

const CREDITS = new Set([
  ...CREDIT_FACTS,
  'credits',
  'balance',
  'net',
  'remaining',
  'threshold',
  'reference',
  'amount',
])

/** What the rules wrote down: units become credits, instants text, and lots their ids. */
function sayData(
  data: Readonly<Record<string, unknown>>,
  pool: number,
  decimals: number,
): Record<string, unknown> {
  const told: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(data)) {
    if (typeof value !== 'number') told[name] = value
    else if (CREDITS.has(name)) told[name] = formatCredits(value, decimals)
    else if (name === 'at' || name.endsWith('At')) told[name] = sayInstant(value)
    else if (name === 'lot') told.lotId = lotId(pool, value)
    else told[name] = value
  }
  return told
}

/** Complete by itself, so that no receiver has to call back: whose it is, and the state after it. */
export function sayEventRow(row: EventRow, decimals: number) {
  const told = sayEvent(row, row.pool, decimals)
  const { accountId, accountName, balanceAfter, heldAfter } = row
  const account = accountId === null ? {} : { account: { id: accountId, name: accountName } }
  if (balanceAfter === null || heldAfter === null) return { ...told, data: { ...told.data, ...account } }
  const credits = {
    balance: formatCredits(balanceAfter, decimals),
    available: formatCredits(balanceAfter - heldAfter, decimals),
    held: formatCredits(heldAfter, decimals),
  }
  return { ...told, data: { ...told.data, ...account, credits } }
}
