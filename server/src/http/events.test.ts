import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeOnEachDatabase, describeOnPostgres } from '../../../tests/support/databases.ts'
import { giveEventPlaces } from '../database/events.sql.ts'
import { eventTypes } from '../events/event-types.ts'
import { openScrip, type Scrip } from '../scrip.ts'
import { type Api, serveProject } from './api-under-test.ts'
import { exampleOf } from './event.schema.ts'

// biome-ignore lint/suspicious/noExplicitAny: events of every type are looked at.
type Told = any

describeOnEachDatabase('events', (database) => {
  let api: Api
  beforeAll(async () => {
    api = await serveProject(database())
    await api.ok('PUT', '/events/setting', { journal: true })
  }, 60_000)
  afterAll(() => api.close())

  const told = async (id: string, more = ''): Promise<Told[]> =>
    (await api.ok('GET', `/events?accountId=${id}&order=asc&limit=200${more}`)).data
  const typesOf = async (id: string) => (await told(id)).map(({ type }) => type)
  const open = (id: string) => api.ok('PUT', `/accounts/${id}`, { name: `The ${id}` })
  const charge = (accountId: string) => api.ok('POST', '/charges', { accountId, action: 'post.publish' })

  test('tell a charge and its refund, each with the credits after it', async () => {
    await open('one')
    const charged = await charge('one')
    const refunded = await api.ok('POST', `/charges/${charged.id}/refunds`, { credits: 0.5, reason: 'Half' })
    const [created] = await told('one', '&type=charge.created')
    expect(created.data).toMatchObject({
      id: charged.id,
      amount: 1,
      draws: charged.draws,
      lines: charged.lines,
    })
    expect(created.data.credits).toEqual({ balance: 49, available: 49, held: 0 })
    const [refund] = await told('one', '&type=charge.refunded')
    expect(refund.data).toMatchObject({ id: refunded.id, chargeId: charged.id, amount: 0.5, reason: 'Half' })
    expect(refund.data.credits).toEqual({ balance: 49.5, available: 49.5, held: 0 })
    expect(refund.data.account).toEqual({ id: 'one', name: 'The one' })
  })

  test('tell a hold from its beginning to its end', async () => {
    await open('two')
    const hold = await api.ok('POST', '/holds', {
      accountId: 'two',
      action: 'image.generate',
      quantities: { images: 4 },
    })
    const captured = await api.ok('POST', `/holds/${hold.id}/captures`, {
      quantities: { images: 1 },
      final: false,
    })
    await api.ok('POST', `/holds/${hold.id}/captures`, { quantities: { images: 1 } })
    const events = (await told('two')).filter(({ type }) => /^(hold|charge)\./.test(type))
    expect(events.map(({ type, data }) => [type, data.amount ?? data.released, data.credits])).toEqual([
      ['hold.created', 5, { balance: 50, available: 45, held: 5 }],
      ['charge.created', 1.25, { balance: 48.75, available: 45, held: 3.75 }],
      ['hold.captured', 1.25, { balance: 48.75, available: 45, held: 3.75 }],
      ['hold.captured', 2.5, { balance: 47.5, available: 47.5, held: 0 }],
      ['hold.released', 2.5, { balance: 47.5, available: 47.5, held: 0 }],
    ])
    expect(new Set(events.map(({ id }) => id)).size).toBe(5)
    expect(events[1].data.id).toBe(captured.id)
  })

  test('tell a hold that ran out of time', async () => {
    await open('three')
    const hold = await api.ok('POST', '/holds', { accountId: 'three', action: 'post.publish' })
    await api.ok('POST', '/test-clock', { accountId: 'three', advance: '2 hours' })
    const [expired] = await told('three', '&type=hold.expired')
    expect(expired.data).toMatchObject({
      holdId: hold.id,
      released: 1,
      credits: { balance: 50, available: 50 },
    })
    expect(expired.timestamp).toBe(hold.expiresAt)
  })

  test('tell what came in and what was taken back', async () => {
    await open('four')
    const lot = await api.ok('POST', '/grants', { accountId: 'four', kind: 'promotional', credits: 10 })
    await api.ok('POST', `/lots/${lot.id}/void`, { reason: 'Mistake' })
    const [signUp, granted] = await told('four', '&type=grant.created')
    expect([signUp.data.amount, granted.data.id, granted.data.kind]).toEqual([50, lot.id, 'promotional'])
    const [voided] = await told('four', '&type=lot.voided')
    expect(voided.data).toMatchObject({
      lotId: lot.id,
      amount: -10,
      reason: 'Mistake',
      credits: { balance: 50 },
    })
  })

  test('tell the credits of a pool at most once a second, and the last state wins', async () => {
    await open('five')
    const { pool } = database()
    const changes = () => told('five', '&type=credits.changed')
    const aSecondLater = () => pool.query("update credits_told set told_at = told_at - interval '1 second'")
    for (let times = 0; times < 5; times++) await charge('five')
    const first = await changes()
    expect(first.map(({ data }) => data.credits.balance)).toEqual([45])
    await charge('five')
    await charge('five')
    expect(await changes()).toEqual(first)
    await aSecondLater()
    expect((await changes()).map(({ data }) => data.credits.balance)).toEqual([45, 43])
    await aSecondLater()
    expect(await changes()).toHaveLength(2)
  })

  test('have an account and its credits, or say that they are of none', async () => {
    const { data } = await api.ok('GET', '/events?limit=200')
    for (const { type, accountId, data: facts } of data) {
      if (accountId === null) expect([type, facts.account, facts.credits]).toEqual([type, null, null])
      else expect([type, facts.account.id, typeof facts.credits.balance]).toEqual([type, accountId, 'number'])
    }
    const [first] = await told('one', '&type=account.created')
    expect(first.data.credits).toEqual({ balance: 50, available: 50, held: 0 })
  })

  test('say of a new account what its first look will find, before anybody looked', async () => {
    await open('unseen')
    const before = await told('unseen')
    expect(before.map(({ type, data }) => [type, data.credits.balance])).toEqual([['account.created', 50]])
    await api.ok('GET', '/accounts/unseen/transactions')
    expect((await told('unseen', '&type=account.created'))[0]).toEqual(before[0])
  })

  test('are as their examples show them', async () => {
    await api.ok('POST', '/keys', { scopes: ['read'] })
    await open('six')
    await api.ok('PUT', '/accounts/six/subscription', { plan: 'basic' })
    const examples = new Map(eventTypes().map(([type, facts]) => [type, exampleOf(type, facts)]))
    const { data } = await api.ok('GET', '/events?limit=200')
    const seen = new Set<string>(data.map(({ type }: Told) => type))
    for (const event of data as Told[]) {
      const example = examples.get(event.type) as Told
      expect([event.type, Object.keys(event)]).toEqual([event.type, Object.keys(example)])
      const missing = Object.keys(example.data).filter((name) => !Object.hasOwn(event.data, name))
      expect([event.type, missing]).toEqual([event.type, []])
    }
    expect([...seen]).toEqual(
      expect.arrayContaining(['charge.created', 'subscription.refilled', 'key.created']),
    )
  })

  test('tell of a budget without room once a day, however often somebody asks', async () => {
    await open('thrifty')
    await api.ok('PUT', '/accounts/thrifty/budgets/team', { limit: 1.5 })
    await charge('thrifty')
    const refused = () =>
      api.call('POST', '/charges', { body: { accountId: 'thrifty', action: 'post.publish' } })
    await api.call('POST', '/charges?dryRun=true', { body: { accountId: 'thrifty', action: 'post.publish' } })
    const exceeded = () => told('thrifty', '&type=budget.exceeded')
    expect(await exceeded()).toEqual([])
    const codes = (await Promise.all([refused(), refused(), refused()])).map(({ body }) => body.code)
    expect(codes).toEqual(['budget_exceeded', 'budget_exceeded', 'budget_exceeded'])
    const [first, second] = await exceeded()
    expect(first.data).toMatchObject({ budget: 'team', limit: 1.5, spent: 1, left: 0.5, required: 1 })
    expect(second).toBeUndefined()
    await api.ok('POST', '/test-clock', { accountId: 'thrifty', advance: '2 days' })
    await refused()
    expect(await exceeded()).toHaveLength(2)
  })

  test('keep their place, and go by the account’s new id once it has one', async () => {
    const { id } = await api.ok('POST', '/accounts', {})
    await charge(id)
    const before = await told(id)
    await api.ok('PATCH', `/accounts/${id}`, { id: 'renamed' })
    const after = await told('renamed')
    expect(after.slice(0, before.length).map((event) => event.id)).toEqual(before.map((event) => event.id))
    expect(await told(id)).toEqual([])
  })

  test('of one pool stand in the order in which they happened', async () => {
    await open('seven')
    await Promise.all(Array.from({ length: 20 }, () => charge('seven')))
    const balances = (await told('seven', '&type=charge.created')).map(({ data }) => data.credits.balance)
    expect(balances).toEqual(Array.from({ length: 20 }, (_, index) => 49 - index))
  })

  test('are described in the specification, type by type, with a schema and an example', async () => {
    const { webhooks } = (await api.scrip.app.inject('/openapi.json')).json()
    expect(Object.keys(webhooks)).toEqual(eventTypes().map(([type]) => type))
    const { schema, example } = webhooks['charge.created'].post.requestBody.content['application/json']
    expect(schema.properties.type).toEqual({ const: 'charge.created' })
    expect(Object.keys(schema.properties.data.properties)).toEqual(Object.keys(example.data))
  })

  test('types are asked for by name, by family, or not at all', async () => {
    expect(await typesOf('nobody')).toEqual([])
    expect((await api.call('PUT', '/events/setting', { body: { journal: 'yes' } })).status).toBe(400)
  })
})

