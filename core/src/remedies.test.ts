import { expect, test } from 'vitest'
import type { Catalog } from './catalog/catalog.ts'
import { compileCatalog } from './catalog/compile.ts'
import { givenPool, instant, type PoolUnderTest } from './pool-under-test.ts'
import { type Buyer, type Remedy, remediesForAccess, remediesForCredits } from './remedies.ts'

const DOCUMENT = {
  scrip: 1,
  product: 'Test',
  currency: 'USD',
  actions: {
    topic: {
      price: { credits: 2, per: 'items' },
      quantities: { items: { minimum: 1, maximum: 50 } },
      access: 'plan',
    },
    use: { price: { credits: 1, per: 'units' } },
  },
  plans: {
    basic: { every: 'month', credits: 100, price: '19.00 USD', rollover: { bank: 200 } },
    plus: { every: 'month', credits: 300, price: '39.00 USD', rollover: { bank: 600 } },
    pro: { every: 'month', credits: 800, price: '79.00 USD', rollover: { bank: 1600 } },
    old: { every: 'month', credits: 5_000, price: '1.00 USD', retired: true },
    lifetime: { credits: 500, price: '299.00 USD' },
  },
  packs: {
    small: { credits: 50, price: '9.00 USD' },
    medium: { credits: 200, price: '29.00 USD' },
    plusOnly: { credits: 60, price: '5.00 USD', plans: ['plus'] },
  },
}

const ANN = { userId: 'ann', name: 'Ann', email: 'ann@example.com' }
const ADMIN: Buyer = { currency: 'USD', mayBuy: true, admins: [ANN], sellsThroughStaff: false }

function catalogsOf(document: object) {
  const compiled = compileCatalog(document)
  if ('errors' in compiled) throw new Error(JSON.stringify(compiled.errors))
  const catalog: Catalog = { ...compiled.catalog, version: 1 }
  return { at: () => catalog, version: () => catalog, nextChange: () => null }
}

function ways(
  pool: PoolUnderTest,
  items: number,
  buyer: Partial<Buyer> = {},
  document: object = DOCUMENT,
): Remedy[] {
  const wanted = { action: 'topic', quantities: { items }, options: {}, required: items * 2 }
  return remediesForCredits(pool.state(), catalogsOf(document), wanted, { ...ADMIN, ...buyer })
}

function subscribed(plan: string, left: number): PoolUnderTest {
  const pool = givenPool({ catalog: DOCUMENT })
  pool.subscribe(plan)
  pool.charge(pool.state().totals.available - left)
  return pool
}

test('30 credits, 25 items asked for: 15 items at most, the next refill, the pack that covers it, a plan that suffices', () => {
  expect(ways(subscribed('basic', 30), 25)).toEqual([
    { kind: 'reduce', quantity: 'items', max: 15, credits: 30, suffices: true },
    { kind: 'wait', at: instant('2026-02-01'), credits: 100, availableAfter: 130, suffices: true },
    {
      kind: 'buyPack',
      pack: 'small',
      name: 'small',
      credits: 50,
      price: { amount: 900, currency: 'USD' },
      suffices: true,
    },
    {
      kind: 'changePlan',
      plan: 'plus',
      name: 'plus',
      credits: 300,
      price: { amount: 3900, currency: 'USD' },
      suffices: true,
    },
  ])
})

test('the next refill is found by advancing a copy: what a limit cuts at that instant is not there, and whether it suffices is said', () => {
  const plans = { basic: { every: 'month', credits: 60, rollover: 'reset' } }
  const document = { ...DOCUMENT, plans, packs: {} }
  const pool = givenPool({ catalog: document })
  pool.subscribe('basic')
  pool.charge(10)
  const wait = ways(pool, 40, {}, document).find((way) => way.kind === 'wait')
  expect(wait).toMatchObject({ credits: 60, availableAfter: 60, suffices: false })
  expect(pool.state().totals.available).toBe(50)
})

test('the largest quantity is never above the one asked for, and none is named where not even the least is affordable', () => {
  expect(ways(subscribed('basic', 1), 25).some((way) => way.kind === 'reduce')).toBe(false)
})

