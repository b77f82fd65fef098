import { expect, test } from 'vitest'
import type { Catalog } from './catalog.ts'
import { compileCatalog } from './compile.ts'

const BASE = { scrip: 1, product: 'Test', currency: 'USD' }

function compile(more: Record<string, unknown> = {}): Catalog {
  const compiled = compileCatalog({ ...BASE, ...more })
  if ('errors' in compiled) throw new Error(JSON.stringify(compiled.errors, null, 1))
  return compiled.catalog
}

function faults(document: unknown): string[] {
  const compiled = compileCatalog(document)
  return 'errors' in compiled ? compiled.errors.map((error) => `${error.path}: ${error.message}`) : []
}

const act = (spec: unknown) => ({ actions: { act: spec } })

test('what is not written does not happen: no plan, no price, no access, no alerts, nothing for new accounts', () => {
  expect(compile({ actions: { search: {} } })).toMatchObject({
    version: 0,
    keyPrefix: 'test',
    currencies: ['USD'],
    credit: { one: 'credit', many: 'credits', decimals: 0, worth: null },
    access: 'open',
    newAccounts: { plan: null, credits: 0, expires: { kind: 'never' } },
    plans: {},
    packs: {},
    topUp: null,
    actions: {
      search: {
        name: 'search',
        price: { parts: [], minimum: 0 },
        access: 'open',
        plans: [],
        comingSoon: false,
      },
    },
    alerts: { remaining: [], expiring: [] },
    exhaustedBelow: 1,
    returnAfterExpiry: { count: 30, unit: 'day' },
    gateway: { '*': 'sandbox' },
    taxes: [],
  })
})

test('subscription and trial credits go first, then free ones, then purchased and lifetime ones', () => {
  expect(compile().priorities).toEqual({
    subscription: 10,
    trial: 10,
    promotional: 20,
    free: 20,
    admin_grant: 20,
    purchased: 30,
    lifetime: 30,
  })
})

test('spendOrder names kinds, first spent first; a kind that is not named goes with its company', () => {
  const { priorities } = compile({ spendOrder: ['free', ['purchased', 'subscription'], 'lifetime'] })
  expect(priorities).toEqual({
    free: 10,
    promotional: 10,
    admin_grant: 10,
    purchased: 20,
    subscription: 20,
    trial: 20,
    lifetime: 30,
  })
})

test('a kind that is not named goes with the first named one of its company', () => {
  const { priorities } = compile({ spendOrder: ['free', 'subscription', 'promotional', 'purchased'] })
  expect(priorities).toMatchObject({
    free: 10,
    subscription: 20,
    promotional: 30,
    purchased: 40,
    admin_grant: 10,
  })
})

test('a plan with `every` is billed and refilled by it, and one without is a base plan', () => {
  const { plans } = compile({
    plans: {
      free: { credits: 20 },
      plus: { name: 'Plus', price: ['15.00 USD'], every: 'month', credits: 200 },
      yearly: { price: '150.00 USD', every: 'year', credits: 200, creditsEvery: 'month' },
    },
  })
  expect(plans.free).toMatchObject({
    every: null,
    creditsEvery: null,
    price: [],
    rollover: { kind: 'keep' },
    credits: 20,
  })
  expect(plans.plus).toMatchObject({
    name: 'Plus',
    price: [{ amount: 1_500, currency: 'USD' }],
    every: { count: 1, unit: 'month' },
    creditsEvery: { count: 1, unit: 'month' },
    rollover: { kind: 'reset' },
    onEnd: 'keep',
    refill: 'onTime',
    pastDueDays: 7,
  })
  expect(plans.yearly).toMatchObject({
    every: { count: 1, unit: 'year' },
    creditsEvery: { count: 1, unit: 'month' },
  })
})

test('a term is one period that does not renew by itself', () => {
  const { plans } = compile({
    plans: {
      pro: { price: '200.00 USD', term: '365 days' },
      byHand: { every: 'year', renewal: 'manual' },
    },
  })
  expect(plans.pro).toMatchObject({ every: { count: 365, unit: 'day' }, term: { count: 365, unit: 'day' } })
  expect(plans.byHand).toMatchObject({ term: { count: 1, unit: 'year' } })
})

test('the rollover window is 90 days for a year or longer and 30 days below, unless it is written', () => {
  const plan = (every: string, rollover: unknown) => ({ every, credits: 10, rollover })
  const { plans } = compile({
    plans: {
      annual: plan('year', 'window'),
      twelve: plan('12 months', 'window'),
      quarterly: plan('quarter', 'window'),
      written: plan('month', { window: '45 days' }),
    },
  })
  const windows = Object.values(plans).map(
    ({ rollover }) => rollover.kind === 'window' && rollover.window.count,
  )
  expect(windows).toEqual([90, 90, 30, 45])
})

