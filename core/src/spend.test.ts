import { expect, test } from 'vitest'
import type { LockedPrice } from './commands.ts'
import { givenPool, instant, type PoolUnderTest, type Told } from './pool-under-test.ts'
import type { Price } from './price/price.ts'

const MINUTE = 60_000
const ACTIONS = {
  gated: { access: 'plan', price: { credits: 1, per: 'units' } },
  open: { price: { credits: 1, per: 'units' } },
  titles: { access: 'plan', price: 0 },
  pros: { access: 'plan', plans: ['pro'], price: { credits: 1, per: 'units' } },
  soon: { comingSoon: true },
  dear: { access: 'plan', price: { credits: 1000, per: 'units' } },
  image: {
    price: { credits: { small: 2, large: 5 }, by: 'size', per: 'images' },
    quantities: { images: { minimum: 1, maximum: 4 } },
  },
}
const PLANS = { plus: { every: 'month', credits: 100 }, pro: { every: 'month', credits: 500 } }

const open = () => givenPool({ catalog: { actions: ACTIONS, plans: PLANS } })
const ask = (action: string, units?: number, more: object = {}) =>
  ({ type: 'charge', action, quantities: units === undefined ? {} : { units }, options: {}, ...more }) as Told

test('a charge draws its full cost or nothing: there is no negative balance', () => {
  const pool = open()
  pool.grant(10)
  expect(pool.refuses(ask('open', 11)).facts).toEqual({ required: 11, available: 10, held: 0, missing: 1 })
  expect(pool.state().totals).toMatchObject({ available: 10, used: 0, uses: 0 })
})

test('a cost of 0 makes a charge whose access is checked, but no row that moves credits and no use', () => {
  const pool = open()
  expect(pool.says(ask('titles'))).toBe('access_inactive')
  pool.subscribe('plus')
  const charge = pool.does(ask('titles'))
  expect(charge).toMatchObject({ type: 'charge', amount: 0, draws: [] })
  expect(pool.state().totals).toMatchObject({ used: 0, uses: 0 })
})

test('a pack is never access: credits without a plan are shown and cannot be spent on what needs one', () => {
  const pool = open()
  pool.buy(200)
  expect(pool.says(ask('gated', 1))).toBe('access_inactive')
  expect(pool.state().totals.available).toBe(200)
  expect(pool.does(ask('open', 1)).amount).toBe(-1)
})

test.each([
  ['an action nobody knows', ask('nothing', 1, { maxCredits: 0 }), 'action_not_found'],
  ['an action that comes soon, before its access', ask('soon'), 'action_not_available'],
  ['an unknown quantity, before the missing one', ask('image', 1), 'unknown_quantity'],
  [
    'an unknown option',
    ask('image', undefined, { quantities: { images: 1 }, options: { colour: 'red' } }),
    'unknown_option',
  ],
  ['a missing quantity', ask('open'), 'quantity_required'],
  ['a missing option', ask('image', undefined, { quantities: { images: 1 } }), 'option_required'],
  [
    'a quantity out of range, before a value nobody offers',
    ask('image', undefined, { quantities: { images: 5 }, options: { size: 'huge' } }),
    'quantity_out_of_range',
  ],
  [
    'a value that is not offered',
    ask('image', undefined, { quantities: { images: 1 }, options: { size: 'huge' } }),
    'option_not_available',
  ],
  ['an amount beyond the largest, before its access', ask('dear', 1e13), 'amount_too_large'],
  [
    'no access, before too few credits and above the maximum',
    ask('gated', 50, { maxCredits: 1 }),
    'access_inactive',
  ],
  ['above the maximum, before too few credits', ask('open', 50, { maxCredits: 1 }), 'price_above_maximum'],
  ['too few credits', ask('open', 50), 'insufficient_credits'],
] as const)('of several reasons the first of the table is answered: %s is %s', (_, command, code) => {
  const pool = open()
  pool.grant(2)
  expect(pool.says(command)).toBe(code)
})

test('plan_required comes after access_inactive and before the budget, which comes before insufficient_credits', () => {
  const pool = open()
  pool.grant(2)
  expect(pool.says(ask('pros', 50))).toBe('access_inactive')
  pool.subscribe('plus')
  const budget = { limit: 1, every: null, userId: null, subjectId: null }
  pool.does({ type: 'budget', name: 'all', budget, spent: 0 })
  expect(pool.says(ask('pros', 5_000))).toBe('plan_required')
  expect(pool.says(ask('open', 5_000))).toBe('budget_exceeded')
  pool.does({ type: 'budget', name: 'all', budget: null, spent: 0 })
  expect(pool.says(ask('open', 5_000))).toBe('insufficient_credits')
})

test('a value that is not offered is refused with what is allowed', () => {
  const refusal = open().refuses(
    ask('image', undefined, { quantities: { images: 1 }, options: { size: 'huge' } }),
  )
  expect(refusal.facts).toMatchObject({ allowed: ['small', 'large'] })
  expect(refusal.path).toBe('options.size')
})

test('a charge records the version that priced it', () => {
  const pool = open()
  pool.grant(10)
  expect(pool.charge(1).catalogVersion).toBe(1)
  pool.at('2026-01-02').apply({ actions: ACTIONS, plans: PLANS })
  expect(pool.charge(1).catalogVersion).toBe(2)
})

