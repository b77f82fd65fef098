import { expect, test } from 'vitest'
import { givenPool, instant, type PoolUnderTest } from './pool-under-test.ts'

const DAY = 86_400_000
type Every = 'day' | 'week' | 'month' | null

function limit(
  pool: PoolUnderTest,
  credits: number,
  every: Every,
  who: { userId?: string; subjectId?: string } = {},
  accountId = 'owner',
) {
  const budget = { limit: credits, every, userId: who.userId ?? null, subjectId: who.subjectId ?? null }
  pool.does({ type: 'budget', name: `limit ${credits}`, budget, spent: 0, accountId })
}

const ask = (units: number) => ({
  type: 'charge' as const,
  action: 'use',
  quantities: { units },
  options: {},
})

function rich(at = '2026-01-14', timeZone = 'UTC'): PoolUnderTest {
  const pool = givenPool({ at, timeZone })
  pool.grant(10_000)
  return pool
}

test('a budget limits what an account spends in a period, held and captured together', () => {
  const pool = rich()
  limit(pool, 10, 'day')
  pool.charge(4)
  pool.hold(5)
  expect(pool.refuses(ask(2))).toMatchObject({ code: 'budget_exceeded', facts: { limit: 10, spent: 9 } })
  pool.charge(1)
  expect(pool.says(ask(1))).toBe('budget_exceeded')
})

test.each([
  ['day', '2026-01-14T23:59Z', '2026-01-15'],
  ['week', '2026-01-18T23:59Z', '2026-01-19'],
  ['month', '2026-01-31T23:59Z', '2026-02-01'],
] as const)('a %s ends after %s: from %s on there is room again', (every, last, next) => {
  const pool = rich()
  limit(pool, 10, every)
  pool.charge(10)
  expect(pool.at(last).says(ask(1))).toBe('budget_exceeded')
  expect(pool.at(next).charge(10).amount).toBe(-10)
})

test('a budget in all never has room again', () => {
  const pool = rich()
  limit(pool, 10, null)
  pool.charge(10)
  expect(pool.at('2030-01-01').says(ask(1))).toBe('budget_exceeded')
})

test("the periods are those of the account's calendar", () => {
  const pool = rich('2026-01-14T17:00Z', 'Asia/Kolkata')
  limit(pool, 10, 'day')
  pool.charge(10)
  expect(pool.at('2026-01-14T18:29Z').says(ask(1))).toBe('budget_exceeded')
  expect(pool.at('2026-01-14T18:30Z').charge(1).amount).toBe(-1)
})

test("a sharing account's budget has that account's calendar, and counts that account's spending alone", () => {
  const pool = rich('2026-01-14T17:00Z')
  pool.shareWith('child', 'Asia/Kolkata')
  limit(pool, 10, 'day', {}, 'child')
  pool.charge(50)
  pool.charge(10, { accountId: 'child' })
  expect(pool.at('2026-01-14T18:29Z').says({ ...ask(1), accountId: 'child' })).toBe('budget_exceeded')
  expect(pool.at('2026-01-14T18:30Z').charge(1, { accountId: 'child' }).amount).toBe(-1)
})

test('a budget of a user or a subject counts what that user or subject spends, and every budget that matches must have room', () => {
  const pool = rich()
  limit(pool, 10, 'day', { userId: 'ann' })
  limit(pool, 5, 'day', { subjectId: 'event 7' })
  const subject = { type: 'event', id: 'event 7', name: null }
  pool.charge(50)
  pool.charge(6, { userId: 'ann' })
  expect(pool.says({ ...ask(5), userId: 'ann' })).toBe('budget_exceeded')
  pool.charge(5, { userId: 'bob', subject })
  expect(pool.says({ ...ask(1), userId: 'ann', subject })).toBe('budget_exceeded')
  expect(pool.charge(4, { userId: 'ann' }).amount).toBe(-4)
})

