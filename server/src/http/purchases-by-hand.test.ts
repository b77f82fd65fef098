/** What staff sell: requests, offers, transfers in parts, credits before the money, and all of it in one call. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import { type Api, serveProject } from './api-under-test.ts'

const CATALOG = `
scrip: 1
product: Contracts
keyPrefix: ctr
currency: [USD]
plans:
  annual: { name: Annual, price: custom, every: year, credits: 500 }
topUp: { pricePerCredit: 2.00 USD, minimum: 10, step: 10 }
gateway: manual
actions:
  check: { price: 5 }
`

describeOnEachDatabase('purchases by hand', (database) => {
  let api: Api
  let count = 0
  let seller: string

  beforeAll(async () => {
    api = await serveProject(database(), { catalog: CATALOG })
    seller = (await api.ok('POST', '/keys', { scopes: ['sell', 'read'] })).key
  }, 60_000)
  afterAll(() => api.close())

  const account = async (): Promise<string> => {
    const id = `org_${++count}`
    await api.ok('PUT', `/accounts/${id}`, {})
    return id
  }
  const balance = async (id: string): Promise<number> =>
    (await api.ok('GET', `/accounts/${id}/credits`)).balance
  const request = async (id: string, more: object = {}) =>
    api.ok('POST', '/purchases', { accountId: id, lines: [{ credits: 300 }], ...more })
  const post = (id: string, act: string, body: object = {}) => api.ok('POST', `/purchases/${id}/${act}`, body)
  const refused = async (id: string, act: string, body: object = {}) => {
    const { status, body: problem } = await api.call('POST', `/purchases/${id}/${act}`, { body })
    return { status, code: problem.code }
  }

  test('a customer requests, staff offer a price and a date, and the credits come once it is confirmed', async () => {
    const id = await account()
    const asked = await request(id)
    expect(asked).toMatchObject({
      status: 'requested',
      gateway: 'manual',
      actions: ['offer', 'decline'],
      checkoutUrl: null,
    })
    expect(await refused(asked.id, 'confirm', { reference: 'T1' })).toEqual({
      status: 409,
      code: 'purchase_state',
    })
    const price = { amount: 54_000, currency: 'USD' }
    const offered = await post(asked.id, 'offer', { price, dueAt: '2031-01-31', note: 'As agreed' })
    expect(offered).toMatchObject({
      status: 'pending',
      total: price,
      dueAt: '2031-01-31T00:00:00.000Z',
      note: 'As agreed',
      actions: ['offer', 'confirm', 'decline'],
    })
    expect(await balance(id)).toBe(0)
    const paid = await post(asked.id, 'confirm', { reference: 'T1' })
    expect(paid).toMatchObject({ status: 'paid', paid: price, paymentId: 'T1', actions: ['refund'] })
    expect(await balance(id)).toBe(300)
    // The same transfer confirmed again is the same payment.
    expect(await post(asked.id, 'confirm', { reference: 'T1' })).toMatchObject({
      status: 'paid',
      attention: false,
    })
    expect(await balance(id)).toBe(300)
  })

  test('an offer without a price is the catalog’s, or that of the account’s own terms', async () => {
    const [plain, own] = [await account(), await account()]
    await api.ok('PUT', `/accounts/${own}/terms`, { pricePerCredit: '1.80 USD' })
    const offered = async (id: string) => (await post((await request(id)).id, 'offer')).total.amount
    expect(await offered(plain)).toBe(60_000)
    expect(await offered(own)).toBe(54_000)
  })

  test('several part payments make it paid with the last', async () => {
    const id = await account()
    const { id: purchase } = await request(id)
    await post(purchase, 'offer')
    const first = await post(purchase, 'confirm', { reference: 'T1', amount: 20_000 })
    expect(first).toMatchObject({
      status: 'pending',
      paid: { amount: 0 },
      payments: [{ status: 'part', paymentId: 'T1' }],
    })
    expect(await refused(purchase, 'decline')).toEqual({ status: 409, code: 'purchase_state' })
    expect(await refused(purchase, 'offer', {})).toEqual({ status: 409, code: 'purchase_state' })
    expect(await balance(id)).toBe(0)
    // What is left, where nobody says how much it was.
    const last = await post(purchase, 'confirm', { reference: 'T2' })
    expect(last).toMatchObject({ status: 'paid', paid: { amount: 60_000 } })
    expect(last.payments.map(({ amount }: { amount: { amount: number } }) => amount.amount).sort()).toEqual([
      20_000, 40_000,
    ])
    expect(await balance(id)).toBe(300)
  })

  test('credits before the money: they are there at once, it is still to be paid, and paying it gives no more', async () => {
    const id = await account()
    const { id: purchase } = await request(id)
    await post(purchase, 'offer')
    const given = await post(purchase, 'confirm', { grant: 'now', actor: { id: 'eve', name: 'Eve' } })
    expect(given).toMatchObject({
      status: 'pending',
      paid: { amount: 0 },
      creditsBeforePayment: { by: { id: 'eve', name: 'Eve' } },
      lotIds: [expect.any(String)],
    })
    expect(await balance(id)).toBe(300)
    expect(await api.ok('GET', '/purchases/monitor')).toEqual({ paidNotGranted: [], grantedNotPaid: [] })
    expect(await post(purchase, 'confirm', { reference: 'T9' })).toMatchObject({ status: 'paid' })
    expect(await balance(id)).toBe(300)
  })

  test('credits given before the money that never came are taken back with the decline', async () => {
    const id = await account()
    const { id: purchase } = await request(id)
    await post(purchase, 'offer')
    await post(purchase, 'confirm', { grant: 'now' })
    await api.ok('POST', '/charges', { accountId: id, action: 'check' })
    expect(await post(purchase, 'decline', { reason: 'Never paid' })).toMatchObject({
      status: 'failed',
      failure: 'Never paid',
      actions: [],
    })
    // What is spent stays spent.
    expect(await balance(id)).toBe(0)
  })

  test('a sale by hand is written down in one call, paid as it was', async () => {
    const id = await account()
    const sold = await request(id, {
      gateway: 'manual',
      price: { amount: 54_000, currency: 'USD' },
      paid: { at: '2025-03-01T00:00:00Z', reference: 'WIRE-77' },
    })
    expect(sold).toMatchObject({
      status: 'paid',
      total: { amount: 54_000 },
      paymentId: 'WIRE-77',
      paidAt: '2025-03-01T00:00:00.000Z',
    })
    expect(await balance(id)).toBe(300)
  })

  test('one call under a key, sent twice, is one sale', async () => {
    const id = await account()
    const call = () =>
      api.call('POST', '/purchases', {
        body: { accountId: id, lines: [{ credits: 300 }], gateway: 'manual', paid: { reference: 'W' } },
        headers: { 'idempotency-key': 'sale-1' },
      })
    const [first, second] = await Promise.all([call(), call()])
    expect(second.body.id).toBe(first.body.id)
    expect(await balance(id)).toBe(300)
  })

  test('what was paid in the future was not paid', async () => {
    const id = await account()
    const body = {
      accountId: id,
      lines: [{ credits: 300 }],
      gateway: 'manual',
      paid: { at: '2999-01-01T00:00:00Z', reference: 'W' },
    }
    expect(await api.call('POST', '/purchases', { body })).toMatchObject({
      status: 422,
      body: { code: 'instant_in_the_future', errors: [{ path: 'paid.at' }] },
    })
  })

  test('money that goes back by hand takes the credits with it, never more than was paid', async () => {
    const id = await account()
    const { id: purchase } = await request(id, { gateway: 'manual', paid: { reference: 'W' } })
    expect(await post(purchase, 'refund', { amount: 20_000 })).toMatchObject({ returned: { amount: 20_000 } })
    expect(await balance(id)).toBe(200)
    expect(await refused(purchase, 'refund', { amount: 40_001 })).toEqual({
      status: 422,
      code: 'refund_exceeds_payment',
    })
    expect(await post(purchase, 'refund')).toMatchObject({ status: 'refunded' })
    expect(await balance(id)).toBe(0)
  })

  test('two refunds at once never return more than was paid', async () => {
    const id = await account()
    const { id: purchase } = await request(id, { gateway: 'manual', paid: { reference: 'W' } })
    const asked = await Promise.all(
      [1, 2, 3].map(() => api.call('POST', `/purchases/${purchase}/refund`, { body: { amount: 40_000 } })),
    )
    expect(asked.map(({ status }) => status).sort()).toEqual([200, 422, 422])
    expect(await api.ok('GET', `/purchases/${purchase}`)).toMatchObject({ returned: { amount: 40_000 } })
  })

  test('who may sell may not say a price, confirm, offer or decline', async () => {
    const id = await account()
    const { id: purchase } = await request(id)
    const asked = await api.call('POST', '/purchases', {
      key: seller,
      body: { accountId: id, lines: [{ credits: 300 }], gateway: 'manual', paid: { reference: 'mine' } },
    })
    expect(asked).toMatchObject({ status: 403, body: { code: 'scope_required', scope: 'grant' } })
    for (const act of ['confirm', 'offer', 'decline']) {
      const { status } = await api.call('POST', `/purchases/${purchase}/${act}`, { key: seller, body: {} })
      expect(status).toBe(403)
    }
    expect(
      (
        await api.call('POST', '/purchases', {
          key: seller,
          body: { accountId: id, lines: [{ credits: 300 }] },
        })
      ).status,
    ).toBe(201)
  })

  test('who is out of credits is told to request them, and that is what buying does', async () => {
    const id = await account()
    const { body } = await api.call('POST', '/charges', { body: { accountId: id, action: 'check' } })
    expect(body.remedies.map(({ kind }: { kind: string }) => kind)).toContain('requestTopUp')
    expect(await request(id)).toMatchObject({ status: 'requested' })
    const { data } = await api.ok('GET', `/events?accountId=${id}&type=purchase.requested`)
    expect(data[0].data.purchase).toMatchObject({ status: 'requested', credits: 300 })
  })

  test('a plan whose price is agreed is sold at the price offered', async () => {
    const id = await account()
    const price = { amount: 100_000, currency: 'USD' }
    const sold = await request(id, {
      lines: [{ plan: 'annual', credits: 600 }],
      gateway: 'manual',
      price,
      paid: { reference: 'C' },
    })
    expect(sold).toMatchObject({ status: 'paid', total: price })
    expect(await balance(id)).toBe(600)
  })

  test('a dry run of a decision decides nothing', async () => {
    const id = await account()
    const { id: purchase } = await request(id)
    await api.ok('POST', `/purchases/${purchase}/offer?dryRun=true`, {})
    await api.ok('POST', `/purchases/${purchase}/decline?dryRun=true`, {})
    expect(await api.ok('GET', `/purchases/${purchase}`)).toMatchObject({
      status: 'requested',
      offeredAt: null,
    })
  })
})

const BY_GATEWAY = CATALOG.replace('gateway: manual\n', '').replace(/plans:\n.*\n/, '')

describeOnEachDatabase('an account that does not buy by itself', (database) => {
  let api: Api
  beforeAll(async () => {
    api = await serveProject(database(), { catalog: BY_GATEWAY })
  }, 60_000)
  afterAll(() => api.close())

  test('requests what others are sold by the gateway', async () => {
    for (const id of ['buys', 'asks']) await api.ok('PUT', `/accounts/${id}`, {})
    await api.ok('PUT', '/accounts/asks/terms', { buysItself: false })
    const order = (accountId: string) => api.ok('POST', '/purchases', { accountId, lines: [{ credits: 10 }] })
    expect(await order('buys')).toMatchObject({ status: 'pending', gateway: 'sandbox' })
    expect(await order('asks')).toMatchObject({ status: 'requested', gateway: 'manual' })
  })

  test('what a gateway sold, staff do not confirm', async () => {
    await api.ok('PUT', '/accounts/one', {})
    const { id } = await api.ok('POST', '/purchases', { accountId: 'one', lines: [{ credits: 10 }] })
    for (const [act, body] of [
      ['confirm', { reference: 'x' }],
      ['decline', {}],
      ['offer', {}],
    ] as const) {
      const { status, body: problem } = await api.call('POST', `/purchases/${id}/${act}`, { body })
      expect({ status, code: problem.code }).toEqual({ status: 409, code: 'gateway_decides' })
    }
  })
})

/** Nothing says here what a credit costs, so nothing says what the plan does. */
const BY_AGREEMENT = CATALOG.replace(/topUp.*\n/, '')

describeOnEachDatabase('what has a price only by agreement', (database) => {
  let api: Api
  beforeAll(async () => {
    api = await serveProject(database(), { catalog: BY_AGREEMENT })
  }, 60_000)
  afterAll(() => api.close())

  test('is requested without one, and costs nothing until it is offered', async () => {
    await api.ok('PUT', '/accounts/one', {})
    const asked = await api.ok('POST', '/purchases', { accountId: 'one', lines: [{ plan: 'annual' }] })
    expect(asked).toMatchObject({ status: 'requested', total: { amount: 0 } })
    const unpriced = await api.call('POST', `/purchases/${asked.id}/offer`, { body: {} })
    expect({ status: unpriced.status, code: unpriced.body.code }).toEqual({
      status: 422,
      code: 'price_not_set',
    })
    const price = { amount: 90_000, currency: 'USD' }
    const offered = await api.ok('POST', `/purchases/${asked.id}/offer`, { price })
    expect(offered).toMatchObject({ status: 'pending', total: price })
    expect((await api.ok('GET', '/accounts/one/credits')).balance).toBe(0)
  })
})
