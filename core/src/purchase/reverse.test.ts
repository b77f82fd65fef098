import { describe, expect, test } from 'vitest'
import type { Entry } from '../pool.ts'
import { givenPool, type PoolUnderTest } from '../pool-under-test.ts'
import type { PurchaseLine } from './purchase.ts'
import { unrecoveredOf } from './unrecovered.ts'

const LINE: PurchaseLine = {
  line: 0,
  kind: 'credits',
  plan: null,
  pack: null,
  remark: null,
  name: 'credits',
  credits: 0,
  bonus: 0,
  recurring: null,
  expires: { kind: 'never' },
  movesTo: null,
  price: 2_000,
  discount: 0,
  tax: 0,
}

function buys(
  pool: PoolUnderTest,
  credits: number,
  more: Partial<PurchaseLine> = {},
  purchase = 'pur_1',
): Entry {
  const lines = [{ ...LINE, credits, ...more }]
  return pool.does({ type: 'purchase', purchase, currency: 'USD', lines })
}

/** Of a purchase that 2,000 was paid for. */
function returns(pool: PoolUnderTest, bought: Entry, returned: number, facts: number, paid = 2_000): Entry {
  const { purchase = '', lots = [] } = bought.detail ?? {}
  return pool.does({ type: 'reverse', purchase, lots, returned, paid, facts })
}

const unrecovered = (pool: PoolUnderTest) => unrecoveredOf(pool.state())

describe('taken back in all: credits × money returned ÷ money paid, rounded down', () => {
  test('from what is left of the purchase, as one row', () => {
    const pool = givenPool()
    pool.grant(100)
    const bought = buys(pool, 1_000)
    expect(returns(pool, bought, 999, 2)).toMatchObject({ type: 'reversal', amount: -499 })
    expect(pool.lots()).toEqual(['free 100', 'purchased 501'])
  })

  test('the figures are cumulative: a repeat takes nothing, a higher one the difference', () => {
    const pool = givenPool()
    const bought = buys(pool, 1_000)
    expect(returns(pool, bought, 500, 2).amount).toBe(-250)
    expect(returns(pool, bought, 500, 2).amount).toBe(0)
    expect(returns(pool, bought, 1_500, 3).amount).toBe(-500)
    expect(pool.state().totals).toMatchObject({ available: 250, received: 1_000, used: 0 })
  })

  test('what was decided on fewer facts comes late and changes nothing', () => {
    const pool = givenPool()
    const bought = buys(pool, 1_000)
    returns(pool, bought, 1_500, 3)
    expect(returns(pool, bought, 500, 2).amount).toBe(0)
    expect(pool.state().totals.available).toBe(250)
  })

  test('a bonus is taken as the credits are', () => {
    const pool = givenPool()
    const bought = buys(pool, 1_000, { bonus: 100 })
    expect(returns(pool, bought, 1_000, 2).amount).toBe(-550)
    expect(pool.lots()).toEqual(['purchased 550'])
  })

  test('reversed whole, its lots are closed', () => {
    const pool = givenPool()
    const bought = buys(pool, 1_000)
    returns(pool, bought, 2_000, 2)
    expect(pool.lot(bought.detail!.lots![0]!)).toMatchObject({ closed: 'reversed', remaining: 0 })
    expect(pool.says({ type: 'void', lot: bought.detail!.lots![0]! })).toBe('lot_closed')
  })

  test('other credits are never touched', () => {
    const pool = givenPool()
    const bought = buys(pool, 1_000)
    pool.charge(700)
    buys(pool, 400, {}, 'pur_2')
    returns(pool, bought, 2_000, 2)
    expect(pool.lots()).toEqual(['purchased 400'])
  })

  test('of a purchase that cost nothing there is nothing to take', () => {
    const pool = givenPool()
    expect(returns(pool, buys(pool, 100), 0, 1, 0).amount).toBe(0)
  })
})

