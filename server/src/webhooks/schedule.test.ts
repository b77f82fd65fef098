import { expect, test } from 'vitest'
import {
  afterFailure,
  DISABLED_AFTER_MS,
  FAILURES_MAX,
  HEALTHY,
  isGivenUp,
  isHeldBack,
  nextTryAt,
  retryAfterAt,
} from './schedule.ts'

const NOW = Date.UTC(2026, 10, 20, 12)
const HOUR = 3_600_000
const DAY = 24 * HOUR

function triesOf(dice: number): number[] {
  const tries = [NOW]
  for (
    let next = nextTryAt(NOW, 1, null, dice);
    next !== null;
    next = nextTryAt(next, tries.length, null, dice)
  )
    tries.push(next)
  return tries
}

test('an event is tried eleven times in about three days', () => {
  const tries = triesOf(0.5)
  expect(tries).toHaveLength(11)
  expect((tries.at(-1)! - NOW) / DAY).toBeCloseTo(2.93, 2)
})

test('tries are spread by a fifth, so that what failed together does not come back together', () => {
  const [early, late] = [triesOf(0), triesOf(1)]
  expect(early[1]! - NOW).toBe(8_000)
  expect(late[1]! - NOW).toBe(12_000)
  expect((late.at(-1)! - NOW) / DAY).toBeLessThan(4)
})

test('Retry-After puts a try off, and never brings it forward', () => {
  expect(nextTryAt(NOW, 1, NOW + HOUR, 0.5)).toBe(NOW + HOUR)
  expect(nextTryAt(NOW, 8, NOW + HOUR, 0.5)).toBe(NOW + 12 * HOUR)
})

test.each([
  ['120', NOW + 120_000],
  [new Date(NOW + HOUR).toUTCString(), NOW + HOUR],
  ['999999999', NOW + DAY],
  ['0', null],
  ['-5', null],
  ['soon', null],
  [new Date(NOW - HOUR).toUTCString(), null],
  [null, null],
])('Retry-After: %s', (header, at) => {
  expect(retryAfterAt(header, NOW)).toBe(at)
})

test('a few failures hold nothing back', () => {
  let health = HEALTHY
  for (let times = 1; times < FAILURES_MAX; times++) health = afterFailure(health, NOW, null, 0.5)
  expect(isHeldBack(health)).toBe(false)
})

test('an endpoint that fails again and again is asked less and less often, and at least every hour or so', () => {
  let health = HEALTHY
  let now = NOW
  for (let times = 1; times < FAILURES_MAX; times++) health = afterFailure(health, now, null, 0.5)
  const waits: number[] = []
  for (let times = 0; times < 12; times++) {
    health = afterFailure(health, now, null, 0.5)
    waits.push(health.probeAt! - now)
    now = health.probeAt!
  }
  expect(waits).toEqual(waits.toSorted((one, other) => one - other))
  expect([waits[0], waits.at(-1)]).toEqual([5_000, HOUR])
})

test('an endpoint that asks to be left alone is, after one failure too', () => {
  expect(afterFailure(HEALTHY, NOW, NOW + HOUR, 0.5)).toMatchObject({ failures: 1, probeAt: NOW + HOUR })
})

test('an endpoint is given up when nothing was taken for longer than any event is tried', () => {
  const health = afterFailure(HEALTHY, NOW, null, 0.5)
  expect(isGivenUp(health, NOW + DISABLED_AFTER_MS - 1)).toBe(false)
  expect(isGivenUp(health, NOW + DISABLED_AFTER_MS)).toBe(true)
  expect(isGivenUp(HEALTHY, NOW + 1000 * DAY)).toBe(false)
  expect(triesOf(1).at(-1)! - NOW).toBeLessThan(DISABLED_AFTER_MS)
})
