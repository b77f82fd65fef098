import fc from 'fast-check'
import { expect, test } from 'vitest'
import { givenPool, instant, type PoolUnderTest, textOf } from './pool-under-test.ts'

const MONTHLY = {
  plans: { plus: { every: 'month', credits: 100, rollover: { bank: 150, counts: 'carried' } } },
}

test('at expiresAt the credit is gone, and a millisecond before it can be spent', () => {
  const expiresAt = instant('2026-02-01')
  const granted = () => {
    const pool = givenPool()
    pool.grant(10, { expiresAt })
    return pool
  }
  expect(
    granted()
      .at(expiresAt - 1)
      .charge(10).amount,
  ).toBe(-10)
  expect(
    granted()
      .at(expiresAt)
      .says({ type: 'charge', action: 'use', quantities: { units: 1 }, options: {} }),
  ).toBe('insufficient_credits')
})

test('a refused command keeps what time did, dated when it was due, and nothing else', () => {
  const pool = givenPool()
  pool.grant(10, { expiresAt: instant('2026-02-01') })
  const refused = pool
    .at('2026-05-01')
    .decide({ type: 'charge', action: 'use', quantities: { units: 1 }, options: {} })
  expect(refused.changes.entries.map((entry) => [textOf(entry.at), entry.type])).toEqual([
    ['2026-02-01', 'expired'],
  ])
})

test('a scheduled lot has no row and no part of the balance until it starts, and then its row is dated so', () => {
  const pool = givenPool()
  pool.grant(10, { effectiveAt: instant('2026-02-01') })
  expect(pool.at('2026-01-31T23:59Z').state().totals).toMatchObject({ available: 0, received: 0 })
  expect(pool.rows()).toEqual([])
  expect(pool.at('2026-03-01').state().totals).toMatchObject({ available: 10, received: 10 })
  expect(pool.rows()).toEqual(['2026-02-01 grant +10'])
})

test('at one instant lots expire, holds time out, scheduled lots start, the period changes, rollover cuts and the refill comes, in this order', () => {
  const pool = givenPool({ catalog: MONTHLY })
  pool.subscribe('plus')
  pool.at('2026-01-20').grant(7, { expiresAt: instant('2026-02-01') })
  pool.grant(5, { effectiveAt: instant('2026-02-01') })
  pool.at('2026-01-31').hold(10, { timeoutMs: 86_400_000 })
  pool.at('2026-03-01')
  const due = (at: string) =>
    pool
      .entries()
      .filter((entry) => entry.at === instant(at))
      .map((entry) => `${entry.type} ${entry.amount || entry.held}`)
  expect(due('2026-02-01')).toEqual(['expired -7', 'hold_expired -10', 'grant 5', 'refill 100'])
  expect(due('2026-03-01')).toEqual(['rollover_excess -50', 'refill 100'])
})

test('within a step the number in the pool decides', () => {
  const pool = givenPool()
  pool.grant(2, { expiresAt: instant('2026-02-01') })
  pool.grant(1, { expiresAt: instant('2026-02-01'), kind: 'promotional' })
  pool.grant(4, { effectiveAt: instant('2026-02-01') })
  pool.grant(3, { effectiveAt: instant('2026-02-01') })
  pool.at('2026-02-02')
  expect(
    pool
      .entries()
      .filter((entry) => entry.type === 'expired')
      .flatMap((entry) => entry.draws),
  ).toEqual([
    { lot: expect.any(Number), credits: -2 },
    { lot: expect.any(Number), credits: -1 },
  ])
  expect(pool.rows().slice(-2)).toEqual(['2026-02-01 grant +4', '2026-02-01 grant +3'])
})

test('what is freed by a time-out at the end of the period is there for the rollover of that instant', () => {
  const pool = givenPool({
    catalog: { plans: { plus: { every: 'month', credits: 100, rollover: { bank: 50, counts: 'carried' } } } },
  })
  pool.subscribe('plus')
  pool.at('2026-01-31').hold(80, { timeoutMs: 86_400_000 })
  expect(pool.at('2026-02-01').lots()).toEqual(['subscription 50', 'subscription 100'])
})

test('months in which nobody came are caught up in one step, each refill dated as due', () => {
  const pool = givenPool({ at: '2026-01-31', catalog: { plans: { plus: { every: 'month', credits: 10 } } } })
  pool.subscribe('plus')
  pool.at('2026-05-15')
  expect(pool.rows().filter((row) => row.includes('refill'))).toEqual([
    '2026-01-31 refill +10',
    '2026-02-28 refill +10',
    '2026-03-31 refill +10',
    '2026-04-30 refill +10',
  ])
})

