import { expect, test } from 'vitest'
import { compileCatalog } from './compile.ts'
import { rateCard } from './rate-card.ts'
import { everyWords, formatMoney, formatUnitPrice, grouped, lengthWords } from './words.ts'

test('money reads as people write it: symbol, thousands, the decimals of its currency', () => {
  expect(formatMoney({ amount: 1_900, currency: 'USD' })).toBe('$19.00')
  expect(formatMoney({ amount: 1_000_000, currency: 'INR' })).toBe('₹10,000.00')
  expect(formatMoney({ amount: 1_900, currency: 'JPY' })).toBe('¥1,900')
  expect(formatMoney({ amount: 1_234, currency: 'KWD' })).toBe('1.234 KWD')
  expect(formatMoney({ amount: 5, currency: 'EUR' })).toBe('€0.05')
  expect(formatMoney({ amount: -150, currency: 'CHF' })).toBe('−1.50 CHF')
})

test('a price per credit shows as many decimals as it needs, at least those of its currency', () => {
  expect(formatUnitPrice({ micros: 20_000, currency: 'USD' })).toBe('$0.02')
  expect(formatUnitPrice({ micros: 1_500_000, currency: 'INR' })).toBe('₹1.50')
  expect(formatUnitPrice({ micros: 500, currency: 'USD' })).toBe('$0.0005')
  expect(formatUnitPrice({ micros: 2_000_000, currency: 'JPY' })).toBe('¥2')
})

test('numbers are grouped by thousands, lengths have their plural', () => {
  expect([grouped(1_204), grouped(999), grouped(1_000_000), grouped(1.25)]).toEqual([
    '1,204',
    '999',
    '1,000,000',
    '1.25',
  ])
  expect(lengthWords({ count: 1, unit: 'month' })).toBe('1 month')
  expect(lengthWords({ count: 455, unit: 'day' })).toBe('455 days')
  expect(everyWords({ count: 1, unit: 'month' })).toBe('a month')
  expect(everyWords({ count: 2, unit: 'year' })).toBe('every 2 years')
})

const DOCUMENT = {
  scrip: 1,
  product: 'Sample',
  currency: 'USD',
  credit: { worth: 'one image' },
  access: 'plan',
  newAccounts: { plan: 'free', credits: 50, expires: '30 days' },
  plans: {
    free: { name: 'Free' },
    plus: {
      name: 'Plus',
      description: 'For most people',
      price: '190.00 USD',
      every: 'year',
      creditsEvery: 'month',
      credits: 1_200,
      rollover: { bank: 2_000 },
      trial: { length: '7 days', credits: 20, converts: false },
      onEnd: 'expire',
    },
    pro: { name: 'Pro', price: '200.00 USD', term: '365 days', retired: true },
  },
  packs: { small: { name: 'Small', credits: 100, price: '9.00 USD', expires: '2 years', plans: ['plus'] } },
  topUp: {
    pricePerCredit: '0.02 USD',
    minimum: 1_000,
    bonus: [{ from: 5_000, credits: 500 }],
    movesTo: 'free',
  },
  actions: {
    caption: {
      name: 'Caption',
      trigger: 'When it is made',
      price: [
        { credits: { regular: 6, deep: 8 }, by: 'research' },
        { credits: 6, per: 'seconds', each: 60, name: 'Video' },
        { credits: 3, when: { platforms: 'x' } },
      ],
      minimum: 7,
      quantities: { seconds: { name: 'Seconds' } },
      options: { research: { name: 'Research' } },
      plans: ['plus'],
    },
    pages: {
      name: 'Pages',
      price: { credits: [{ upTo: 100, credits: 2 }, { credits: 1 }], per: 'pages' },
      access: 'open',
    },
    film: { name: 'Film', comingSoon: true },
  },
  alerts: { remaining: ['25%', 100], expiring: '30 days' },
  exhaustedBelow: 5,
  taxes: { currency: 'USD', taxId: false, name: 'VAT', percent: 20, inclusive: true },
  promotions: {
    SPRING: {
      percent: 25,
      packs: 'small',
      from: '2026-03-01',
      until: '2026-04-01',
      usesPerAccount: 1,
      uses: 1_000,
    },
    HELLO: { amount: '5.00 USD', minimum: '20.00 USD', until: '2026-12-31T18:30:00Z' },
  },
}

test('the rate card says every rule of a catalog in a line that an owner can sign off', () => {
  const compiled = compileCatalog(DOCUMENT)
  expect('catalog' in compiled && rateCard(compiled.catalog)).toBe(`Sample: rate card
One credit is worth one image.
A new account gets the plan Free and 50 credits, which expire after 30 days.

Plans
  Free
    Free; no credits
  Plus
    $190.00 a year; 1,200 credits a month
    For most people
    Unused credits carry over, up to 2,000
    Its credits expire when it ends
    Trial of 7 days with 20 credits, then it ends
  Pro (retired: nobody can choose it)
    $200.00 for 365 days; no credits
    Does not renew by itself; ends after 365 days

Packs
  Small: 100 credits for $9.00; they expire after 2 years; for Plus only

Any amount
  $0.02 a credit
  1,000 credits at least
  500 more from 5,000 on
  They never expire; the account moves to Free

Actions
  Caption
    By Research: regular 6, deep 8
    Plus 6 credits for each started 60 of: Seconds (Video)
    Plus 3 credits, if platforms has x
    At least 7 credits
    Charged: When it is made
    For Plus only
  Pages
    2 up to 100, 1 beyond (each at the price of its own band) for each of: pages
    Needs no plan
  Film
    Coming soon

Promotions
  SPRING: 25 % off Small, from 2026-03-01 until 2026-04-01, once per account, 1,000 times in all
  HELLO: $5.00 off everything, from $20.00 on, until 2026-12-31T18:30:00Z

Rules
  Actions need an active plan, also where they are free
  Spent first: subscription and trial, then promotional, free and granted by staff, then purchased and lifetime
  Alerts when 25 % or 100 credits remain, 30 days before credits expire and when fewer than 5 credits remain, as run out
  What comes back after its expiry lives 30 days more
  Tax: VAT 20 % included (USD, without a tax id)
  Payments: sandbox
`)
})
