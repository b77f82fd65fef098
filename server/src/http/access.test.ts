import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import type { Scope } from '../database/keys.sql.ts'
import { ACCESS, type Access } from './access.ts'
import { type Api, type Method, serveProject } from './api-under-test.ts'
import { checkRows } from './app.ts'
import type { Route } from './route.ts'
import { ROUTES } from './routes.ts'

describe('the access table', () => {
  test('has one row for each route, and a route for each row', () => {
    expect(() => checkRows(ROUTES)).not.toThrow()
    expect(new Set(ROUTES.map(({ id }) => id)).size).toBe(ROUTES.length)
  })

  test('a route without a row does not start', () => {
    const stranger = { ...ROUTES[0]!, id: 'no-such-row' as Route['id'] }
    expect(() => checkRows([...ROUTES, stranger])).toThrow('no-such-row has no row')
  })

  test('a row without a route does not start', () => {
    expect(() => checkRows(ROUTES.slice(1))).toThrow('which is no route')
  })

  test.each(ROUTES.map(({ id }) => id))('%s is the name of its operation’s file', (id) => {
    expect(existsSync(new URL(`../operations/${id}.operation.ts`, import.meta.url))).toBe(true)
  })
})

describeOnEachDatabase('every route × every kind of caller', (database) => {
  let api: Api
  let keys: Readonly<Record<string, string>>

  beforeAll(async () => {
    api = await serveProject(database())
    await api.ok('PUT', '/accounts/own', {})
    const scoped = async (scope: Scope) =>
      [scope, (await api.ok('POST', '/keys', { scopes: [scope] })).key] as const
    const scopes = await Promise.all(
      (['read', 'spend', 'refund', 'sell', 'grant', 'keys'] as const).map(scoped),
    )
    const customer = await api.ok('POST', '/keys', { accountId: 'own', permissions: ['post.publish'] })
    const revoked = await api.ok('POST', '/keys', { scopes: ['admin'] })
    await api.ok('DELETE', `/keys/${revoked.id}`)
    keys = { ...Object.fromEntries(scopes), customer: customer.key, revoked: revoked.key, admin: api.key }
  }, 60_000)
  afterAll(() => api.close())

  const ask = (route: Route, key: string | null) =>
    // Not the account that the PUT among them makes: a stream of its credits would not end.
    api.call(
      route.method as Method,
      route.path.replace(/\{\w+\}/g, route.id === 'put-account' ? 'made' : 'nobody'),
      {
        key,
        ...(route.body === null ? {} : { body: route.takes === 'yaml' ? 'x: 1' : {} }),
      },
    )

  const CALLERS = ['read', 'spend', 'refund', 'sell', 'grant', 'keys', 'admin'] as const

  for (const route of ROUTES) {
    const { needs, accountKey }: Access = ACCESS[route.id]
    test(`${route.method} ${route.path} is for ${needs}${accountKey ? " and customers' keys" : ''} alone`, async () => {
      expect(await ask(route, null)).toMatchObject({ status: 401 })
      expect(await ask(route, 'scrip_test_sk_nonsense')).toMatchObject({
        status: 401,
        body: { code: 'key_invalid' },
      })
      expect(await ask(route, keys.revoked!)).toMatchObject({ status: 401, body: { code: 'key_invalid' } })
      if (needs === 'operator') {
        expect(await ask(route, keys.admin!)).toMatchObject({ status: 401 })
        return
      }
      const customer = await ask(route, keys.customer!)
      if (accountKey) expect([401, 403]).not.toContain(customer.status)
      else expect(customer).toMatchObject({ status: 403, body: { code: 'account_key_forbidden' } })
      for (const caller of CALLERS) {
        const { status, body } = await ask(route, keys[caller]!)
        const may = needs === 'any' || caller === needs || caller === 'admin'
        if (may) expect([401, 403]).not.toContain(status)
        else
          expect({ status, code: body?.code, scope: body?.scope }).toEqual({
            status: 403,
            code: 'scope_required',
            scope: needs,
          })
      }
    })
  }
})

describeOnEachDatabase('an address asked by a method it does not have', (database) => {
  let api: Api
  beforeAll(async () => {
    api = await serveProject(database())
  }, 60_000)
  afterAll(() => api.close())

  test('is answered alike whoever asks, and tells of no account', async () => {
    const asked = async (key: string | null, account: string) => {
      const { status, body, headers } = await api.call('DELETE', `/accounts/${account}/credits`, { key })
      return { status, code: body.code, allow: headers.allow }
    }
    await api.ok('PUT', '/accounts/own', {})
    const { key: customer } = await api.ok('POST', '/keys', { accountId: 'own' })
    for (const key of [null, 'scrip_test_sk_nonsense', customer, api.key]) {
      for (const account of ['own', 'nobody']) {
        expect(await asked(key, account)).toEqual({ status: 405, code: 'method_not_allowed', allow: 'GET' })
      }
    }
  })
})

