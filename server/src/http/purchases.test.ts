import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import { type Api, serveProject } from './api-under-test.ts'
import { openShop, SHOP_CATALOG, type Shop } from './shop-under-test.ts'

describeOnEachDatabase('orders', (database) => {
  let shop: Shop
  let api: Api

  beforeAll(async () => {
    shop = await openShop(database())
    api = shop.api
  }, 60_000)
  afterAll(() => api.close())

  const account: Shop['account'] = (fields) => shop.account(fields)
  const buy: Shop['buy'] = (id, more) => shop.buy(id, more)
  const act: Shop['act'] = (id, what) => shop.act(id, what)
  const balance: Shop['balance'] = (id) => shop.balance(id)
  const events: Shop['events'] = (id) => shop.events(id)

  test('a pack is ordered at the catalog’s price, and its credits come once it is paid', async () => {
    const id = await account()
    const made = await buy(id)
    expect(made).toMatchObject({
      accountId: id,
      status: 'pending',
      gateway: 'sandbox',
      credits: 100,
      total: { amount: 1500, currency: 'USD' },
      actions: ['pay', 'recheck'],
      checkoutUrl: expect.stringContaining('/sandbox/checkout/'),
    })
    expect(await balance(id)).toBe(150)
    const paid = await act(made.id, 'pay')
    expect(paid).toMatchObject({
      status: 'paid',
      paid: { amount: 1500, currency: 'USD' },
      actions: ['refund'],
      checkoutUrl: null,
      lotIds: [expect.stringMatching(/^lot_/)],
    })
    expect(await balance(id)).toBe(250)
    expect(await events(id)).toEqual(['purchase.created', 'purchase.paid'])
  })

  test('the first purchase moves a trial account to pay as you go, taxed in its own currency', async () => {
    const id = await account({ currency: 'INR' })
    const made = await buy(id, { lines: [{ credits: 1000 }] })
    expect(made).toMatchObject({
      price: { amount: 150_000, currency: 'INR' },
      tax: { amount: 27_000 },
      total: { amount: 177_000 },
    })
    await act(made.id, 'pay')
    expect(await balance(id)).toBe(1150)
    const { basePlan } = await api.ok('GET', `/accounts/${id}/subscription`)
    expect(basePlan.plan).toBe('payg')
  })

  test('a free amount below the minimum or off the step is refused, naming the nearest that are sold', async () => {
    const id = await account()
    const refused = async (credits: number) =>
      api.call('POST', '/purchases', { body: { accountId: id, lines: [{ credits }] } })
    expect(await refused(999)).toMatchObject({
      status: 422,
      body: { code: 'credits_out_of_range', errors: [{ path: 'lines[0].credits' }] },
    })
    expect((await refused(999)).text).toContain('1000')
    expect((await refused(1050)).text).toMatch(/1000.*1100/)
  })

  test.each([
    ['a price', { price: { amount: 1, currency: 'USD' }, lines: [{ pack: 'small' }] }, 'price'],
    ['a price in a line', { lines: [{ pack: 'small', price: 1 }] }, 'lines[0].price'],
    ['credits beside a pack', { lines: [{ pack: 'small', credits: 5000 }] }, 'lines[0]'],
    ['an empty line', { lines: [{}] }, 'lines[0]'],
    ['a payment', { paid: { reference: 'x' }, lines: [{ pack: 'small' }] }, 'paid'],
    [
      'an address that is none',
      { returnUrl: 'javascript:alert(1)', lines: [{ pack: 'small' }] },
      'returnUrl',
    ],
  ])('%s in the body is malformed, and nothing is ordered', async (_what, body, path) => {
    const id = await account()
    const { status, body: problem } = await api.call('POST', '/purchases', {
      body: { accountId: id, ...body },
    })
    expect({ status, code: problem.code }).toEqual({ status: 400, code: 'request_malformed' })
    expect(problem.errors.map((fault: { path: string }) => fault.path)).toContain(path)
    expect((await api.ok('GET', `/purchases?accountId=${id}`)).data).toEqual([])
  })

  test.each([
    ['an unknown pack', { lines: [{ pack: 'smal' }] }, 404, 'pack_not_found', 'lines[0].pack'],
    ['an unknown plan', { lines: [{ plan: 'prro' }] }, 404, 'plan_not_found', 'lines[0].plan'],
    [
      'an unknown code',
      { lines: [{ pack: 'small' }], promotionCode: 'NONE' },
      404,
      'promotion_not_found',
      'promotionCode',
    ],
    [
      'another currency',
      { lines: [{ custom: { amount: { amount: 100, currency: 'EUR' }, remark: 'x' } }] },
      422,
      'currency_not_offered',
      'lines[0].custom.amount',
    ],
  ])('%s is refused with its path', async (_what, body, status, code, path) => {
    const id = await account()
    const answered = await api.call('POST', '/purchases', { body: { accountId: id, ...body } })
    expect(answered).toMatchObject({ status, body: { code, errors: [{ path }] } })
  })

  test('an account that there is not buys nothing', async () => {
    const { status, body } = await api.call('POST', '/purchases', {
      body: { accountId: 'nobody', lines: [{ pack: 'small' }] },
    })
    expect({ status, code: body.code }).toEqual({ status: 404, code: 'account_not_found' })
  })

  test('a member does not buy and is told who does; an admin and a billing member do', async () => {
    const members = ['admin', 'billing', 'member'].map((role) => ({ userId: role, role }))
    const id = await account({ members })
    const asked = (userId: string) =>
      api.call('POST', '/purchases', { body: { accountId: id, userId, lines: [{ pack: 'small' }] } })
    expect(await asked('member')).toMatchObject({
      status: 403,
      body: { code: 'role_required', admins: [{ userId: 'admin' }, { userId: 'billing' }] },
    })
    expect((await asked('admin')).status).toBe(201)
    expect((await asked('billing')).status).toBe(201)
  })

  test('a dry run says the price, with the warning, and orders nothing', async () => {
    const id = await account()
    const { status, body } = await api.call('POST', '/purchases?dryRun=true', {
      body: { accountId: id, lines: [{ pack: 'small' }], promotionCode: 'ONCE' },
    })
    expect(status).toBe(201)
    expect(body).toMatchObject({ id: null, discount: { amount: 750 }, total: { amount: 750 } })
    expect(await events(id)).toEqual([])
    expect((await api.ok('GET', `/accounts/${id}`)).currency).toBeNull()
  })

  test('the same request under a key is one order and one answer; another request under it is refused', async () => {
    const id = await account()
    const order = (lines: object[]) =>
      api.call('POST', '/purchases', {
        body: { accountId: id, lines },
        headers: { 'idempotency-key': 'order-1' },
      })
    const first = await order([{ pack: 'small' }])
    await act(first.body.id, 'pay')
    const again = await order([{ pack: 'small' }])
    expect(again.text).toBe(first.text)
    expect(again.headers['idempotent-replayed']).toBe('true')
    expect((await order([{ pack: 'small' }, { pack: 'small' }])).body.code).toBe('idempotency_key_reused')
    expect((await api.ok('GET', `/purchases?accountId=${id}`)).data).toHaveLength(1)
  })

  test('what an account was first sold in stays its currency', async () => {
    const id = await account()
    await act((await buy(id)).id, 'pay')
    expect((await api.ok('GET', `/accounts/${id}`)).currency).toBe('USD')
    const { status, body } = await api.call('PATCH', `/accounts/${id}`, { body: { currency: 'INR' } })
    expect({ status, code: body.code }).toEqual({ status: 409, code: 'currency_fixed' })
  })

  test('twenty who order at once with a code for one use get one order with it', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => account()))
    const answers = await Promise.all(
      ids.map((accountId) =>
        api.call('POST', '/purchases', {
          body: { accountId, lines: [{ pack: 'small' }], promotionCode: 'ONCE' },
        }),
      ),
    )
    const made = answers.filter(({ status }) => status === 201)
    expect(made).toHaveLength(1)
    expect(new Set(answers.filter(({ status }) => status !== 201).map(({ body }) => body.code))).toEqual(
      new Set(['promotion_used_up']),
    )
    // What ends unpaid gives its use back.
    await act(made[0]!.body.id, 'abandon')
    const { status, body } = await api.call('POST', '/purchases', {
      body: { accountId: ids[0], lines: [{ pack: 'small' }], promotionCode: 'once' },
    })
    expect({ status, code: body.promotionCode }).toEqual({ status: 201, code: 'ONCE' })
  })

  test('a code for one use each is used once by each account', async () => {
    const [one, two] = [await account(), await account()]
    const order = (accountId: string) =>
      api.call('POST', '/purchases', {
        body: { accountId, lines: [{ pack: 'small' }], promotionCode: 'EACH' },
      })
    expect((await order(one)).body).toMatchObject({ discount: { amount: 100 }, total: { amount: 1400 } })
    expect(await order(one)).toMatchObject({ status: 409, body: { code: 'promotion_used_up' } })
    expect((await order(two)).status).toBe(201)
  })

  test('an order that was given up and is paid after all counts as a use again', async () => {
    const id = await account()
    const { id: purchase } = await buy(id, { lines: [{ pack: 'small' }], promotionCode: 'EACH' })
    const used = async () => {
      const { rows } = await database().pool.query<{ used: number }>(
        "select used from promotion_use where project_id = $1 and code = 'EACH' and account_id = $2",
        [api.project, id],
      )
      return rows[0]!.used
    }
    expect(await used()).toBe(1)
    await act(purchase, 'abandon')
    expect(await used()).toBe(0)
    expect(await act(purchase, 'pay')).toMatchObject({ status: 'paid', paid: { amount: 1400 } })
    expect(await used()).toBe(1)
  })

  test('what a customer wrote of itself is erased with it, and what it bought stays', async () => {
    const id = await account()
    const { id: purchase } = await buy(id, { lines: [{ pack: 'small' }], metadata: { cart: 'of Ada' } })
    await act(purchase, 'pay')
    await api.ok('DELETE', `/accounts/${id}/personal-data`)
    expect(await api.ok('GET', `/purchases/${purchase}`)).toMatchObject({ status: 'paid', metadata: {} })
  })

  test.each([
    ['by the catalog', {}],
    ['by its own terms', { pricePerCredit: '0.01 USD' }],
  ])('what a 402 says it costs to go on is what it costs %s', async (_how, terms) => {
    const id = await account()
    await api.ok('PUT', `/accounts/${id}/terms`, terms)
    await api.ok('POST', '/adjustments', { accountId: id, credits: -150, reason: 'spent' })
    const refused = await api.call('POST', '/charges', { body: { accountId: id, action: 'image' } })
    expect(refused.status).toBe(402)
    const buying = refused.body.remedies.filter(
      ({ kind }: { kind: string }) => kind === 'buyPack' || kind === 'topUp',
    )
    expect(buying).toHaveLength(2)
    for (const { kind, pack, credits, price } of buying) {
      const lines = [kind === 'buyPack' ? { pack } : { credits }]
      const priced = await api.call('POST', '/purchases?dryRun=true', { body: { accountId: id, lines } })
      expect(priced.body).toMatchObject({ price, credits })
    }
  })

  test('a customer’s key reads its own purchases and orders nothing', async () => {
    const [own, other] = [await account(), await account()]
    const [mine, theirs] = [await buy(own), await buy(other)]
    const { key } = await api.ok('POST', '/keys', { accountId: own })
    const seen = await api.call('GET', '/purchases', { key })
    expect(seen.body.data.map((one: { id: string }) => one.id)).toEqual([mine.id])
    expect((await api.call('GET', `/purchases/${theirs.id}`, { key })).status).toBe(404)
    expect((await api.call('GET', `/purchases?accountId=${other}`, { key })).status).toBe(404)
    const order = await api.call('POST', '/purchases', {
      key,
      body: { accountId: own, lines: [{ pack: 'small' }] },
    })
    expect(order).toMatchObject({ status: 403, body: { code: 'account_key_forbidden' } })
  })

  test('payments are listed as a customer knows them, and purchases are read as CSV', async () => {
    const id = await account()
    const made = await buy(id)
    await act(made.id, 'pay')
    const { data } = await api.ok('GET', `/accounts/${id}/payments`)
    expect(data).toMatchObject([
      { purchaseId: made.id, type: 'pack', label: 'Completed', gateway: 'sandbox', orderId: made.orderId },
    ])
    expect(data[0].paymentId).toMatch(/^sbp_/)
    const { text, headers } = await api.call('GET', `/purchases?accountId=${id}&format=csv`)
    expect(headers['content-type']).toContain('text/csv')
    expect(text.split('\r\n')).toHaveLength(3)
    expect(text).toContain(`${made.id},${id},,paid,pack,Small,100,USD,1500,0,0,1500,1500,0,sandbox`)
  })

  test('a list goes on where its page ended, in both orders', async () => {
    const id = await account()
    const made: string[] = []
    for (let order = 0; order < 3; order++) made.push((await buy(id)).id)
    const read = async (order: string) => {
      const first = await api.ok('GET', `/purchases?accountId=${id}&limit=2&order=${order}`)
      const rest = await api.ok(
        'GET',
        `/purchases?accountId=${id}&limit=2&order=${order}&cursor=${first.nextCursor}`,
      )
      expect(rest.nextCursor).toBeNull()
      return [...first.data, ...rest.data].map((one: { id: string }) => one.id)
    }
    expect(await read('asc')).toEqual(made)
    expect(await read('desc')).toEqual(made.toReversed())
  })

  test('in a live project there is no sandbox to act in', async () => {
    const live = await serveProject(database(), { catalog: SHOP_CATALOG, mode: 'live' })
    await live.ok('PUT', '/accounts/one', {})
    const { status, body } = await live.call('POST', '/purchases', {
      body: { accountId: 'one', lines: [{ pack: 'small' }] },
    })
    expect({ status, code: body.code }).toEqual({ status: 409, code: 'gateway_not_set_up' })
    await live.close()
  })
})
