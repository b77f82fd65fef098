import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LOT_KINDS } from './catalog/catalog.ts'
import type { Lot } from './pool.ts'
import { givenPool, instant } from './pool-under-test.ts'
import { compareSpendOrder, placeInOrder } from './spend-order.ts'

const PLUS = { plus: { every: 'month', credits: 100 } }
const ALL_EQUAL = {
  spendOrder: [['subscription', 'trial', 'free', 'promotional', 'admin_grant', 'purchased', 'lifetime']],
}

test('subscription credits go first, then purchased ones', () => {
  const pool = givenPool({ catalog: { plans: PLUS } })
  pool.buy(50)
  pool.subscribe('plus')
  pool.charge(100)
  expect(pool.lots()).toEqual(['purchased 50'])
})

test('a charge larger than the first lot runs over into the next, in one row', () => {
  const pool = givenPool({ catalog: { plans: PLUS } })
  const [bought, refill] = [pool.buy(50), pool.subscribe('plus')]
  const charge = pool.charge(120)
  expect(charge.draws.map((draw) => draw.credits)).toEqual([-100, -20])
  expect(charge.draws[1]?.lot).toBe(bought.draws[0]?.lot)
  expect(refill.amount).toBe(0)
  expect(pool.lots()).toEqual(['purchased 30'])
})

test('by default plan credits go first, then free, promotional and admin credits alike, then purchased and lifetime ones', () => {
  const catalog = { plans: { ...PLUS, lifetime: { price: '9.00 USD', credits: 7 } } }
  const pool = givenPool({ catalog })
  pool.subscribe('lifetime')
  pool.buy(50)
  pool.grant(3, { kind: 'admin_grant' })
  pool.grant(4, { kind: 'promotional' })
  pool.grant(5, { kind: 'free' })
  pool.subscribe('plus')
  expect(pool.lots()).toEqual([
    'subscription 100',
    'admin_grant 3',
    'promotional 4',
    'free 5',
    'lifetime 7',
    'purchased 50',
  ])
})

test('priority goes before expiry: a purchased lot that expires tomorrow waits for plan credits that live a month', () => {
  const pool = givenPool({ catalog: { plans: PLUS } })
  pool.buy(50, { expiresAt: instant('2026-01-02') })
  pool.subscribe('plus')
  pool.charge(1)
  expect(pool.lots()).toEqual(['subscription 99', 'purchased 50'])
})

test('of equal priority the soonest expiry goes first, and what never expires goes last', () => {
  const pool = givenPool()
  pool.grant(1)
  pool.grant(2, { expiresAt: instant('2026-03-01') })
  pool.grant(3, { expiresAt: instant('2026-02-01') })
  expect(pool.lots()).toEqual(['free 3', 'free 2', 'free 1'])
})

test('of equal expiry free credits go before paid ones, and what was bought for nothing is free', () => {
  const pool = givenPool({ catalog: ALL_EQUAL })
  pool.buy(1)
  pool.buy(2, { paid: { amount: 0, currency: 'USD' } })
  pool.grant(3)
  expect(pool.lots()).toEqual(['purchased 2', 'free 3', 'purchased 1'])
})

test('of credits alike the oldest go first, by when they became effective and not by when they were granted', () => {
  const pool = givenPool()
  pool.grant(1, { effectiveAt: instant('2026-01-10') })
  pool.at('2026-01-05').grant(2)
  expect(pool.at('2026-01-11').lots()).toEqual(['free 2', 'free 1'])
})

test('at last the number in the pool decides, so the order is total', () => {
  const pool = givenPool()
  pool.grant(1)
  pool.grant(2)
  pool.charge(2)
  expect(pool.lots()).toEqual(['free 1'])
})

test("the catalog's spendOrder sets priorities, and a lot keeps the one it was granted with", () => {
  const pool = givenPool({ catalog: { spendOrder: ['purchased', 'free'] } })
  pool.grant(1)
  pool.buy(2)
  expect(pool.lots()).toEqual(['purchased 2', 'free 1'])
  pool.at('2026-01-02').apply({ spendOrder: ['free', 'purchased'] })
  pool.grant(3)
  pool.buy(4)
  expect(pool.lots()).toEqual(['free 3', 'purchased 2', 'free 1', 'purchased 4'])
})

test('only credits that are effective, unexpired and not held can be drawn', () => {
  const pool = givenPool()
  pool.grant(10, { effectiveAt: instant('2026-01-02') })
  pool.grant(20, { expiresAt: instant('2026-01-01T12:00Z') })
  pool.grant(40)
  pool.hold(25)
  expect(
    pool.refuses({ type: 'charge', action: 'use', quantities: { units: 36 }, options: {} }).facts,
  ).toMatchObject({
    available: 35,
    held: 25,
    missing: 1,
  })
  pool.at('2026-01-01T12:00Z')
  expect(pool.says({ type: 'charge', action: 'use', quantities: { units: 71 }, options: {} })).toBe(
    'insufficient_credits',
  )
  pool.at('2026-01-02').charge(50)
  expect(pool.state().totals.available).toBe(0)
})

const anyLot = fc.record({
  number: fc.nat(5),
  priority: fc.constantFrom(10, 20),
  expiresAt: fc.constantFrom(null, 1, 2),
  effectiveAt: fc.constantFrom(0, 1),
  paid: fc.constantFrom(null, { amount: 0, currency: 'USD' }, { amount: 5, currency: 'USD' }),
  kind: fc.constantFrom(...LOT_KINDS),
}) as fc.Arbitrary<Partial<Lot>> as fc.Arbitrary<Lot>

test('the order is the same whatever order lots came in: two runs agree', () => {
  const distinct = fc.uniqueArray(anyLot, { selector: (lot) => lot.number, minLength: 2 })
  fc.assert(
    fc.property(distinct, (lots) => {
      const sorted = lots.toSorted(compareSpendOrder)
      expect(lots.toReversed().sort(compareSpendOrder)).toEqual(sorted)
      const placed: Lot[] = []
      for (const lot of lots) placed.splice(placeInOrder(placed, lot), 0, lot)
      expect(placed).toEqual(sorted)
      for (const lot of lots) expect(sorted[placeInOrder(sorted, lot)]).toBe(lot)
    }),
  )
})
