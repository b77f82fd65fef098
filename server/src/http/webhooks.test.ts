import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import { deliverWebhooks } from '../jobs/deliver-webhooks.job.ts'
import { forgetDeliveries } from '../jobs/forget-deliveries.job.ts'
import { runJobs } from '../jobs/jobs.ts'
import { answers, openReceiver, type Receiver, takes } from '../webhooks/receiver-under-test.ts'
import { type Api, serveProject } from './api-under-test.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

describeOnEachDatabase('webhooks', (database) => {
  let api: Api
  let receiver: Receiver
  let laterMs = 0
  const made: string[] = []

  beforeAll(async () => {
    const realTime = () => Date.now() + laterMs
    api = await serveProject(database(), { scrip: { webhooksMayBePrivate: true, realTime } })
    await api.ok('PUT', '/accounts/org', { name: 'Acme' })
    await api.ok('POST', '/grants', { accountId: 'org', kind: 'free', credits: 10_000 })
  }, 60_000)
  afterAll(() => api.close())
  beforeEach(async () => {
    receiver = await openReceiver()
  })
  afterEach(async () => {
    for (const id of made.splice(0)) await api.call('DELETE', `/webhook-endpoints/${id}`)
    await receiver.close()
  })

  const deliver = () => runJobs(api.scrip.house, [deliverWebhooks])
  const charge = () => api.ok('POST', '/charges', { accountId: 'org', action: 'post.publish' })
  const endpoint = async (more: object = {}) => {
    const body = await api.ok('POST', '/webhook-endpoints', {
      url: receiver.url,
      types: ['charge.created'],
      ...more,
    })
    made.push(body.id)
    return body
  }
  const read = (id: string) => api.ok('GET', `/webhook-endpoints/${id}`)
  const deliveries = async (id: string) => (await api.ok('GET', `/webhook-endpoints/${id}/deliveries`)).data

  test('bring what an endpoint asks for, signed with the secret that was shown once', async () => {
    const { id, secret } = await endpoint()
    const charged = await charge()
    await api.ok('PUT', '/accounts/org', { name: 'Acme' })
    await deliver()
    expect(receiver.types()).toEqual(['charge.created'])
    const [{ headers, text, event }] = receiver.received as [Receiver['received'][number]]
    expect(new Webhook(secret).verify(text, headers as Record<string, string>)).toEqual(event)
    expect(event).toMatchObject({
      id: headers['webhook-id'],
      version: 1,
      accountId: 'org',
      data: {
        id: charged.id,
        amount: 1,
        account: { id: 'org', name: 'Acme' },
        credits: { balance: charged.balance, available: charged.available, held: charged.held },
      },
    })
    expect(JSON.stringify(await read(id))).not.toContain(secret)
    expect(await deliveries(id)).toMatchObject([
      { eventId: event.id, status: 'delivered', tries: [{ status: 200, error: null, body: 'thanks' }] },
    ])
  })

  test('are read as they are sent', async () => {
    await endpoint({ types: [] })
    await charge()
    await api.ok('POST', '/keys', { scopes: ['read'] })
    await deliver()
    const { data } = await api.ok('GET', `/events?limit=${receiver.received.length}`)
    const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : 1)
    expect(data.toSorted(byId)).toEqual(receiver.received.map(({ event }) => event).toSorted(byId))
  })

  test('tell an endpoint with an account of that account alone', async () => {
    await api.ok('PUT', '/accounts/other', {})
    await endpoint({ accountId: 'other' })
    await charge()
    await api.ok('POST', '/charges', { accountId: 'other', action: 'post.publish' })
    await deliver()
    expect(receiver.received.map(({ event }) => event.accountId)).toEqual(['other'])
  })

  test('come again after a failure, under the same id, until they are taken', async () => {
    const { id } = await endpoint()
    receiver.behave(answers(500))
    await charge()
    await deliver()
    expect(await deliveries(id)).toMatchObject([
      { status: 'waiting', tries: [{ status: 500, error: 'it answered 500' }] },
    ])
    await deliver()
    expect(receiver.received).toHaveLength(1)
    receiver.behave(takes)
    laterMs += 13_000
    await deliver()
    expect(receiver.received.map((one) => one.id)).toEqual([
      receiver.received[0]!.id,
      receiver.received[0]!.id,
    ])
    expect(await deliveries(id)).toMatchObject([
      { status: 'delivered', nextTryAt: null, tries: [{}, { status: 200 }] },
    ])
  })

  test('are given up after three days of tries, and stay to be seen and sent again', async () => {
    const { id } = await endpoint()
    const bad = (await charge()).id
    receiver.behave((response, one) => {
      if (one.event.data.id === bad) answers(500)(response, one)
      else takes(response, one)
    })
    const startedAt = Date.now() + laterMs
    const oldest = async () =>
      (await api.ok('GET', `/webhook-endpoints/${id}/deliveries?order=asc&limit=1`)).data[0]
    await deliver()
    for (let first = await oldest(); first.status === 'waiting'; first = await oldest()) {
      laterMs = Date.parse(first.nextTryAt) - Date.now() + 1
      // Others go through meanwhile: one bad event is no dead endpoint.
      await charge()
      await deliver()
    }
    const spentMs = Date.now() + laterMs - startedAt
    expect(spentMs).toBeGreaterThan(2 * DAY)
    expect(spentMs).toBeLessThan(4 * DAY)
    expect((await read(id)).status).toBe('enabled')
    const { data } = await api.ok('GET', `/webhook-endpoints/${id}/deliveries?status=failed`)
    expect(data).toMatchObject([{ status: 'failed', nextTryAt: null }])
    receiver.behave(takes)
    const { eventId } = data[0]
    await api.ok('POST', `/webhook-endpoints/${id}/deliveries/${eventId}/redeliver`)
    await deliver()
    expect(receiver.received.at(-1)!.id).toBe(eventId)
    expect(await api.ok('GET', `/webhook-endpoints/${id}/deliveries/${eventId}`)).toMatchObject({
      status: 'delivered',
      event: { id: eventId, data: { id: bad } },
    })
  })

  test('wait as long as the receiver asks for by Retry-After', async () => {
    const { id } = await endpoint()
    receiver.behave(answers(429, { 'retry-after': '7200' }))
    await charge()
    await deliver()
    const { heldBackUntil } = (await read(id)).health
    expect(Date.parse(heldBackUntil) - (Date.now() + laterMs)).toBeGreaterThan(1.9 * HOUR)
    receiver.behave(takes)
    await charge()
    laterMs += HOUR
    await deliver()
    expect(receiver.received).toHaveLength(1)
    laterMs += 1.1 * HOUR
    await deliver()
    expect(new Set(receiver.received.map(({ id: eventId }) => eventId)).size).toBe(2)
    const healthy = { failures: 0, failingSince: null, heldBackUntil: null, trouble: null }
    expect((await read(id)).health).toEqual(healthy)
  })

  test('end with a 410, and that is told', async () => {
    const { id } = await endpoint()
    receiver.behave(answers(410))
    await charge()
    await deliver()
    expect(await read(id)).toMatchObject({ status: 'disabled', disabledReason: 'gone' })
    const { data } = await api.ok('GET', '/events?type=webhook_endpoint.disabled')
    expect(data[0].data).toMatchObject({ endpointId: id, url: receiver.url, reason: 'gone', account: null })
    await charge()
    await deliver()
    expect(receiver.received).toHaveLength(1)
  })

  test('end after days in which nothing was taken; enabled again they go on from then, and a span brings the rest', async () => {
    const { id } = await endpoint({ types: ['account.updated'] })
    const other = await endpoint({ types: ['webhook_endpoint.*'], url: `${receiver.url}/staff` })
    const from = new Date(Date.now() - HOUR).toISOString()
    receiver.behave((response, one) =>
      one.event.type === 'account.updated' ? answers(503)(response, one) : takes(response, one),
    )
    for (let times = 0; times < 12; times++) await api.ok('PUT', '/accounts/org', { name: `Acme ${times}` })
    for (let hours = 0; hours < 6 * 24 && (await read(id)).status === 'enabled'; hours += 4) {
      await deliver()
      laterMs += 4 * HOUR
    }
    expect(await read(id)).toMatchObject({ status: 'disabled', disabledReason: 'failing' })
    await deliver()
    expect(await deliveries(other.id)).toMatchObject([
      { type: 'webhook_endpoint.disabled', status: 'delivered' },
    ])
    await api.ok('PUT', '/accounts/org', { name: 'Meanwhile' })
    receiver.behave(takes)
    receiver.received.length = 0
    await api.ok('PATCH', `/webhook-endpoints/${id}`, { status: 'enabled' })
    await api.ok('PUT', '/accounts/org', { name: 'Acme' })
    laterMs += DAY
    await deliver()
    const span = await api.ok('POST', `/webhook-endpoints/${id}/redeliver`, { from })
    await deliver()
    const got = new Set(receiver.received.map((one) => one.id))
    const { data } = await api.ok('GET', `/events?type=account.updated&limit=200`)
    const since = data.filter((event: { timestamp: string }) => event.timestamp >= from)
    expect(span.count).toBeGreaterThan(0)
    expect(since.filter((event: { id: string }) => !got.has(event.id))).toEqual([])
  })

  test('leave an endpoint alone that fails again and again, and lose nothing by it', async () => {
    const { id } = await endpoint()
    receiver.behave(answers(500))
    for (let times = 0; times < 40; times++) await charge()
    await deliver()
    const tried = receiver.received.length
    expect(tried).toBeGreaterThanOrEqual(10)
    expect(tried).toBeLessThan(40)
    expect((await read(id)).health.heldBackUntil).not.toBeNull()
    laterMs += 10_000
    await deliver()
    expect(receiver.received).toHaveLength(tried + 1)
    receiver.behave(takes)
    laterMs += HOUR
    await deliver()
    const { data } = await api.ok('GET', `/webhook-endpoints/${id}/deliveries?limit=200`)
    expect(data).toHaveLength(40)
    expect(new Set(data.map(({ status }: { status: string }) => status))).toEqual(new Set(['delivered']))
  })

  test('are signed with both secrets while one is exchanged, and with the new one alone afterwards', async () => {
    const { id, secret: old } = await endpoint()
    const { secret } = await api.ok('POST', `/webhook-endpoints/${id}/rotate-secret`, {
      overlapSeconds: 3600,
    })
    await charge()
    await deliver()
    laterMs += 2 * HOUR
    await charge()
    await deliver()
    const [both, one] = receiver.received as [Receiver['received'][number], Receiver['received'][number]]
    expect(String(both.headers['webhook-signature']).split(' ')).toHaveLength(2)
    expect(String(one.headers['webhook-signature']).split(' ')).toHaveLength(1)
    const signed = ({ id: eventId, headers, text }: Receiver['received'][number], by: string) =>
      new Webhook(by).sign(eventId, new Date(Number(headers['webhook-timestamp']) * 1000), text)
    expect(both.headers['webhook-signature']).toBe(`${signed(both, secret)} ${signed(both, old)}`)
    expect(one.headers['webhook-signature']).toBe(signed(one, secret))
  })

  test('sent and not written down by a process that died are sent again by the next', async () => {
    const { id } = await endpoint()
    const { pool } = database()
    // Another process claimed it, sent the event, and was killed before it wrote anything down.
    await charge()
    await pool.query(
      "update webhook_endpoint set claim = 'dead', claimed_until = now() + interval '30 seconds' where id = $1",
      [id],
    )
    await deliver()
    expect(receiver.received).toEqual([])
    await pool.query(
      "update webhook_endpoint set claimed_until = now() - interval '1 second' where id = $1",
      [id],
    )
    await deliver()
    expect(receiver.types()).toEqual(['charge.created'])
    expect(await deliveries(id)).toMatchObject([{ status: 'delivered' }])
  })

  test('of one who lost its claim are not written down: whoever has it now does that', async () => {
    const { id } = await endpoint()
    const { pool } = database()
    await charge()
    receiver.behave((response, one) => {
      const taken = pool.query("update webhook_endpoint set claim = 'other' where id = $1", [id])
      void taken.then(() => takes(response, one))
    })
    await deliver()
    expect(receiver.received).toHaveLength(1)
    expect(await deliveries(id)).toEqual([])
  })

  test('come once each, however many processes deliver at the same time', async () => {
    for (let times = 0; times < 4; times++) await endpoint({ url: `${receiver.url}/${times}` })
    for (let times = 0; times < 50; times++) await charge()
    await Promise.all([deliver(), deliver(), deliver()])
    await deliver()
    expect(receiver.received).toHaveLength(200)
    expect(new Set(receiver.received.map((one) => one.id)).size).toBe(50)
  })

  test('go on where a stop broke them off, and each comes', async () => {
    const { id } = await endpoint()
    for (let times = 0; times < 30; times++) await charge()
    const stopping = new AbortController()
    receiver.behave((response, one) => {
      if (receiver.received.length === 15) stopping.abort()
      takes(response, one)
    })
    await deliverWebhooks.run(api.scrip.house, stopping.signal)
    expect(receiver.received.length).toBeLessThan(30)
    await deliver()
    expect(new Set(receiver.received.map((one) => one.id)).size).toBe(30)
    const { data } = await api.ok('GET', `/webhook-endpoints/${id}/deliveries?status=delivered&limit=200`)
    expect(data).toHaveLength(30)
  })

  test('of an endpoint whose secret no key opens wait, say why, and hold up no other', async () => {
    const { id } = await endpoint({ url: `${receiver.url}/sealed` })
    const other = await endpoint()
    const { pool } = database()
    const { rows } = await pool.query<{ secret: Buffer }>(
      'select secret from webhook_endpoint where id = $1',
      [id],
    )
    await pool.query('update webhook_endpoint set secret = $2 where id = $1', [id, Buffer.alloc(80)])
    await charge()
    await deliver()
    expect(receiver.received).toHaveLength(1)
    expect(await deliveries(other.id)).toMatchObject([{ status: 'delivered' }])
    expect((await read(id)).health.trouble).toContain('sealed by a key that is not here')
    await pool.query('update webhook_endpoint set secret = $2 where id = $1', [id, rows[0]!.secret])
    laterMs += 120_000
    await deliver()
    expect(await deliveries(id)).toMatchObject([{ status: 'delivered' }])
    expect((await read(id)).health.trouble).toBeNull()
  })

  test('come however late, and what was delivered is kept in the log for 30 days', async () => {
    const { id } = await endpoint()
    await charge()
    laterMs += 2 * DAY
    await deliver()
    expect(receiver.types()).toEqual(['charge.created'])
    await runJobs(api.scrip.house, [forgetDeliveries])
    expect(await deliveries(id)).toHaveLength(1)
    laterMs += 31 * DAY
    await runJobs(api.scrip.house, [forgetDeliveries])
    expect(await deliveries(id)).toEqual([])
    await deliver()
    expect(receiver.received).toHaveLength(1)
  })

  test('of charges cost a project nothing that asks for none: no row is written', async () => {
    const another = await api.another('asks for nothing')
    await another.ok('PUT', '/accounts/org', {})
    await another.ok('POST', '/charges', { accountId: 'org', action: 'post.publish' })
    const { data } = await another.ok('GET', '/events?limit=200')
    const types = data.map(({ type }: { type: string }) => type)
    expect(types).toContain('account.created')
    expect(types).not.toContain('charge.created')
    await another.ok('PUT', '/events/setting', { journal: true })
    await another.ok('POST', '/charges', { accountId: 'org', action: 'post.publish' })
    const told = await another.ok('GET', '/events?type=charge.created')
    expect(told.data).toHaveLength(1)
  })
})
