/** Lengths of time as people write them: `7 days`, `month`, `2 years`; and lives of credits. */
import type { Duration, Unit } from '../calendar.ts'
import type { Expiry } from './catalog.ts'
import { expected, type Keys, type Reading } from './faults.ts'

const LENGTH = /^(?:(\d{1,5}) )?(minute|hour|day|week|month|quarter|year)(s?)$/

/** No length is longer than a century: beyond it a calendar leaves the range of exact instants. */
const MOST: Readonly<Record<Unit, number>> = {
  minute: 52_560_000,
  hour: 876_000,
  day: 36_500,
  week: 5_200,
  month: 1_200,
  quarter: 400,
  year: 100,
}

/** The length, or null where the text is none. */
export function parseDuration(text: string): Duration | null {
  const match = LENGTH.exec(text.trim())
  if (match === null) return null
  const count = Number(match[1] ?? 1)
  const unit = match[2] as Unit
  if (match[1] === undefined && match[3] === 's') return null
  return count >= 1 && count <= MOST[unit] ? { count, unit } : null
}

/** A length of time; null where the file has none, or has something else. */
export function readDuration(reading: Reading, value: unknown, keys: Keys): Duration | null {
  if (value === undefined || value === null) return null
  const duration = typeof value === 'string' ? parseDuration(value) : null
  if (duration === null) {
    expected(
      reading,
      keys,
      'not_a_length_of_time',
      'a length of time such as 7 days, month or 2 years',
      value,
    )
  }
  return duration
}

/** A length of whole calendar days: periods, terms and windows are never hours. */
export function readCalendarDuration(reading: Reading, value: unknown, keys: Keys): Duration | null {
  const duration = readDuration(reading, value, keys)
  if (duration === null || (duration.unit !== 'minute' && duration.unit !== 'hour')) return duration
  expected(reading, keys, 'not_a_length_of_time', 'a length of days or longer', value)
  return null
}

/** How long credits live: never an end, a length of time, or `term`, as long as the current period's refill. */
export function readExpiry(reading: Reading, value: unknown, keys: Keys): Expiry {
  if (value === undefined || value === null || value === 'never') return { kind: 'never' }
  if (value === 'term') return { kind: 'term' }
  const length = typeof value === 'string' ? parseDuration(value) : null
  if (length !== null) return { kind: 'after', length }
  expected(reading, keys, 'not_a_length_of_time', 'a length of time such as 2 years, term or never', value)
  return { kind: 'never' }
}
