import { describe, expect, test } from 'vitest'
import type { Entry } from '../pool.ts'
import { givenPool, type PoolUnderTest } from '../pool-under-test.ts'
import type { PurchaseLine } from './purchase.ts'

const CATALOG = {
  currency: 'USD',
  newAccounts: { plan: 'trial', credits: 150 },
  plans: {
    trial: { name: 'Trial' },
    payg: { name: 'Pay as you go' },
    lifetime: { name: 'Lifetime', price: '200.00 USD', credits: 500 },
    plus: { name: 'Plus', price: '20.00 USD', every: 'month', credits: 300 },
    pro: { name: 'Pro', price: '50.00 USD', every: 'month', credits: 900 },
    term: { name: 'Term', price: '100.00 USD', term: '365 days', credits: 50 },
    annual: { name: 'Annual', price: 'custom', every: 'year', credits: 500, rollover: 'window' },
  },
}

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
  price: 1_000,
  discount: 0,
  tax: 0,
}

const given = (at = '2026-01-01') => givenPool({ catalog: CATALOG, at })
const plan = (id: string, more: Partial<PurchaseLine> = {}) => ({ kind: 'plan' as const, plan: id, ...more })

function pays(pool: PoolUnderTest, ...lines: Partial<PurchaseLine>[]) {
  const numbered = lines.map((line, index) => ({ ...LINE, ...line, line: index }))
  return pool.does({ type: 'purchase', purchase: 'pur_1', currency: 'USD', lines: numbered, key: 'pur_1' })
}

describe('a purchase that becomes paid', () => {
  test('makes a lot of each line, and at most one bonus lot, in one row that names them all', () => {
    const pool = given()
    const entry = pays(
      pool,
      { credits: 1_000, bonus: 100, price: 2_000, discount: 500, tax: 270 },
      { kind: 'pack', pack: 'small', credits: 50 },
      { kind: 'custom', remark: 'on-site operator', price: 7_500 },
    )
    expect(entry).toMatchObject({ type: 'purchase', amount: 1_150, key: 'pur_1' })
    expect(entry.detail?.unapplied).toBeUndefined()
    const lots = (entry.detail?.lots ?? []).map((number) => pool.lot(number))
    expect(lots.map(({ amount, paid, origin }) => ({ amount, paid, origin }))).toEqual([
      {
        amount: 1_000,
        paid: { amount: 1_500, currency: 'USD' },
        origin: { type: 'purchase', purchase: 'pur_1', line: 0, bonus: false },
      },
      { amount: 100, paid: null, origin: { type: 'purchase', purchase: 'pur_1', line: 0, bonus: true } },
      {
        amount: 50,
        paid: { amount: 1_000, currency: 'USD' },
        origin: { type: 'purchase', purchase: 'pur_1', line: 1, bonus: false },
      },
    ])
    expect(pool.lots()).toEqual(['free 150', 'purchased 100', 'purchased 1000', 'purchased 50'])
    expect(entry.draws.map(({ credits }) => credits)).toEqual([1_000, 100, 50])
  })

  test('of custom lines alone writes its row and moves no credits', () => {
    const pool = given()
    expect(pays(pool, { kind: 'custom', remark: 'on-site operator', price: 7_500 })).toMatchObject({
      type: 'purchase',
      amount: 0,
      draws: [],
      detail: { purchase: 'pur_1', lots: [] },
    })
    expect(pool.state().totals).toMatchObject({ available: 150, received: 150 })
  })

  test('a trial account with 150 left that buys 1,000 is pay as you go and has 1,150', () => {
    const pool = given()
    pays(pool, { credits: 1_000, movesTo: 'payg' })
    expect(pool.state().basePlan).toMatchObject({ plan: 'payg' })
    expect(pool.state().totals.available).toBe(1_150)
    expect(pool.news('subscription.started')).toHaveLength(2)
  })

  test('a plan for life is never replaced by one that costs nothing', () => {
    const pool = given()
    pays(pool, plan('lifetime'))
    const entry = pays(pool, { credits: 10, movesTo: 'payg' })
    expect(entry.detail?.unapplied).toBeUndefined()
    expect(pool.state().basePlan).toMatchObject({ plan: 'lifetime', purchase: 'pur_1' })
  })

  test('keeps the expiry it was ordered with, counted from the instant it is paid', () => {
    const pool = given('2026-01-31')
    pays(pool, { credits: 10, expires: { kind: 'after', length: { count: 1, unit: 'month' } } })
    expect(pool.lives()).toContain('purchased 10 until 2026-02-28')
  })

  test('credits for the term live as long as those of the plan that is bought with them', () => {
    const pool = given('2026-01-15')
    const entry = pays(
      pool,
      { credits: 200, expires: { kind: 'term' } },
      plan('annual', { recurringPrice: 90_000 }),
    )
    expect(pool.lives()).toEqual([
      'subscription 500 until 2027-04-15',
      'free 150 for ever',
      'purchased 200 until 2027-04-15',
    ])
    expect(entry.detail?.lots).toHaveLength(2)
    expect(pool.state().subscription).toMatchObject({
      price: { amount: 90_000, currency: 'USD' },
      credits: null,
    })
  })

  test('ends the wait of the alerts as every purchase does, and runs out no more', () => {
    const pool = givenPool({ catalog: { alerts: { remaining: ['20%'] } } })
    pays(pool, { credits: 100 })
    pool.charge(100)
    pays(pool, { credits: 10 })
    expect(pool.news('credits.exhausted', 'credits.restored').map((news) => news.split(' ')[1])).toEqual([
      'credits.exhausted',
      'credits.restored',
    ])
    expect(pool.state().alerts).toMatchObject({ bought: true, reference: 10 })
  })
})

