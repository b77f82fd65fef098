import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import { type Api, type Method, serveProject } from './api-under-test.ts'
import { queryOf } from './check.ts'
import type { Schema } from './faults.ts'
import { ROUTES } from './routes.ts'

/** Each operation is asked this often with requests made from its own schemas, half of them spoiled somewhere. */
const RUNS = 25

const NAMES = [
  'own',
  'nobody',
  'image.generate',
  'post.publish',
  'basic',
  'plus',
  'ada',
  'images',
  'model',
  'hd',
  'x',
]
const INSTANTS = [
  '2026-02-30',
  '2027-01-01',
  '2030-01-01T00:00:00Z',
  '1970-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
  'never',
]
const SPOILED = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    -1,
    0,
    1e15,
    1.005,
    [],
    {},
    true,
    '__proto__',
    'constructor',
    '%00',
    "'; drop table entry; --",
  ),
  fc.string(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.object({ maxDepth: 2 }),
)

function valuesOf(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(valuesOf))
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? ['string'])
  return fc.oneof(...types.map((type) => valuesOfType(type, schema)))
}

function valuesOfType(type: string, schema: Schema): fc.Arbitrary<unknown> {
  switch (type) {
    case 'null':
      return fc.constant(null)
    case 'boolean':
      return fc.boolean()
    case 'integer':
      return fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 1e9, 2_592_000) })
    case 'number':
      return fc.oneof(
        fc.integer({ min: -1000, max: 1000 }),
        fc.constantFrom(0.01, 1.25, 999_999_999_999, 9_999_999_999_999),
      )
    case 'array':
      return fc.array(valuesOf(schema.items ?? {}), { maxLength: 3 })
    case 'object':
      return objectsOf(schema)
    default:
      return fc.oneof(fc.constantFrom(...NAMES), fc.constantFrom(...INSTANTS), fc.string({ maxLength: 30 }))
  }
}

function objectsOf(schema: Schema): fc.Arbitrary<unknown> {
  const inner = Object.values(schema.patternProperties ?? {})[0]
  if (inner !== undefined) return fc.dictionary(fc.constantFrom(...NAMES), valuesOf(inner), { maxKeys: 3 })
  const fields = Object.entries(schema.properties ?? {})
  if (fields.length === 0) return fc.object({ maxDepth: 1 })
  const required = schema.required ?? []
  return fc.record(Object.fromEntries(fields.map(([name, field]) => [name, spoiledNowAndThen(field)])), {
    requiredKeys: [...required] as never[],
  })
}

function spoiledNowAndThen(schema: Schema): fc.Arbitrary<unknown> {
  return fc.oneof({ arbitrary: valuesOf(schema), weight: 12 }, { arbitrary: SPOILED, weight: 1 })
}

describeOnEachDatabase('any request', (database) => {
  let api: Api
  let ids: Readonly<Record<string, string>>

  beforeAll(async () => {
    api = await serveProject(database())
    await api.ok('PUT', '/accounts/own', { members: [{ userId: 'ada', role: 'admin' }] })
    await api.ok('PUT', '/accounts/own/subscription', { plan: 'basic' })
    const charge = await api.ok('POST', '/charges', { accountId: 'own', action: 'post.publish' })
    const hold = await api.ok('POST', '/holds', { accountId: 'own', action: 'post.publish' })
    const key = await api.ok('POST', '/keys', { scopes: ['read'] })
    ids = {
      accountId: 'own',
      userId: 'ada',
      name: 'team',
      chargeId: charge.id,
      transactionId: charge.transactionId,
      lotId: charge.draws[0].lotId,
      holdId: hold.id,
      keyId: key.id,
    }
  }, 60_000)
  afterAll(() => api.close())

  // A stream does not end by itself; it is tried in its own test.
  for (const route of ROUTES.filter(({ id }) => id !== 'stream-credits')) {
    const query = queryOf(route) as Schema | null
    const request = fc.record({
      path: fc.record(
        Object.fromEntries(
          [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => [
            name!,
            fc.oneof(
              { arbitrary: fc.constant(null), weight: 4 },
              { arbitrary: fc.string({ minLength: 1 }), weight: 1 },
            ),
          ]),
        ),
      ),
      query: query === null ? fc.constant({}) : objectsOf(query),
      body:
        route.body === null
          ? fc.constant(undefined)
          : route.takes === 'yaml'
            ? fc.string()
            : spoiledNowAndThen(route.body as never),
    })

    test(`to ${route.method} ${route.path} is answered, and never by a 5xx`, async () => {
      await fc.assert(
        fc.asyncProperty(request, async (asked) => {
          const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) =>
            encodeURIComponent((asked.path as Record<string, string | null>)[name] ?? ids[name]!),
          )
          const parameters = new URLSearchParams()
          for (const [name, value] of Object.entries(asked.query as Record<string, unknown>)) {
            // Whole clocks and years of refills are not what is tried here.
            if (name !== 'dryRun')
              parameters.append(name, typeof value === 'string' ? value : JSON.stringify(value))
          }
          const { body } = asked
          const sent =
            body === undefined
              ? {}
              : { body: route.takes === 'yaml' ? `a: ${String(body)}` : JSON.stringify(body) }
          const answered = await api.call(route.method as Method, `${path}?${parameters}`, sent)
          expect(answered.status, answered.text).toBeLessThan(500)
          if (answered.status >= 400)
            expect(answered.body).toMatchObject({ code: expect.any(String), requestId: expect.any(String) })
        }),
        { numRuns: RUNS },
      )
    })
  }
})
