/**
 * The one calendar (rules.md, "Amounts and time"): lengths of calendar time in a time zone, clamped
 * to a month's last day and always counted from the anchor, never chained from a clamped date. A
 * wall time that daylight saving skips happens later by the gap; one that comes twice, the first time.
 */
import { Temporal } from 'temporal-polyfill'
import { assert, type Instant } from './amounts.ts'

export type Unit = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year'

/** A number and a unit: `7 days`, `month`, `2 years`. `count` ≥ 1. */
export interface Duration {
  readonly count: number
  readonly unit: Unit
}

const MINUTE = 60_000
const HOUR = 3_600_000
export const DAY_MS = 86_400_000

/** `times` lengths after `anchor`, by the calendar of `timeZone`. Hours and minutes are elapsed time. */
export function addDuration(anchor: Instant, duration: Duration, times: number, timeZone: string): Instant {
  const count = duration.count * times
  assert(Number.isSafeInteger(count), 'a length of time is a whole number of units')
  switch (duration.unit) {
    case 'minute':
      return anchor + count * MINUTE
    case 'hour':
      return anchor + count * HOUR
    case 'day':
      return addCalendar(anchor, { days: count }, timeZone)
    case 'week':
      return addCalendar(anchor, { days: 7 * count }, timeZone)
    case 'month':
      return addCalendar(anchor, { months: count }, timeZone)
    case 'quarter':
      return addCalendar(anchor, { months: 3 * count }, timeZone)
    case 'year':
      return addCalendar(anchor, { months: 12 * count }, timeZone)
  }
}

/** The same length before `anchor`. */
export function subtractDuration(anchor: Instant, duration: Duration, timeZone: string): Instant {
  return addDuration(anchor, duration, -1, timeZone)
}

function addCalendar(
  anchor: Instant,
  amount: { days: number } | { months: number },
  timeZone: string,
): Instant {
  // UTC has no gaps, and it is by far the most frequent zone: plain arithmetic gives the same answer faster.
  if (timeZone === 'UTC') return addUtc(anchor, amount)
  const zoned = Temporal.Instant.fromEpochMilliseconds(anchor).toZonedDateTimeISO(timeZone)
  const plain = zoned.toPlainDateTime().add(amount, { overflow: 'constrain' })
  return plain.toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds
}

function addUtc(anchor: Instant, amount: { days: number } | { months: number }): Instant {
  if ('days' in amount) return anchor + amount.days * DAY_MS
  const date = new Date(anchor)
  const month = date.getUTCFullYear() * 12 + date.getUTCMonth() + amount.months
  const year = Math.floor(month / 12)
  const monthOfYear = month - year * 12
  const lastDay = new Date(Date.UTC(year, monthOfYear + 1, 0)).getUTCDate()
  const dayStart = Date.UTC(year, monthOfYear, Math.min(date.getUTCDate(), lastDay))
  return dayStart + (anchor - Math.floor(anchor / DAY_MS) * DAY_MS)
}

/** Whether the two lengths are the same interval, a quarter being three months and a year twelve. */
export function sameDuration(left: Duration, right: Duration): boolean {
  const [a, b] = [normalize(left), normalize(right)]
  return a.count === b.count && a.unit === b.unit
}

/** Whether the length is a year or longer: which rollover window a term has by default. */
export function isYearOrLonger(duration: Duration): boolean {
  const { count, unit } = normalize(duration)
  return unit === 'month' ? count >= 12 : unit === 'day' ? count >= 365 : false
}

function normalize(duration: Duration): Duration {
  switch (duration.unit) {
    case 'year':
      return { count: duration.count * 12, unit: 'month' }
    case 'quarter':
      return { count: duration.count * 3, unit: 'month' }
    case 'week':
      return { count: duration.count * 7, unit: 'day' }
    case 'hour':
      return { count: duration.count * 60, unit: 'minute' }
    default:
      return duration
  }
}

export type BudgetPeriod = 'day' | 'week' | 'month'

/** The start of the day, the week (from Monday) or the month that `instant` lies in, in `timeZone`. */
export function startOfPeriod(instant: Instant, period: BudgetPeriod, timeZone: string): Instant {
  if (timeZone === 'UTC') return startOfPeriodUtc(instant, period)
  const zoned = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone)
  const day =
    period === 'day'
      ? zoned
      : period === 'week'
        ? zoned.subtract({ days: zoned.dayOfWeek - 1 })
        : zoned.with({ day: 1 })
  return day.startOfDay().epochMilliseconds
}

function startOfPeriodUtc(instant: Instant, period: BudgetPeriod): Instant {
  const day = Math.floor(instant / DAY_MS)
  if (period === 'day') return day * DAY_MS
  // 1970-01-01 was a Thursday, three days after a Monday.
  if (period === 'week') return (day - ((((day + 3) % 7) + 7) % 7)) * DAY_MS
  const date = new Date(instant)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
}

/** A wall time of the day that begins at `day`, in minutes after midnight. */
export function timeOfDay(day: Instant, minutes: number, timeZone: string): Instant {
  assert(minutes >= 0 && minutes < 1440, 'a time of day is less than a day')
  const date = Temporal.Instant.fromEpochMilliseconds(day).toZonedDateTimeISO(timeZone).toPlainDate()
  const wall = date.toPlainDateTime({ hour: Math.floor(minutes / 60), minute: minutes % 60 })
  return wall.toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds
}

/** Midnight of a date without time (`2026-11-01`) in `timeZone`, or null where there is no such date. */
export function midnightOf(date: string, timeZone: string): Instant | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return null
  try {
    return Temporal.PlainDate.from(date, { overflow: 'reject' }).toZonedDateTime(timeZone).startOfDay()
      .epochMilliseconds
  } catch {
    return null
  }
}

/** Whether the name is a time zone of the IANA database (or UTC). */
export function isTimeZone(name: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name)
    // A whole date and time would be taken for the zone it names.
    return /^[A-Za-z]/.test(name)
  } catch {
    return false
  }
}
