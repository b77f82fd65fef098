import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import { type Api, type Method, serveProject } from './api-under-test.ts'

/** An amount as it may come, raw, with what is wrong with it. Two decimals are right, three are not. */
const FORMS: readonly (readonly [string, string])[] = [
  ['negative', '-1'],
  ['negative zero', '-0'],
  ['zero', '0'],
  ['out of range', '1e400'],
  ['not a number', 'NaN'],
  ['infinite', 'Infinity'],
  ['one that no machine holds exactly', '9007199254740993'],
  ['above the largest amount', '1000000000000000'],
  ['above the largest amount with the decimals', '10000000000000'],
  ['three decimals', '1.005'],
  ['a trace above a whole number', '1.0000000000001'],
  ['text', '"5"'],
  ['full-width text', '"５"'],
  ['empty text', '""'],
  ['a list', '[5]'],
  ['an object', '{"value":5}'],
  ['true', 'true'],
  ['hexadecimal', '0x10'],
  ['octal', '010'],
  ['with a plus', '+5'],
  ['with an underscore', '1_000'],
]

/** Every field that takes an amount of credits, in a request that is right but for it. */
const FIELDS: readonly (readonly [string, Method, string, string, string])[] = [
  [
    'charges.maxCredits',
    'POST',
    '/charges',
    '{"accountId":"own","action":"post.publish","maxCredits":?}',
    'maxCredits',
  ],
  [
    'holds.maxCredits',
    'POST',
    '/holds',
    '{"accountId":"own","action":"post.publish","maxCredits":?}',
    'maxCredits',
  ],
  ['captures.credits', 'POST', '/holds/:hold/captures', '{"credits":?}', 'credits'],
  ['refunds.credits', 'POST', '/charges/:charge/refunds', '{"credits":?}', 'credits'],
  ['grants.credits', 'POST', '/grants', '{"accountId":"own","credits":?}', 'credits'],
  ['void.credits', 'POST', '/lots/:lot/void', '{"credits":?}', 'credits'],
  ['budgets.limit', 'PUT', '/accounts/own/budgets/team', '{"limit":?}', 'limit'],
  [
    'batch.maxCredits',
    'POST',
    '/charges/batch',
    '{"items":[{"accountId":"own","action":"post.publish","maxCredits":?}]}',
    'items[0].maxCredits',
  ],
]

