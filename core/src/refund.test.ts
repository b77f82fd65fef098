import { describe, expect, test } from 'vitest'
import type { Entry } from './pool.ts'
import { givenPool, instant } from './pool-under-test.ts'

const PAGES = { actions: { pages: { price: { credits: 3, per: 'pages', each: 10 } } } }

test('a refund goes back to the lots it came from, last drawn first', () => {
  const pool = givenPool()
  const [free, bought] = [pool.grant(10), pool.buy(50)]
  const charge = pool.charge(25)
  const refund = pool.refund(charge, 18)
  expect(refund.draws).toEqual([
    { lot: bought.draws[0]?.lot, credits: 15 },
    { lot: free.draws[0]?.lot, credits: 3 },
  ])
  expect(pool.lots()).toEqual(['free 3', 'purchased 50'])
})

test('a refund raises what is available and lowers what is used; what was received and charged stays', () => {
  const pool = givenPool()
  pool.grant(100)
  const charge = pool.charge(20)
  const refund = pool.refund(charge, 3)
  expect(refund).toMatchObject({ amount: 3, detail: { chargeCredits: 20, chargeRefunded: 3 } })
  expect(pool.state().totals).toMatchObject({ available: 83, received: 100, used: 17, charged: 20, uses: 1 })
})

test('a refund comes any number of times and never exceeds what was charged in all', () => {
  const pool = givenPool()
  pool.grant(100)
  const charge = pool.charge(20)
  for (const credits of [5, 5, 9]) pool.refund(charge, credits)
  expect(pool.refuses({ type: 'refund', charge, credits: 2 })).toMatchObject({
    code: 'refund_exceeds_charge',
    facts: { charged: 20, refunded: 19, left: 1 },
  })
  pool.refund(charge, 1)
  expect(pool.says({ type: 'refund', charge })).toBe('nothing_to_refund')
  expect(pool.state().totals).toMatchObject({ available: 100, used: 0 })
})

test('without amounts a refund gives back all that is left', () => {
  const pool = givenPool()
  pool.grant(100)
  const charge = pool.charge(20)
  pool.refund(charge, 3)
  expect(pool.refund(charge).amount).toBe(17)
})

test('no lot gets more back than it gave, over several refunds', () => {
  const pool = givenPool()
  pool.grant(10)
  pool.grant(10)
  pool.buy(10)
  const charge = pool.charge(25)
  const back = [7, 7, 7, 4].map((credits) => pool.refund(charge, credits).draws.map((draw) => draw.credits))
  expect(back).toEqual([[5, 2], [7], [1, 6], [4]])
  expect(pool.lots()).toEqual(['free 10', 'free 10', 'purchased 10'])
})

test('a refund is not itself refundable, and neither is a row that is no charge', () => {
  const pool = givenPool()
  const granted = pool.grant(100)
  const refund = pool.refund(pool.charge(20), 3)
  expect(pool.says({ type: 'refund', charge: refund })).toBe('charge_not_found')
  expect(pool.says({ type: 'refund', charge: granted })).toBe('charge_not_found')
})

test('by what really happened: a refund gives the price of what was charged less the price of what is kept', () => {
  const pool = givenPool({ catalog: PAGES })
  pool.grant(100)
  const charge = pool.does({ type: 'charge', action: 'pages', quantities: { pages: 35 }, options: {} })
  const refund = pool.does({ type: 'refund', charge, quantities: { pages: 11 } })
  expect([charge.amount, refund.amount]).toEqual([-12, 6])
})

test('the same facts again give nothing more, and none kept gives all back', () => {
  const pool = givenPool({ catalog: PAGES })
  pool.grant(100)
  const charge = pool.does({ type: 'charge', action: 'pages', quantities: { pages: 35 }, options: {} })
  const refund = (pages: number) => pool.does({ type: 'refund', charge, quantities: { pages } }).amount
  expect([refund(20), refund(20), refund(0)]).toEqual([6, 0, 6])
})

test('the captures of a hold are refunded as the one charge they are', () => {
  const pool = givenPool()
  pool.grant(10)
  pool.buy(50)
  const hold = pool.hold(40)
  const first = pool.capture(hold, 8, { final: false })
  pool.capture(hold, 12)
  expect(pool.refund(first, 15).draws.map((draw) => draw.credits)).toEqual([10, 5])
  expect(pool.lots()).toEqual(['free 5', 'purchased 50'])
  expect(pool.refund(first).amount).toBe(5)
})

test('what was refunded to an expired lot expires there and comes again as a lot of the same kind that names its origin and lives 30 days', () => {
  const pool = givenPool()
  const lot = pool.grant(10, { kind: 'promotional', expiresAt: instant('2026-02-01') }).draws[0]!.lot
  const charge = pool.charge(6)
  pool.at('2026-02-10').refund(charge)
  expect(pool.rows().slice(-3)).toEqual([
    '2026-02-10 refund +6',
    '2026-02-10 expired -6',
    '2026-02-10 grace +6',
  ])
  expect(pool.lives()).toEqual(['promotional 6 until 2026-03-12'])
  expect(pool.state().lots[0]?.origin).toEqual({ type: 'grace', lot })
})

