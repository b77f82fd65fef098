import fc from 'fast-check'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { describe, expect, test } from 'vitest'
import { faultsOf, nearest, type Schema } from './faults.ts'
import { ROUTES } from './routes.ts'
import { SpendBody } from './spend.schema.ts'

const said = (schema: TSchema, value: unknown): string[] =>
  faultsOf(schema as Schema, value).map(({ path, code }) => `${path} ${code}`)

test('every fault of a malformed request is told at once, with its path', () => {
  const value = {
    acountId: 'a',
    action: 5,
    quantities: { images: -1, videos: 1.5 },
    maxCredits: 0,
    subject: { name: 'x' },
  }
  expect(said(SpendBody, value)).toEqual([
    'accountId required',
    'acountId unknown_field',
    'action wrong_type',
    'quantities.images out_of_range',
    'quantities.videos wrong_type',
    'maxCredits out_of_range',
    'subject.id required',
  ])
})

test('what is missing is told beside an unknown field, and nothing is missing beside a quote', () => {
  const quoteId = `quo_${'x'.repeat(40)}`
  expect(said(SpendBody, { acountId: 'a' })).toEqual([
    'accountId required',
    'action required',
    'acountId unknown_field',
  ])
  expect(said(SpendBody, { quoteId, acountId: 'a' })).toEqual(['acountId unknown_field'])
  expect(said(SpendBody, { quoteId })).toEqual([])
})

test('an unknown field is told with the nearest known name', () => {
  expect(faultsOf(SpendBody as TSchema as Schema, { acountId: 'a', action: 'x' })[1]).toMatchObject({
    expected: 'accountId?',
    found: 'acountId',
  })
})

describe('the nearest known name', () => {
  test.each([
    ['quantites', 'quantities'],
    ['ACCOUNTID', 'accountId'],
    ['user_id', 'userId'],
    ['x', null],
    ['completelyElse', null],
  ])('of %s is %s', (name, expected) => {
    expect(nearest(name, ['accountId', 'quantities', 'options', 'userId'])).toBe(expected)
  })
})

test('a long text and a list are not repeated whole in a fault', () => {
  const [fault] = faultsOf(SpendBody as TSchema as Schema, { accountId: 'x'.repeat(1000), action: 'x' })
  expect(JSON.stringify(fault).length).toBeLessThan(400)
})

describe("the walk finds a fault exactly where the schema's compiled check refuses", () => {
  const bodies = ROUTES.filter(({ body }) => body !== null)
  test.each(bodies.map((route) => [route.id, route.body!] as const))('%s', (_id, schema) => {
    const compiled = Compile(schema)
    const fields = Object.keys((schema as { properties?: object }).properties ?? {})
    const leaf = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.array(fc.string()),
    )
    const value = fc.oneof(
      leaf,
      fc.dictionary(fc.oneof(fc.constantFrom(...fields, 'other'), fc.string()), fc.oneof(leaf, fc.object())),
    )
    fc.assert(
      fc.property(value, (asked) => {
        expect(faultsOf(schema as Schema, asked).length === 0).toBe(compiled.Check(asked))
      }),
      { numRuns: 100 },
    )
  })
})
