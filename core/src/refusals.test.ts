import { describe, expect, test } from 'vitest'
import { givenPool, type PoolUnderTest, type Told } from './pool-under-test.ts'
import { precedenceOf, type RefusalCode } from './refusals.ts'

/** A charge or hold that may be made, and what surrounds it: each reason below spoils one part of it. */
interface Situation {
  action: string
  quantities: Record<string, number>
  options: Record<string, string>
  plan: string | null
  credits: number
  budget: number | null
  maxCredits: number | null
  timeoutMs: number
}

const ACTIONS = {
  make: {
    access: 'plan',
    plans: ['pro'],
    price: [
      { credits: { small: 1, large: 2 }, by: 'size', per: 'items' },
      { credits: 1, per: 'pages' },
      { credits: 1_000_000_000, per: 'bulk' },
    ],
    quantities: { items: { maximum: 4 }, pages: {}, bulk: { default: 0 } },
    options: { size: {}, colour: { values: ['red'], default: 'red' } },
  },
  soon: { comingSoon: true },
}
const PLANS = { plus: { every: 'month', credits: 0 }, pro: { every: 'month', credits: 0 } }

const REASONS: Partial<Record<RefusalCode, (situation: Situation) => void>> = {
  action_not_found: (it) => {
    it.action = 'nothing'
  },
  action_not_available: (it) => {
    it.action = 'soon'
  },
  unknown_quantity: (it) => {
    it.quantities.nothing = 1
  },
  unknown_option: (it) => {
    it.options.nothing = 'x'
  },
  quantity_required: (it) => {
    delete it.quantities.pages
  },
  option_required: (it) => {
    delete it.options.size
  },
  quantity_out_of_range: (it) => {
    it.quantities.items = 5
  },
  option_not_available: (it) => {
    it.options.colour = 'blue'
  },
  amount_too_large: (it) => {
    it.quantities.bulk = 1_000_000_000
  },
  timeout_out_of_range: (it) => {
    it.timeoutMs = 1
  },
  access_inactive: (it) => {
    it.plan = null
  },
  plan_required: (it) => {
    it.plan = 'plus'
  },
  price_above_maximum: (it) => {
    it.maxCredits = 1
  },
  budget_exceeded: (it) => {
    it.budget = 1
  },
  insufficient_credits: (it) => {
    it.credits = 1
  },
}
const CODES = Object.keys(REASONS) as RefusalCode[]
// Two ways to spoil one and the same part do not come together.
const NEVER_TOGETHER = [
  ['action_not_found', 'action_not_available'],
  ['access_inactive', 'plan_required'],
]

function answerTo(...codes: readonly RefusalCode[]): RefusalCode | null {
  const situation: Situation = {
    action: 'make',
    quantities: { items: 1, pages: 1 },
    options: { size: 'small' },
    plan: 'pro',
    credits: 10,
    budget: null,
    maxCredits: null,
    timeoutMs: 60_000,
  }
  for (const code of codes) REASONS[code]!(situation)
  const { plan, credits, budget, ...asked } = situation
  const pool = givenPool({ catalog: { actions: ACTIONS, plans: PLANS } })
  pool.grant(credits)
  if (plan !== null) pool.subscribe(plan)
  if (budget !== null) {
    const limits = { limit: budget, every: null, userId: null, subjectId: null }
    pool.does({ type: 'budget', name: 'all', budget: limits, spent: 0 })
  }
  const { outcome } = pool.decide({ type: 'hold', ...asked })
  return 'refused' in outcome ? outcome.refused.code : null
}

