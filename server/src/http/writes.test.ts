import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import type { OperationId } from './access.ts'
import { type Api, CATALOG, type Method, serveProject } from './api-under-test.ts'
import { BILLING_WRITES } from './billing-writes-under-test.ts'
import { MESSAGE_WRITES } from './message-writes-under-test.ts'
import { PURCHASE_WRITES } from './purchase-writes-under-test.ts'
import { ROUTES } from './routes.ts'
import { WEBHOOK_WRITES } from './webhook-writes-under-test.ts'

interface Write {
  readonly path: string
  readonly body?: unknown
  /** Another request, to send under the same key; absent where a write takes nothing that could differ. */
  readonly other?: unknown
}

/** How each write is asked, given an account of its own with credits, a plan and something to act on. */
const WRITES: Readonly<Record<string, (api: Api, account: string) => Promise<Write> | Write>> = {
  'put-account': (_api, account) => ({
    path: `/accounts/${account}`,
    body: { name: 'A' },
    other: { name: 'B' },
  }),
  'create-account': (_api, account) => ({
    path: '/accounts',
    body: { id: `${account}-new` },
    other: { id: `${account}-new`, name: 'B' },
  }),
  'update-account': (_api, account) => ({
    path: `/accounts/${account}`,
    body: { name: 'A' },
    other: { name: 'B' },
  }),
  'erase-personal-data': (_api, account) => ({ path: `/accounts/${account}/personal-data` }),
  'put-member': (_api, account) => ({
    path: `/accounts/${account}/members/bob`,
    body: { role: 'admin' },
    other: { role: 'member' },
  }),
  'remove-member': (_api, account) => ({ path: `/accounts/${account}/members/ada` }),
  'put-terms': (_api, account) => ({
    path: `/accounts/${account}/terms`,
    body: { actions: { 'post.publish': 2 } },
    other: { actions: { 'post.publish': 3 } },
  }),
  'set-alerts': (_api, account) => ({
    path: `/accounts/${account}/alerts`,
    body: { remaining: ['10%'] },
    other: { remaining: [5] },
  }),
  'put-budget': (_api, account) => ({
    path: `/accounts/${account}/budgets/team`,
    body: { limit: 9 },
    other: { limit: 8 },
  }),
  'remove-budget': async (api, account) => {
    await api.ok('PUT', `/accounts/${account}/budgets/gone`, { limit: 5 })
    return { path: `/accounts/${account}/budgets/gone` }
  },
  charge: (_api, accountId) => ({
    path: '/charges',
    body: {
      accountId,
      action: 'image.generate',
      quantities: { images: 3 },
      metadata: { a: 'b' },
      userId: 'ada',
    },
    other: { accountId, action: 'image.generate', quantities: { images: 4 } },
  }),
  hold: (_api, accountId) => ({
    path: '/holds',
    body: { accountId, action: 'post.publish' },
    other: { accountId, action: 'post.publish', userId: 'bob' },
  }),
  'extend-hold': async (api, account) => ({
    path: `/holds/${await holdOf(api, account)}`,
    body: { timeoutSeconds: 60 },
    other: { timeoutSeconds: 61 },
  }),
  capture: async (api, account) => ({
    path: `/holds/${await holdOf(api, account)}/captures`,
    body: { credits: 2 },
    other: { credits: 1 },
  }),
  release: async (api, account) => ({
    path: `/holds/${await holdOf(api, account)}/release`,
    body: {},
    other: { reason: 'another' },
  }),
  refund: async (api, account) => ({
    path: `/charges/${(await chargeOf(api, account)).id}/refunds`,
    body: { credits: 2 },
    other: { credits: 1 },
  }),
  grant: (_api, accountId) => ({
    path: '/grants',
    body: { accountId, credits: 5, expiresAt: '2099-01-01' },
    other: { accountId, credits: 6 },
  }),
  'void-lot': async (api, account) => ({
    path: `/lots/${(await chargeOf(api, account)).draws[0].lotId}/void`,
    body: { credits: 2 },
    other: { credits: 1 },
  }),
  adjust: (_api, accountId) => ({
    path: '/adjustments',
    body: { accountId, credits: -2 },
    other: { accountId, credits: -1 },
  }),
  subscribe: (_api, account) => ({
    path: `/accounts/${account}/subscription`,
    body: { plan: 'plus' },
    other: { plan: 'basic' },
  }),
  'cancel-subscription': (_api, account) => ({ path: `/accounts/${account}/subscription` }),
  'pause-subscription': (_api, account) => act(account, 'pause'),
  'resume-subscription': async (api, account) => {
    await api.ok('POST', `/accounts/${account}/subscription/pause`, {})
    return act(account, 'resume')
  },
  'report-payment-failed': (_api, account) => act(account, 'payment-failed'),
  'report-payment-received': (_api, account) => act(account, 'payment-received'),
  'create-key': () => ({ path: '/keys', body: { scopes: ['read'] }, other: { scopes: ['spend'] } }),
  'revoke-key': async (api) => ({
    path: `/keys/${(await api.ok('POST', '/keys', { scopes: ['read'] })).id}`,
  }),
  'rotate-key': async (api) => ({
    path: `/keys/${(await api.ok('POST', '/keys', { scopes: ['read'] })).id}/rotate`,
    body: { overlapSeconds: 60 },
    other: { overlapSeconds: 61 },
  }),
  'apply-catalog': (_api, account) => ({
    path: '/catalog',
    body: `${CATALOG}# ${account}\n`,
    other: `${CATALOG}# other\n`,
  }),
  ...WEBHOOK_WRITES,
  ...PURCHASE_WRITES,
  ...BILLING_WRITES,
  ...MESSAGE_WRITES,
}