describe('what is spent stays spent and is unrecovered', () => {
  test('it is shown, and never taken from later credits', () => {
    const pool = givenPool()
    const bought = buys(pool, 1_000)
    pool.charge(700)
    expect(returns(pool, bought, 2_000, 2)).toMatchObject({ amount: -300, detail: { unrecovered: 700 } })
    expect(unrecovered(pool)).toBe(700)
    buys(pool, 500, {}, 'pur_2')
    pool.grant(50)
    expect(unrecovered(pool)).toBe(700)
    expect(pool.state().totals.available).toBe(550)
  })

  test('it lowers when credits of that purchase come back: they are taken at once', () => {
    const pool = givenPool()
    const bought = buys(pool, 1_000)
    const charge = pool.charge(700)
    returns(pool, bought, 2_000, 2)
    pool.refund(charge, 200)
    expect(
      pool
        .rows()
        .slice(-2)
        .map((row) => row.split(' ').slice(1).join(' ')),
    ).toEqual(['refund +200', 'reversal -200'])
    expect([unrecovered(pool), pool.state().totals.available]).toEqual([500, 0])
    expect(pool.entries().at(-1)?.detail).toMatchObject({ purchase: 'pur_1' })
  })

  test('of a part returned, what comes back beyond what is owed stays', () => {
    const pool = givenPool()
    const bought = buys(pool, 1_000)
    const charge = pool.charge(700)
    returns(pool, bought, 1_000, 2)
    expect(unrecovered(pool)).toBe(200)
    pool.refund(charge)
    expect([unrecovered(pool), pool.state().totals.available]).toEqual([0, 500])
  })

  test('what is held is out of reach until it is released, or its hold runs out', () => {
    for (const ends of ['release', 'time-out']) {
      const pool = givenPool()
      const bought = buys(pool, 1_000)
      const hold = pool.hold(400)
      returns(pool, bought, 2_000, 2)
      expect(pool.lots()).toEqual(['purchased 0 (held 400)'])
      expect(unrecovered(pool)).toBe(400)
      if (ends === 'release') pool.does({ type: 'release', hold })
      else pool.at('2026-01-02')
      expect([unrecovered(pool), pool.state().totals.available]).toEqual([0, 0])
    }
  })

  test('what is captured of the hold stays spent', () => {
    const pool = givenPool()
    const bought = buys(pool, 1_000)
    const hold = pool.hold(400)
    returns(pool, bought, 2_000, 2)
    pool.capture(hold, 300)
    expect([unrecovered(pool), pool.state().totals.used]).toEqual([300, 300])
  })

  test('what expired was never spent, so it is not unrecovered', () => {
    const pool = givenPool()
    const bought = buys(pool, 1_000, { expires: { kind: 'after', length: { count: 1, unit: 'day' } } })
    pool.charge(300)
    pool.at('2026-01-05')
    expect(returns(pool, bought, 2_000, 2)).toMatchObject({ amount: 0, detail: { unrecovered: 300 } })
  })

  test('grace lots belong to the purchase their credits came from, made before the reversal or after', () => {
    const pool = givenPool()
    const bought = buys(pool, 1_000, { expires: { kind: 'after', length: { count: 1, unit: 'day' } } })
    const charge = pool.charge(1_000)
    pool.at('2026-01-05')
    pool.refund(charge, 400)
    expect(pool.lives()).toEqual(['purchased 400 until 2026-02-04'])
    const graceCharge = pool.charge(100)
    expect(returns(pool, bought, 1_000, 2).amount).toBe(-300)
    expect(unrecovered(pool)).toBe(200)
    pool.refund(graceCharge)
    expect([unrecovered(pool), pool.state().totals.available]).toEqual([100, 0])
    pool.refund(charge, 350)
    expect([unrecovered(pool), pool.state().totals.available]).toEqual([0, 250])
  })

  test('what staff voided is gone already; what comes back of it is taken once', () => {
    const pool = givenPool()
    const bought = buys(pool, 1_000)
    const charge = pool.charge(600)
    pool.does({ type: 'void', lot: bought.detail!.lots![0]! })
    returns(pool, bought, 2_000, 2)
    expect(unrecovered(pool)).toBe(600)
    pool.refund(charge)
    expect([unrecovered(pool), pool.state().totals.available]).toEqual([0, 0])
  })
})

