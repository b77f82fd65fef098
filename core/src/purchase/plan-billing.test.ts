import { describe, expect, test } from 'vitest'
import { compileCatalog } from '../catalog/compile.ts'
import { givenPool, type PoolUnderTest } from '../pool-under-test.ts'
import { BILL_ATTEMPTS_MAX, nextBillAttempt, planBillDue } from './plan-billing.ts'
import { priceRenewal } from './price-order.ts'
import type { PlanPeriod, PurchaseLine } from './purchase.ts'

const CATALOG = {
  currency: 'USD',
  plans: {
    pro: { name: 'Pro', price: '10.00 USD', every: 'month', credits: 100 },
    once: { name: 'Once paid', price: '10.00 USD', every: 'month', credits: 100, refill: 'whenPaid' },
    yearly: {
      name: 'Yearly',
      price: '90.00 USD',
      every: 'year',
      creditsEvery: 'month',
      credits: 100,
      refill: 'whenPaid',
    },
    contract: { name: 'Contract', price: 'custom', every: 'month', credits: 100 },
    gratis: { name: 'Gratis', every: 'month', credits: 5 },
    term: { name: 'Term', price: '50.00 USD', every: 'month', term: '365 days' },
  },
}
const LINE: PurchaseLine = {
  ...{ line: 0, kind: 'plan', plan: 'pro', pack: null, remark: null, name: 'Pro', credits: 0, bonus: 0 },
  ...{ recurring: null, expires: { kind: 'never' }, movesTo: null, price: 1_000, discount: 0, tax: 0 },
}

function pays(pool: PoolUnderTest, purchase: string, more: Partial<PurchaseLine> = {}) {
  return pool.does({
    type: 'purchase',
    purchase,
    currency: 'USD',
    lines: [{ ...LINE, ...more }],
    key: purchase,
  })
}

function bought(plan: string, more: Partial<PurchaseLine> = {}): PoolUnderTest {
  const pool = givenPool({ catalog: CATALOG, at: '2026-01-01' })
  pays(pool, 'pur_1', { plan, ...more })
  return pool
}

const subscription = (pool: PoolUnderTest) => pool.state().subscription!
const bill = (pool: PoolUnderTest) => planBillDue(subscription(pool))
const refills = (pool: PoolUnderTest) => pool.news('subscription.refilled').length
const renewal = (pool: PoolUnderTest): PlanPeriod => {
  const due = bill(pool)
  if (due === null) throw new Error('a bill is owed')
  return { subscription: due.subscription, period: due.period }
}

function price(pool: PoolUnderTest, owed: PlanPeriod) {
  const compiled = compileCatalog({ scrip: 1, product: 'Test', ...CATALOG })
  if ('errors' in compiled) throw new Error(JSON.stringify(compiled.errors))
  const catalog = { ...compiled.catalog, version: 1 }
  const state = pool.state()
  const place = { country: null, region: null, hasTaxId: false }
  const who = { accountId: state.ownerId, currency: 'USD', place, promotion: null, offered: null }
  return priceRenewal(owed, { catalog, at: state.at, state, ...who })
}