test('grace is not received anew: received − used − removed is still the balance', () => {
  const pool = givenPool()
  pool.grant(10, { expiresAt: instant('2026-02-01') })
  const charge = pool.charge(6)
  pool.at('2026-02-10').refund(charge)
  expect(pool.state().totals).toMatchObject({ available: 6, received: 10, used: 0, expired: 4 })
})

test('a grace lot has no second grace', () => {
  const pool = givenPool()
  pool.grant(10, { expiresAt: instant('2026-02-01') })
  const first = pool.charge(6)
  pool.at('2026-02-10').refund(first)
  const second = pool.at('2026-02-11').charge(6)
  pool.at('2026-06-01').refund(second)
  expect(pool.rows().slice(-2)).toEqual(['2026-06-01 refund +6', '2026-06-01 expired -6'])
  expect(pool.state().totals).toMatchObject({ available: 0, received: 10, used: 0, expired: 10 })
})

test('with returnAfterExpiry: expire, it expires, and that is all', () => {
  const pool = givenPool({ catalog: { returnAfterExpiry: 'expire' } })
  pool.grant(10, { expiresAt: instant('2026-02-01') })
  const charge = pool.charge(6)
  pool.at('2026-02-10').refund(charge)
  expect(pool.rows().slice(-2)).toEqual(['2026-02-10 refund +6', '2026-02-10 expired -6'])
})

test.each(['release', 'time-out', 'capture'])(
  'what comes back by %s to an expired lot has its grace too',
  (how) => {
    const pool = givenPool()
    pool.grant(10, { expiresAt: instant('2026-01-02') })
    const hold = pool.hold(6, { timeoutMs: 3 * 86_400_000 })
    pool.at('2026-01-03')
    if (how === 'release') pool.does({ type: 'release', hold })
    if (how === 'capture') pool.capture(hold, 0)
    pool.at('2026-01-04')
    expect(pool.lots()).toEqual(['free 6'])
    expect(
      pool
        .rows()
        .slice(-2)
        .map((row) => row.slice(11)),
    ).toEqual(['expired -6', 'grace +6'])
  },
)

test('a hold that times out at the very instant its lot expires gives back to an expired lot', () => {
  const pool = givenPool()
  pool.grant(10, { expiresAt: instant('2026-01-02') })
  pool.hold(6, { timeoutMs: 86_400_000 })
  pool.at('2026-01-02')
  expect(pool.rows().slice(1)).toEqual([
    '2026-01-02 expired -4',
    '2026-01-02 expired -6',
    '2026-01-02 grace +6',
  ])
})

test('what comes back to a lot that was voided meanwhile is taken at once, without grace', () => {
  const pool = givenPool()
  const lot = pool.grant(10, { expiresAt: instant('2026-02-01') }).draws[0]!.lot
  const charge = pool.charge(3)
  const hold = pool.hold(2)
  pool.does({ type: 'void', lot })
  pool.refund(charge)
  pool.does({ type: 'release', hold })
  expect(pool.rows().slice(-4)).toEqual([
    '2026-01-01 void -5',
    '2026-01-01 refund +3',
    '2026-01-01 void -3',
    '2026-01-01 void -2',
  ])
  expect(pool.state().totals).toMatchObject({ available: 0, held: 0, received: 10, used: 0, expired: 0 })
})

test('a part of a refund to a lot that lives stays there, and only the part to the expired one has grace', () => {
  const pool = givenPool()
  pool.grant(10, { expiresAt: instant('2026-02-01') })
  pool.buy(10)
  const charge = pool.charge(15)
  pool.at('2026-02-10').refund(charge)
  expect(pool.lives()).toEqual(['free 10 until 2026-03-12', 'purchased 10 for ever'])
})

describe('the lines of a refund', () => {
  const given = () => {
    const pool = givenPool({ catalog: PAGES })
    pool.grant(100)
    const charge = pool.does({ type: 'charge', action: 'pages', quantities: { pages: 25 }, options: {} })
    return { pool, charge }
  }
  const linesOf = (entry: Entry) =>
    (entry.detail?.lines ?? []).map(({ name, credits, quantity }) => [name, credits, quantity])

  test('of a whole charge are those of its price', () => {
    const { pool, charge } = given()
    expect(linesOf(pool.refund(charge, 9))).toEqual([['pages', 9, 3]])
  })

  test('by what really happened are what was paid for and did not', () => {
    const { pool, charge } = given()
    const refund = pool.does({ type: 'refund', charge, quantities: { pages: 8 } })
    expect(linesOf(refund)).toEqual([['pages', 6, 2]])
  })

  test('by credits are one line of the action, and they always add up to it', () => {
    const { pool, charge } = given()
    expect(linesOf(pool.refund(charge, 2))).toEqual([['pages', 2, undefined]])
    expect(linesOf(pool.does({ type: 'refund', charge, quantities: { pages: 8 } }))).toEqual([
      ['pages', 4, undefined],
    ])
  })
})