describe('a plan that is paid for', () => {
  test('begins with its refill, and the recurring amount that was agreed', () => {
    const pool = given()
    const entry = pays(pool, plan('plus', { recurring: 350 }))
    expect(entry).toMatchObject({ amount: 0 })
    expect(pool.state().subscription).toMatchObject({ plan: 'plus', status: 'active', credits: 350 })
    expect(entry.detail?.lots?.map((number) => pool.lot(number).amount)).toEqual([350])
  })

  const changed = (pool: PoolUnderTest, credits: number) => {
    const { number, bill } = pool.state().subscription!
    return plan('pro', { change: { credits, subscription: number, period: bill!.index } })
  }
  const amounts = (pool: PoolUnderTest, { detail }: Entry) =>
    detail?.lots?.map((number) => pool.lot(number).amount)

  test('changes within its period, and the difference it was ordered with comes as a lot of the purchase', () => {
    const pool = given()
    pays(pool, plan('plus'))
    const line = changed(pool, 300)
    const entry = pays(pool.at('2026-01-20'), line)
    expect(pool.state().subscription).toMatchObject({
      plan: 'pro',
      refill: { start: Date.parse('2026-01-01') },
    })
    expect(amounts(pool, entry)).toEqual([300])
  })

  test('ordered at the end of a period and paid after it is no whole period: it changes with the next one', () => {
    const pool = given()
    pays(pool, plan('plus'))
    const line = changed(pool.at('2026-01-31T23:00Z'), 1)
    const entry = pays(pool.at('2026-02-01T01:00Z'), line)
    expect(amounts(pool, entry)).toEqual([1])
    expect(pool.state().subscription).toMatchObject({ plan: 'plus', change: { plan: 'pro' } })
    expect(pool.at('2026-03-01').state().subscription).toMatchObject({ plan: 'pro' })
  })

  test('ordered as a part of a period that ended for good is said, and is no new subscription', () => {
    const pool = given()
    pays(pool, plan('plus'))
    const line = changed(pool, 300)
    pool.does({ type: 'cancel', when: 'now' })
    expect(pays(pool, line).detail?.unapplied).toEqual([{ line: 0, why: 'subscription_ended' }])
    expect(pool.state().subscription).toBeNull()
    pays(pool, plan('pro'))
    expect(pays(pool, line).detail?.unapplied).toEqual([{ line: 0, why: 'subscription_ended' }])
  })

  test('ordered as a part of a period and had meanwhile is said', () => {
    const pool = given()
    pays(pool, plan('plus'))
    const line = changed(pool, 300)
    pays(pool, line)
    expect(pays(pool, line).detail?.unapplied).toEqual([{ line: 0, why: 'already_on_plan' }])
  })

  test('ordered as a whole period is one, though another plan was taken meanwhile', () => {
    const pool = given()
    pays(pool, plan('plus'))
    const entry = pays(pool.at('2026-01-20'), plan('pro'))
    expect(amounts(pool, entry)).toEqual([900])
    expect(pool.state().subscription).toMatchObject({
      plan: 'pro',
      bill: { start: Date.parse('2026-01-20') },
    })
  })

  test('towards fewer credits changes at once too, since it is paid for at once', () => {
    const pool = given()
    pays(pool, plan('pro'))
    pays(pool, plan('plus'))
    expect(pool.state().subscription).toMatchObject({ plan: 'plus', change: null })
  })

  test('ends the trial of that plan', () => {
    const pool = givenPool({
      catalog: {
        plans: {
          plus: {
            price: '20.00 USD',
            every: 'month',
            credits: 300,
            trial: { length: '7 days', credits: 20 },
          },
        },
      },
    })
    pool.subscribe('plus', { trial: true })
    pays(pool, plan('plus'))
    expect(pool.state().subscription).toMatchObject({ status: 'active' })
    expect(pool.lots()).toContain('subscription 300')
  })

  test.each(['past_due', 'unpaid'])('pays what was owed, where it is %s', (status) => {
    const pool = given()
    pays(pool, plan('plus'))
    pool.does({ type: 'payment_failed' })
    if (status === 'unpaid') pool.at('2026-01-20')
    expect(pool.state().subscription).toMatchObject({ status })
    pays(pool, plan('plus'))
    expect(pool.state().subscription).toMatchObject({ status: 'active', pastDueSince: null })
  })

  test.each(['past_due', 'unpaid'])(
    'takes the place of one that is %s, with a whole period of its own',
    (status) => {
      const pool = given('2026-01-20')
      pays(pool, plan('plus'))
      pool.does({ type: 'payment_failed' })
      if (status === 'unpaid') pool.at('2026-02-03')
      expect(pool.state().subscription).toMatchObject({ status })
      pays(pool, plan('pro'))
      expect(pool.state().subscription).toMatchObject({ plan: 'pro', status: 'active', pastDueSince: null })
      expect(pool.lots()).toContain('subscription 900')
    },
  )

  test('ends a pause', () => {
    const pool = given()
    pays(pool, plan('plus'))
    pool.does({ type: 'pause' })
    pays(pool, plan('plus'))
    expect(pool.state().subscription).toMatchObject({ plan: 'plus', status: 'active', pausedAt: null })
  })

  test('of another plan ends a pause too', () => {
    const pool = given()
    pays(pool, plan('plus'))
    pool.does({ type: 'pause' })
    pool.at('2026-01-20')
    pays(pool, plan('pro'))
    expect(pool.state().subscription).toMatchObject({ plan: 'pro', status: 'active', pausedAt: null })
  })

  test('replaces one that was still to begin', () => {
    const pool = given()
    pool.subscribe('plus', { startsAt: Date.parse('2026-03-01') })
    pays(pool, plan('pro'))
    expect(pool.state().subscription).toMatchObject({ plan: 'pro', status: 'active' })
  })
})