const SCHEDULE = { accountId: 'else', report: 'usage', every: 'day', deliver: { webhook: true } }

describeOnEachDatabase("what another's key may not know", (database) => {
  let api: Api
  let other: Api
  let customer: string
  let ids: Readonly<Record<string, string>>

  beforeAll(async () => {
    api = await serveProject(database())
    other = await api.another('other')
    for (const name of ['own', 'else'])
      await api.ok('PUT', `/accounts/${name}`, { members: [{ userId: 'ada', role: 'admin' }] })
    const charge = await api.ok('POST', '/charges', { accountId: 'else', action: 'post.publish' })
    const hold = await api.ok('POST', '/holds', { accountId: 'else', action: 'post.publish' })
    const key = await api.ok('POST', '/keys', { scopes: ['read'] })
    const purchase = await api.ok('POST', '/purchases', { accountId: 'else', lines: [{ pack: 'small' }] })
    const endpoint = await api.ok('POST', '/webhook-endpoints', { url: 'https://example.com/' })
    const events = await api.ok('GET', '/events?limit=1')
    await api.ok('PUT', '/accounts/else/budgets/team', { limit: 10 })
    const file = await api.ok('POST', '/exports', { accountId: 'else', report: 'usage' })
    await api.ok('PUT', '/export-schedules/daily', SCHEDULE)
    customer = (await api.ok('POST', '/keys', { accountId: 'own' })).key
    ids = {
      accountId: 'else',
      userId: 'ada',
      name: 'team',
      chargeId: charge.id,
      transactionId: charge.transactionId,
      lotId: charge.draws[0].lotId,
      holdId: hold.id,
      keyId: key.id,
      endpointId: endpoint.id,
      eventId: events.data[0].id,
      purchaseId: purchase.id,
      exportId: file.id,
      scheduleId: 'daily',
    }
  }, 60_000)
  afterAll(() => api.close())

  const BODIES: Readonly<Record<string, unknown>> = {
    subscribe: { plan: 'basic' },
    'put-budget': { limit: 5 },
    'put-billing-details': { name: 'A', address: { lines: ['1 Street'], city: 'City', country: 'DE' } },
    'set-alerts': { remaining: null },
    'extend-hold': { timeoutSeconds: 60 },
    'confirm-purchase': { reference: 'T1' },
    'act-in-sandbox': { act: 'pay' },
    'put-member': { role: 'member' },
    'redeliver-webhook-span': { from: '2026-01-01' },
    'put-top-up': { threshold: 1, amount: 1, monthlyCap: { amount: 1, currency: 'USD' } },
    'put-export-schedule': SCHEDULE,
  }

  const named = ROUTES.filter(({ path, id }) => path.includes('{') && id !== 'put-account')

  for (const route of named) {
    const path = (): string => route.path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name]!)
    const call = (key: string) =>
      api.call(route.method as Method, path(), {
        key,
        ...(route.body === null ? {} : { body: BODIES[route.id] ?? {} }),
        headers: {},
      })
    const query = route.id === 'read-usage-breakdown' ? '?by=action' : ''

    test(`${route.method} ${route.path} answers 404 to a key of another project`, async () => {
      const { status, body } = await api.call(route.method as Method, `${path()}${query}`, {
        key: other.key,
        ...(route.body === null ? {} : { body: BODIES[route.id] ?? {} }),
      })
      expect({ status, code: body.code }).toEqual({ status: 404, code: expect.stringMatching(/_not_found$/) })
    })

    if (ACCESS[route.id].accountKey) {
      test(`${route.method} ${route.path} answers a customer's key 404 for another account`, async () => {
        const answered =
          query === '' ? await call(customer) : await api.call('GET', `${path()}${query}`, { key: customer })
        expect(answered.status).toBe(404)
        expect(answered.body.code).toMatch(/_not_found$/)
      })
    }
  }

  test('an unknown id and one of another project get the same answer, their own names apart', async () => {
    const strip = ({ body }: { body: Record<string, unknown> }) => ({ ...body, requestId: '', detail: '' })
    const known = await api.call('GET', `/charges/${ids.chargeId}`, { key: other.key })
    const unknown = await api.call('GET', '/charges/chg_00000000000000000000000000', { key: other.key })
    expect(strip(known)).toEqual(strip(unknown))
  })

  test('a customer quotes for its own account without naming it, and not for another', async () => {
    const own = await api.call('POST', '/quotes', { key: customer, body: { action: 'post.publish' } })
    expect(own).toMatchObject({ status: 200, body: { accountId: 'own', credits: 1 } })
    const else_ = await api.call('POST', '/quotes', {
      key: customer,
      body: { action: 'post.publish', accountId: 'else' },
    })
    expect(else_.status).toBe(404)
  })
})
