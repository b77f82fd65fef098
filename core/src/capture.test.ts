import { describe, expect, test } from 'vitest'
import type { Entry } from './pool.ts'
import { givenPool, instant, type Told } from './pool-under-test.ts'
import { sumLines } from './price/lines.ts'

const DAY = 86_400_000
const STEP = { final: false }
const PUBLISH = {
  actions: {
    publish: {
      price: [
        { credits: 1, per: 'posts' },
        { credits: 3, when: { platforms: 'x' }, name: 'X surcharge' },
      ],
      quantities: { posts: { minimum: 1, maximum: 10 } },
      options: { platforms: { many: true, values: ['x', 'linkedin', 'tiktok'] } },
    },
  },
}

const lotsOf = (entry: Entry) => entry.draws.map((draw) => [draw.lot, draw.credits])

test("captures draw from the hold's lots only, in spend order, even where a better lot came in meanwhile", () => {
  const pool = givenPool()
  pool.buy(50)
  const hold = pool.hold(30)
  pool.grant(100)
  pool.capture(hold, 20)
  expect(pool.lots()).toEqual(['free 100', 'purchased 30'])
})

test('captures draw from a lot that has expired since, and released is what would have been drawn last', () => {
  const pool = givenPool()
  pool.grant(10, { expiresAt: instant('2026-01-02') })
  pool.buy(10)
  const hold = pool.hold(15, { timeoutMs: 3 * DAY })
  const capture = pool.at('2026-01-03').capture(hold, 12)
  expect(lotsOf(capture).map(([, credits]) => credits)).toEqual([-10, -2])
  expect(pool.entries().at(-1)).toMatchObject({ type: 'release', held: -3 })
  expect(pool.lots()).toEqual(['purchased 8'])
})

test('all captures of a hold are one charge whose amount grows, each a row, and one usage transaction', () => {
  const pool = givenPool()
  pool.grant(100)
  const hold = pool.hold(30)
  const first = pool.capture(hold, 10, STEP)
  const second = pool.capture(hold, 5, STEP)
  const last = pool.capture(hold, 7)
  expect([first.charge, second.charge?.number, last.charge?.number]).toEqual([
    null,
    first.number,
    first.number,
  ])
  expect([first, second, last].map((entry) => entry.detail?.chargeCredits)).toEqual([10, 15, 22])
  expect(pool.state().totals).toMatchObject({ available: 78, held: 0, used: 22, charged: 22, uses: 1 })
})

test('without amounts a capture takes all that is left', () => {
  const pool = givenPool()
  pool.grant(100)
  const hold = pool.hold(30)
  pool.capture(hold, 10, STEP)
  expect(pool.capture(hold).amount).toBe(-20)
})

test('final, the rest is released; otherwise the hold stays open with what is left', () => {
  const pool = givenPool()
  pool.grant(100)
  const hold = pool.hold(30)
  pool.capture(hold, 10, STEP)
  expect(pool.state().totals).toMatchObject({ available: 70, held: 20 })
  pool.capture(hold, 0, { final: true })
  expect(pool.state().totals).toMatchObject({ available: 90, held: 0 })
})

test('more than is held is refused, and the hold stays', () => {
  const pool = givenPool()
  pool.grant(100)
  const hold = pool.hold(30)
  expect(pool.refuses({ type: 'capture', hold, credits: 31, final: true, beyondHold: false })).toMatchObject({
    code: 'capture_exceeds_hold',
    facts: { required: 31, held: 30, missing: 1 },
  })
  expect(pool.state().totals.held).toBe(30)
})

test('beyondHold: the excess is charged in the same row from what is available', () => {
  const pool = givenPool()
  pool.grant(20)
  pool.buy(20)
  const hold = pool.hold(15)
  const capture = pool.capture(hold, 25, { beyondHold: true })
  expect(capture).toMatchObject({ amount: -25, held: -15, detail: { beyond: 10, chargeCredits: 25 } })
  expect(lotsOf(capture).map(([, credits]) => credits)).toEqual([-15, -5, -5])
  expect(pool.lots()).toEqual(['purchased 15'])
})