describeOnPostgres('the order of events', (database) => {
  test('misses nothing that ended out of order', async () => {
    const api = await serveProject(database())
    await api.ok('PUT', '/accounts/org', {})
    const slow = await database().pool.connect()
    await slow.query('begin')
    const insert =
      "insert into project_event (project_id, at, type, data) values ($1, now(), 'catalog.applied', '{}')"
    await slow.query(insert, [api.project])
    await api.ok('PUT', '/accounts/org', { name: 'Later, and first to end' })
    const first = await api.ok('GET', '/events?order=asc&limit=200')
    expect(first.data.at(-1).type).toBe('account.updated')
    await slow.query('commit')
    slow.release()
    const rest = await api.ok('GET', `/events?after=${first.cursor}`)
    expect(rest.data.map(({ type }: Told) => type)).toEqual(['catalog.applied'])
    await api.close()
  })

  test('tells each charge once, however many processes charge one account', async () => {
    const api = await serveProject(database())
    await api.ok('PUT', '/events/setting', { journal: true })
    await api.ok('PUT', '/accounts/org', {})
    const second = await openScrip({ database: database(), jobs: false, accountKeyLimit: null })
    const ids: string[] = []
    const charge = async (scrip: Scrip) => {
      const answered = await scrip.app.inject({
        method: 'POST',
        url: '/api/v1/charges',
        headers: { 'x-api-key': api.key },
        payload: { accountId: 'org', action: 'post.publish' },
      })
      ids.push(answered.json().id)
    }
    for (let times = 0; times < 20; times++) await Promise.all([charge(api.scrip), charge(second)])
    const { data } = await api.ok('GET', '/events?type=charge.created&limit=200')
    expect(data.map((event: Told) => event.data.id).sort()).toEqual(ids.sort())
    await second.close()
    await api.close()
  })

  test('is one order, however many give out places while others write', async () => {
    const api = await serveProject(database())
    await api.ok('PUT', '/events/setting', { journal: true })
    const accounts = Array.from({ length: 5 }, (_, index) => `org-${index}`)
    for (const id of accounts) await api.ok('PUT', `/accounts/${id}`, {})
    let isWriting = true
    const giving = Array.from({ length: 3 }, async () => {
      while (isWriting) await giveEventPlaces(database().pool, 7)
    })
    const seen: Told[] = []
    const following = (async () => {
      for (let cursor: string | null = null, last = false; ; ) {
        const asked: string = cursor === null ? 'order=asc' : `after=${cursor}`
        const page: Told = await api.ok('GET', `/events?${asked}&limit=20`)
        seen.push(...page.data)
        cursor = page.cursor
        if (last && page.data.length === 0) return
        last = !isWriting
      }
    })()
    for (let times = 0; times < 20; times++) {
      const acts = accounts.map((accountId) =>
        api.ok('POST', '/charges', { accountId, action: 'post.publish' }),
      )
      await Promise.all(acts)
    }
    isWriting = false
    await Promise.all([...giving, following])
    const charged = seen.filter(({ type }) => type === 'charge.created')
    expect(charged).toHaveLength(100)
    const { data } = await api.ok('GET', '/events?order=asc&limit=200')
    const whole = seen.map(({ id }) => id)
    expect(new Set(whole).size).toBe(whole.length)
    expect(whole.slice(0, data.length)).toEqual(data.map(({ id }: Told) => id))
    await api.close()
  })
})