describe('a bill', () => {
  test('is owed from the instant its period begins, and the first period was paid with the plan', () => {
    const pool = bought('pro')
    expect(bill(pool)).toBe(null)
    const { number } = subscription(pool)
    const startsAt = Date.parse('2026-02-01')
    expect(bill(pool.at('2026-02-01'))).toEqual({ subscription: number, period: 1, startsAt })
  })

  test('is of the present period alone, however long nobody looked', () => {
    expect(bill(bought('pro').at('2026-04-20'))).toMatchObject({ period: 3 })
  })

  test('of a year is owed by the year, though credits come by the month', () => {
    const pool = bought('yearly')
    expect(bill(pool.at('2026-12-31'))).toBe(null)
    expect(refills(pool)).toBe(12)
    expect(bill(pool.at('2027-01-01'))).toMatchObject({ period: 1 })
  })

  test('is not owed by what is cancelled, paused, unpaid, ends at a term, or is billed by the product', () => {
    const cancelled = bought('pro')
    cancelled.does({ type: 'cancel', when: 'periodEnd' })
    const paused = bought('pro')
    paused.does({ type: 'pause' })
    const unpaid = bought('pro').at('2026-02-01')
    unpaid.does({ type: 'payment_failed' })
    const own = givenPool({ catalog: CATALOG, at: '2026-01-01' })
    own.subscribe('pro')
    for (const pool of [cancelled, paused, bought('term'), own]) {
      expect(planBillDue(pool.at('2026-02-20').state().subscription)).toBe(null)
    }
    expect(bill(unpaid.at('2026-02-07'))).not.toBe(null)
    expect(bill(unpaid.at('2026-02-08'))).toBe(null)
    expect(planBillDue(null)).toBe(null)
  })

  test('paid renews nothing by itself: no second refill, and nothing is owed any more', () => {
    const pool = bought('pro').at('2026-02-01')
    const entry = pays(pool, 'pur_2', { renewal: renewal(pool) })
    expect(entry.detail?.unapplied).toBeUndefined()
    expect([bill(pool), refills(pool), subscription(pool).status]).toEqual([null, 2, 'active'])
    expect(pool.news('subscription.recovered')).toHaveLength(0)
    expect(bill(pool.at('2026-03-01'))).toMatchObject({ period: 2 })
  })

  test('paid late recovers what was past due or unpaid, for the present period', () => {
    for (const late of ['2026-02-03', '2026-02-20', '2026-03-20']) {
      const pool = bought('pro').at('2026-02-01')
      const owed = renewal(pool)
      pool.does({ type: 'payment_failed', bill: owed })
      pays(pool.at(late), 'pur_2', { renewal: owed })
      expect([subscription(pool).status, bill(pool)]).toEqual(['active', null])
      expect(pool.news('subscription.recovered')).toHaveLength(1)
    }
  })

  test('paid twice, or for a subscription that has ended, has no effect and says so', () => {
    const pool = bought('pro').at('2026-02-01')
    const owed = renewal(pool)
    pays(pool, 'pur_2', { renewal: owed })
    const again = pays(pool, 'pur_3', { renewal: owed })
    expect(again.detail?.unapplied).toEqual([{ line: 0, why: 'already_on_plan' }])
    pool.does({ type: 'cancel', when: 'now' })
    const ended = pays(pool, 'pur_4', { renewal: { ...owed, period: 2 } })
    expect(ended.detail?.unapplied).toEqual([{ line: 0, why: 'subscription_ended' }])
    expect([refills(pool), pool.state().subscription]).toEqual([2, null])
  })

  test('that was paid meanwhile fails nothing when an older attempt at it is declined', () => {
    const pool = bought('pro').at('2026-02-01')
    const owed = renewal(pool)
    pays(pool, 'pur_2', { renewal: owed })
    pool.does({ type: 'payment_failed', bill: owed })
    expect(subscription(pool).status).toBe('active')
  })

  test('is settled by a payment that the product reports, and by buying the plan again', () => {
    const reported = bought('pro').at('2026-02-01')
    reported.does({ type: 'payment_received' })
    const again = bought('pro').at('2026-02-01')
    again.does({ type: 'payment_failed' })
    pays(again, 'pur_2')
    for (const pool of [reported, again]) {
      expect([bill(pool), refills(pool), subscription(pool).status]).toEqual([null, 2, 'active'])
    }
  })

  test('of a plan that refills once paid brings the refill of its period, once', () => {
    const pool = bought('once').at('2026-02-10')
    expect([refills(pool), subscription(pool).status]).toEqual([1, 'active'])
    const end = subscription(pool).bill?.end
    pays(pool, 'pur_2', { renewal: renewal(pool) })
    expect([refills(pool), subscription(pool).bill?.end]).toEqual([2, end])
    expect(refills(pool.at('2026-02-28'))).toBe(2)
  })
})

describe('the price of a bill', () => {
  test('is the plan’s, or what was agreed, and says which bill it is', () => {
    const pool = bought('pro').at('2026-02-01')
    const owed = renewal(pool)
    expect(price(pool, owed)).toMatchObject({
      ...{ credits: 0, total: 1_000 },
      lines: [{ kind: 'plan', plan: 'pro', renewal: owed }],
    })
    const agreed = bought('contract', { recurringPrice: 777 }).at('2026-02-01')
    expect(price(agreed, renewal(agreed))).toMatchObject({ total: 777 })
  })

  test('is none where the plan costs nothing, or nothing was agreed', () => {
    for (const pool of [bought('gratis'), bought('contract')]) {
      expect(price(pool.at('2026-02-01'), renewal(pool))).toBe(null)
    }
  })
})

describe('a declined bill', () => {
  const at = Date.parse('2026-02-01')
  const declined = { attempts: 1, declinedAt: at, isByHand: false, hasOther: false }

  test('is asked for again a day, two and three days later, and then no more', () => {
    const rests = [1, 2, 3].map((attempts) => (nextBillAttempt({ ...declined, attempts }) ?? at) - at)
    expect(rests.map((rest) => rest / 86_400_000)).toEqual([1, 2, 3])
    expect(nextBillAttempt({ ...declined, attempts: BILL_ATTEMPTS_MAX })).toBe(null)
  })

  test('is asked for at once by another card, whenever that is saved, and by another checkout', () => {
    expect(nextBillAttempt({ ...declined, attempts: 9, hasOther: true })).toBe(at)
    expect(nextBillAttempt({ ...declined, isByHand: true })).toBe(at)
  })
})