/** Tables of settings and messages, which are looked at whole. */
const ROWS_OF = [
  ...['billing_details', 'seller', 'notification_setting', 'mail', 'mail_refusal', 'notice', 'notice_read'],
  ...['top_up', 'export', 'export_schedule', 'payment_method'],
]

/** Answered by what they bring about, not by a key: a clock that moved has moved, a batch has keys of its own. */
const WITHOUT_KEYS: readonly OperationId[] = [
  'charge-batch',
  'move-test-clock',
  'release-test-clock',
  'create-project',
]

function act(account: string, path: string): Write {
  return { path: `/accounts/${account}/subscription/${path}`, body: {}, other: { reason: 'another' } }
}

async function holdOf(api: Api, accountId: string): Promise<string> {
  return (await api.ok('POST', '/holds', { accountId, action: 'image.generate', quantities: { images: 4 } }))
    .id
}

async function chargeOf(api: Api, accountId: string) {
  return api.ok('POST', '/charges', { accountId, action: 'image.generate', quantities: { images: 4 } })
}

const writes = ROUTES.filter((route) => route.writes && !WITHOUT_KEYS.includes(route.id))

test('every write of the API is tried below', () => {
  expect(writes.map(({ id }) => id).sort()).toEqual(Object.keys(WRITES).sort())
})