test('a bank counts what is carried unless it says total', () => {
  const { plans } = compile({
    plans: {
      plus: { every: 'month', credits: 300, rollover: { bank: 100 } },
      whole: { every: 'month', credits: 300, rollover: { bank: 600, counts: 'total' } },
    },
  })
  expect(plans.plus!.rollover).toEqual({ kind: 'bank', limit: 100, counts: 'carried' })
  expect(plans.whole!.rollover).toEqual({ kind: 'bank', limit: 600, counts: 'total' })
})

test('a trial converts unless it says not to', () => {
  const trial = (converts?: boolean) => ({
    every: 'month',
    trial: { length: '7 days', credits: 20, converts },
  })
  const { plans } = compile({ plans: { a: trial(), b: trial(false) } })
  expect(plans.a!.trial).toEqual({ length: { count: 7, unit: 'day' }, credits: 20, converts: true })
  expect(plans.b!.trial).toMatchObject({ converts: false })
})

test('money takes as many decimals as its currency has, a price per credit six', () => {
  const { packs, topUp, currencies } = compile({
    currency: ['USD', 'JPY', 'KWD', 'INR'],
    packs: { a: { credits: 1, price: ['19.5 USD', '1900 JPY', '1.234 KWD'] } },
    topUp: { pricePerCredit: ['0.02 USD', '1.50 INR', '0.000001 KWD'] },
  })
  expect(packs.a!.price.map(({ amount }) => amount)).toEqual([1_950, 1_900, 1_234])
  expect(topUp!.pricePerCredit.map(({ micros }) => micros)).toEqual([20_000, 1_500_000, 1])
  expect(currencies).toEqual(['USD', 'JPY', 'KWD', 'INR'])
})

test('without a list of currencies the first price names the default', () => {
  const compiled = compileCatalog({
    scrip: 1,
    product: 'T',
    packs: { a: { credits: 1, price: ['9.00 EUR', '10.00 USD'] } },
  })
  expect('catalog' in compiled && compiled.catalog.currencies).toEqual(['EUR', 'USD'])
})

test('every number of credits is scaled by the decimals of the project', () => {
  const catalog = compile({
    credit: { decimals: 2 },
    newAccounts: { credits: 1.25 },
    plans: { a: { every: 'month', credits: 10, rollover: { bank: 0.5 } } },
    packs: { p: { credits: 100, price: '9.00 USD' } },
    topUp: {
      pricePerCredit: '0.02 USD',
      minimum: 10,
      bonus: [{ from: 20, credits: 1.5 }],
      suggestions: [10, 20],
    },
    actions: {
      act: { price: { credits: [{ upTo: 10, credits: 0.1 }, { credits: 0.05 }], per: 'n' }, minimum: 1 },
    },
    alerts: { remaining: [5] },
    exhaustedBelow: 0.5,
  })
  expect(catalog).toMatchObject({
    newAccounts: { credits: 125 },
    plans: { a: { credits: 1_000, rollover: { limit: 50 } } },
    packs: { p: { credits: 10_000 } },
    topUp: { minimum: 1_000, step: 100, bonus: [{ from: 2_000, credits: 150 }], suggestions: [1_000, 2_000] },
    alerts: { remaining: [{ kind: 'absolute', credits: 500 }] },
    exhaustedBelow: 50,
  })
  expect(catalog.actions.act!.price).toMatchObject({
    minimum: 100,
    parts: [{ tiers: { bands: [{ credits: 10 }, { credits: 5 }] } }],
  })
})

test('thresholds are numbers of credits or shares, and one needs no list', () => {
  expect(compile({ alerts: { remaining: '25%', expiring: '30 days' } }).alerts).toEqual({
    remaining: [{ kind: 'relative', percent: 25 }],
    expiring: [{ count: 30, unit: 'day' }],
  })
})

test('quantities and options come from the price where they are not declared', () => {
  const { quantities, options } = compile({
    actions: {
      act: {
        price: [
          { credits: { hd: 2, sd: 1 }, by: 'size', per: 'images' },
          { credits: 1, when: { platforms: 'x' } },
        ],
      },
    },
  }).actions.act!
  expect(quantities.images).toEqual({ name: null, minimum: 0, maximum: 999_999_999_999_999, default: null })
  expect(options.size).toEqual({ name: null, values: ['hd', 'sd'], default: null, many: false })
  expect(options.platforms).toEqual({ name: null, values: null, default: null, many: true })
})

