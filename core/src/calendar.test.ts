import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  addDuration,
  type BudgetPeriod,
  DAY_MS,
  type Duration,
  isTimeZone,
  isYearOrLonger,
  midnightOf,
  sameDuration,
  startOfPeriod,
  subtractDuration,
  type Unit,
} from './calendar.ts'

const at = (text: string) => Date.parse(text)
const say = (instant: number) => new Date(instant).toISOString().replace('.000Z', 'Z')
const length = (count: number, unit: Unit): Duration => ({ count, unit })

test('months are clamped to their last day and counted from the anchor: 31 January, 28 February, 31 March', () => {
  const anchor = at('2027-01-31T10:00:00Z')
  expect([0, 1, 2, 3].map((times) => say(addDuration(anchor, length(1, 'month'), times, 'UTC')))).toEqual([
    '2027-01-31T10:00:00Z',
    '2027-02-28T10:00:00Z',
    '2027-03-31T10:00:00Z',
    '2027-04-30T10:00:00Z',
  ])
})

test('29 February is 28 February in other years, and 29 February again in the next leap year', () => {
  const anchor = at('2028-02-29T00:00:00Z')
  const years = [1, 2, 3, 4].map((times) =>
    say(addDuration(anchor, length(1, 'year'), times, 'UTC')).slice(0, 10),
  )
  expect(years).toEqual(['2029-02-28', '2030-02-28', '2031-02-28', '2032-02-29'])
})

test('an annual term from 15 January 2026 with its 90 days ends on 15 April 2027, 455 days later', () => {
  const start = at('2026-01-15T00:00:00Z')
  const end = addDuration(addDuration(start, length(1, 'year'), 1, 'UTC'), length(90, 'day'), 1, 'UTC')
  expect(say(end)).toBe('2027-04-15T00:00:00Z')
  expect((end - start) / DAY_MS).toBe(455)
})

test('a monthly term from 1 February lives until 31 March, a quarterly one from 31 January until 30 May', () => {
  const monthly = addDuration(at('2026-02-01T00:00:00Z'), length(1, 'month'), 1, 'UTC')
  const quarterly = addDuration(at('2026-01-31T00:00:00Z'), length(1, 'quarter'), 1, 'UTC')
  expect(
    [monthly, quarterly].map((end) => say(addDuration(end, length(30, 'day'), 1, 'UTC')).slice(0, 10)),
  ).toEqual(['2026-03-31', '2026-05-30'])
})

test('365 days from 9 May 2027 end on 8 May 2028, since a leap day lies between', () => {
  expect(say(addDuration(at('2026-05-09T00:00:00Z'), length(365, 'day'), 1, 'UTC')).slice(0, 10)).toBe(
    '2027-05-09',
  )
  expect(say(addDuration(at('2027-05-09T00:00:00Z'), length(365, 'day'), 1, 'UTC')).slice(0, 10)).toBe(
    '2028-05-08',
  )
})

test('a wall time that daylight saving skips happens later by the gap', () => {
  // In Berlin 02:30 does not exist on 29 March 2026: the clocks go from 02:00 to 03:00.
  const anchor = at('2026-02-28T01:30:00Z')
  expect(say(addDuration(anchor, length(29, 'day'), 1, 'Europe/Berlin'))).toBe('2026-03-29T01:30:00Z')
  expect(say(addDuration(anchor, length(30, 'day'), 1, 'Europe/Berlin'))).toBe('2026-03-30T00:30:00Z')
})

test('a wall time that comes twice happens the first time', () => {
  // In Berlin 02:30 comes twice on 25 October 2026: at 00:30 and at 01:30 UTC.
  expect(say(addDuration(at('2026-10-24T00:30:00Z'), length(1, 'day'), 1, 'Europe/Berlin'))).toBe(
    '2026-10-25T00:30:00Z',
  )
})

test('a day is a calendar day of 23, 24 or 25 hours, and hours are elapsed time', () => {
  const spring = at('2026-03-28T11:00:00Z')
  expect(addDuration(spring, length(1, 'day'), 1, 'Europe/Berlin') - spring).toBe(23 * 3_600_000)
  expect(addDuration(spring, length(24, 'hour'), 1, 'Europe/Berlin') - spring).toBe(24 * 3_600_000)
  const autumn = at('2026-10-24T10:00:00Z')
  expect(addDuration(autumn, length(1, 'day'), 1, 'Europe/Berlin') - autumn).toBe(25 * 3_600_000)
})

test('to subtract a length is to count it once before the anchor', () => {
  expect(say(subtractDuration(at('2026-03-31T00:00:00Z'), length(1, 'month'), 'UTC'))).toBe(
    '2026-02-28T00:00:00Z',
  )
  expect(say(subtractDuration(at('2026-01-05T12:00:00Z'), length(7, 'day'), 'UTC'))).toBe(
    '2025-12-29T12:00:00Z',
  )
})