test('beyondHold without enough: the whole capture is refused and the hold stays', () => {
  const pool = givenPool()
  pool.grant(20)
  const hold = pool.hold(15)
  expect(pool.says({ type: 'capture', hold, credits: 21, final: true, beyondHold: true })).toBe(
    'insufficient_credits',
  )
  expect(pool.state().totals).toMatchObject({ available: 5, held: 15, used: 0 })
})

test('by what really happened: only what succeeded is paid, X failed of three platforms, and its surcharge is not', () => {
  const pool = givenPool({ catalog: PUBLISH })
  pool.grant(100)
  const hold = pool.does({
    type: 'hold',
    action: 'publish',
    quantities: { posts: 1 },
    options: { platforms: ['x', 'linkedin', 'tiktok'] },
  })
  expect(hold.held).toBe(4)
  const capture = pool.capture(hold, null, { options: { platforms: ['linkedin', 'tiktok'] } })
  expect(capture.amount).toBe(-1)
  expect(pool.state().totals).toMatchObject({ available: 99, held: 0 })
})

test('nothing published, and nothing is paid', () => {
  const pool = givenPool({ catalog: PUBLISH })
  pool.grant(100)
  const hold = pool.does({
    type: 'hold',
    action: 'publish',
    quantities: { posts: 2 },
    options: { platforms: ['x'] },
  })
  expect(pool.capture(hold, null, { quantities: { posts: 0 }, options: { platforms: [] } }).amount).toBe(0)
  expect(pool.state().totals).toMatchObject({ available: 100, used: 0, uses: 0 })
})

test('a capture in steps by quantities costs the price of all that succeeded so far less what was captured before', () => {
  const pool = givenPool({
    catalog: { actions: { pages: { price: { credits: 3, per: 'pages', each: 10 } } } },
  })
  pool.grant(100)
  const hold = pool.does({ type: 'hold', action: 'pages', quantities: { pages: 40 }, options: {} })
  const step = (pages: number) => pool.capture(hold, null, { quantities: { pages }, final: false }).amount
  expect([step(5), step(5), step(1), step(0), step(9)]).toEqual([-3, 0, -3, 0, 0])
})

test('a capture by what happened is never below 0, whatever was captured before by credits', () => {
  const pool = givenPool()
  pool.grant(100)
  const hold = pool.hold(30)
  pool.capture(hold, 20, STEP)
  expect(pool.capture(hold, null, { quantities: { units: 5 }, final: false }).amount).toBe(0)
  expect(pool.state().totals.used).toBe(20)
})

test('a capture is priced by the version of the hold, whatever the catalog does meanwhile', () => {
  const pool = givenPool()
  pool.grant(100)
  const hold = pool.hold(10)
  pool.apply({ actions: { use: { price: { credits: 5, per: 'units' } } } })
  expect(pool.capture(hold, null, { quantities: { units: 4 } }).amount).toBe(-4)
})

test('a capture is priced by the terms of the hold, though others began meanwhile', () => {
  const pool = givenPool()
  pool.grant(100)
  const price = (credits: number) => ({
    parts: [{ name: null, credits, by: [], tiers: null, per: 'units', each: 1, when: null }],
    minimum: 0,
  })
  const terms = (credits: number) => ({
    from: pool.now(),
    pricePerCredit: null,
    actions: { use: price(credits) },
    buysItself: true,
  })
  pool.does({ type: 'terms', terms: terms(2) })
  const hold = pool.hold(10, { timeoutMs: 2 * DAY })
  expect(hold.held).toBe(20)
  pool.at('2026-01-02').does({ type: 'terms', terms: terms(3) })
  expect(pool.capture(hold, null, { quantities: { units: 4 } }).amount).toBe(-8)
  expect(pool.charge(4).amount).toBe(-12)
})

