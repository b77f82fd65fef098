import { describe, expect, test } from 'vitest'
import {
  type ExportCalendar,
  latestOccurrence,
  missedOccurrences,
  nextOccurrence,
} from './export-schedule.ts'

const at = (text: string) => Date.parse(text)
const say = (instant: number) => new Date(instant).toISOString()
const saySpan = ({ dueAt, from, to }: { dueAt: number; from: number; to: number }) =>
  [dueAt, from, to].map((instant) => say(instant).replace(':00.000Z', 'Z')).join(' ')

const monthly: ExportCalendar = { every: 'month', at: 6 * 60, timeZone: 'UTC' }
const weekly: ExportCalendar = { every: 'week', at: 6 * 60, timeZone: 'UTC' }
const daily: ExportCalendar = { every: 'day', at: 6 * 60, timeZone: 'UTC' }

describe('a scheduled export', () => {
  test('of a month is due on the first of the next, of the whole month that ended', () => {
    const now = at('2026-03-01T06:00:00Z')
    expect(saySpan(latestOccurrence(monthly, now))).toBe(
      '2026-03-01T06:00Z 2026-02-01T00:00Z 2026-03-01T00:00Z',
    )
    expect(saySpan(nextOccurrence(monthly, now))).toBe(
      '2026-04-01T06:00Z 2026-03-01T00:00Z 2026-04-01T00:00Z',
    )
  })

  test('is not due before its wall time', () => {
    const now = at('2026-03-01T05:59:59Z')
    expect(saySpan(latestOccurrence(monthly, now))).toBe(
      '2026-02-01T06:00Z 2026-01-01T00:00Z 2026-02-01T00:00Z',
    )
    expect(saySpan(nextOccurrence(monthly, now))).toBe(
      '2026-03-01T06:00Z 2026-02-01T00:00Z 2026-03-01T00:00Z',
    )
  })

  test('of a week is of Monday to Sunday, and due on Monday', () => {
    expect(saySpan(latestOccurrence(weekly, at('2026-11-20T12:00:00Z')))).toBe(
      '2026-11-16T06:00Z 2026-11-09T00:00Z 2026-11-16T00:00Z',
    )
  })

  test('goes by the calendar of the account: a day of daylight saving has 23 hours or 25', () => {
    const inBerlin: ExportCalendar = { every: 'day', at: 9 * 60, timeZone: 'Europe/Berlin' }
    expect(saySpan(latestOccurrence(inBerlin, at('2026-03-30T12:00:00Z')))).toBe(
      '2026-03-30T07:00Z 2026-03-28T23:00Z 2026-03-29T22:00Z',
    )
    expect(saySpan(latestOccurrence(inBerlin, at('2026-10-26T12:00:00Z')))).toBe(
      '2026-10-26T08:00Z 2026-10-24T22:00Z 2026-10-25T23:00Z',
    )
  })

  test('at a wall time that daylight saving skips is due later by the gap', () => {
    const skipped: ExportCalendar = { every: 'day', at: 2 * 60 + 30, timeZone: 'Europe/Berlin' }
    expect(say(latestOccurrence(skipped, at('2026-03-29T12:00:00Z')).dueAt)).toBe('2026-03-29T01:30:00.000Z')
  })

  test('at a wall time that comes twice is due the first time', () => {
    const twice: ExportCalendar = { every: 'day', at: 2 * 60 + 30, timeZone: 'Europe/Berlin' }
    expect(say(latestOccurrence(twice, at('2026-10-25T12:00:00Z')).dueAt)).toBe('2026-10-25T00:30:00.000Z')
  })

  test('says how many were left out while nobody looked', () => {
    const done = latestOccurrence(daily, at('2026-08-22T12:00:00Z')).dueAt
    const latest = latestOccurrence(daily, at('2026-11-20T12:00:00Z'))
    expect(missedOccurrences(daily, done, latest)).toBe(89)
    expect(missedOccurrences(daily, latest.dueAt, nextOccurrence(daily, latest.dueAt))).toBe(0)
  })

  test.each([daily, weekly, monthly])('comes one after the other without a gap, every $every', (calendar) => {
    for (const timeZone of ['UTC', 'Europe/Berlin', 'America/Sao_Paulo', 'Pacific/Apia', 'Asia/Kolkata']) {
      let occurrence = latestOccurrence({ ...calendar, timeZone }, at('2011-12-01T00:00:00Z'))
      for (let count = 0; count < 60; count++) {
        const next = nextOccurrence({ ...calendar, timeZone }, occurrence.dueAt)
        expect(say(next.from)).toBe(say(occurrence.to))
        expect(latestOccurrence({ ...calendar, timeZone }, next.dueAt)).toEqual(next)
        expect(latestOccurrence({ ...calendar, timeZone }, next.dueAt - 1)).toEqual(occurrence)
        occurrence = next
      }
    }
  })
})
