/** Orders for tests: a catalog with everything that can be bought, priced for a pool as it is. */
import { compileCatalog } from '../catalog/compile.ts'
import { givenPool, type PoolUnderTest } from '../pool-under-test.ts'
import type { Refusal } from '../refusals.ts'
import { type OrderContext, priceOrder } from './price-order.ts'
import type { OrderLine, PricedOrder } from './purchase.ts'

const CATALOG = {
  scrip: 1,
  product: 'Test',
  currency: ['USD', 'INR', 'JPY'],
  plans: {
    free: { name: 'Free' },
    old: { name: 'Old', price: '5.00 USD', every: 'month', retired: true },
    basic: { name: 'Basic', price: ['10.00 USD', '800.00 INR'], every: 'month', credits: 100 },
    plus: { name: 'Plus', price: '30.00 USD', every: 'month', credits: 300 },
    yearly: { name: 'Yearly', price: '300.00 USD', every: 'year', creditsEvery: 'month', credits: 300 },
    yearlyPro: {
      name: 'Yearly Pro',
      price: '600.00 USD',
      every: 'year',
      creditsEvery: 'month',
      credits: 900,
    },
    pro: { name: 'Pro', price: ['200.00 USD', '10000.00 INR'], term: '365 days' },
    lifetime: { name: 'Lifetime', price: '99.00 USD', credits: 500 },
    gratis: { name: 'Gratis', every: 'month', credits: 5, trial: { length: '7 days', credits: 1 } },
    contract: {
      name: 'Contract',
      price: 'custom',
      every: 'year',
      credits: 500,
      topUp: { tiers: [{ upTo: 499, pricePerCredit: '2.00 USD' }, { pricePerCredit: '1.80 USD' }] },
    },
    enterprise: { name: 'Enterprise', price: 'custom', every: 'year' },
  },
  packs: {
    small: { name: 'Small', credits: 100, price: ['9.00 USD', '700.00 INR'], movesTo: 'free' },
    team: { name: 'Team', credits: 1_000, price: '80.00 USD', plans: ['plus'], expires: '2 years' },
  },
  topUp: {
    pricePerCredit: ['0.02 USD', '1.50 INR'],
    minimum: 1_000,
    maximum: 50_000,
    step: 500,
    bonus: [
      { from: 5_000, credits: 500 },
      { from: 10_000, credits: 2_000 },
    ],
    movesTo: 'free',
  },
  promotions: {
    SPRING: { percent: 12.5, from: '2026-01-01', until: '2026-02-01' },
    SMALL: { amount: '5.00 USD', packs: 'small', minimum: '10.00 USD' },
    BIG: { amount: '5000.00 USD' },
  },
}

export const usd = (amount: number) => ({ amount, currency: 'USD' })

export interface Given extends Partial<Omit<OrderContext, 'catalog' | 'promotion'>> {
  readonly pool?: PoolUnderTest
  readonly catalog?: Record<string, unknown>
  readonly promotion?: string
}

export function price(lines: readonly OrderLine[], given: Given = {}) {
  const compiled = compileCatalog({ ...CATALOG, ...given.catalog })
  if ('errors' in compiled) throw new Error(JSON.stringify(compiled.errors))
  const { pool = poolWithCatalog(), catalog: _, promotion, ...more } = given
  const state = pool.state()
  return priceOrder(lines, {
    catalog: { ...compiled.catalog, version: 7 },
    at: pool.now(),
    state,
    accountId: state.ownerId,
    currency: null,
    place: { country: null, region: null, hasTaxId: false },
    promotion: promotion === undefined ? null : compiled.catalog.promotions[promotion]!,
    offered: null,
    ...more,
  })
}

/** The catalog, less what a pool under test has of itself. */
function withoutBase() {
  const { scrip: _, product: __, ...catalog } = CATALOG
  return catalog
}

export function poolWithCatalog(): PoolUnderTest {
  return givenPool({ catalog: withoutBase() })
}

export function order(lines: readonly OrderLine[], given: Given = {}): PricedOrder {
  const priced = price(lines, given)
  if ('refused' in priced) throw new Error(`${priced.refused.code}: ${priced.refused.detail}`)
  return priced.order
}

export function refusal(lines: readonly OrderLine[], given: Given = {}): Refusal {
  const priced = price(lines, given)
  if ('refused' in priced) return priced.refused
  throw new Error(`expected a refusal, found a total of ${priced.order.total}`)
}
