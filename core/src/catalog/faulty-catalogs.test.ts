import { Compile } from 'typebox/schema'
import { describe, expect, test } from 'vitest'
import { compileCatalog } from './compile.ts'
import { catalogSchema } from './schema.ts'

const BASE = { scrip: 1, product: 'Test', currency: 'USD' }

const plans = { free: {}, plus: { every: 'month', credits: 300 } }
const act = (spec: unknown) => ({ actions: { act: spec } })
const declared = (price: unknown, options: unknown) => act({ price, options })
const table = { credits: { hd: 2, sd: 1 }, by: 'size' }

/** title · what is added to the smallest catalog · path · message */
// biome-ignore format: a table reads by its rows
const FAULTY: readonly (readonly [string, Record<string, unknown>, string, string])[] = [
  ['another format', { scrip: 2 }, 'scrip', 'expected scrip: 1, found 2'],
  ['a misspelt key', { plan: {} }, 'plan', 'expected plans, found the unknown key "plan"'],
  ['a misspelt key of an action', act({ prize: 1 }), 'actions.act.prize', 'expected price, found the unknown key "prize"'],
  ['a mapping where another thing stands', { plans: [1] }, 'plans', 'expected a mapping of ids, found a list of 1'],
  ['an id with a space', { plans: { 'a b': {} } }, 'plans["a b"]', 'expected an id such as image.generate, at most 100 characters, found "a b"'],
  ['an inherited name as an id', { plans: { constructor: {} } }, 'plans.constructor', 'expected an id such as image.generate, at most 100 characters, found "constructor"'],
  ['negative credits', act({ price: -1 }), 'actions.act.price', 'expected a number of credits, 0 or more, found -1'],
  ['more decimals than the project has', act({ price: 1.5 }), 'actions.act.price', 'expected a whole number of credits (credit.decimals is 0), found 1.5'],
  ['too many credits', act({ price: 1e15 }), 'actions.act.price', 'expected fewer than 10^15 units, found 1000000000000000'],
  ['text as a price', act({ price: '5' }), 'actions.act.price', 'expected a number of credits or a part such as { credits: 1, per: images }, found "5"'],
  ['a part without credits', act({ price: { per: 'n' } }), 'actions.act.price.credits', 'expected a number of credits, 0 or more, found nothing'],
  ['a table without by', act({ price: { credits: { a: 1 } } }), 'actions.act.price.by', 'expected by beside a table: which options choose from it; found nothing'],
  ['by without a table', act({ price: { credits: 1, by: 'size' } }), 'actions.act.price.credits', 'expected a table by size, found 1'],
  ['a table of too few levels', act({ price: { credits: { a: 1 }, by: ['x', 'y'] } }), 'actions.act.price.credits.a', 'expected a table by y, found 1'],
  ['an option that chooses twice', act({ price: { credits: { a: 1 }, by: ['x', 'x'] } }), 'actions.act.price.by', 'expected each name once, found x twice'],
  ['a block of nothing', act({ price: { credits: 1, each: 60 } }), 'actions.act.price.each', 'expected per beside a block, found no quantity to count'],
  ['a block of 0', act({ price: { credits: 1, each: 0, per: 'n' } }), 'actions.act.price.each', 'expected a whole number from 1 to 1000000000, found 0'],
  ['tiers of nothing', act({ price: { credits: [{ credits: 1 }] } }), 'actions.act.price.credits', 'expected per beside tiers, found no quantity to count'],
  ['tiers and blocks', act({ price: { credits: [{ credits: 1 }], per: 'n', each: 2 } }), 'actions.act.price.each', 'expected bands or each, found both in one part'],
  ['a last band that ends', act({ price: { credits: [{ upTo: 5, credits: 1 }], per: 'n' } }), 'actions.act.price.credits[0].upTo', 'expected no end of the last band (quantities may have a maximum), found 5'],
  ['bands that fall', act({ price: { credits: [{ upTo: 5, credits: 1 }, { upTo: 5, credits: 1 }, { credits: 1 }], per: 'n' } }), 'actions.act.price.credits[1].upTo', 'expected an end above 5, found 5'],
  ['a mode without bands', act({ price: { credits: 1, per: 'n', tiers: 'volume' } }), 'actions.act.price.tiers', 'expected a list of bands in credits, found none'],
  ['an empty condition', act({ price: { credits: 1, when: {} } }), 'actions.act.price.when', 'expected options such as { platforms: x }, found a mapping'],
  ['two conditions in one', act({ price: { credits: 1, when: { anyOf: { a: 'x' }, noneOf: { a: 'y' } } } }), 'actions.act.price.when.noneOf', 'expected only anyOf, found the unknown key "noneOf"'],
  ['a declared value without a price', declared(table, { size: { values: ['hd', 'sd', 'xl'] } }), 'actions.act.options.size.values', 'expected values that the price has (hd, sd), found "xl"'],
  ['a priced value that is not declared', declared(table, { size: { values: ['hd'] } }), 'actions.act.options.size.values', 'expected all values of the price, with sd, found a list of 1'],
  ['many values choosing from a table', declared(table, { size: { many: true } }), 'actions.act.options.size.many', 'expected one value where a table chooses by it, found many'],
  ['a condition on a value that is not offered', declared({ credits: 1, when: { to: 'x' } }, { to: { values: ['a'] } }), 'actions.act.price.when.to', 'expected one of the option\'s values (a), found "x"'],
  ['allOf of an option with one value', declared({ credits: 1, when: { allOf: { to: ['x', 'y'] } } }, { to: {} }), 'actions.act.price.when.allOf.to', 'expected many: true where several values are needed, found one'],
  ['a default that is not offered', declared(table, { size: { default: 'xl' } }), 'actions.act.options.size.default', 'expected hd or sd, found "xl"'],
  ['a maximum below the minimum', act({ quantities: { n: { minimum: 5, maximum: 4 } } }), 'actions.act.quantities.n.maximum', 'expected a maximum of 5 or more, found 4'],
  ['no value as the default of one', declared(table, { size: { default: [] } }), 'actions.act.options.size.default', 'expected hd or sd, found an empty list'],
  ['a default below the minimum', act({ quantities: { n: { minimum: 5, maximum: 9, default: 1 } } }), 'actions.act.quantities.n.default', 'expected a whole number from 5 to 9, found 1'],
  ['an action for a plan that is none', { plans, ...act({ plans: ['plos'] }) }, 'actions.act.plans', 'expected plus, found "plos"'],
  ['bare money', { packs: { p: { credits: 1, price: 9 } } }, 'packs.p.price', 'expected money with its currency, such as 19.00 USD, found 9'],
  ['money in no currency', { packs: { p: { credits: 1, price: '9.00 XYZ' } } }, 'packs.p.price', 'expected a currency of ISO 4217, found "XYZ"'],
  ['money finer than its currency', { packs: { p: { credits: 1, price: '9.001 USD' } } }, 'packs.p.price', 'expected at most 2 decimals in USD, found "9.001 USD"'],
  ['yen with decimals', { currency: 'JPY', packs: { p: { credits: 1, price: '9.5 JPY' } } }, 'packs.p.price', 'expected at most 0 decimals in JPY, found "9.5 JPY"'],
  ['two prices in one currency', { packs: { p: { credits: 1, price: ['1 USD', '2 USD'] } } }, 'packs.p.price[1]', 'expected one price per currency, found USD twice'],
  ['a currency that the top does not name', { packs: { p: { credits: 1, price: '1 EUR' } } }, 'currency', 'expected every currency of the prices, with EUR, found "USD"'],
  ['a price per credit with seven decimals', { topUp: { pricePerCredit: '0.0000001 USD' } }, 'topUp.pricePerCredit', 'expected at most 6 decimals in USD, found "0.0000001 USD"'],
  ['a custom price of a pack', { packs: { p: { credits: 1, price: 'custom' } } }, 'packs.p.price', 'expected money with its currency, such as 19.00 USD, found "custom"'],
  ['a pack without credits', { packs: { p: { price: '1 USD' } } }, 'packs.p.credits', 'expected a number of credits, found nothing'],
  ['a pack without a price', { packs: { p: { credits: 1 } } }, 'packs.p.price', 'expected a price such as 9.00 USD, found nothing'],
  ['a promotion that takes nothing off', { promotions: { A: { uses: 1 } } }, 'promotions.A.percent', 'expected a percent or an amount, found nothing'],
  ['a promotion by share and by amount', { promotions: { A: { percent: 5, amount: '1 USD' } } }, 'promotions.A.percent', 'expected a percent or an amount, found both'],
  ['a share above all of it', { promotions: { A: { percent: 101 } } }, 'promotions.A.percent', 'expected a share above 0, at most 100, found 101'],
  ['a share finer than four decimals', { promotions: { A: { percent: 0.00001 } } }, 'promotions.A.percent', 'expected a share above 0, at most 100, found 0.00001'],
  ['a share too fine to be written out', { promotions: { A: { percent: 1e-7 } } }, 'promotions.A.percent', 'expected a share above 0, at most 100, found 1e-7'],
  ['a promotion of no money', { promotions: { A: { amount: '0.00 USD' } } }, 'promotions.A.amount', 'expected an amount above 0, found "0.00 USD"'],
  ['a tax rate too fine to be written out', { taxes: { percent: 1e-7 } }, 'taxes[0].percent', 'expected a rate from 0 to 100, found 1e-7'],
  ['a code with a space', { promotions: { 'A B': { percent: 5 } } }, 'promotions["A B"]', 'expected a code such as SPRING-25, at most 40 characters, found "A B"'],
  ['a code twice, in other letters', { promotions: { Abc: { percent: 5 }, ABC: { percent: 5 } } }, 'promotions.ABC', 'expected each code once, found ABC in other letters too'],
  ['a promotion for a pack that is none', { promotions: { A: { percent: 5, packs: 'x' } } }, 'promotions.A.packs', 'expected a pack of this file, found "x"'],
  ['a promotion that ends before it begins', { promotions: { A: { percent: 5, from: '2026-03-02', until: '2026-03-02' } } }, 'promotions.A.until', 'expected an end after the beginning, found "2026-03-02"'],
  ['a day that does not exist', { promotions: { A: { percent: 5, from: '2026-02-30' } } }, 'promotions.A.from', 'expected a day such as 2026-12-01 or an instant such as 2026-12-01T00:00:00Z, found "2026-02-30"'],
  ['a promotion in a currency that the top does not name', { promotions: { A: { amount: '1 EUR' } } }, 'currency', 'expected every currency of the prices, with EUR, found "USD"'],
  ['a tax id that is a number', { taxes: { percent: 18, taxId: 5 } }, 'taxes[0].taxId', 'expected true or false, found 5'],
  ['a pack for a plan that is none', { packs: { p: { credits: 1, price: '1 USD', plans: ['x'] } } }, 'packs.p.plans', 'expected a plan of this file, found "x"'],
  ['a move to a plan that is subscribed to', { plans, packs: { p: { credits: 1, price: '1 USD', movesTo: 'plus' } } }, 'packs.p.movesTo', 'expected a base plan, found plus, which is subscribed to'],
  ['a length without a unit', { plans: { p: { every: 7 } } }, 'plans.p.every', 'expected a length of time such as 7 days, month or 2 years, found 7'],
  ['a period of hours', { plans: { p: { every: '3 hours' } } }, 'plans.p.every', 'expected a length of days or longer, found "3 hours"'],
  ['a length of 0', { plans: { p: { every: '0 days' } } }, 'plans.p.every', 'expected a length of time such as 7 days, month or 2 years, found "0 days"'],
  ['credits rarer than the bill', { plans: { p: { every: 'month', creditsEvery: 'year' } } }, 'plans.p.creditsEvery', 'expected credits at least as often as the bill, found "year"'],
  ['a rollover of a base plan', { plans: { p: { rollover: 'reset' } } }, 'plans.p.rollover', 'expected every beside rollover, found a plan without periods'],
  ['a trial of a base plan', { plans: { p: { trial: { length: '7 days' } } } }, 'plans.p.trial', 'expected every beside trial, found a plan without periods'],
  ['an unknown rollover', { plans: { p: { every: 'month', rollover: 'bank' } } }, 'plans.p.rollover', 'expected reset, keep, window, { window: 45 days } or { bank: 600 }, found "bank"'],
  ['a whole bank below the refill', { plans: { p: { every: 'month', credits: 300, rollover: { bank: 100, counts: 'total' } } } }, 'plans.p.rollover.bank', 'expected a limit of at least one refill, since counts is total, found 100'],
  ['a trial without a length', { plans: { p: { every: 'month', trial: { credits: 1 } } } }, 'plans.p.trial.length', 'expected a length such as 7 days, found nothing'],
  ['a term that renews', { plans: { p: { term: 'year', renewal: 'automatic' } } }, 'plans.p.renewal', 'expected manual beside a term, found automatic'],
  ['a bill for new accounts', { plans: { plus: { ...plans.plus, price: '5.00 USD' } }, newAccounts: { plan: 'plus' } }, 'newAccounts.plan', 'expected a plan that costs nothing, found plus, which has a bill'],
  ['new accounts on no plan', { plans, newAccounts: { plan: 'fre' } }, 'newAccounts.plan', 'expected free, found "fre"'],
  ['access that nobody can have', { access: 'plan' }, 'access', 'expected at least one plan, since access needs one; found none'],
  ['a minimum that no step reaches', { topUp: { pricePerCredit: '1 USD', minimum: 15, step: 10 } }, 'topUp.minimum', 'expected a multiple of the step, found 15'],
  ['a suggestion below the minimum', { topUp: { pricePerCredit: '1 USD', minimum: 10, suggestions: [5] } }, 'topUp.suggestions', 'expected amounts within minimum, maximum and step, found a list of 1'],
  ['a top-up without a price', { topUp: { minimum: 10 } }, 'topUp.pricePerCredit', 'expected a price per credit such as 0.02 USD, found nothing'],
  ['a threshold of 100 %', { alerts: { remaining: ['100%'] } }, 'alerts.remaining[0]', 'expected a number of credits or a share from 1% to 99%, found "100%"'],
  ['a kind twice', { spendOrder: ['free', 'free'] }, 'spendOrder[1]', 'expected each kind once, found free twice'],
  ['a kind that is none', { spendOrder: ['bonus'] }, 'spendOrder[0]', 'expected subscription, trial, promotional, free, admin_grant, purchased, lifetime, found "bonus"'],
  ['a gateway that is none', { gateway: 'paypal' }, 'gateway', 'expected sandbox or stripe or razorpay or manual, found "paypal"'],
  ['a script as a link', { subjects: { event: { link: 'javascript:alert(1)' } } }, 'subjects.event.link', 'expected an https address or a path, with {id} in it, found "javascript:alert(1)"'],
  ['a tax above 100 %', { taxes: [{ currency: 'USD', percent: 180 }] }, 'taxes[0].percent', 'expected a rate from 0 to 100, found 180'],
  ["the product's own key prefix", { keyPrefix: 'scrip' }, 'keyPrefix', '1 to 12 small letters or digits, other than scrip, found "scrip"'],
  ['seven decimals of a credit', { credit: { decimals: 7 } }, 'credit.decimals', 'expected a whole number from 0 to 6, found 7'],
]

describe('a catalog is refused, with the path and what was expected, for', () => {
  test.each(FAULTY)('%s', (_, more, path, message) => {
    const compiled = compileCatalog({ ...BASE, ...more })
    const found =
      'errors' in compiled ? compiled.errors.map((error) => `${error.path}: ${error.message}`) : []
    expect(found).toHaveLength(1)
    expect(found[0]!.startsWith(`${path}: `)).toBe(true)
    expect(found[0]).toContain(message)
  })
})

/** Faults of one place alone: what an editor can see with the schema. */
const OF_SHAPE = ['unknown_key', 'wrong_type', 'not_a_choice', 'invalid_id', 'not_a_length_of_time']

describe('the published schema sees a fault of shape as the compiler does', () => {
  const schema = Compile(JSON.parse(JSON.stringify(catalogSchema)))
  test.each(FAULTY)('%s', (_, more) => {
    const document = { ...BASE, ...more }
    const compiled = compileCatalog(document)
    const code = 'errors' in compiled ? compiled.errors[0]!.code : 'none'
    if (OF_SHAPE.includes(code)) expect(schema.Check(document)).toBe(false)
    else expect(code).not.toBe('none')
  })
})