describeOnEachDatabase('bad input', (database) => {
  let api: Api
  let ids: Readonly<Record<string, string>>
  let before: string

  beforeAll(async () => {
    api = await serveProject(database())
    await api.ok('PUT', '/accounts/own', {})
    const charge = await api.ok('POST', '/charges', { accountId: 'own', action: 'post.publish' })
    const hold = await api.ok('POST', '/holds', { accountId: 'own', action: 'post.publish' })
    ids = { ':charge': charge.id, ':hold': hold.id, ':lot': charge.draws[0].lotId }
  }, 60_000)
  afterAll(() => api.close())

  const books = async (): Promise<string> => {
    const { pool } = database()
    const { rows } = await pool.query(
      'select (select count(*) from entry) as entries, (select count(*) from account) as accounts, (select sum(version) from pool) as versions',
    )
    return JSON.stringify(rows)
  }
  beforeEach(async () => {
    before = await books()
  })

  for (const [field, method, path, template, where] of FIELDS) {
    test(`${field}: each bad form of an amount is a 4xx that names the field, and changes nothing`, async () => {
      const url = path.replace(/:\w+/, (name) => ids[name]!)
      for (const [what, raw] of FORMS) {
        const { status, body } = await api.call(method, url, { body: template.replace('?', raw) })
        expect(`${what}: ${status}`).toBe(`${what}: 400`)
        expect(body.code).toBe('request_malformed')
        const paths = body.errors.map(({ path: at }: { path: string }) => at)
        const isSyntax = /^line 1/.test(paths[0])
        expect(isSyntax || paths.includes(where) || paths[0].startsWith(where), `${what}: ${paths}`).toBe(
          true,
        )
      }
      expect(await books()).toBe(before)
    })
  }

  test('an adjustment of 0, of three decimals or as text is refused with its path', async () => {
    for (const raw of ['0', '-0', '1.005', '"5"', '1e400', '-1000000000000000']) {
      const { status, body } = await api.call('POST', '/adjustments', {
        body: `{"accountId":"own","credits":${raw}}`,
      })
      expect({ raw, status, path: body.errors[0].path }).toEqual({ raw, status: 400, path: 'credits' })
    }
  })

  test('a name given twice is refused, whichever value is right', async () => {
    const body = '{"accountId":"own","credits":5,"credits":6}'
    const answered = await api.call('POST', '/grants', { body })
    expect(answered.body.errors).toEqual([
      { path: 'credits', code: 'duplicate_name', expected: 'each name once', found: 'credits' },
    ])
  })

  test.each([
    ['negative', -1],
    ['a fraction', 1.5],
    ['above the range', 1e10],
    ['text', '3'],
    ['a list', [3]],
    ['null', null],
  ])('a quantity that is %s is refused with its path', async (_what, images) => {
    const { status, body } = await api.call('POST', '/charges', {
      body: { accountId: 'own', action: 'image.generate', quantities: { images } },
    })
    expect({ status, path: body.errors[0].path }).toEqual({ status: 400, path: 'quantities.images' })
  })

  test.each([
    ['quantities', { quantities: { imags: 1 } }, 422, 'unknown_quantity'],
    ['options', { options: { modl: 'hd' } }, 422, 'unknown_option'],
    ['options', { options: { model: 'huge' } }, 422, 'option_not_available'],
    ['quantities', { quantities: { images: 101 } }, 422, 'quantity_out_of_range'],
  ])(
    '%s that the action does not know are refused with what is allowed: %j',
    async (part, more, status, code) => {
      const answered = await api.call('POST', '/charges', {
        body: { accountId: 'own', action: 'image.generate', ...more },
      })
      expect(answered).toMatchObject({
        status,
        body: { code, errors: [{ path: expect.stringContaining(part) }] },
      })
      expect(await books()).toBe(before)
    },
  )

  test('a missing field is told beside an unknown one, in a charge, a hold and an item of a batch', async () => {
    const faults = async (path: string, body: unknown) =>
      (await api.call('POST', path, { body })).body.errors.map(
        ({ path: where, code }: { path: string; code: string }) => `${where} ${code}`,
      )
    const wrong = { acountId: 'own', action: 'post.publish' }
    const told = ['accountId required', 'acountId unknown_field']
    expect(await faults('/charges', wrong)).toEqual(told)
    expect(await faults('/holds', wrong)).toEqual(told)
    const items = [{ accountId: 'own', action: 'post.publish' }, wrong]
    expect(await faults('/charges/batch', { items })).toEqual(told.map((fault) => `items[1].${fault}`))
    expect(await books()).toBe(before)
  })

  test('an unknown action, plan and account are 404 with their own codes', async () => {
    const code = async (method: Method, path: string, body: unknown) => {
      const answered = await api.call(method, path, { body })
      return [answered.status, answered.body.code]
    }
    expect(await code('POST', '/charges', { accountId: 'own', action: 'no.such' })).toEqual([
      404,
      'action_not_found',
    ])
    expect(await code('PUT', '/accounts/own/subscription', { plan: 'no-such' })).toEqual([
      404,
      'plan_not_found',
    ])
    expect(await code('POST', '/charges', { accountId: 'nobody', action: 'post.publish' })).toEqual([
      404,
      'account_not_found',
    ])
  })

  const TEXTS: readonly (readonly [string, string])[] = [
    ['NUL', '"a\\u0000b"'],
    ['half a surrogate pair', '"\\ud800"'],
    ['a line break where there is one line', '"a\\r\\nSet-Cookie: x"'],
    ['too long', JSON.stringify('x'.repeat(100_000))],
    ['a number', '5'],
    ['an object', '{}'],
  ]
  const TEXT_FIELDS: readonly (readonly [string, Method, string, string])[] = [
    ['name', 'PUT', '/accounts/own', '{"name":?}'],
    ['email', 'PUT', '/accounts/own', '{"email":?}'],
    ['subject.id', 'POST', '/charges', '{"accountId":"own","action":"post.publish","subject":{"id":?}}'],
    ['userId', 'POST', '/charges', '{"accountId":"own","action":"post.publish","userId":?}'],
    ['actor.name', 'POST', '/grants', '{"accountId":"own","credits":1,"actor":{"id":"a","name":?}}'],
    ['accountId', 'POST', '/charges', '{"accountId":?,"action":"post.publish"}'],
    ['action', 'POST', '/charges', '{"accountId":"own","action":?}'],
    [
      'metadata.note',
      'POST',
      '/charges',
      '{"accountId":"own","action":"post.publish","metadata":{"note":?}}',
    ],
  ]
  for (const [field, method, path, template] of TEXT_FIELDS) {
    test(`${field}: text with what no text has is a 4xx that names the field, and changes nothing`, async () => {
      for (const [what, raw] of TEXTS) {
        // What a product notes for itself may have lines.
        if (field === 'metadata.note' && what.startsWith('a line break')) continue
        const { status, body } = await api.call(method, path, { body: template.replace('?', raw) })
        expect({ what, status, path: body.errors?.[0].path }).toEqual({ what, status: 400, path: field })
      }
      expect(await books()).toBe(before)
    })
  }

  test.each([
    ['31 February', '2027-02-31T00:00:00Z'],
    ['a 13th month', '2027-13-01T00:00:00Z'],
    ['25 o’clock', '2027-01-01T25:00:00Z'],
    ['24 o’clock', '2027-01-01T24:00:00Z'],
    ['a date that is none', '2027-02-30'],
    ['without an offset', '2027-01-01T00:00:00'],
    ['words', 'tomorrow'],
    ['a number as text', '1767225600000'],
    ['year 10000', '10000-01-01T00:00:00Z'],
    ['before 1970', '1969-12-31T23:59:59Z'],
    ['empty', ''],
  ])('an instant that does not exist is refused with its path: %s', async (_what, expiresAt) => {
    const { status, body } = await api.call('POST', '/grants', {
      body: { accountId: 'own', credits: 1, expiresAt },
    })
    expect({ status, path: body.errors[0].path }).toEqual({ status: 400, path: 'expiresAt' })
    expect(await books()).toBe(before)
  })

  test.each(['.', '..', 'a/b', 'a%b', 'a#b', 'a?b', 'a b', 'ä', 'x'.repeat(201), 'a\u007f', ''])(
    'the account id %j is refused in a body',
    async (accountId) => {
      const { status, body } = await api.call('POST', '/charges', {
        body: { accountId, action: 'post.publish' },
      })
      expect({ status, path: body.errors[0].path }).toEqual({ status: 400, path: 'accountId' })
    },
  )

  test.each([
    'auth0|64f',
    'ada@acme.com',
    '0e8b6f1a-2f0c-4c6e-9d0c-2d1f5a3b4c5d',
    'x'.repeat(200),
    "o'neil+1=~!$&()*,;:",
  ])('the account id %s works, percent-encoded in a path', async (id) => {
    const path = `/accounts/${encodeURIComponent(id)}`
    expect((await api.call('PUT', path, { body: {} })).status).toBe(201)
    expect((await api.ok('GET', `${path}/credits`)).balance).toBe(50)
    expect((await api.ok('GET', path)).id).toBe(id)
  })

  test('unknown query parameters are refused with the nearest known name', async () => {
    const { status, body } = await api.call('GET', '/accounts/own/transactions?limt=5&view=useage')
    expect(status).toBe(400)
    expect(body.errors).toEqual([
      { path: 'limt', code: 'unknown_field', expected: 'limit?', found: 'limt' },
      {
        path: 'view',
        code: 'not_allowed',
        expected: 'one of all, usage, additions, removals',
        found: 'useage',
      },
    ])
  })

  test.each(['0', '201', '-1', '1.5', 'ten', '1e2', ''])('a limit of %j is refused', async (limit) => {
    const { status, body } = await api.call('GET', `/accounts/own/transactions?limit=${limit}`)
    expect({ status, path: body.errors[0].path }).toEqual({ status: 400, path: 'limit' })
  })

  test('a parameter given twice that is no list is refused', async () => {
    expect((await api.call('GET', '/accounts/own/transactions?limit=5&limit=6')).status).toBe(400)
  })

  test('metadata above its limits is refused with its path', async () => {
    const post = (metadata: object) =>
      api.call('POST', '/charges', { body: { accountId: 'own', action: 'post.publish', metadata } })
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, 'v']))
    const large = Object.fromEntries(Array.from({ length: 5 }, (_, index) => [`k${index}`, 'v'.repeat(450)]))
    for (const metadata of [
      many,
      large,
      { ['k'.repeat(41)]: 'v' },
      { 'a\\b': 'v' },
      { k: 'v'.repeat(501) },
    ]) {
      const { status, body } = await post(metadata)
      expect(status).toBe(400)
      expect(body.errors[0].path).toMatch(/^metadata/)
    }
    expect(await books()).toBe(before)
  })

  test('a body of more than a megabyte is 413, a compressed one 415, one of another type 415', async () => {
    const large = { name: 'x'.repeat(1_100_000) }
    expect(await api.call('PUT', '/accounts/own', { body: large })).toMatchObject({
      status: 413,
      body: { code: 'body_too_large' },
    })
    const headers = { 'content-encoding': 'gzip' }
    expect(await api.call('PUT', '/accounts/own', { body: {}, headers })).toMatchObject({ status: 415 })
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    expect(await api.call('PUT', '/accounts/own', { body: {}, headers: form })).toMatchObject({ status: 415 })
    const text = { 'content-type': 'text/plain' }
    expect(await api.call('PUT', '/accounts/own', { body: '{}', headers: text })).toMatchObject({
      status: 415,
    })
  })

  test('a batch of a thousand and one charges is refused, one of none too', async () => {
    const items = Array.from({ length: 1001 }, () => ({ accountId: 'own', action: 'post.publish' }))
    expect((await api.call('POST', '/charges/batch', { body: { items } })).body.errors[0]).toMatchObject({
      path: 'items',
      code: 'too_many',
    })
    expect((await api.call('POST', '/charges/batch', { body: { items: [] } })).body.errors[0]).toMatchObject({
      path: 'items',
      code: 'too_few',
    })
  })

  test('an id of Scrip’s that is malformed, or of another noun, is 404', async () => {
    for (const id of [
      'chg_',
      'chg_zzzzzzzzzzzzzzzzzzzzzzzzzz',
      ids[':hold']!,
      'x',
      '00000000000000000000000000',
    ]) {
      expect((await api.call('GET', `/charges/${id}`)).status).toBe(404)
    }
    expect((await api.call('GET', '/charges/a%00b')).status).toBe(400)
  })

  test('an Idempotency-Key that is empty, too long or no ASCII is refused', async () => {
    for (const key of ['', 'x'.repeat(256), 'ключ', 'a\tb']) {
      const headers = { 'idempotency-key': key }
      const { status, body } = await api.call('POST', '/grants', {
        body: { accountId: 'own', credits: 1 },
        headers,
      })
      expect({ key, status, path: body.errors[0].path }).toEqual({
        key,
        status: 400,
        path: 'Idempotency-Key',
      })
    }
    expect(await books()).toBe(before)
  })

  test('a catalog that contradicts itself is refused with line, column and path, and nothing is applied', async () => {
    const text =
      'scrip: 1\nproduct: X\nactions:\n  a: { price: { credits: { b: 1 }, by: model }, options: { model: { values: [b, c] } } }\nplan: {}\n'
    const { status, body } = await api.call('PUT', '/catalog', { body: text })
    expect({ status, code: body.code }).toEqual({ status: 422, code: 'catalog_invalid' })
    expect(body.errors.length).toBeGreaterThan(1)
    for (const error of body.errors)
      expect(error).toMatchObject({ line: expect.any(Number), column: expect.any(Number) })
    expect((await api.ok('GET', '/catalog/versions')).data).toHaveLength(1)
  })

  test('the number of decimals stays once there are credits, and a plan that is used stays in the catalog', async () => {
    await api.ok('PUT', '/accounts/own/subscription', { plan: 'basic' })
    const { text } = await api.ok('GET', '/catalog')
    const without = text.replace(/ {2}basic: .*\n/, '')
    expect(await api.call('PUT', '/catalog', { body: without })).toMatchObject({
      status: 409,
      body: { code: 'catalog_conflict' },
    })
    const other = text.replace('decimals: 2', 'decimals: 3')
    expect(await api.call('PUT', '/catalog', { body: other })).toMatchObject({
      status: 409,
      body: { code: 'catalog_conflict' },
    })
  })
})