describe('is never refused for what arose after the money was paid:', () => {
  test('a plan that was retired meanwhile', () => {
    const pool = given()
    pool.apply({ ...CATALOG, plans: { ...CATALOG.plans, plus: { ...CATALOG.plans.plus, retired: true } } })
    expect(pays(pool, plan('plus')).detail?.unapplied).toBeUndefined()
    expect(pool.state().subscription).toMatchObject({ plan: 'plus', status: 'active' })
  })

  test('a plan that left the catalog is said, and the other lines have their effect', () => {
    const { plus: _, ...others } = CATALOG.plans
    const pool = given().at('2026-01-02')
    pool.apply({ ...CATALOG, plans: others })
    const entry = pays(pool, plan('plus'), { credits: 10, movesTo: 'gone' })
    expect(entry).toMatchObject({ amount: 10 })
    expect(entry.detail?.unapplied).toEqual([
      { line: 0, why: 'plan_not_found' },
      { line: 1, why: 'plan_not_found' },
    ])
  })

  test('a plan with a fixed term that is bought twice runs for a further term', () => {
    const pool = given()
    pays(pool, plan('term'))
    expect(pays(pool, plan('term')).detail?.unapplied).toBeUndefined()
    expect(pool.state().subscription).toMatchObject({ endsAt: Date.parse('2028-01-01') })
    pool.at('2027-06-01')
    expect(pool.state().subscription).toMatchObject({ plan: 'term', status: 'active' })
    pool.at('2028-01-01')
    expect(pool.state().subscription).toBeNull()
  })

  test('a plan it is on already, for life or by the month, is said', () => {
    for (const id of ['lifetime', 'plus']) {
      const pool = given()
      pays(pool, plan(id))
      const before = pool.state()
      expect(pays(pool, plan(id)).detail?.unapplied).toEqual([{ line: 0, why: 'already_on_plan' }])
      expect(pool.state()).toMatchObject({ basePlan: before.basePlan, subscription: before.subscription })
    }
  })

  test('the same plan goes on where it was to end', () => {
    const pool = given()
    pays(pool, plan('plus'))
    pool.does({ type: 'cancel', when: 'periodEnd' })
    expect(pays(pool, plan('plus')).detail?.unapplied).toBeUndefined()
    expect(pool.state().subscription).toMatchObject({ cancelAt: null })
  })

  test('more credits than there is room for come as far as there is room, and it is said', () => {
    const pool = given()
    const entry = pays(pool, { credits: 999_999_999_999_000, bonus: 2_000 })
    expect(entry).toMatchObject({ amount: 999_999_999_999_849 })
    expect(entry.detail?.unapplied).toEqual([{ line: 0, why: 'amount_too_large' }])
    expect(pays(pool, { credits: 5 })).toMatchObject({ amount: 0, detail: { lots: [] } })
  })

  test('an account that shares the pool no longer', () => {
    const pool = given().shareWith('child')
    pool.leave('child')
    const lines = [{ ...LINE, credits: 10 }]
    const entry = pool.does({
      type: 'purchase',
      accountId: 'child',
      purchase: 'pur_2',
      currency: 'USD',
      lines,
    })
    expect(entry).toMatchObject({ accountId: 'child', amount: 10 })
  })
})