const instants = fc.integer({ min: at('1971-01-01T00:00:00Z'), max: at('2099-12-31T00:00:00Z') })

test('the fast way of UTC and the calendar of a zone without gaps give the same instants', () => {
  const unit = fc.constantFrom<Unit>('minute', 'hour', 'day', 'week', 'month', 'quarter', 'year')
  fc.assert(
    fc.property(
      instants,
      unit,
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: -30, max: 30 }),
      (anchor, one, count, times) => {
        const duration = length(count, one)
        expect(addDuration(anchor, duration, times, 'UTC')).toBe(
          addDuration(anchor, duration, times, 'Etc/GMT'),
        )
      },
    ),
    { numRuns: 300 },
  )
})

test('the fast way of UTC and the calendar of a zone without gaps start the same days, weeks and months', () => {
  fc.assert(
    fc.property(instants, fc.constantFrom<BudgetPeriod>('day', 'week', 'month'), (instant, period) => {
      expect(startOfPeriod(instant, period, 'UTC')).toBe(startOfPeriod(instant, period, 'Etc/GMT'))
    }),
    { numRuns: 300 },
  )
})

test('period n of an anchor never comes before period n − 1, in any zone', () => {
  const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Apia')
  const unit = fc.constantFrom<Unit>('day', 'week', 'month', 'quarter', 'year')
  fc.assert(
    fc.property(instants, unit, zone, fc.integer({ min: 1, max: 40 }), (anchor, one, timeZone, times) => {
      const before = addDuration(anchor, length(1, one), times - 1, timeZone)
      expect(addDuration(anchor, length(1, one), times, timeZone)).toBeGreaterThanOrEqual(before)
    }),
    { numRuns: 200 },
  )
})

test('a week starts on Monday, a day and a month at midnight of the zone', () => {
  const sunday = at('2026-11-01T20:00:00Z')
  expect(say(startOfPeriod(sunday, 'week', 'UTC'))).toBe('2026-10-26T00:00:00Z')
  expect(say(startOfPeriod(sunday, 'month', 'UTC'))).toBe('2026-11-01T00:00:00Z')
  expect(say(startOfPeriod(sunday, 'day', 'Asia/Kolkata'))).toBe('2026-11-01T18:30:00Z')
  expect(say(startOfPeriod(sunday, 'week', 'Asia/Kolkata'))).toBe('2026-11-01T18:30:00Z')
  expect(say(startOfPeriod(at('1969-12-31T12:00:00Z'), 'week', 'UTC'))).toBe('1969-12-29T00:00:00Z')
})

test('a quarter is three months and a year twelve; a month is no number of days', () => {
  expect(sameDuration(length(1, 'quarter'), length(3, 'month'))).toBe(true)
  expect(sameDuration(length(1, 'year'), length(4, 'quarter'))).toBe(true)
  expect(sameDuration(length(2, 'week'), length(14, 'day'))).toBe(true)
  expect(sameDuration(length(1, 'hour'), length(60, 'minute'))).toBe(true)
  expect(sameDuration(length(1, 'month'), length(30, 'day'))).toBe(false)
})

test('a year or longer are 12 months, 4 quarters and 365 days, and nothing below', () => {
  const long = [
    length(1, 'year'),
    length(12, 'month'),
    length(4, 'quarter'),
    length(365, 'day'),
    length(53, 'week'),
  ]
  const short = [length(11, 'month'), length(3, 'quarter'), length(364, 'day'), length(52, 'week')]
  expect(long.map(isYearOrLonger)).toEqual(Array(5).fill(true))
  expect(short.map(isYearOrLonger)).toEqual(Array(4).fill(false))
})

test('a date without time is midnight in the zone, and a date that there is not is none', () => {
  expect(say(midnightOf('2026-11-01', 'UTC') ?? 0)).toBe('2026-11-01T00:00:00Z')
  expect(say(midnightOf('2026-11-01', 'Asia/Kolkata') ?? 0)).toBe('2026-10-31T18:30:00Z')
  expect(
    ['2026-02-29', '2026-13-01', '2026-1-1', 'tomorrow', ''].map((date) => midnightOf(date, 'UTC')),
  ).toEqual(Array(5).fill(null))
})

test('time zones are names of the IANA database, not offsets', () => {
  expect(['UTC', 'Europe/Berlin', 'Asia/Kolkata'].map(isTimeZone)).toEqual([true, true, true])
  expect(['Mars/Olympus', '+02:00', '', 'Berlin', '2027-01-01T00:00:00Z'].map(isTimeZone)).toEqual(
    Array(5).fill(false),
  )
})
