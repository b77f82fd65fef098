/** What becomes of an order once it is paid, declined, returned or disputed. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import type { Api } from './api-under-test.ts'
import { openShop, type Shop } from './shop-under-test.ts'

describeOnEachDatabase('payments', (database) => {
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

  test('a closed checkout is abandoned; a payment reported later makes it paid with one lot, and a recheck changes nothing', async () => {
    const id = await account()
    const { id: purchase } = await buy(id)
    expect(await act(purchase, 'abandon')).toMatchObject({ status: 'abandoned', actions: ['pay', 'recheck'] })
    await act(purchase, 'pay')
    const after = await api.ok('POST', `/purchases/${purchase}/recheck`)
    expect(after).toMatchObject({ status: 'paid', lotIds: [expect.any(String)] })
    expect(await balance(id)).toBe(250)
    expect(await events(id)).toEqual(['purchase.created', 'purchase.failed', 'purchase.paid'])
  })

  test('a payment whose webhook was lost is found by a recheck', async () => {
    const id = await account()
    const { id: purchase } = await buy(id)
    expect(await act(purchase, 'payWithoutWebhook')).toMatchObject({ status: 'pending' })
    expect(await balance(id)).toBe(150)
    expect(await api.ok('POST', `/purchases/${purchase}/recheck`)).toMatchObject({ status: 'paid' })
    expect(await balance(id)).toBe(250)
  })

  test('rechecks and webhooks of one payment at once make one lot', async () => {
    const id = await account()
    const { id: purchase } = await buy(id)
    await act(purchase, 'payWithoutWebhook')
    const rechecks = Array.from({ length: 10 }, () => api.ok('POST', `/purchases/${purchase}/recheck`))
    const others = ['dispute', 'payAgain'].map((what) => act(purchase, what).catch(() => null))
    await Promise.all([...rechecks, ...others])
    const { rows } = await database().pool.query<{ count: number }>(
      'select count(*) as count from lot where origin_purchase = $1',
      [purchase],
    )
    expect(rows[0]!.count).toBe(1)
  })

  test('a declined card leaves it to be paid again', async () => {
    const id = await account()
    const { id: purchase } = await buy(id)
    expect(await act(purchase, 'decline')).toMatchObject({
      status: 'failed',
      failure: 'card_declined',
      actions: ['pay', 'recheck'],
    })
    expect(await act(purchase, 'pay')).toMatchObject({ status: 'paid', failure: null })
  })

  test('a second payment makes no lot and is shown to staff, who return it', async () => {
    const id = await account()
    const { id: purchase } = await buy(id)
    await act(purchase, 'pay')
    const twice = await act(purchase, 'payAgain')
    expect(twice).toMatchObject({ status: 'paid', attention: true, paid: { amount: 1500 } })
    expect(await balance(id)).toBe(250)
    expect(
      (await api.ok('GET', '/purchases?attention=true')).data.map((one: { id: string }) => one.id),
    ).toContain(purchase)
    const second = twice.payments.find((payment: { status: string }) => payment.status === 'second')
    const returned = await api.ok('POST', `/purchases/${purchase}/refund`, { paymentId: second.paymentId })
    expect(returned).toMatchObject({ status: 'paid', attention: false, returned: { amount: 0 } })
    expect(await balance(id)).toBe(250)
  })

  test('refunds take back credits × returned ÷ paid, in all, and never more than was paid', async () => {
    const id = await account()
    const { id: purchase } = await buy(id)
    await act(purchase, 'pay')
    const refund = (body: object) => api.call('POST', `/purchases/${purchase}/refund`, { body })
    expect(await refund({ amount: 500 })).toMatchObject({
      status: 200,
      body: { status: 'paid', returned: { amount: 500 } },
    })
    expect(await balance(id)).toBe(150 + 100 - 33)
    expect(await refund({ amount: 1001 })).toMatchObject({
      status: 422,
      body: {
        code: 'refund_exceeds_payment',
        errors: [{ path: 'amount' }],
        left: { amount: 1000, currency: 'USD' },
      },
    })
    expect(await refund({})).toMatchObject({ status: 200, body: { status: 'refunded', actions: [] } })
    expect(await balance(id)).toBe(150)
    expect((await refund({})).status).toBe(422)
    expect(await events(id)).toEqual([
      'purchase.created',
      'purchase.paid',
      'purchase.refunded',
      'purchase.refunded',
    ])
  })

  test('a refund under a key happens once', async () => {
    const id = await account()
    const { id: purchase } = await buy(id)
    await act(purchase, 'pay')
    const refund = () =>
      api.call('POST', `/purchases/${purchase}/refund`, {
        body: { amount: 500 },
        headers: { 'idempotency-key': 'r1' },
      })
    const [one, two] = [await refund(), await refund()]
    expect(two.text).toBe(one.text)
    expect(await api.ok('GET', `/purchases/${purchase}`)).toMatchObject({ returned: { amount: 500 } })
  })

  test('a dispute takes the credits, and one that is won gives them back', async () => {
    const id = await account()
    const { id: purchase } = await buy(id)
    await act(purchase, 'pay')
    expect(await act(purchase, 'dispute')).toMatchObject({ status: 'disputed' })
    expect(await balance(id)).toBe(150)
    expect(await act(purchase, 'winDispute')).toMatchObject({ status: 'paid' })
    expect(await balance(id)).toBe(250)
    await act(purchase, 'dispute')
    expect(await act(purchase, 'loseDispute')).toMatchObject({ status: 'refunded' })
    expect(await balance(id)).toBe(150)
    expect((await events(id)).slice(2)).toEqual([
      'purchase.disputed',
      'purchase.paid',
      'purchase.disputed',
      'purchase.refunded',
    ])
  })

  test('a custom line is paid and recorded, and the balance and its additions stay as they were', async () => {
    const id = await account()
    const custom = { amount: { amount: 7500, currency: 'USD' }, remark: 'On-site operator' }
    const { id: purchase } = await buy(id, { lines: [{ custom }] })
    expect(await act(purchase, 'pay')).toMatchObject({ status: 'paid', credits: 0, lotIds: [] })
    expect(await balance(id)).toBe(150)
    const { data } = await api.ok('GET', `/accounts/${id}/transactions?view=additions`)
    expect(data).toHaveLength(1)
  })

  test('a plan that is paid for is the account’s, and its refill comes from the subscription', async () => {
    const id = await account()
    const { id: purchase } = await buy(id, { lines: [{ plan: 'pro' }] })
    await act(purchase, 'pay')
    expect(await api.ok('GET', `/accounts/${id}/subscription`)).toMatchObject({
      plan: 'pro',
      status: 'active',
    })
    expect(await balance(id)).toBe(650)
  })
})