test('taxes have one line or several, also by tax id; gateways one for all currencies or one for each', () => {
  const catalog = compile({
    currency: ['USD', 'INR'],
    taxes: [
      {
        country: 'IN',
        region: 'KA',
        lines: [
          { name: 'CGST', percent: 9 },
          { name: 'SGST', percent: 9 },
        ],
      },
      { currency: 'INR', taxId: false, name: 'GST', percent: 18, inclusive: true },
    ],
    gateway: { INR: 'razorpay', others: 'stripe' },
  })
  expect(catalog.taxes).toEqual([
    {
      when: { currency: null, country: 'IN', region: 'KA', taxId: null },
      inclusive: false,
      lines: [
        { name: 'CGST', percent: 9 },
        { name: 'SGST', percent: 9 },
      ],
    },
    {
      when: { currency: 'INR', country: null, region: null, taxId: false },
      inclusive: true,
      lines: [{ name: 'GST', percent: 18 }],
    },
  ])
  expect(catalog.gateway).toEqual({ INR: 'razorpay', '*': 'stripe' })
})

test('every fault is reported at once, each with its path', () => {
  const found = faults({
    scrip: 1,
    product: 'Test',
    plans: { plus: { price: 1900, every: 'fortnight' } },
    actions: { 'image.generate': { price: { credits: { hd: 'eight' }, by: 'model' } } },
  })
  expect(found).toEqual([
    'plans.plus.every: expected a length of time such as 7 days, month or 2 years, found "fortnight"',
    'plans.plus.price: expected money with its currency, such as 19.00 USD, found 1900',
    'actions["image.generate"].price.credits.hd: expected a number of credits, 0 or more, found "eight"',
  ])
})

test('a file that is no mapping, and one that names no product, are refused', () => {
  expect(faults(null)[0]).toContain('expected a mapping with scrip, product')
  expect(faults([])[0]).toContain('found an empty list')
  expect(faults({})).toEqual([
    'scrip: expected scrip: 1, found nothing',
    "product: expected the product's name, found nothing",
  ])
})

test('limits hold: 200 plans, 500 packs, 1,000 actions, 1,000 values of an option, 10,000 cells of a table', () => {
  const many = (count: number, value: unknown) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, value]))
  const pack = { credits: 1, price: '1 USD' }
  expect(faults({ ...BASE, plans: many(201, {}) })).toEqual([
    'plans: expected at most 200 entries, found 201',
  ])
  expect(faults({ ...BASE, packs: many(501, pack) })).toEqual([
    'packs: expected at most 500 entries, found 501',
  ])
  expect(faults({ ...BASE, actions: many(1_001, {}) })).toEqual([
    'actions: expected at most 1000 entries, found 1001',
  ])
  expect(faults({ ...BASE, ...act({ price: { credits: many(1_001, 1), by: 'x' } }) })).toHaveLength(1)
  const wide = { credits: many(101, many(101, 1)), by: ['x', 'y'] }
  expect(faults({ ...BASE, ...act({ price: wide }) })[0]).toContain('10000 in a table')
})

test('a table nested a thousand times over stops at its cells instead of running away', () => {
  let level: Record<string, unknown> = Object.fromEntries(
    Array.from({ length: 1_000 }, (_, index) => [`v${index}`, 1]),
  )
  for (let depth = 0; depth < 7; depth++) {
    const inner = level
    level = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`v${index}`, inner]))
  }
  const by = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
  const found = faults({ ...BASE, ...act({ price: { credits: level, by } }) })
  expect(found).toHaveLength(1)
  expect(found[0]).toContain('10000 in a table')
})

test('a promotion takes off a share or an amount, of all or of what it names, in its time and as often as it says', () => {
  const catalog = compile({
    packs: { small: { credits: 100, price: '9.00 USD' } },
    promotions: {
      'SPRING-25': {
        percent: 12.5,
        uses: 100,
        usesPerAccount: 1,
        from: '2026-03-01',
        until: '2026-04-01T00:00:00+05:30',
        packs: 'small',
        minimum: '9.00 USD',
      },
      welcome: { amount: ['5.00 USD'] },
    },
  })
  expect(catalog.promotions['SPRING-25']).toEqual({
    code: 'SPRING-25',
    percent: 12.5,
    amount: [],
    uses: 100,
    usesPerAccount: 1,
    from: Date.parse('2026-03-01T00:00:00Z'),
    until: Date.parse('2026-03-31T18:30:00Z'),
    packs: ['small'],
    plans: [],
    minimum: [{ amount: 900, currency: 'USD' }],
  })
  expect(catalog.promotions.welcome).toMatchObject({
    percent: null,
    amount: [{ amount: 500, currency: 'USD' }],
    uses: null,
  })
})
