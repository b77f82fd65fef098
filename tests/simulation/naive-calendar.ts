/** The calendar as Temporal has it, without a shortcut; answers are kept because it is slow. */
import type { Duration } from '@scrip/core'
import { Temporal } from 'temporal-polyfill'

const known = new Map<string, number>()

function remembered(key: string, compute: () => number): number {
  const before = known.get(key)
  if (before !== undefined) return before
  if (known.size > 500_000) known.clear()
  const answer = compute()
  known.set(key, answer)
  return answer
}

/** `times` lengths after `from`; minutes and hours are elapsed time, the rest is the zone's calendar. */
export function after(from: number, length: Duration, times: number, zone: string): number {
  const count = length.count * times
  if (length.unit === 'minute') return from + count * 60_000
  if (length.unit === 'hour') return from + count * 3_600_000
  return remembered(`${from} ${count} ${length.unit} ${zone}`, () => {
    const wall = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone).toPlainDateTime()
    return wall.add(inCalendarUnits(length.unit, count)).toZonedDateTime(zone).epochMilliseconds
  })
}

function inCalendarUnits(unit: Duration['unit'], count: number) {
  if (unit === 'day') return { days: count }
  if (unit === 'week') return { weeks: count }
  if (unit === 'month') return { months: count }
  return unit === 'quarter' ? { months: 3 * count } : { years: count }
}

/** When the day, the week (from Monday) or the month of `at` began. */
export function beginningOf(period: 'day' | 'week' | 'month', at: number, zone: string): number {
  const hour = Math.floor(at / 900_000)
  return remembered(`${hour} ${period} ${zone}`, () => {
    let date = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate()
    while (period === 'week' && date.dayOfWeek !== 1) date = date.subtract({ days: 1 })
    while (period === 'month' && date.day !== 1) date = date.subtract({ days: 1 })
    return date.toZonedDateTime(zone).epochMilliseconds
  })
}
