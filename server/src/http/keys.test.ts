import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import { mintKey, prefixOf, redactKeys } from '../directory/key-text.ts'
import { type Api, serveProject } from './api-under-test.ts'

describe('a key', () => {
  test('names its owner and mode, and carries 190 random bits and a checksum', () => {
    const { text, prefix } = mintKey('scrip', 'live')
    expect(text).toMatch(/^scrip_live_sk_[0-9A-Za-z]{46}$/)
    expect(prefixOf(text)).toBe(prefix)
    expect(Math.log2(62 ** 32)).toBeGreaterThan(160)
  })

  test('with any one character changed is known to be none', () => {
    const { text } = mintKey('scrip', 'test')
    for (let place = 14; place < text.length; place++) {
      const other = text[place] === 'a' ? 'b' : 'a'
      expect(prefixOf(text.slice(0, place) + other + text.slice(place + 1))).toBeNull()
    }
  })

  test('is cut to its public part wherever it stands in a text', () => {
    const { text, prefix } = mintKey('pp', 'live')
    expect(redactKeys(`x-api-key: ${text}, again ${text}`)).toBe(`x-api-key: ${prefix}…, again ${prefix}…`)
  })
})

describeOnEachDatabase('keys', (database) => {
  let api: Api
  let now = Date.now()

  beforeAll(async () => {
    api = await serveProject(database(), { scrip: { realTime: () => now } })
    await api.ok('PUT', '/accounts/own', {})
  }, 60_000)
  afterAll(() => api.close())

  const works = async (key: string): Promise<boolean> =>
    (await api.call('GET', '/project', { key })).status === 200

  test('a key is shown once and stored hashed: no table holds it', async () => {
    const { key } = await api.ok('POST', '/keys', { scopes: ['read'] })
    const { rows } = await database().pool.query(
      'select api_key::text as row from api_key union all select answer::text from answer',
    )
    for (const { row } of rows) expect(row).not.toContain(key.slice(-38))
    expect(JSON.stringify(await api.ok('GET', '/keys'))).not.toContain(key)
  })

  test('a revoked key is refused at once where it was revoked, and within a second elsewhere', async () => {
    const { key, id } = await api.ok('POST', '/keys', { scopes: ['read'] })
    expect(await works(key)).toBe(true)
    await api.ok('DELETE', `/keys/${id}`)
    expect(await works(key)).toBe(false)
    const again = await api.ok('POST', '/keys', { scopes: ['read'] })
    expect(await works(again.key)).toBe(true)
    // As another process does it: this one is not told.
    await database().pool.query("update api_key set revoked_at = now() - interval '1 minute' where id = $1", [
      again.id,
    ])
    now += 1_000
    expect(await works(again.key)).toBe(false)
  })

  test('while it is rolled two keys are live; after the overlap one is', async () => {
    const first = await api.ok('POST', '/keys', { scopes: ['read'], name: 'backend' })
    const second = await api.ok('POST', `/keys/${first.id}/rotate`, { overlapSeconds: 60 })
    expect(second).toMatchObject({ name: 'backend', scopes: ['read'], previous: { id: first.id } })
    expect([await works(first.key), await works(second.key)]).toEqual([true, true])
    now += 61_000
    expect([await works(first.key), await works(second.key)]).toEqual([false, true])
  })

  test('a key that expires is refused from then on', async () => {
    const { key } = await api.ok('POST', '/keys', {
      scopes: ['read'],
      expiresAt: new Date(now + 5_000).toISOString(),
    })
    expect(await works(key)).toBe(true)
    now += 5_000
    expect(await works(key)).toBe(false)
  })

  test('a key gives no scope that its maker has not', async () => {
    const { key } = await api.ok('POST', '/keys', { scopes: ['keys', 'read'] })
    expect((await api.call('POST', '/keys', { key, body: { scopes: ['read'] } })).status).toBe(201)
    expect(await api.call('POST', '/keys', { key, body: { scopes: ['admin'] } })).toMatchObject({
      status: 403,
      body: { code: 'scope_not_held' },
    })
    const admin = await api.ok('POST', '/keys', { scopes: ['admin'] })
    expect(await api.call('POST', `/keys/${admin.id}/rotate`, { key, body: {} })).toMatchObject({
      status: 403,
    })
  })

  test("a customer's key takes no scopes, a project's key no permissions", async () => {
    expect(
      (await api.call('POST', '/keys', { body: { accountId: 'own', scopes: ['read'] } })).body.errors[0].path,
    ).toBe('scopes')
    expect(
      (await api.call('POST', '/keys', { body: { scopes: ['read'], permissions: ['x'] } })).body.errors[0]
        .path,
    ).toBe('permissions')
    expect((await api.call('POST', '/keys', { body: {} })).body.errors[0].path).toBe('scopes')
  })

  test('verify hands back whose key it is and its permissions, and says what is missing', async () => {
    const { key, id } = await api.ok('POST', '/keys', {
      accountId: 'own',
      userId: 'ada',
      permissions: ['caption.generate'],
    })
    expect(key).toMatch(/^tst_test_sk_/)
    expect(await api.ok('POST', '/keys/verify', { key })).toMatchObject({
      valid: true,
      reason: null,
      keyId: id,
      accountId: 'own',
      userId: 'ada',
      permissions: ['caption.generate'],
      credits: { balance: 50 },
    })
    const missing = await api.ok('POST', '/keys/verify', { key, permission: 'post.publish' })
    expect(missing).toMatchObject({ valid: false, reason: 'permission_missing', permission: 'post.publish' })
    const reason = async (text: string) => (await api.ok('POST', '/keys/verify', { key: text })).reason
    expect(await reason('nonsense')).toBe('unknown')
    expect(await reason(mintKey('tst', 'test').text)).toBe('unknown')
    await api.ok('DELETE', `/keys/${id}`)
    expect(await reason(key)).toBe('revoked')
  })

  test('a key in an address is refused and told to be replaced', async () => {
    for (const url of [
      `/project?api_key=x`,
      `/project?key=x`,
      `/accounts/${api.key}`,
      `/project?a=${api.key}`,
    ]) {
      expect(await api.call('GET', url)).toMatchObject({ status: 400, body: { code: 'key_in_url' } })
    }
  })

  test('a key works as x-api-key and as a bearer, and nothing else is taken for one', async () => {
    const bearer = { headers: { authorization: `Bearer ${api.key}` }, key: null }
    expect((await api.call('GET', '/project', bearer)).status).toBe(200)
    const basic = {
      headers: { authorization: `Basic ${Buffer.from(`${api.key}:`).toString('base64')}` },
      key: null,
    }
    expect((await api.call('GET', '/project', basic)).status).toBe(401)
  })

  test('the last use of a key is written', async () => {
    const { key, id } = await api.ok('POST', '/keys', { scopes: ['read'] })
    expect(await works(key)).toBe(true)
    const again = await serveProject(database(), { scrip: { realTime: () => now } })
    await again.call('GET', '/project', { key })
    await again.close()
    const { data } = await api.ok('GET', '/keys?limit=200')
    const used = data.find((row: { id: string }) => row.id === id)
    expect(Date.parse(used.lastUsedAt)).toBe(now)
  })
})