test('a pack that only subscribers of a plan may buy is named to them alone', () => {
  const packOf = (plan: string) => ways(subscribed(plan, 0), 25).find((way) => way.kind === 'buyPack')
  expect(packOf('plus')).toMatchObject({ pack: 'plusOnly', suffices: true })
  expect(packOf('basic')).toMatchObject({ pack: 'small', suffices: true })
})

test('where no pack covers what is missing the largest is named, and says that it does not suffice', () => {
  const pool = subscribed('pro', 0)
  const document = { ...DOCUMENT, packs: { small: DOCUMENT.packs.small } }
  expect(ways(pool, 50, {}, document).find((way) => way.kind === 'buyPack')).toMatchObject({
    pack: 'small',
    suffices: false,
  })
})

test('the smallest top-up that covers what is missing is its minimum and whole steps', () => {
  const document = { ...DOCUMENT, topUp: { pricePerCredit: '0.02 USD', minimum: 40, step: 20, maximum: 500 } }
  expect(ways(subscribed('basic', 0), 25, {}, document).find((way) => way.kind === 'topUp')).toEqual({
    kind: 'topUp',
    credits: 60,
    price: { amount: 120, currency: 'USD' },
    suffices: true,
  })
})

test('a top-up is offered for what the account would pay: by its own terms, where it has any', () => {
  const document = { ...DOCUMENT, topUp: { pricePerCredit: '0.02 USD', minimum: 40, step: 20 } }
  const pool = subscribed('basic', 0)
  const tiers = [{ upTo: null, pricePerCredit: [{ micros: 5_000, currency: 'USD' }] }]
  const terms = { from: null, pricePerCredit: tiers, actions: {}, buysItself: true }
  pool.does({ type: 'terms', terms })
  expect(ways(pool, 25, {}, document).find((way) => way.kind === 'topUp')).toMatchObject({
    credits: 60,
    price: { amount: 30, currency: 'USD' },
  })
})

test('where only an admin can buy, whom to ask stands in the place of buying', () => {
  expect(ways(subscribed('basic', 30), 25, { mayBuy: false })).toEqual([
    expect.objectContaining({ kind: 'reduce' }),
    expect.objectContaining({ kind: 'wait' }),
    { kind: 'askAdmin', admins: [ANN] },
  ])
})

test('where only staff sell, the way is to request what is missing', () => {
  expect(ways(subscribed('basic', 30), 25, { sellsThroughStaff: true }).at(-1)).toEqual({
    kind: 'requestTopUp',
    credits: 20,
  })
})

test('without access: choose a plan, or buy lifetime; never a pack, and no plan that is retired', () => {
  const pool = givenPool({ catalog: DOCUMENT })
  pool.buy(200)
  const found = remediesForAccess(pool.state(), catalogsOf(DOCUMENT), [], ADMIN)
  expect(found.map((way) => ('plan' in way ? `${way.kind} ${way.plan}` : way.kind))).toEqual([
    'choosePlan basic',
    'choosePlan plus',
    'choosePlan pro',
    'buyLifetime lifetime',
  ])
})

test('paused: resume. Unpaid: update the payment. Never a plan beside them', () => {
  const pool = givenPool({ catalog: DOCUMENT })
  pool.subscribe('basic')
  pool.does({ type: 'pause' })
  expect(remediesForAccess(pool.state(), catalogsOf(DOCUMENT), [], ADMIN)).toEqual([{ kind: 'resume' }])
  pool.does({ type: 'resume' })
  pool.does({ type: 'payment_failed' })
  pool.at('2026-02-20')
  expect(remediesForAccess(pool.state(), catalogsOf(DOCUMENT), [], ADMIN)).toEqual([
    { kind: 'updatePayment' },
  ])
})

test('plan_required names the plans it is part of, and no others', () => {
  const pool = subscribed('basic', 0)
  const found = remediesForAccess(pool.state(), catalogsOf(DOCUMENT), ['pro', 'lifetime'], ADMIN)
  expect(found.map((way) => ('plan' in way ? way.plan : way.kind))).toEqual(['pro', 'lifetime'])
})