test('at each due instant the catalog that was live then applies, though nobody touched the pool for months', () => {
  const pool = givenPool({ catalog: { plans: { plus: { every: 'month', credits: 10, rollover: 'keep' } } } })
  pool.subscribe('plus')
  pool.at('2026-02-15').apply({ plans: { plus: { every: 'month', credits: 20, rollover: 'keep' } } })
  pool.at('2026-03-15').apply({ plans: { plus: { every: 'month', credits: 40, rollover: 'keep' } } })
  pool.at('2026-05-01')
  expect(pool.rows()).toEqual([
    '2026-01-01 refill +10',
    '2026-02-01 refill +10',
    '2026-03-01 refill +20',
    '2026-04-01 refill +40',
    '2026-05-01 refill +40',
  ])
})

test("a command whose clock is behind happens at the pool's time, and rows never go back", () => {
  const pool = givenPool()
  pool.at('2026-03-01').grant(10)
  const charge = pool.at('2026-02-01').charge(1)
  expect(textOf(charge.at)).toBe('2026-03-01')
})

test('a clock that is behind the first day finds what came on it', () => {
  const pool = givenPool({ catalog: { newAccounts: { credits: 50 } } })
  const charge = pool.at('2025-12-31T23:59Z').charge(20)
  expect([textOf(charge.at), pool.state().totals.available]).toEqual(['2026-01-01', 30])
})

test('what nobody asked for and no time brought changes nothing: the very same state comes back', () => {
  const pool = givenPool({ catalog: MONTHLY })
  pool.subscribe('plus')
  const decision = pool.at('2026-01-15').decide({ type: 'advance' })
  expect(decision.changes).toEqual({ entries: [], lots: [], holds: [], notices: [] })
  expect(pool.at('2026-01-16').decide({ type: 'advance' }).state.at).toBe(decision.state.at)
})

test("a new account gets the catalog's plan and sign-up credits on its first day, once, whenever it is first looked at", () => {
  const catalog = {
    newAccounts: { plan: 'free', credits: 50, expires: '30 days' },
    plans: { free: { credits: 20 } },
  }
  const pool = givenPool({ catalog })
  pool.at('2026-06-01')
  expect(pool.rows()).toEqual(['2026-01-01 starter +20', '2026-01-01 sign_up +50', '2026-01-31 expired -50'])
  expect(pool.state().basePlan?.plan).toBe('free')
})

/** A pool with everything that time does, whose commands come at fixed instants. */
function live(stops: readonly number[]): PoolUnderTest {
  const catalog = {
    newAccounts: { credits: 50, expires: '40 days' },
    plans: {
      plus: { every: 'month', credits: 100, rollover: { bank: 150, counts: 'carried' }, pastDueDays: 10 },
    },
    alerts: { remaining: ['50%', 20], expiring: ['7 days'] },
  }
  const pool = givenPool({ at: '2026-01-31', catalog, timeZone: 'Europe/Berlin' })
  const till = (when: string) => {
    for (const stop of stops) if (stop > pool.now() && stop < instant(when)) pool.at(stop).state()
    return pool.at(when)
  }
  pool.subscribe('plus')
  const hold = till('2026-02-20').hold(70, { timeoutMs: 20 * 86_400_000 })
  pool.grant(30, { effectiveAt: instant('2026-03-28T22:00Z'), expiresAt: instant('2026-04-02') })
  till('2026-02-25').capture(hold, 20, { final: false })
  till('2026-04-05').charge(90)
  till('2026-04-10').does({ type: 'payment_failed' })
  till('2026-06-15').does({ type: 'payment_received' })
  till('2026-08-01').state()
  return pool
}

test('advancing in one step or through any instants before gives the same lots, rows and notices, ids apart', () => {
  const seen = (pool: PoolUnderTest) => ({
    lots: pool.lives(),
    rows: pool
      .entries()
      .map(
        (entry) =>
          `${textOf(entry.at)} ${entry.type} ${entry.amount} ${entry.held} ${entry.totals.available}`,
      ),
    notices: pool.news(),
  })
  const atOnce = seen(live([]))
  const stops = fc.array(fc.integer({ min: instant('2026-01-31'), max: instant('2026-08-01') }), {
    maxLength: 20,
  })
  fc.assert(
    fc.property(stops, (anyTimes) => {
      expect(seen(live(anyTimes.toSorted((a, b) => a - b)))).toEqual(atOnce)
    }),
  )
})
