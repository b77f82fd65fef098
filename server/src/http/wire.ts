/**
 * JSON ↔ the domain: credits with the project's decimals ↔ whole units, ISO 8601 ↔ epoch
 * milliseconds. What does not translate is a fault of the request, with its path.
 */
import { type Credits, type Instant, midnightOf, parseCredits } from '@scrip/core'
import type { Fault } from './faults.ts'
import { Malformed } from './problems.ts'

/** Collects faults of several fields, so that all are answered at once. */
export interface Reading {
  readonly decimals: number
  readonly faults: Fault[]
}

export function openReading(decimals: number): Reading {
  return { decimals, faults: [] }
}

/** Call after the last field: refuses where any did not translate. */
export function endReading(reading: Reading): void {
  if (reading.faults.length > 0) throw new Malformed(reading.faults)
}

export function creditsIn(reading: Reading, path: string, value: number): Credits {
  const units = parseCredits(value, reading.decimals)
  if (units !== null) return units
  const expected =
    reading.decimals === 0
      ? 'a whole number of credits below 10^15'
      : `credits with at most ${reading.decimals} decimals, below 10^15 of the smallest unit`
  reading.faults.push({ path, code: 'not_an_amount', expected, found: value })
  return 0
}

export function optionalCredits(
  reading: Reading,
  path: string,
  value: number | null | undefined,
): Credits | null {
  return value === undefined || value === null ? null : creditsIn(reading, path, value)
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})$/
const EARLIEST = Date.UTC(1970, 0, 1)
const LATEST = Date.UTC(9999, 11, 31)

/** An instant with its offset, or a date, which is midnight in `timeZone`. One that does not exist (31 February, 25:00) is refused. */
export function parseInstant(value: string, timeZone: string): Instant | null {
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return inRange(midnightOf(value, timeZone))
  if (!INSTANT.test(value)) return null
  // Date.parse rolls 31 February over into March; the calendar refuses the date.
  if (midnightOf(value.slice(0, 10), 'UTC') === null) return null
  const parsed = Date.parse(value)
  return Number.isNaN(parsed) || value.slice(11, 13) === '24' ? null : inRange(parsed)
}

function inRange(instant: Instant | null): Instant | null {
  return instant === null || instant < EARLIEST || instant > LATEST ? null : instant
}

function instantIn(reading: Reading, path: string, value: string, timeZone: string): Instant {
  const instant = parseInstant(value, timeZone)
  if (instant !== null) return instant
  const expected = 'an instant that exists, such as 2026-11-20T12:00:00Z, or a date such as 2026-11-20'
  reading.faults.push({ path, code: 'not_an_instant', expected, found: value })
  return 0
}

export function optionalInstant(
  reading: Reading,
  path: string,
  value: string | null | undefined,
  timeZone: string,
): Instant | null {
  return value === undefined || value === null ? null : instantIn(reading, path, value, timeZone)
}