describe('when a dispute is won, what was taken comes back', () => {
  test('to the lots it was taken from, which are open again', () => {
    const pool = givenPool()
    const bought = buys(pool, 1_000, { bonus: 100 })
    pool.charge(300)
    const before = pool.lots()
    returns(pool, bought, 2_000, 2)
    expect(returns(pool, bought, 0, 3)).toMatchObject({ type: 'reversal', amount: 800 })
    expect(pool.lots()).toEqual(before)
    expect(unrecovered(pool)).toBe(0)
    for (const number of bought.detail!.lots!) expect(pool.lot(number).closed).toBeNull()
  })

  test('also what was taken when it came back from a charge', () => {
    const pool = givenPool()
    const bought = buys(pool, 1_000)
    const charge = pool.charge(300)
    returns(pool, bought, 2_000, 2)
    pool.refund(charge, 100)
    expect(returns(pool, bought, 0, 3).amount).toBe(800)
    expect(pool.lots()).toEqual(['purchased 800'])
  })

  test('lost again later, it is taken again', () => {
    const pool = givenPool()
    const bought = buys(pool, 1_000)
    for (const [returned, facts] of [
      [2_000, 2],
      [0, 3],
      [2_000, 4],
    ] as const)
      returns(pool, bought, returned, facts)
    expect(pool.state().totals.available).toBe(0)
  })

  test('credits whose life is over meanwhile expire there and come again as grace', () => {
    const pool = givenPool()
    const bought = buys(pool, 1_000, { expires: { kind: 'after', length: { count: 1, unit: 'day' } } })
    returns(pool, bought, 2_000, 2)
    pool.at('2026-01-05')
    returns(pool, bought, 0, 3)
    expect(pool.lives()).toEqual(['purchased 1000 until 2026-02-04'])
    expect(returns(pool, bought, 2_000, 4).amount).toBe(-1_000)
  })

  test('to a lot that staff voided meanwhile, it is taken there', () => {
    const pool = givenPool()
    const bought = buys(pool, 1_000)
    returns(pool, bought, 1_000, 2)
    pool.does({ type: 'void', lot: bought.detail!.lots![0]! })
    returns(pool, bought, 0, 3)
    expect(pool.state().totals.available).toBe(0)
  })

  test('running out and having credits again is announced', () => {
    const pool = givenPool()
    const bought = buys(pool, 1_000)
    returns(pool, bought, 2_000, 2)
    returns(pool, bought, 0, 3)
    const news = pool.news('credits.exhausted', 'credits.restored')
    expect(news.map((line) => line.split(' ')[1])).toEqual(['credits.exhausted', 'credits.restored'])
  })
})

describe('a plan for life whose payment is reversed', () => {
  const catalog = {
    access: 'plan',
    plans: { lifetime: { name: 'Lifetime', price: '20.00 USD', credits: 500 }, free: { name: 'Free' } },
  }
  const line = { kind: 'plan' as const, plan: 'lifetime' }

  test('ends its access at that instant, and its starter credits go', () => {
    const pool = givenPool({ catalog })
    const bought = buys(pool, 0, line)
    pool.charge(100)
    pool.at('2026-02-01')
    returns(pool, bought, 2_000, 2)
    expect(pool.state().basePlan).toBeNull()
    expect(pool.says({ type: 'charge', action: 'use', quantities: { units: 1 }, options: {} })).toBe(
      'access_inactive',
    )
    expect([unrecovered(pool), pool.lots()]).toEqual([100, []])
    expect(pool.news('subscription.ended')).toEqual(['2026-02-01 subscription.ended'])
  })

  test('in part keeps its access', () => {
    const pool = givenPool({ catalog })
    returns(pool, buys(pool, 0, line), 1_999, 2)
    expect(pool.state().basePlan).toMatchObject({ plan: 'lifetime' })
  })

  test('has it again when the dispute is won, unless another base plan was taken', () => {
    for (const meanwhile of [null, 'free']) {
      const pool = givenPool({ catalog })
      const bought = buys(pool, 0, line)
      returns(pool, bought, 2_000, 2)
      if (meanwhile !== null) pool.subscribe(meanwhile)
      returns(pool, bought, 0, 3)
      expect(pool.state().basePlan).toMatchObject({ plan: meanwhile ?? 'lifetime' })
    }
  })

  test('another purchase of the account does not end it', () => {
    const pool = givenPool({ catalog })
    buys(pool, 0, line)
    returns(pool, buys(pool, 100, {}, 'pur_2'), 2_000, 2)
    expect(pool.state().basePlan).toMatchObject({ plan: 'lifetime' })
  })
})