test('release, time-out and refund give the room back in the period in which it was spent', () => {
  const pool = rich()
  limit(pool, 10, 'day')
  const charge = pool.charge(3)
  const hold = pool.hold(4)
  pool.hold(3, { timeoutMs: 60_000 })
  expect(pool.says(ask(1))).toBe('budget_exceeded')
  pool.refund(charge, 2)
  pool.does({ type: 'release', hold })
  pool.at('2026-01-14T00:01Z')
  expect(pool.says(ask(10))).toBe('budget_exceeded')
  expect(pool.charge(9).amount).toBe(-9)
})

test('what comes back in a later period gives no room there: it counts in the period in which the charge was made', () => {
  const pool = rich()
  limit(pool, 10, 'day')
  const charge = pool.charge(10)
  const hold = pool.at('2026-01-15').hold(10, { timeoutMs: 3 * DAY })
  pool.refund(charge)
  expect(pool.says(ask(1))).toBe('budget_exceeded')
  pool.at('2026-01-16').charge(10)
  pool.does({ type: 'release', hold })
  expect(pool.says(ask(1))).toBe('budget_exceeded')
})

test('a capture is never refused by a budget, and what goes beyond the hold counts', () => {
  const pool = rich()
  limit(pool, 10, 'day')
  const hold = pool.hold(8)
  expect(pool.capture(hold, 15, { beyondHold: true }).amount).toBe(-15)
  expect(pool.refuses(ask(1)).facts).toMatchObject({ limit: 10, spent: 15 })
})

test('what was spent before it was set counts where the shell says so, and a changed limit keeps what was counted', () => {
  const pool = rich()
  const budget = { limit: 10, every: 'day' as const, userId: null, subjectId: null }
  pool.does({ type: 'budget', name: 'daily', budget, spent: 7 })
  expect(pool.says(ask(4))).toBe('budget_exceeded')
  pool.charge(3)
  pool.does({ type: 'budget', name: 'daily', budget: { ...budget, limit: 12 }, spent: 10 })
  expect(pool.says(ask(3))).toBe('budget_exceeded')
  pool.charge(2)
  expect(pool.state().budgets).toHaveLength(1)
})

test('a budget taken away limits nothing, and one that is not there cannot be taken away', () => {
  const pool = rich()
  limit(pool, 10, 'day')
  pool.does({ type: 'budget', name: 'limit 10', budget: null, spent: 0 })
  expect(pool.charge(100).amount).toBe(-100)
  expect(pool.says({ type: 'budget', name: 'limit 10', budget: null, spent: 0 })).toBe('budget_not_found')
})

test('a free action has room in every budget', () => {
  const pool = rich()
  limit(pool, 1, 'day')
  pool.charge(1)
  expect(pool.charge(0).amount).toBe(0)
})

test('a hold made before midnight and captured after it counts in the day it was made', () => {
  const pool = rich('2026-01-14T23:00Z')
  limit(pool, 10, 'day')
  const hold = pool.hold(10, { timeoutMs: 2 * DAY })
  pool.at('2026-01-15T01:00Z').capture(hold, 10)
  expect(pool.charge(10).amount).toBe(-10)
  expect(pool.entries().find((entry) => entry.type === 'capture')?.madeAt).toBe(instant('2026-01-14T23:00Z'))
})

test('what is free needs no room, even where more was spent than the limit', () => {
  const pool = rich()
  limit(pool, 10, 'day')
  const hold = pool.hold(8)
  pool.capture(hold, 15, { beyondHold: true })
  expect(pool.charge(0).amount).toBe(0)
})

test('what a capture takes beyond its hold counts in the day the hold was made, where its refund gives it back', () => {
  const pool = rich('2026-01-14T23:00Z')
  limit(pool, 10, 'day')
  const hold = pool.hold(4, { timeoutMs: 2 * DAY })
  const charge = pool.at('2026-01-15T01:00Z').capture(hold, 9, { beyondHold: true })
  expect(pool.charge(10).amount).toBe(-10)
  pool.refund(charge)
  expect(pool.says(ask(1))).toBe('budget_exceeded')
})
