/**
 * The products of the simulation. Each version is a document for core's compiler and, beside it, the
 * numbers from which the naive model computes prices by itself.
 */
import { type Catalog, compileCatalog } from '@scrip/core'

/** Prices in the project's smallest unit. */
export interface Prices {
  readonly unit: number
  readonly block: number
  readonly post: number
  readonly surcharge: number
  readonly small: number
  readonly large: number
  readonly minimum: number
}

export interface Version {
  readonly catalog: Catalog
  readonly prices: Prices
}

export interface Product {
  readonly name: string
  readonly decimals: number
  /** The first is live when the pool is opened; the others are applied midway, in any order, also again. */
  readonly versions: readonly Version[]
}

type Document = Readonly<Record<string, unknown>>

const BASE_PLANS = {
  free: { credits: 5 },
  payg: {},
  lifetime: { price: '99.00 USD', credits: 40 },
}

function actionsFor(prices: Prices, unit: (units: number) => number) {
  const each = (credits: number, per: string) => ({ credits: unit(credits), per })
  return {
    use: { price: each(prices.unit, 'units') },
    gated: { access: 'plan', price: each(prices.unit, 'units') },
    pros: { plans: ['pro'], price: each(prices.unit, 'units') },
    pages: { price: { ...each(prices.block, 'pages'), each: 10 } },
    publish: {
      price: [
        each(prices.post, 'posts'),
        { credits: unit(prices.surcharge), when: { platforms: 'x' }, name: 'X' },
      ],
      quantities: { posts: { minimum: 1, maximum: 10 } },
      options: { platforms: { many: true, values: ['x', 'linkedin', 'tiktok'] } },
    },
    render: {
      price: {
        credits: { small: unit(prices.small), large: unit(prices.large) },
        by: 'size',
        per: 'images',
      },
      minimum: unit(prices.minimum),
      quantities: { images: { minimum: 1, maximum: 8, default: 1 } },
      options: { size: { default: 'small' } },
    },
    look: { access: 'plan', price: 0 },
    soon: { comingSoon: true },
  }
}

function version(document: Document, prices: Prices, decimals: number): Version {
  const scale = 10 ** decimals
  const whole = {
    scrip: 1,
    product: 'Simulated',
    currency: 'USD',
    credit: { decimals },
    actions: actionsFor(prices, (units) => units / scale),
    ...document,
  }
  const compiled = compileCatalog(whole)
  if ('errors' in compiled) throw new Error(JSON.stringify(compiled.errors, null, 1))
  return { catalog: compiled.catalog, prices }
}

const CHEAP: Prices = { unit: 1, block: 3, post: 1, surcharge: 3, small: 2, large: 5, minimum: 4 }
const DEAR: Prices = { unit: 2, block: 5, post: 2, surcharge: 1, small: 3, large: 4, minimum: 7 }

/** Bank limits, counted both ways; trials that end; access by plan; low, exhausted, expiring. */
function banked(): Product {
  const plans = (factor: number) => ({
    ...BASE_PLANS,
    payg: { retired: factor > 1 },
    basic: {
      every: 'month',
      credits: 100 * factor,
      price: '19.00 USD',
      rollover: { bank: 200, counts: 'carried' },
      trial: { length: '7 days', credits: 20, converts: false },
      onEnd: 'expire',
    },
    pro: {
      every: 'month',
      credits: 300 * factor,
      rollover: { bank: 600, counts: 'total' },
      trial: { length: '14 days', credits: 30 },
      pastDueDays: 3,
    },
    yearly: { every: 'year', creditsEvery: 'month', credits: 90, rollover: { bank: 150 }, onEnd: 'expire' },
    quarterly: {
      every: 'quarter',
      credits: 250 * factor,
      rollover: { bank: 100 },
      refill: 'whenPaid',
      retired: factor > 1,
    },
  })
  const policies = { newAccounts: { plan: 'free', credits: 50 }, exhaustedBelow: 5 }
  return {
    name: 'banked',
    decimals: 0,
    versions: [
      version(
        { ...policies, plans: plans(1), alerts: { remaining: ['25%', 40], expiring: ['7 days'] } },
        CHEAP,
        0,
      ),
      version(
        { ...policies, plans: plans(2), alerts: { remaining: ['50%', 40, 10] }, exhaustedBelow: 20 },
        DEAR,
        0,
      ),
    ],
  }
}

/** Two decimals; plan credits reset; credits more often than the bill; nothing comes back after its expiry. */
function resetting(): Product {
  const plans = (more: number) => ({
    ...BASE_PLANS,
    plus: {
      every: 'month',
      credits: 20.25 + more,
      rollover: 'reset',
      trial: { length: '10 days', credits: 2.5 },
    },
    pro: { every: 'month', credits: 50 + more, rollover: 'reset', onEnd: 'expire', refill: 'whenPaid' },
    yearly: { every: 'year', creditsEvery: 'month', credits: 40.5, rollover: 'reset' },
    weekly: { every: 'week', credits: 6.75, rollover: 'reset', pastDueDays: 2 },
  })
  const prices = {
    ...CHEAP,
    unit: 25,
    block: 130,
    post: 75,
    surcharge: 110,
    small: 40,
    large: 333,
    minimum: 90,
  }
  const alerts = { remaining: ['20%'], expiring: ['3 days', '1 day'] }
  return {
    name: 'resetting',
    decimals: 2,
    versions: [
      version({ plans: plans(0), alerts, returnAfterExpiry: 'expire' }, prices, 2),
      version({ plans: plans(5), alerts, returnAfterExpiry: '10 days' }, { ...prices, unit: 30 }, 2),
    ],
  }
}

/** Windows beyond the period, credits that last, a fixed term; every kind may come first. */
function lasting(): Product {
  const plans = {
    ...BASE_PLANS,
    monthly: { every: 'month', credits: 40, rollover: 'window', trial: { length: '5 days', credits: 8 } },
    pro: { every: 'quarter', credits: 125, rollover: { window: '45 days' }, onEnd: 'expire' },
    annual: { every: 'year', credits: 500, rollover: 'window' },
    keeper: {
      every: 'month',
      credits: 33,
      rollover: 'keep',
      pastDueDays: 1,
      trial: { length: '3 days', credits: 4, converts: false },
    },
    fixed: { term: '365 days', credits: 60, price: '200.00 USD', rollover: 'reset' },
  }
  const policies = {
    plans,
    newAccounts: { credits: 30, expires: '60 days' },
    alerts: { remaining: [60, '10%'], expiring: ['30 days'] },
  }
  return {
    name: 'lasting',
    decimals: 0,
    versions: [
      version(
        { ...policies, spendOrder: [['subscription', 'free'], 'promotional', 'admin_grant'] },
        CHEAP,
        0,
      ),
      version(
        { ...policies, spendOrder: ['purchased', ['free', 'subscription']], returnAfterExpiry: '2 hours' },
        DEAR,
        0,
      ),
    ],
  }
}

export const PRODUCTS: readonly Product[] = [banked(), resetting(), lasting()]
