import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Action } from '../catalog/catalog.ts'
import { compileCatalog } from '../catalog/compile.ts'
import { costOf } from './cost.ts'
import { type Affordable, largestAffordable } from './largest-affordable.ts'
import type { Options } from './price.ts'

function action(spec: Record<string, unknown>): Action {
  const compiled = compileCatalog({ scrip: 1, product: 'Test', actions: { act: spec } })
  if ('errors' in compiled) throw new Error(JSON.stringify(compiled.errors))
  return compiled.catalog.actions.act!
}

test('with 50 credits at most 3 images of 14 can be had, for 42', () => {
  const images = action({ price: { credits: { gpt: 14 }, by: 'model', per: 'images' } })
  expect(largestAffordable(images, { images: 4 }, { model: 'gpt' }, 'images', 50, 4)).toEqual({
    quantity: 3,
    credits: 42,
  })
})

test('nothing is affordable below the minimum, for an unknown quantity, or where the options are refused', () => {
  const images = action({
    price: { credits: { gpt: 14 }, by: 'model', per: 'images' },
    quantities: { images: { minimum: 4 } },
  })
  expect(largestAffordable(images, {}, { model: 'gpt' }, 'images', 50, 10)).toBeNull()
  expect(largestAffordable(images, {}, { model: 'gpt' }, 'videos', 50, 10)).toBeNull()
  expect(largestAffordable(images, {}, { model: 'none' }, 'images', 500, 10)).toBeNull()
})

test('a larger quantity may be affordable where a smaller one is not, by its volume', () => {
  const pages = action({
    price: { credits: [{ upTo: 99, credits: 3 }, { credits: 1 }], per: 'pages', tiers: 'volume' },
  })
  expect(largestAffordable(pages, {}, {}, 'pages', 120, 150)).toEqual({ quantity: 120, credits: 120 })
  expect(largestAffordable(pages, {}, {}, 'pages', 99, 150)).toEqual({ quantity: 33, credits: 99 })
})

test('a quantity of 10^9 is found in a moment', () => {
  const pages = action({ price: { credits: 3, per: 'pages' } })
  expect(largestAffordable(pages, {}, {}, 'pages', 2_000_000_001, 1_000_000_000)).toEqual({
    quantity: 666_666_667,
    credits: 2_000_000_001,
  })
})

const bands = fc
  .uniqueArray(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 3 })
  .chain((ends) =>
    fc
      .array(fc.integer({ min: 0, max: 9 }), { minLength: ends.length + 1, maxLength: ends.length + 1 })
      .map((prices) => [
        ...ends.sort((a, b) => a - b).map((upTo, index) => ({ upTo, credits: prices[index]! })),
        { credits: prices.at(-1)! },
      ]),
  )

const part = fc.oneof(
  fc.integer({ min: 0, max: 20 }),
  fc.record({ credits: fc.integer({ min: 0, max: 9 }), per: fc.constantFrom('n', 'other') }),
  fc.record({
    credits: fc.integer({ min: 0, max: 9 }),
    per: fc.constant('n'),
    each: fc.integer({ min: 1, max: 12 }),
  }),
  fc.record({ credits: bands, per: fc.constant('n'), tiers: fc.constantFrom('volume', 'graduated') }),
  fc.record({
    credits: fc.integer({ min: 0, max: 9 }),
    per: fc.constant('n'),
    when: fc.constant({ extra: 'on' }),
  }),
)

test('what is found is what trying every quantity finds', () => {
  const price = fc.array(part, { minLength: 1, maxLength: 4 })
  const number = fc.integer({ min: 0, max: 60 })
  fc.assert(
    fc.property(price, number, number, number, fc.boolean(), (parts, minimum, available, atMost, extra) => {
      const quantities = { n: { minimum: minimum % 5 }, other: { default: 2 } }
      const priced = action({ price: parts, minimum: minimum % 7, quantities, options: { extra: {} } })
      const options: Options = extra ? { extra: 'on' } : {}
      const found = largestAffordable(priced, {}, options, 'n', available, atMost)
      expect(found).toEqual(byTrying(priced, options, available, atMost, Math.max(1, minimum % 5)))
    }),
    { numRuns: 400 },
  )
})

function byTrying(
  priced: Action,
  options: Options,
  available: number,
  atMost: number,
  least: number,
): Affordable | null {
  for (let quantity = atMost; quantity >= least; quantity--) {
    const cost = costOf(priced, { n: quantity }, options)
    if (!('refused' in cost) && cost.credits <= available) return { quantity, credits: cost.credits }
  }
  return null
}