describe('of two reasons against a hold the one that comes first in the table is answered', () => {
  test('and without a reason it is made', () => {
    expect(answerTo()).toBeNull()
  })

  test.each(CODES)('%s alone is answered as itself', (code) => {
    expect(answerTo(code)).toBe(code)
  })

  const pairs = CODES.flatMap((one) => CODES.map((other) => [one, other] as const)).filter(
    ([one, other]) =>
      precedenceOf(one) < precedenceOf(other) &&
      !NEVER_TOGETHER.some((pair) => pair.includes(one) && pair.includes(other)),
  )
  test.each(pairs)('%s comes before %s', (first, second) => {
    expect(answerTo(first, second)).toBe(first)
    expect(answerTo(second, first)).toBe(first)
  })
})

const PLAN_RULES = {
  plans: {
    free: {},
    gone: { retired: true },
    life: { price: '10.00 USD' },
    plus: { every: 'month', credits: 1 },
    old: { every: 'month', credits: 1, retired: true },
    pass: { every: 'month', term: '1 year', credits: 1 },
    tried: { every: 'month', credits: 1, trial: { length: '7 days', credits: 1 } },
    tried2: { every: 'month', credits: 1, trial: { length: '7 days', credits: 1 } },
  },
}
const given = () => givenPool({ catalog: PLAN_RULES })
const subscribe = (plan: string, more: object = {}): Told => ({ type: 'subscribe', plan, ...more })
const EARLIER = { startsAt: 0 }
const BACKWARDS = { startsAt: 2e12, endsAt: 1.9e12 }

/** A request against which both speak, and one against which the second speaks alone; `in` brings the pool into the state for them. */
interface Pair {
  readonly first: RefusalCode
  readonly second: RefusalCode
  readonly in?: (pool: PoolUnderTest) => void
  readonly asked: Told
  readonly alone: Told
}

const share = (pool: PoolUnderTest) => pool.shareWith('team')
const stop = { type: 'cancel', when: 'now' } as const
const grant = (credits: number, more: object = {}): Told => ({
  type: 'grant',
  kind: 'free',
  credits,
  ...more,
})
const TRIAL = { trial: true }

const OTHERS: readonly Pair[] = [
  {
    first: 'account_not_found',
    second: 'pool_shared',
    in: share,
    asked: { ...subscribe('plus'), accountId: 'stranger' },
    alone: { ...subscribe('plus'), accountId: 'team' },
  },
  {
    first: 'pool_shared',
    second: 'plan_not_found',
    in: share,
    asked: { ...subscribe('nothing'), accountId: 'team' },
    alone: subscribe('nothing'),
  },
  {
    first: 'pool_shared',
    second: 'subscription_not_found',
    in: share,
    asked: { ...stop, accountId: 'team' },
    alone: stop,
  },
  {
    first: 'plan_not_found',
    second: 'instant_in_the_past',
    asked: subscribe('nothing', EARLIER),
    alone: subscribe('plus', EARLIER),
  },
  {
    first: 'plan_retired',
    second: 'trial_not_offered',
    asked: subscribe('gone', TRIAL),
    alone: subscribe('free', TRIAL),
  },
  {
    first: 'plan_retired',
    second: 'trial_not_offered',
    asked: subscribe('old', TRIAL),
    alone: subscribe('plus', TRIAL),
  },
  {
    first: 'plan_retired',
    second: 'instant_in_the_past',
    asked: subscribe('old', EARLIER),
    alone: subscribe('plus', EARLIER),
  },
  {
    first: 'plan_retired',
    second: 'plan_not_replaceable',
    in: (pool) => pool.subscribe('life'),
    asked: subscribe('gone'),
    alone: subscribe('free'),
  },
  {
    first: 'plan_not_replaceable',
    second: 'trial_not_offered',
    in: (pool) => pool.subscribe('life'),
    asked: subscribe('free', TRIAL),
    alone: subscribe('life', TRIAL),
  },
  {
    first: 'already_on_plan',
    second: 'instant_in_the_past',
    in: (pool) => pool.subscribe('pass'),
    asked: subscribe('pass', EARLIER),
    alone: subscribe('plus', EARLIER),
  },
  {
    first: 'trial_not_offered',
    second: 'life_is_empty',
    asked: subscribe('plus', { ...TRIAL, ...BACKWARDS }),
    alone: subscribe('plus', BACKWARDS),
  },
  {
    first: 'trial_not_offered',
    second: 'subscription_state',
    in: (pool) => pool.subscribe('tried'),
    asked: subscribe('plus', TRIAL),
    alone: subscribe('tried2', TRIAL),
  },
  {
    first: 'trial_already_used',
    second: 'subscription_state',
    in: (pool) => {
      pool.subscribe('tried', TRIAL)
      pool.does(stop)
      pool.subscribe('plus')
      pool.does({ type: 'pause' })
    },
    asked: subscribe('tried', TRIAL),
    alone: subscribe('tried'),
  },
  {
    first: 'subscription_state',
    second: 'instant_in_the_past',
    in: (pool) => {
      pool.subscribe('plus')
      pool.does({ type: 'pause' })
    },
    asked: subscribe('tried', EARLIER),
    alone: subscribe('plus', EARLIER),
  },
  {
    first: 'kind_not_grantable',
    second: 'amount_too_large',
    asked: grant(1e15, { kind: 'trial' }),
    alone: grant(1e15),
  },
  {
    first: 'amount_too_large',
    second: 'instant_in_the_past',
    asked: grant(1e15, { effectiveAt: 0 }),
    alone: grant(1, { effectiveAt: 0 }),
  },
  {
    first: 'instant_in_the_past',
    second: 'life_is_empty',
    asked: grant(1, { effectiveAt: 1, expiresAt: 0 }),
    alone: grant(1, { expiresAt: 0 }),
  },
]