describeOnEachDatabase('every write', (database) => {
  let api: Api
  let made = 0

  beforeAll(async () => {
    api = await serveProject(database())
  }, 60_000)
  afterAll(() => api.close())

  const accountFor = async (id: string): Promise<string> => {
    const account = `${id}-${++made}`
    await api.ok('PUT', `/accounts/${account}`, { members: [{ userId: 'ada', role: 'admin' }] })
    await api.ok('PUT', `/accounts/${account}/subscription`, { plan: 'basic' })
    return account
  }

  const everything = async (): Promise<string> => {
    const { rows } = await database().pool.query(
      `select (select count(*) from entry) as entries, (select sum(version) from pool) as versions, (select count(*) from account) as accounts,
         (select count(*) from member) as members, (select count(*) from api_key) as keys, (select count(*) from answer) as answers,
         (select string_agg(coalesce(name, ''), ',' order by account_id) from account) as names,
         (select count(*) from api_key where revoked_at is not null or expires_at is not null) as ended,
         (select count(*) from catalog_version) as versions_applied, (select count(*) from outbox) as notices,
         (select count(*) from webhook_endpoint) as endpoints, (select count(*) from webhook_delivery) as deliveries,
         (select sum(version) from purchase) as purchase_versions, (select count(*) from purchase_fact) as facts,
         (select string_agg(shown::text || updated_at::text, ',' order by gateway) from gateway_setting) as gateways,
         (select string_agg(status || attempts, ',' order by id) from gateway_event) as gateway_events,
         ${ROWS_OF.map((table) => `(select string_agg(${table}::text, ',' order by ${table}::text) from ${table}) as "all_${table}"`).join()}`,
    )
    return JSON.stringify(rows)
  }

  for (const route of writes) {
    const { id, method } = route
    const request = async () => WRITES[id]!(api, await accountFor(id))
    const send = (write: Write, key: string, body: unknown) =>
      api.call(method as Method, write.path, {
        ...(body === undefined ? {} : { body }),
        headers: { 'idempotency-key': key },
      })

    test(`${id}: the same request under the same key gives the first answer again, byte for byte`, async () => {
      const write = await request()
      const first = await send(write, `job ${id}`, write.body)
      expect(first.status, first.text).toBeLessThan(300)
      expect(first.headers['idempotent-replayed']).toBeUndefined()
      const after = await everything()
      const again = await send(write, `job ${id}`, write.body)
      expect(again.text).toBe(first.text)
      expect(again.status).toBe(first.status)
      expect(again.headers['idempotent-replayed']).toBe('true')
      expect(await everything()).toBe(after)
      if (write.other === undefined) return
      const other = await send(write, `job ${id}`, write.other)
      expect({ status: other.status, code: other.body?.code }).toEqual({
        status: 409,
        code: 'idempotency_key_reused',
      })
      expect(await everything()).toBe(after)
    })

    test(`${id}: dryRun=true answers what it would do, and does nothing`, async () => {
      const write = await request()
      const before = await everything()
      const path = `${write.path}?dryRun=true`
      const dry = await api.call(method as Method, path, write.body === undefined ? {} : { body: write.body })
      expect(dry.status, dry.text).toBeLessThan(300)
      expect(await everything()).toBe(before)
      const wet = await api.call(
        method as Method,
        write.path,
        write.body === undefined ? {} : { body: write.body },
      )
      expect(wet.status).toBe(dry.status)
      expect(Object.keys(wet.body ?? {})).toEqual(
        Object.keys(dry.body ?? {}).filter((name) => name !== 'refills'),
      )
    })
  }

  test('a refusal is not remembered: after a top-up the same job goes through under the same key', async () => {
    const accountId = await accountFor('again')
    const body = { accountId, action: 'image.generate', options: { model: 'hd' }, quantities: { images: 30 } }
    const headers = { 'idempotency-key': 'job' }
    expect((await api.call('POST', '/charges', { body, headers })).status).toBe(402)
    await api.ok('POST', '/grants', { accountId, credits: 500 })
    expect((await api.call('POST', '/charges', { body, headers })).status).toBe(201)
  })

  test('what was answered is answered again, though the catalog would refuse it now', async () => {
    const write = await BILLING_WRITES['put-top-up'](api, await accountFor('answered'))
    const send = () =>
      api.call('PUT', write.path, { body: write.body, headers: { 'idempotency-key': 'once' } })
    const first = await send()
    expect(first.status, first.text).toBe(200)
    expect((await api.call('PUT', '/catalog', { body: CATALOG })).status).toBeLessThan(300)
    expect((await api.call('PUT', write.path, { body: write.body })).status).toBe(422)
    const again = await send()
    expect([again.status, again.text]).toEqual([200, first.text])
    expect(again.headers['idempotent-replayed']).toBe('true')
  })

  test('a hold, its capture and a refund may share the key of their job', async () => {
    const accountId = await accountFor('shared')
    const headers = { 'idempotency-key': 'job_1' }
    const hold = await api.call('POST', '/holds', { body: { accountId, action: 'post.publish' }, headers })
    const capture = await api.call('POST', `/holds/${hold.body.id}/captures`, { body: {}, headers })
    const refund = await api.call('POST', `/charges/${capture.body.id}/refunds`, { body: {}, headers })
    expect([hold.status, capture.status, refund.status]).toEqual([201, 201, 201])
  })

  test('fifty requests with one key at once make one charge and fifty equal answers', async () => {
    const accountId = await accountFor('fifty')
    const before = (await api.ok('GET', `/accounts/${accountId}/credits`)).balance
    const one = () =>
      api.call('POST', '/charges', {
        body: { accountId, action: 'post.publish' },
        headers: { 'idempotency-key': 'one' },
      })
    const answers = await Promise.all(Array.from({ length: 50 }, one))
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
    expect((await api.ok('GET', `/accounts/${accountId}/credits`)).balance).toBe(before - 1)
  })

  test('two requests for one new account at once make one account', async () => {
    const put = () =>
      api.call('PUT', '/accounts/twice', { body: { name: 'Twice' }, headers: { 'idempotency-key': 'twice' } })
    const answers = await Promise.all([put(), put(), put()])
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(answers.every(({ status }) => status === 201)).toBe(true)
  })

  test('each item of a batch has its own key and its own outcome, in order', async () => {
    const accountId = await accountFor('batch')
    const items = [
      { accountId, action: 'post.publish', idempotencyKey: 'a' },
      { accountId, action: 'post.publish', idempotencyKey: 'a' },
      { accountId: 'nobody', action: 'post.publish' },
      { accountId, action: 'image.generate', quantities: { images: 100 }, options: { model: 'hd' } },
      { accountId, action: 'post.publish', idempotencyKey: 'b' },
    ]
    const { data } = await api.ok('POST', '/charges/batch', { items })
    expect(data.map(({ status }: { status: number }) => status)).toEqual([201, 201, 404, 402, 201])
    expect(data[1]).toMatchObject({ replayed: true, charge: { id: data[0].charge.id } })
    expect(data[3].problem).toMatchObject({ code: 'insufficient_credits', remedies: expect.any(Array) })
    expect(data[4].charge.balance).toBe(data[0].charge.balance - 1)
  })
})
