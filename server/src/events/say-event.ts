/** What webhooks carry: one envelope for every type, complete by itself, so that no receiver has to call back. */
import { CREDIT_FACTS, type Entry, formatCredits, type Instant, lotId, placeId } from '@scrip/core'
import { entryFromRow } from '../database/entry-rows.ts'
import type { EventRow } from '../database/events.sql.ts'
import { answerOf, sayInstant } from '../ledger/replay.ts'
import { eventId } from './event-id.ts'
import { versionOf } from './event-types.ts'

export interface SaidEvent {
  readonly id: string
  readonly type: string
  readonly version: number
  readonly timestamp: string
  readonly accountId: string | null
  readonly data: Readonly<Record<string, unknown>>
}

export interface Happened {
  readonly type: string
  readonly at: Instant
  readonly number: number
  readonly accountId: string | null
  readonly data: Readonly<Record<string, unknown>>
}

/** A notice by itself, as the test clock tells what it made happen. */
export function sayNotice(happened: Happened, pool: number, decimals: number): SaidEvent {
  const { type, at, number, accountId, data } = happened
  return {
    id: eventId({ pool, at, number, type: null }),
    type,
    version: versionOf(type),
    timestamp: sayInstant(at),
    accountId,
    data: sayData(data, pool, decimals),
  }
}

/** An event of the stream, with its account and that account's credits after it. */
export function sayEventRow(row: EventRow, decimals: number): SaidEvent {
  const { type, at, number, pool, accountId, accountName } = row
  const entry = row.entry === null ? null : entryFromRow(row.entry)
  const told = entry === null ? sayTold(row, decimals) : sayEntry(entry, type, pool, decimals)
  const account = accountId === null ? null : { id: accountId, name: accountName }
  return {
    id: eventId({ pool, at, number, type: entry === null ? null : type }),
    type,
    version: versionOf(type),
    timestamp: sayInstant(at),
    accountId,
    data: { ...told, account, credits: sayAfter(row, entry, decimals) },
  }
}

/** What is told beside the pools was made ready to be read when it was written. */
function sayTold({ lane, pool, data }: EventRow, decimals: number): Record<string, unknown> {
  return lane === null ? { ...data } : aside(sayData(data ?? {}, pool, decimals))
}

/** `credits` is the state after it, in every event: what an event is about is its `amount`. */
function aside({ credits, ...told }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return credits === undefined ? told : { ...told, amount: credits }
}

function sayAfter({ balanceAfter, heldAfter }: EventRow, entry: Entry | null, decimals: number) {
  if (balanceAfter === null || heldAfter === null) return null
  const { available, held } = entry?.detail?.after ?? { available: balanceAfter - heldAfter, held: heldAfter }
  return {
    balance: formatCredits(available + held, decimals),
    available: formatCredits(available, decimals),
    held: formatCredits(held, decimals),
  }
}

/** What its own answer said, less the figures after it, which every event has at one place. */
function sayEntry(entry: Entry, type: string, pool: number, decimals: number): Record<string, unknown> {
  if (type === 'credits.changed') return {}
  const answer = answerOf(asAnswered(entry, type), { pool, decimals })
  const { balance: _, available: __, held: ___, ...told } = answer
  const ofHold = entry.hold === null ? {} : { holdId: placeId('hold', pool, entry.hold) }
  return aside({ ...told, ...ofHold })
}

/** Rows that no command leaves as its own are told in the words of those that one does. */
function asAnswered(entry: Entry, type: string): Entry {
  if (type === 'charge.created') return { ...entry, type: 'charge' }
  switch (entry.type) {
    case 'hold_expired':
      return { ...entry, type: 'release' }
    case 'reversal':
      return { ...entry, type: 'void' }
    case 'refill':
    case 'trial':
    case 'plan_change':
    case 'starter':
    case 'sign_up':
      return { ...entry, type: 'grant' }
    default:
      return entry
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
