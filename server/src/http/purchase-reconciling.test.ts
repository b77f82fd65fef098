/** What nobody reports is found, and a gateway that is down, slow to answer or wrong loses nothing. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import { type Gateway, GatewayFault } from '../gateways/gateway.ts'
import { reconcilePurchases } from '../jobs/reconcile-purchases.job.ts'
import { type Api, serveProject } from './api-under-test.ts'

/** What stands between Scrip and its gateway; null: nothing does. */
let between: ((gateway: Gateway) => Gateway) | null = null

vi.mock('../gateways/gateways.ts', async (original) => {
  const real = await original<typeof import('../gateways/gateways.ts')>()
  return {
    ...real,
    openGateway: async (...asked: Parameters<typeof real.openGateway>) => {
      const gateway = await real.openGateway(...asked)
      return between === null ? gateway : between(gateway)
    },
  }
})

const down = async (): Promise<never> => {
  throw new GatewayFault('The gateway did not answer.')
}

describeOnEachDatabase('purchases that nobody looks after', (database) => {
  let api: Api
  let count = 0
  beforeAll(async () => {
    api = await serveProject(database())
  }, 60_000)
  afterAll(() => api.close())
  afterEach(() => {
    between = null
  })

  const account = async (): Promise<string> => {
    const id = `org_${++count}`
    await api.ok('PUT', `/accounts/${id}`, {})
    return id
  }
  const order = async (accountId: string, headers: Record<string, string> = {}) =>
    (await api.call('POST', '/purchases', { body: { accountId, lines: [{ pack: 'small' }] }, headers })).body
  const act = (id: string, what: string) => api.ok('POST', `/purchases/${id}/sandbox`, { act: what })
  const read = (id: string) => api.ok('GET', `/purchases/${id}`)
  const balance = async (id: string): Promise<number> =>
    (await api.ok('GET', `/accounts/${id}/credits`)).balance
  const events = async (id: string): Promise<string[]> => {
    const { data } = await api.ok('GET', `/events?accountId=${id}&order=asc`)
    return data
      .map(({ type }: { type: string }) => type)
      .filter((type: string) => type.startsWith('purchase.'))
  }
  const after = (advance: string) => api.ok('POST', '/test-clock', { advance })
  const runJob = async () => {
    const { signal } = new AbortController()
    while (await reconcilePurchases.run(api.scrip.house, signal));
  }

  test('a payment that nobody told of is found by the job, and not before it waited a while', async () => {
    const id = await account()
    const { id: purchase } = await order(id)
    await act(purchase, 'payWithoutWebhook')
    await runJob()
    expect(await read(purchase)).toMatchObject({ status: 'pending' })
    await after('20 minutes')
    await runJob()
    expect(await read(purchase)).toMatchObject({ status: 'paid' })
    expect(await balance(id)).toBe(150)
  })

  test('several processes that run the job at once ask of each purchase once', async () => {
    const purchases = await Promise.all([1, 2, 3, 4, 5, 6].map(async () => (await order(await account())).id))
    await after('20 minutes')
    const asked: string[] = []
    between = (gateway) => ({
      ...gateway,
      ask: (orderId) => {
        asked.push(orderId)
        return gateway.ask(orderId)
      },
    })
    await Promise.all([runJob(), runJob(), runJob()])
    expect(asked).toHaveLength(new Set(asked).size)
    const orders = await Promise.all(purchases.map(async (one) => (await read(one)).orderId))
    expect(asked).toEqual(expect.arrayContaining(orders))
  })

  test('what nobody paid in time has expired; what is paid after that counts all the same', async () => {
    const id = await account()
    const { id: purchase } = await order(id)
    await after('25 hours')
    await runJob()
    expect(await read(purchase)).toMatchObject({ status: 'expired', actions: ['recheck'], checkoutUrl: null })
    await act(purchase, 'pay')
    expect(await read(purchase)).toMatchObject({ status: 'paid' })
    expect(await events(id)).toEqual(['purchase.created', 'purchase.expired', 'purchase.paid'])
  })

  test('a payment under way for days is pending, told as stuck once, and settles when it settles', async () => {
    const id = await account()
    const { id: purchase } = await order(id)
    await act(purchase, 'delay')
    for (const length of ['2 hours', '1 day', '1 day']) {
      await after(length)
      await runJob()
      expect(await read(purchase)).toMatchObject({ status: 'pending' })
    }
    expect(await events(id)).toEqual(['purchase.created', 'purchase.stuck'])
    await act(purchase, 'payWithoutWebhook')
    await after('1 day')
    await runJob()
    expect(await read(purchase)).toMatchObject({ status: 'paid' })
    expect(await balance(id)).toBe(150)
  })

  test('a gateway that is down while the checkout is opened leaves an order that failed, and grants nothing', async () => {
    const id = await account()
    between = (gateway) => ({ ...gateway, openCheckout: down })
    const failed = await order(id)
    expect(failed).toMatchObject({
      status: 'failed',
      checkoutUrl: null,
      orderId: null,
      failure: 'The gateway did not answer.',
      actions: ['recheck'],
    })
    expect(await balance(id)).toBe(50)
    expect(await events(id)).toEqual(['purchase.created', 'purchase.failed'])
    between = null
    const again = await api.ok('POST', `/purchases/${failed.id}/recheck`)
    expect(again).toMatchObject({
      id: failed.id,
      status: 'pending',
      checkoutUrl: expect.any(String),
      failure: null,
    })
    await act(failed.id, 'pay')
    expect(await balance(id)).toBe(150)
  })

  test('the same request under its key goes on where the gateway was down, with the same order', async () => {
    const id = await account()
    const headers = { 'idempotency-key': 'order' }
    between = (gateway) => ({ ...gateway, openCheckout: down })
    const failed = await order(id, headers)
    between = null
    const again = await order(id, headers)
    expect(again).toMatchObject({ id: failed.id, status: 'pending' })
    expect((await api.ok('GET', `/purchases?accountId=${id}`)).data).toHaveLength(1)
  })

  test('an order whose checkout was opened and not written down finds the same checkout', async () => {
    const id = await account()
    // The answer of the gateway is lost on the way: it has an order, and we do not know.
    between = (gateway) => ({
      ...gateway,
      openCheckout: async (checkout) => {
        await gateway.openCheckout(checkout)
        return down()
      },
    })
    const failed = await order(id)
    between = null
    const first = await api.ok('POST', `/purchases/${failed.id}/recheck`)
    const { rows } = await database().pool.query<{ count: number }>(
      'select count(*) as count from sandbox_order where purchase_id = $1',
      [failed.id],
    )
    expect(rows[0]!.count).toBe(1)
    expect(first.status).toBe('pending')
  })

  test('a gateway that cannot be asked leaves the purchase as it was, and says so', async () => {
    const id = await account()
    const { id: purchase } = await order(id)
    await act(purchase, 'payWithoutWebhook')
    between = (gateway) => ({ ...gateway, ask: down })
    const { status, body, headers } = await api.call('POST', `/purchases/${purchase}/recheck`)
    expect({ status, code: body.code }).toEqual({ status: 503, code: 'gateway_unavailable' })
    expect(headers['retry-after']).toBeDefined()
    expect(await read(purchase)).toMatchObject({ status: 'pending' })
    // Neither does the job fail, nor what others ordered wait; staff hear of it.
    const { id: other } = await order(await account())
    await act(other, 'payWithoutWebhook')
    const asked = new Set<string>()
    const lost = (await read(purchase)).orderId
    between = (gateway) => ({
      ...gateway,
      ask: (orderId) => {
        asked.add(orderId)
        return orderId === lost ? down() : gateway.ask(orderId)
      },
    })
    await after('2 hours')
    await runJob()
    expect(asked.has(lost)).toBe(true)
    expect(await read(other)).toMatchObject({ status: 'paid' })
    expect(await read(purchase)).toMatchObject({ status: 'pending' })
    expect(await events(id)).toEqual(['purchase.created', 'purchase.stuck'])
  })

  test('what one process left in the middle is finished by the job', async () => {
    const id = await account()
    const { id: purchase } = await order(id)
    // As if it had died after the facts were written, a while ago.
    const fact = { kind: 'paid', at: 1, paymentId: 'p1', money: { amount: 1500, currency: 'USD' } }
    await database().pool.query(
      `insert into purchase_fact (project_id, purchase_id, kind, payment_id, discriminator, at, data, source)
       values ($1, $2, 'paid', 'p1', '1500 USD', now(), $3, 'webhook')`,
      [api.project, purchase, JSON.stringify(fact)],
    )
    await database().pool.query(
      `update purchase set fact_count = fact_count + 1, touched_at = now() - interval '2 minutes' where id = $1`,
      [purchase],
    )
    await runJob()
    expect(await read(purchase)).toMatchObject({ status: 'paid' })
    expect(await balance(id)).toBe(150)
  })

  test('a refund whose answer was lost is asked again under its key, and happens once', async () => {
    const id = await account()
    const { id: purchase } = await order(id)
    await act(purchase, 'pay')
    between = (gateway) => ({
      ...gateway,
      refund: async (...asked) => {
        await gateway.refund(...asked)
        return down()
      },
    })
    const refund = () =>
      api.call('POST', `/purchases/${purchase}/refund`, {
        body: { amount: 500 },
        headers: { 'idempotency-key': 'r' },
      })
    expect((await refund()).status).toBe(503)
    between = null
    // What may be under way counts as returned: another refund finds only the rest.
    const other = await api.call('POST', `/purchases/${purchase}/refund`, { body: { amount: 1001 } })
    expect(other).toMatchObject({ status: 422, body: { left: { amount: 1000 } } })
    expect(await refund()).toMatchObject({ status: 200, body: { returned: { amount: 500 } } })
    expect(await balance(id)).toBe(116.67)
  })

  test('a refund that the gateway refuses for good is not counted as under way', async () => {
    const id = await account()
    const { id: purchase } = await order(id)
    await act(purchase, 'pay')
    between = (gateway) => ({
      ...gateway,
      refund: async () => {
        throw new GatewayFault('Too old to be returned.', { retryable: false })
      },
    })
    const refused = await api.call('POST', `/purchases/${purchase}/refund`, { body: {} })
    expect(refused).toMatchObject({ status: 409, body: { code: 'gateway_refused' } })
    between = null
    expect(await api.ok('POST', `/purchases/${purchase}/refund`, {})).toMatchObject({ status: 'refunded' })
  })
})