describe('terms that begin in the very instant', () => {
  const terms = (credits: number): Told => ({
    type: 'terms',
    terms: {
      from: null,
      pricePerCredit: null,
      actions: {
        use: {
          parts: [{ name: null, credits, by: [], tiers: null, per: 'units', each: 1, when: null }],
          minimum: 0,
        },
      },
      buysItself: true,
    },
  })
  const facts = (units: number) => ({ quantities: { units }, final: false })

  test('of a hold, after it, do not price its captures or their refunds again', () => {
    const pool = givenPool()
    pool.grant(100)
    pool.does(terms(2))
    const hold = pool.hold(10)
    pool.does(terms(3))
    expect(hold.held).toBe(20)
    const capture = pool.capture(hold, null, facts(4))
    expect(capture.amount).toBe(-8)
    expect(pool.does({ type: 'refund', charge: capture, quantities: { units: 1 } }).amount).toBe(6)
  })

  test('of a charge, after it, do not price its refunds again', () => {
    const pool = givenPool()
    pool.grant(100)
    const charge = pool.charge(10)
    pool.does(terms(3))
    expect(pool.does({ type: 'refund', charge, quantities: { units: 4 } }).amount).toBe(6)
  })

  test('price what is asked after them, the last agreed of several', () => {
    const pool = givenPool()
    pool.grant(100)
    for (const credits of [2, 3, 4]) pool.does(terms(credits))
    expect(pool.charge(1).amount).toBe(-4)
    const hold = pool.hold(2)
    expect(pool.capture(hold, null, facts(2)).amount).toBe(-8)
  })

  test('and take the place of what was agreed before for that instant, while it is still to come', () => {
    const pool = givenPool()
    pool.grant(100)
    for (const credits of [2, 3]) {
      const told = terms(credits) as Extract<Told, { type: 'terms' }>
      pool.does({ ...told, terms: { ...told.terms, from: instant('2026-02-01') } })
    }
    expect(pool.state().terms).toHaveLength(1)
    expect(pool.charge(1).amount).toBe(-1)
    expect(pool.at('2026-02-01').charge(1).amount).toBe(-3)
  })
})

describe('the lines of a capture', () => {
  const publish = (posts: number, platforms: readonly string[]) => ({
    quantities: { posts },
    options: { platforms },
  })
  const given = () => {
    const pool = givenPool({ catalog: PUBLISH })
    pool.grant(100)
    return { pool, hold: pool.does({ type: 'hold', action: 'publish', ...publish(5, ['x', 'tiktok']) }) }
  }
  const linesOf = (entry: Entry) =>
    (entry.detail?.lines ?? []).map(({ name, credits, quantity }) => [name, credits, quantity])

  test('of all that was held are those of its price', () => {
    const { pool, hold } = given()
    expect(linesOf(pool.capture(hold))).toEqual([
      ['publish', 5, 5],
      ['X surcharge', 3, undefined],
    ])
  })

  test('of what really happened are those of its price', () => {
    const { pool, hold } = given()
    expect(linesOf(pool.capture(hold, null, publish(2, ['tiktok'])))).toEqual([['publish', 2, 2]])
  })

  test('in steps are what each step added, and together the price of all', () => {
    const { pool, hold } = given()
    const steps = [publish(2, ['tiktok']), publish(0, ['x']), publish(1, [])]
    const captures = steps.map((happened) => pool.capture(hold, null, { ...happened, final: false }))
    expect(captures.map(linesOf)).toEqual([
      [['publish', 2, 2]],
      [['X surcharge', 3, undefined]],
      [['publish', 1, 1]],
    ])
    expect(sumLines(captures.flatMap((entry) => entry.detail?.lines ?? []))).toEqual([
      { name: 'publish', credits: 3, quantity: 3, unit: 1, per: 'posts' },
      { name: 'X surcharge', credits: 3 },
    ])
  })

  test('by credits are one line of the action', () => {
    const { pool, hold } = given()
    expect(linesOf(pool.capture(hold, 3, STEP))).toEqual([['publish', 3, undefined]])
    expect(linesOf(pool.capture(hold))).toEqual([['publish', 5, undefined]])
  })

  test('always add up to it, and of nothing there are none', () => {
    const { pool, hold } = given()
    const captures = [
      pool.capture(hold, 2, STEP),
      pool.capture(hold, null, { ...publish(4, ['x']), final: false }),
      pool.capture(hold, null, { ...publish(0, []), final: false }),
      pool.capture(hold, null),
    ]
    for (const capture of captures) {
      const sum = (capture.detail?.lines ?? []).reduce((total, line) => total + line.credits, 0)
      expect(sum + capture.amount).toBe(0)
    }
    expect(captures[2]?.detail?.lines).toEqual([])
  })
})
