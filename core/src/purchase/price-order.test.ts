import { describe, expect, test } from 'vitest'
import { type Given, order, poolWithCatalog, price, refusal, usd } from './order-under-test.ts'
import type { OrderLine } from './purchase.ts'

describe('a purchase keeps the price, credits and expiry it was ordered with:', () => {
  test('a pack', () => {
    expect(order([{ pack: 'small' }])).toEqual({
      currency: 'USD',
      lines: [
        {
          line: 0,
          kind: 'pack',
          plan: null,
          pack: 'small',
          remark: null,
          name: 'Small',
          credits: 100,
          bonus: 0,
          recurring: null,
          expires: { kind: 'never' },
          movesTo: 'free',
          price: 900,
          discount: 0,
          tax: 0,
        },
      ],
      credits: 100,
      price: 900,
      discount: 0,
      taxes: [],
      taxInclusive: false,
      tax: 0,
      total: 900,
      catalogVersion: 7,
    })
  })

  test('a free amount, with its bonus by size', () => {
    const bonuses = [1_000, 5_000, 9_500, 10_000].map((credits) => order([{ credits }]).lines[0]?.bonus)
    expect(bonuses).toEqual([0, 500, 500, 2_000])
    expect(order([{ credits: 10_000 }])).toMatchObject({ credits: 12_000, total: 20_000 })
  })

  test('a custom line is an amount and a remark, and no credits', () => {
    const custom = { amount: usd(7_500), remark: 'on-site operator' }
    expect(order([{ custom }])).toMatchObject({
      credits: 0,
      total: 7_500,
      lines: [{ kind: 'custom', remark: 'on-site operator', movesTo: null }],
    })
  })

  test('several lines are one order', () => {
    const all = order([{ plan: 'basic' }, { pack: 'small' }, { credits: 1_000 }, { pack: 'small' }])
    expect(all.lines.map(({ line, price: one }) => [line, one])).toEqual([
      [0, 1_000],
      [1, 900],
      [2, 2_000],
      [3, 900],
    ])
    expect(all.total).toBe(4_800)
  })
})

describe('a free amount', () => {
  test.each([
    [999, [1_000]],
    [1, [1_000]],
    [1_001, [1_000, 1_500]],
    [49_999, [49_500, 50_000]],
    [50_001, [50_000]],
  ])('of %i is not sold, and the nearest that are sold are named', (credits, nearest) => {
    expect(refusal([{ credits }])).toMatchObject({
      code: 'credits_out_of_range',
      path: 'lines[0].credits',
      facts: { credits, nearest, minimum: 1_000, maximum: 50_000, step: 500 },
    })
  })

  test('is rounded half up, once', () => {
    const topUp = { pricePerCredit: '0.0145 USD', minimum: 1 }
    const totals = [1, 3, 10, 100].map((credits) => order([{ credits }], { catalog: { topUp } }).total)
    expect(totals).toEqual([1, 4, 15, 145])
  })

  test("of the plan's own top-up comes before the catalog's", () => {
    const pool = poolWithCatalog()
    pool.subscribe('contract')
    expect(order([{ credits: 10 }], { pool }).total).toBe(2_000)
  })

  test('by volume costs the price of its tier, the whole of it', () => {
    const pool = poolWithCatalog()
    pool.subscribe('contract')
    expect([499, 500].map((credits) => order([{ credits }], { pool }).total)).toEqual([99_800, 90_000])
  })

  test("by the account's own terms, from their instant on, comes before both", () => {
    const pool = poolWithCatalog()
    const unit = (micros: number) => [{ micros, currency: 'USD' }]
    const tiers = [
      { upTo: 2_000, pricePerCredit: unit(10_000) },
      { upTo: null, pricePerCredit: unit(5_000) },
    ]
    const terms = { from: Date.parse('2026-02-01'), pricePerCredit: tiers, actions: {}, buysItself: true }
    pool.does({ type: 'terms', terms })
    const totals = () => [2_000, 2_500].map((credits) => order([{ credits }], { pool }).total)
    expect(totals()).toEqual([4_000, 5_000])
    pool.at('2026-02-01')
    expect(totals()).toEqual([2_000, 1_250])
    // In a currency that the terms do not name, the catalog's price counts.
    expect(order([{ credits: 2_000 }], { pool, currency: 'INR' }).total).toBe(300_000)
  })

  test('is not sold where the catalog has none', () => {
    expect(refusal([{ credits: 5 }], { catalog: { topUp: null } })).toMatchObject({
      code: 'credits_not_sold',
    })
  })
})

describe("the account's currency is the order's, else the catalog's first", () => {
  test('and every line must have a price in it', () => {
    expect(order([{ pack: 'small' }, { credits: 1_000 }], { currency: 'INR' })).toMatchObject({
      currency: 'INR',
      total: 70_000 + 150_000,
    })
    for (const line of [{ pack: 'small' }, { credits: 1_000 }, { plan: 'basic' }]) {
      expect(refusal([line], { currency: 'JPY' })).toMatchObject({
        code: 'currency_not_offered',
        facts: { currency: 'JPY' },
      })
    }
    expect(refusal([{ pack: 'small' }], { currency: 'CHF' })).toMatchObject({ code: 'currency_not_offered' })
    const custom = { amount: { amount: 1, currency: 'INR' }, remark: 'x' }
    expect(refusal([{ custom }])).toMatchObject({
      code: 'currency_not_offered',
      path: 'lines[0].custom.amount',
    })
  })
})

