import { expect, test } from 'vitest'
import { givenPool, instant } from './pool-under-test.ts'

const DAY = 86_400_000
const ask = (units: number) => ({ type: 'hold' as const, action: 'use', quantities: { units }, options: {} })

test('a hold takes its credits in spend order and names its lots; the balance keeps them, available does not', () => {
  const pool = givenPool()
  const [bought, free] = [pool.buy(50), pool.grant(10)]
  const hold = pool.hold(30)
  expect(hold.draws).toEqual([
    { lot: free.draws[0]?.lot, credits: 10 },
    { lot: bought.draws[0]?.lot, credits: 20 },
  ])
  expect(hold.amount).toBe(0)
  expect(pool.state().totals).toMatchObject({ available: 30, held: 30, used: 0 })
})

test('a hold is refused whole where not all of it is available', () => {
  const pool = givenPool()
  pool.grant(10)
  pool.hold(6)
  expect(pool.refuses(ask(5))).toMatchObject({
    code: 'insufficient_credits',
    facts: { required: 5, available: 4, held: 6, missing: 1 },
  })
})

test('after its time-out, one hour unless said, a hold is released by itself at that instant', () => {
  const pool = givenPool()
  pool.grant(10)
  pool.hold(10)
  expect(pool.at('2026-01-01T00:59Z').state().totals.held).toBe(10)
  pool.at('2026-01-01T01:00Z')
  expect(pool.state().totals).toMatchObject({ available: 10, held: 0 })
  expect(pool.entries().at(-1)).toMatchObject({
    type: 'hold_expired',
    at: instant('2026-01-01T01:00Z'),
    held: -10,
  })
})

test('at its time-out a hold is over: nothing can be captured or released any more', () => {
  const pool = givenPool()
  pool.grant(10)
  const hold = pool.hold(10, { timeoutMs: 60_000 })
  pool.at('2026-01-01T00:01Z')
  expect(pool.says({ type: 'capture', hold, final: true, beyondHold: false })).toBe('hold_ended')
  expect(pool.says({ type: 'release', hold })).toBe('hold_ended')
})

test('a millisecond before its time-out it can still be captured', () => {
  const pool = givenPool()
  pool.grant(10)
  const hold = pool.hold(10, { timeoutMs: 60_000 })
  expect(pool.at(hold.at + 59_999).capture(hold).amount).toBe(-10)
})

test('a hold ends once: captured finally, released or timed out', () => {
  const pool = givenPool()
  pool.grant(30)
  const captured = pool.hold(10)
  pool.capture(captured, 4)
  const released = pool.hold(10)
  pool.does({ type: 'release', hold: released })
  for (const hold of [captured, released]) {
    expect(pool.says({ type: 'release', hold })).toBe('hold_ended')
    expect(pool.says({ type: 'capture', hold, final: true, beyondHold: false })).toBe('hold_ended')
  }
  expect(pool.state().totals).toMatchObject({ available: 26, held: 0 })
})

test.each([[999], [30 * DAY + 1]])(
  'a time-out of %i ms is refused: a hold lives from 1 second to 30 days',
  (timeoutMs) => {
    const pool = givenPool()
    pool.grant(10)
    expect(pool.says({ ...ask(1), timeoutMs })).toBe('timeout_out_of_range')
  },
)

test('a time-out of 1 second and one of 30 days are taken', () => {
  const pool = givenPool()
  pool.grant(10)
  pool.hold(1, { timeoutMs: 1_000 })
  pool.hold(2, { timeoutMs: 30 * DAY })
  expect(pool.at('2026-01-30T23:59Z').state().totals.held).toBe(2)
  expect(pool.at('2026-01-31').state().totals.held).toBe(0)
})

test('a hold can be given more time, but never beyond 30 days after it was made', () => {
  const pool = givenPool()
  pool.grant(10)
  const hold = pool.hold(10, { timeoutMs: DAY })
  pool.at('2026-01-01T12:00Z').does({ type: 'extend', hold, timeoutMs: 2 * DAY })
  expect(pool.at('2026-01-03T11:59Z').state().totals.held).toBe(10)
  expect(pool.says({ type: 'extend', hold, timeoutMs: 29 * DAY })).toBe('timeout_out_of_range')
  expect(pool.at('2026-01-03T12:00Z').state().totals.held).toBe(0)
})

