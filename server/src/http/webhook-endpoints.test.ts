import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import { type Api, serveProject } from './api-under-test.ts'

describeOnEachDatabase('webhook endpoints', (database) => {
  let api: Api
  beforeAll(async () => {
    api = await serveProject(database())
    await api.ok('PUT', '/accounts/org', {})
  }, 60_000)
  afterAll(() => api.close())

  const create = (body: object) => api.call('POST', '/webhook-endpoints', { body })

  test.each([
    'not an address',
    'ftp://example.com/',
    'https://user:secret@example.com/',
    'https://example.com/#part',
    'https://localhost/hooks',
    'https://db.internal/hooks',
    'https://127.0.0.1/',
    'https://0x7f.1/',
    'https://2130706433/',
    'https://0177.0.0.1/',
    'https://10.1.2.3/',
    'https://169.254.169.254/latest/meta-data',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[fd00::1]/',
    'https://[64:ff9b::7f00:1]/',
  ])('are not made for %s', async (url) => {
    const { status, body } = await create({ url })
    expect([status, body.code, body.errors[0].path]).toEqual([422, 'url_not_allowed', 'url'])
  })

  test('name a type that there is not, and get the nearest', async () => {
    const { status, body } = await create({ url: 'https://example.com/', types: ['charge.create'] })
    expect([status, body.code, body.nearest]).toEqual([422, 'event_type_unknown', 'charge.created'])
  })

  test('of a live project need https, and a key of the operator to seal their secrets', async () => {
    const live = await serveProject(database(), { mode: 'live' })
    const plain = await live.call('POST', '/webhook-endpoints', { body: { url: 'http://example.com/' } })
    expect(plain.body.code).toBe('url_not_allowed')
    const unsealed = await live.call('POST', '/webhook-endpoints', { body: { url: 'https://example.com/' } })
    expect([unsealed.status, unsealed.body.code]).toEqual([409, 'secret_key_required'])
    await live.close()
    const secretKey = Buffer.alloc(32, 7).toString('base64')
    const keyed = await serveProject(database(), { mode: 'live', scrip: { secretKey } })
    const made = await keyed.ok('POST', '/webhook-endpoints', { url: 'https://example.com/' })
    const { rows } = await database().pool.query<{ secret: Buffer }>(
      'select secret from webhook_endpoint where id = $1',
      [made.id],
    )
    expect(rows[0]!.secret.includes(Buffer.from(made.secret))).toBe(false)
    expect(keyed.scrip.house.secrets.open(rows[0]!.secret, `webhook:${made.id}`)).toBe(made.secret)
    await keyed.close()
  })

  test('are listed, changed and ended; those of another project are not there', async () => {
    const made = await api.ok('POST', '/webhook-endpoints', {
      url: 'https://example.com/a',
      description: 'Ours',
    })
    const changed = await api.ok('PATCH', `/webhook-endpoints/${made.id}`, {
      types: ['credits.*'],
      accountId: 'org',
    })
    expect(changed).toMatchObject({ url: 'https://example.com/a', types: ['credits.*'], accountId: 'org' })
    const { data } = await api.ok('GET', '/webhook-endpoints')
    expect(data).toContainEqual(changed)
    const other = await api.another('another')
    for (const [method, path] of [
      ['GET', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['POST', '/rotate-secret'],
      ['GET', '/deliveries'],
    ] as const) {
      const body = method === 'GET' || method === 'DELETE' ? undefined : {}
      const answered = await other.call(method, `/webhook-endpoints/${made.id}${path}`, body ? { body } : {})
      expect([path, answered.status, answered.body.code]).toEqual([path, 404, 'webhook_endpoint_not_found'])
    }
    await api.ok('DELETE', `/webhook-endpoints/${made.id}`)
    expect((await api.call('GET', `/webhook-endpoints/${made.id}`)).status).toBe(404)
  })

  test('show the same secret again under the same idempotency key', async () => {
    const asked = { body: { url: 'https://example.com/b' }, headers: { 'idempotency-key': 'once' } }
    const first = await api.call('POST', '/webhook-endpoints', asked)
    const again = await api.call('POST', '/webhook-endpoints', asked)
    expect(again.text).toBe(first.text)
    expect(again.headers['idempotent-replayed']).toBe('true')
  })
})