function quoteOf(pool: PoolUnderTest, credits: number): LockedPrice {
  const now = pool.now()
  return { quoteId: 'q1', credits, lines: [], catalogVersion: 1, pricedAt: now, expiresAt: now + 15 * MINUTE }
}

test('until it expires a charge or hold with a quote costs what it said, whatever the catalog does meanwhile', () => {
  const pool = open()
  pool.grant(100)
  const quote = quoteOf(pool, 12)
  pool.at('2026-01-01T00:14Z').apply({ actions: { ...ACTIONS, open: { price: 50 } }, plans: PLANS })
  expect(pool.does(ask('open', 12, { quote })).amount).toBe(-12)
  expect(pool.does(ask('open', undefined)).amount).toBe(-50)
})

test('at its expiry a quote is refused', () => {
  const pool = open()
  pool.grant(100)
  const quote = quoteOf(pool, 12)
  expect(pool.at('2026-01-01T00:15Z').says(ask('open', 12, { quote }))).toBe('quote_expired')
})

test('access and credits are judged at the charge, not at the quote', () => {
  const pool = open()
  pool.subscribe('plus')
  const quote = quoteOf(pool, 12)
  pool.does({ type: 'cancel', when: 'now' })
  expect(pool.says(ask('gated', 12, { quote }))).toBe('access_inactive')
  const poor = open()
  expect(poor.says(ask('open', 12, { quote: quoteOf(poor, 12) }))).toBe('insufficient_credits')
})

test('what became free or gated since the quote is judged by the catalog of the charge', () => {
  const pool = open()
  pool.grant(100)
  const quote = quoteOf(pool, 3)
  pool
    .at('2026-01-01T00:01Z')
    .apply({ actions: { ...ACTIONS, open: { access: 'plan', price: 3 } }, plans: PLANS })
  expect(pool.says(ask('open', 3, { quote }))).toBe('access_inactive')
})

const flat = (credits: number): Price => ({
  parts: [{ name: null, credits, by: [], tiers: null, per: 'units', each: 1, when: null }],
  minimum: 0,
})

test("an account's own terms price its actions from an instant on, and what was before keeps its price", () => {
  const pool = open()
  pool.grant(1000)
  const terms = (from: string, credits: number) => ({
    from: instant(from),
    pricePerCredit: null,
    actions: { open: flat(credits) },
    buysItself: true,
  })
  pool.does({ type: 'terms', terms: terms('2026-02-01', 2) })
  pool.does({ type: 'terms', terms: terms('2026-03-01', 3) })
  const cost = (at: string) => -pool.at(at).does(ask('open', 10)).amount
  expect([cost('2026-01-31T23:59Z'), cost('2026-02-01'), cost('2026-03-01')]).toEqual([10, 20, 30])
})

test('terms begin now or later', () => {
  const pool = givenPool({ at: '2026-02-01' })
  const terms = { from: instant('2026-01-31'), pricePerCredit: null, actions: {}, buysItself: true }
  expect(pool.says({ type: 'terms', terms })).toBe('instant_in_the_past')
})

test("a sharing account spends from its parent's pool, and its row names it", () => {
  const pool = open()
  pool.grant(500)
  pool.shareWith('child')
  expect(pool.says({ ...ask('open', 5), accountId: 'stranger' } as Told)).toBe('account_not_found')
  const charge = pool.charge(5, { accountId: 'child' })
  pool.charge(5)
  expect(charge.accountId).toBe('child')
  expect(pool.state().totals.available).toBe(490)
})

test('when an account has left, its open holds and the refunds of its old charges stay with the pool they were made in', () => {
  const pool = open()
  pool.grant(100)
  pool.shareWith('child')
  const charge = pool.charge(5, { accountId: 'child' })
  const hold = pool.hold(10, { accountId: 'child' })
  pool.leave('child')
  expect(pool.says({ ...ask('open', 1), accountId: 'child' } as Told)).toBe('account_not_found')
  expect(
    pool.does({ type: 'capture', hold, credits: 4, final: true, beyondHold: false, accountId: 'child' })
      .amount,
  ).toBe(-4)
  expect(pool.does({ type: 'refund', charge, accountId: 'child' }).amount).toBe(5)
  expect(pool.state().totals).toMatchObject({ available: 96, held: 0, used: 4 })
})

test('an action nobody knows is refused with those that are known, the nearest first', () => {
  expect(open().refuses(ask('immage'))).toMatchObject({
    path: 'action',
    facts: { found: 'immage', expected: expect.stringMatching(/^image, /), allowed: expect.anything() },
  })
  const { allowed } = open().refuses(ask('immage')).facts
  expect(allowed).toContain('gated')
  expect(allowed).not.toContain('soon')
})

test('of many known names the ten nearest are told', () => {
  const actions = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`act-${index}`, { price: 1 }]))
  const { allowed } = givenPool({ catalog: { actions } }).refuses(ask('act-777')).facts
  expect(allowed).toHaveLength(10)
  expect((allowed as string[])[0]).toBe('act-7')
})