describe('of two other reasons the one that comes first in the table is answered', () => {
  test.each(OTHERS)('$first comes before $second: $asked', ({ first, second, in: makes, asked, alone }) => {
    const pool = given()
    makes?.(pool)
    expect(pool.says(asked)).toBe(first)
    expect(pool.says(alone)).toBe(second)
    expect(precedenceOf(first)).toBeLessThan(precedenceOf(second))
  })

  test('hold_ended comes before what is wrong with what was captured, or with the time-out', () => {
    const pool = given()
    pool.grant(10)
    const hold = pool.hold(1)
    pool.does({ type: 'release', hold })
    const facts = { quantities: { nothing: 1 }, options: { nothing: 'x' } }
    expect(pool.says({ type: 'capture', hold, final: true, beyondHold: false, ...facts })).toBe('hold_ended')
    expect(pool.says({ type: 'extend', hold, timeoutMs: 1 })).toBe('hold_ended')
    for (const later of ['unknown_quantity', 'timeout_out_of_range', 'capture_exceeds_hold'] as const) {
      expect(precedenceOf('hold_ended')).toBeLessThan(precedenceOf(later))
    }
  })

  test('quote_expired comes before the time-out, the access and the credits', () => {
    const pool = givenPool({ catalog: { actions: ACTIONS, plans: PLANS } })
    const [pricedAt, expiresAt] = [pool.now(), pool.now() + 1]
    const quote = { quoteId: 'q', credits: 5, lines: [], catalogVersion: 1, pricedAt, expiresAt }
    const asked = { action: 'make', quantities: {}, options: {}, quote, timeoutMs: 1 }
    expect(pool.says({ type: 'hold', ...asked })).toBe('timeout_out_of_range')
    expect(pool.at(expiresAt).says({ type: 'hold', ...asked })).toBe('quote_expired')
  })

  test('lot_closed comes before void_exceeds_lot', () => {
    const pool = given()
    const lot = pool.grant(10).draws[0]!.lot
    expect(pool.says({ type: 'void', lot, credits: 11 })).toBe('void_exceeds_lot')
    pool.does({ type: 'void', lot })
    expect(pool.says({ type: 'void', lot, credits: 11 })).toBe('lot_closed')
  })
})