describe('what is not sold', () => {
  test('is refused with its place, and a slip with the nearest name', () => {
    expect(refusal([{ pack: 'small' }, { pack: 'smal' }])).toMatchObject({
      code: 'pack_not_found',
      path: 'lines[1].pack',
      facts: { found: 'smal', allowed: ['small', 'team'] },
    })
    expect(refusal([{ plan: 'pluss' }])).toMatchObject({ code: 'plan_not_found', path: 'lines[0].plan' })
    expect(refusal([])).toMatchObject({ code: 'nothing_to_pay', path: 'lines' })
    expect(refusal([{ plan: 'plus' }, { plan: 'lifetime' }])).toMatchObject({
      code: 'one_plan_per_purchase',
      path: 'lines[1].plan',
    })
    expect(refusal([{ plan: 'old' }]).code).toBe('plan_retired')
    expect(refusal([{ plan: 'free' }]).code).toBe('nothing_to_pay')
  })

  test('a pack for other plans is sold with them', () => {
    expect(refusal([{ pack: 'team' }])).toMatchObject({ code: 'plan_required', facts: { plans: ['plus'] } })
    const pool = poolWithCatalog()
    pool.subscribe('plus')
    expect(order([{ pack: 'team' }], { pool }).lines[0]?.expires).toEqual({
      kind: 'after',
      length: { count: 2, unit: 'year' },
    })
  })

  test('more than every number can hold', () => {
    const topUp = { pricePerCredit: '999.00 USD', minimum: 1 }
    expect(refusal([{ credits: 900_000_000_000_000 }], { catalog: { topUp } }).code).toBe('amount_too_large')
    const pool = poolWithCatalog()
    pool.grant(999_999_999_999_000)
    expect(refusal([{ credits: 1_000 }], { pool }).code).toBe('amount_too_large')
  })

  test('a plan, by an account that shares the pool of another', () => {
    const pool = poolWithCatalog().shareWith('child')
    expect(refusal([{ plan: 'plus' }], { pool, accountId: 'child' }).code).toBe('pool_shared')
    expect(order([{ pack: 'small' }], { pool, accountId: 'child' }).total).toBe(900)
  })
})

describe("staff's price", () => {
  test("takes the place of the catalog's, in parts as large as its prices are", () => {
    const offered = order([{ pack: 'small' }, { credits: 1_000 }], { offered: usd(1_000) })
    expect(offered.lines.map((line) => line.price)).toEqual([310, 690])
    expect(offered.total).toBe(1_000)
  })

  test('is for any amount, and in a currency the catalog does not price', () => {
    expect(order([{ credits: 7 }], { offered: usd(54) })).toMatchObject({ credits: 7, total: 54 })
    const yen = { amount: 500, currency: 'JPY' }
    expect(order([{ pack: 'small' }], { currency: 'JPY', offered: yen }).total).toBe(500)
    expect(refusal([{ pack: 'small' }], { offered: yen })).toMatchObject({ path: 'price' })
  })
})

describe('a promotion', () => {
  test('by share takes it off each line, rounded half up', () => {
    const cheaper = order([{ pack: 'small' }, { credits: 1_500 }], { promotion: 'SPRING' })
    expect(cheaper.lines.map(({ discount }) => discount)).toEqual([113, 375])
    expect(cheaper).toMatchObject({ price: 3_900, discount: 488, total: 3_412 })
  })

  test('by amount takes it off what it is for, to the last unit, and never more than that costs', () => {
    const cheaper = order([{ pack: 'small' }, { pack: 'small' }, { credits: 1_000 }], { promotion: 'SMALL' })
    expect(cheaper.lines.map(({ discount }) => discount)).toEqual([250, 250, 0])
    expect(order([{ pack: 'small' }], { promotion: 'BIG' })).toMatchObject({ discount: 900, total: 0 })
  })

  test('is never for a custom line', () => {
    const custom = { amount: usd(7_500), remark: 'on-site operator' }
    expect(order([{ custom }, { pack: 'small' }], { promotion: 'BIG' }).total).toBe(7_500)
    expect(refusal([{ custom }], { promotion: 'BIG' }).code).toBe('promotion_not_applicable')
  })

  test('is refused below its minimum, for what it is not for, and in a currency it has no amount in', () => {
    const not = (lines: readonly OrderLine[], given: Given) => refusal(lines, given).code
    expect(not([{ pack: 'small' }], { promotion: 'SMALL' })).toBe('promotion_not_applicable')
    expect(not([{ credits: 1_000 }], { promotion: 'SMALL' })).toBe('promotion_not_applicable')
    expect(not([{ pack: 'small' }], { promotion: 'BIG', currency: 'INR' })).toBe('promotion_not_applicable')
  })

  test('runs from its beginning until the instant of its end', () => {
    const at = (when: string) => ({ at: Date.parse(when), promotion: 'SPRING' })
    expect(order([{ pack: 'small' }], at('2026-01-31T23:59:59.999Z')).discount).toBe(113)
    expect(refusal([{ pack: 'small' }], at('2026-02-01T00:00:00Z'))).toMatchObject({
      code: 'promotion_not_running',
      path: 'promotion',
    })
    expect(refusal([{ pack: 'small' }], at('2025-12-31T23:59:59Z')).code).toBe('promotion_not_running')
  })
})

describe('a pack is never access', () => {
  test('buying one without access is preceded by a warning', () => {
    const warned = (line: OrderLine, given: Given) => {
      const priced = price([line], given)
      return 'warnings' in priced ? priced.warnings : priced.refused
    }
    const catalog = { access: 'plan', packs: { small: { credits: 100, price: '9.00 USD' } }, promotions: {} }
    expect(warned({ pack: 'small' }, { catalog })).toEqual(['no_access'])
    expect(warned({ pack: 'small' }, {})).toEqual([])
    expect(warned({ plan: 'lifetime' }, { catalog })).toEqual([])
    const pool = poolWithCatalog()
    pool.subscribe('basic')
    expect(warned({ pack: 'small' }, { catalog, pool })).toEqual([])
  })
})