test('with atMost it holds for the largest affordable quantity and says how much is left out', () => {
  const pool = givenPool()
  pool.grant(7)
  const hold = pool.hold(10, { atMost: 'units' })
  expect(hold.held).toBe(7)
  expect(hold.detail).toMatchObject({ quantities: { units: 7 }, leftOut: { units: 3 } })
})

test('with atMost it never holds nothing: where not even the least is affordable, the whole is refused', () => {
  const pool = givenPool()
  expect(
    pool.says({ type: 'hold', action: 'use', quantities: { units: 5 }, options: {}, atMost: 'units' }),
  ).toBe('insufficient_credits')
  const least = givenPool({
    catalog: {
      actions: { pages: { price: { credits: 1, per: 'pages' }, quantities: { pages: { minimum: 3 } } } },
    },
  })
  least.grant(2)
  const asked = {
    type: 'hold' as const,
    action: 'pages',
    quantities: { pages: 5 },
    options: {},
    atMost: 'pages',
  }
  expect(least.refuses(asked)).toMatchObject({ code: 'insufficient_credits', facts: { required: 5 } })
  least.grant(1)
  expect(least.does(asked).held).toBe(3)
})

test('with atMost and enough credits it holds for all and leaves nothing out', () => {
  const pool = givenPool()
  pool.grant(20)
  expect(pool.hold(10, { atMost: 'units' })).toMatchObject({ held: 10, detail: { leftOut: { units: 0 } } })
})

test('with atMost started blocks are held whole: the largest quantity whose cost is there', () => {
  const pool = givenPool({
    catalog: { actions: { pages: { price: { credits: 3, per: 'pages', each: 10 } } } },
  })
  pool.grant(7)
  const hold = pool.does({
    type: 'hold',
    action: 'pages',
    quantities: { pages: 35 },
    options: {},
    atMost: 'pages',
  })
  expect([hold.held, hold.detail?.quantities, hold.detail?.leftOut]).toEqual([
    6,
    { pages: 20 },
    { pages: 15 },
  ])
})

test('what is held is out of reach of expiry: its lot may end, the hold keeps its credits', () => {
  const pool = givenPool()
  pool.grant(10, { expiresAt: instant('2026-01-02') })
  const hold = pool.hold(6, { timeoutMs: 5 * DAY })
  pool.at('2026-01-03')
  expect(pool.rows().slice(-1)).toEqual(['2026-01-02 expired -4'])
  expect(pool.state().totals).toMatchObject({ available: 0, held: 6 })
  expect(pool.capture(hold, 6).amount).toBe(-6)
})

test('what is held is out of reach of voids', () => {
  const pool = givenPool()
  const lot = pool.grant(10).draws[0]!.lot
  const hold = pool.hold(6)
  expect(pool.refuses({ type: 'void', lot, credits: 5 })).toMatchObject({
    code: 'void_exceeds_lot',
    facts: { available: 4, held: 6 },
  })
  pool.does({ type: 'void', lot })
  expect(pool.lots()).toEqual(['free 0 (held 6)'])
  expect(pool.capture(hold, 6).amount).toBe(-6)
})

test('a lot that was held whole still ends at its own instant, once the hold has given it back', () => {
  const pool = givenPool({ catalog: { alerts: { expiring: ['1 day'] } } })
  pool.grant(10, { expiresAt: instant('2026-01-25') })
  const hold = pool.hold(10, { timeoutMs: 30 * DAY })
  pool.grant(7, { expiresAt: instant('2026-01-10') })
  pool.at('2026-01-20').does({ type: 'release', hold })
  expect(pool.at('2026-01-25').says(ask(1))).toBe('insufficient_credits')
  expect(pool.rows().slice(2)).toEqual(['2026-01-10 expired -7', '2026-01-25 expired -10'])
  expect(pool.news('credits.expiring')).toEqual([
    '2026-01-09 credits.expiring',
    '2026-01-24 credits.expiring',
  ])
})

test('an unknown hold is not found, and neither is one at another instant', () => {
  const pool = givenPool()
  pool.grant(10)
  const hold = pool.hold(1)
  expect(pool.says({ type: 'release', hold: { at: hold.at, number: 999 } })).toBe('hold_not_found')
  expect(pool.says({ type: 'release', hold: { at: hold.at + 1, number: hold.number } })).toBe(
    'hold_not_found',
  )
})
