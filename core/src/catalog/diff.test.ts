import { expect, test } from 'vitest'
import type { Catalog } from './catalog.ts'
import { compileCatalog } from './compile.ts'
import { applyFaults, diffCatalogs, sayChange } from './diff.ts'

const BASE = {
  scrip: 1,
  product: 'Test',
  plans: { creator: { name: 'Creator', price: '15.00 USD', every: 'month', credits: 200 }, free: {} },
  packs: { small: { name: 'Small', credits: 100, price: '9.00 USD' } },
  actions: { caption: { name: 'Caption', price: { credits: { regular: 6, deep: 8 }, by: 'research' } } },
}

function compile(document: Record<string, unknown>): Catalog {
  const compiled = compileCatalog(document)
  if ('errors' in compiled) throw new Error(JSON.stringify(compiled.errors))
  return compiled.catalog
}

function sentences(more: Record<string, unknown>, count: number | null = null): string[] {
  return diffCatalogs(compile(BASE), compile({ ...BASE, ...more })).map((change) => sayChange(change, count))
}

function creator(more: Record<string, unknown>): Record<string, unknown> {
  return { plans: { ...BASE.plans, creator: { ...BASE.plans.creator, ...more } } }
}

test('a catalog against itself changes nothing', () => {
  expect(sentences({})).toEqual([])
})

test("more credits reach each subscriber from its next refill on, and nobody's present credits change", () => {
  expect(sentences(creator({ credits: 250 }), 1_204)).toEqual([
    "Creator: 200 → 250 credits a month. 1,204 subscribers, each from its next refill on. Nobody's present credits change.",
  ])
  expect(sentences(creator({ credits: 250 }), 1)[0]).toContain('1 subscriber, each')
  expect(sentences(creator({ credits: 250 }), 0)[0]).toBe(
    'Creator: 200 → 250 credits a month. No subscribers.',
  )
})

test('a change of a plan names the place in the file and the plan whose subscribers are counted', () => {
  const [change] = diffCatalogs(compile(BASE), compile({ ...BASE, ...creator({ price: '18.00 USD' }) }))
  expect(change).toEqual({
    path: 'plans.creator.price',
    subject: 'plan',
    id: 'creator',
    sentence: 'Creator: $15.00 → $18.00 a month.',
    plan: 'creator',
    effect: 'each from its next period on.',
  })
})

test('what differs by more than a word is said in full on both sides', () => {
  expect(sentences(creator({ name: 'Creator Pro' }))).toEqual([
    'Creator Pro: called Creator → called Creator Pro.',
  ])
})

test('what happens to unused credits changes in words', () => {
  expect(sentences(creator({ rollover: { bank: 600 } }))[0]).toBe(
    'Creator: unused credits expire when the next ones come → unused credits carry over, up to 600. ' +
      "Each from its next refill on. Nobody's present credits change.",
  )
})

test('what is new, removed or retired is said', () => {
  const plans = {
    creator: { ...BASE.plans.creator, retired: true },
    team: { name: 'Team', every: 'year', credits: 5 },
  }
  expect(sentences({ plans })).toEqual([
    'free is removed.',
    'Creator: open to everybody → retired.',
    'New: Team, free; 5 credits a year.',
  ])
})

test('a pack that costs less, an action that costs more and a policy each have their sentence', () => {
  const more = {
    packs: { small: { name: 'Small', credits: 100, price: '8.00 USD' } },
    actions: { caption: { name: 'Caption', price: { credits: { regular: 7, deep: 8 }, by: 'research' } } },
    newAccounts: { credits: 50 },
  }
  expect(sentences(more)).toEqual([
    'A new account gets nothing → a new account gets 50 credits, which never expire. Accounts that are there get nothing more and lose nothing.',
    'Small: 100 credits for $9.00; → $8.00; they never expire. What was bought before stays as it is.',
    'Caption: by research: regular 6, → 7, deep 8. Open quotes and holds keep their price.',
  ])
})

test('a promotion that comes, changes or goes has its sentence', () => {
  const before = compile({ ...BASE, promotions: { SPRING: { percent: 25 } } })
  const after = compile({ ...BASE, promotions: { SPRING: { percent: 25, uses: 10 } } })
  const said = (from: Catalog, to: Catalog) => diffCatalogs(from, to).map((change) => sayChange(change, null))
  expect(said(compile(BASE), before)).toEqual([
    'Promotions none → promotions SPRING: 25 % off everything. What was bought before stays as it is.',
  ])
  expect(said(before, after)).toEqual([
    'Promotions SPRING: 25 % off everything → promotions SPRING: 25 % off everything, 10 times in all. What was bought before stays as it is.',
  ])
  expect(said(after, after)).toEqual([])
})

test('an action that was coming soon is available with its price', () => {
  const before = compile({ ...BASE, actions: { check: { name: 'Check', comingSoon: true } } })
  const after = compile({ ...BASE, actions: { check: { name: 'Check', price: 12 } } })
  expect(diffCatalogs(before, after).map(({ sentence }) => sentence)).toEqual([
    'Check: coming soon → 12 credits.',
    'Check: coming soon → available.',
  ])
})

test('a plan that somebody is on cannot leave the catalog, and one that nobody is on can', () => {
  const to = compile({ ...BASE, plans: { free: {} } })
  expect(applyFaults(compile(BASE), to, { plans: ['creator', 'free'], hasLots: true })).toMatchObject([
    {
      path: 'plans.creator',
      message: 'expected creator, which accounts are on (retired: true keeps others out), found nothing',
    },
  ])
  expect(applyFaults(compile(BASE), to, { plans: ['free'], hasLots: true })).toEqual([])
})

test('a plan that somebody is on stays a base plan, or stays subscribed to', () => {
  const to = compile({ ...BASE, plans: { ...BASE.plans, free: { every: 'month' } } })
  expect(applyFaults(compile(BASE), to, { plans: ['free'], hasLots: false })).toMatchObject([
    { path: 'plans.free.every' },
  ])
})

test('the smallest unit is fixed from the first credits on', () => {
  const to = compile({ ...BASE, credit: { decimals: 2 } })
  expect(applyFaults(compile(BASE), to, { plans: [], hasLots: false })).toEqual([])
  expect(applyFaults(compile(BASE), to, { plans: [], hasLots: true })).toMatchObject([
    { path: 'credit.decimals', message: 'expected 0 decimals, fixed since the first credits, found 2' },
  ])
})