test('no log line of any request holds a key, a body or a query, and that of a refused one holds its code', async () => {
  const { openDatabase } = await import('../database/database.ts')
  const { migrate } = await import('../database/migrate.ts')
  const database = await openDatabase({ memory: true })
  await migrate(database)
  const lines: string[] = []
  const api = await serveProject(database, { scrip: { log: { write: (line) => void lines.push(line) } } })
  const { key } = await api.ok('POST', '/keys', { scopes: ['admin'], name: 'secret-name' })
  await api.call('GET', `/project?api_key=${key}`)
  await api.call('GET', `/accounts/${key}`)
  await api.call('PUT', '/accounts/own', { body: { name: 'Private Person', email: 'ada@example.com' }, key })
  await api.call('GET', '/accounts?q=Private', { key })
  const failure = vi.spyOn(api.scrip.house.ledger, 'read').mockRejectedValue(new Error(`a bug near ${key}`))
  const broken = await api.call('GET', '/accounts/own/credits', { key })
  failure.mockRestore()
  await api.call('POST', '/charges', { body: { nonsense: 1 }, key })
  await api.call('POST', '/holds', { body: { accountId: 'own', action: 'no.such' }, key })
  await api.call('DELETE', '/charges', { key })
  await api.call('GET', '/no/such/route', { key })
  await api.close()
  await database.close()
  expect(broken).toMatchObject({
    status: 500,
    body: { code: 'internal_error', detail: 'Something went wrong on our side.' },
  })
  expect(Object.keys(broken.body).sort()).toEqual(['code', 'detail', 'requestId', 'status', 'title', 'type'])
  const log = lines.join('')
  expect(lines.length).toBeGreaterThanOrEqual(7)
  expect(log).toContain('a bug near')
  for (const secret of [key.slice(-38), api.key.slice(-38), 'Private', 'ada@example.com', 'secret-name']) {
    expect(log).not.toContain(secret)
  }
  const requests = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'request')
  expect(requests.map(({ path, status, code }) => `${path} ${status} ${code}`)).toEqual([
    '/api/v1/keys 201 undefined',
    '/api/v1/project 400 key_in_url',
    '/api/v1/accounts/:accountId 400 key_in_url',
    '/api/v1/accounts/:accountId 201 undefined',
    '/api/v1/accounts 200 undefined',
    '/api/v1/accounts/:accountId/credits 500 internal_error',
    '/api/v1/charges 400 request_malformed',
    '/api/v1/holds 404 action_not_found',
    'none 405 method_not_allowed',
    'none 404 route_not_found',
  ])
})
