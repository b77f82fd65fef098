import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebhookRefused } from '../../server/src/gateways/gateway.ts'
import { hmacOf } from '../../server/src/gateways/webhook-signature.ts'
import { describeGateway } from './conformance.ts'
import { aCheckout } from './far-side.ts'
import { NOW, openRazorpayFarSide, type RazorpayFarSide, SETTINGS } from './razorpay-far-side.ts'

describeGateway({
  name: 'razorpay',
  open: openRazorpayFarSide,
  cannot: {
    'tells of a page that was closed':
      'Razorpay tells nobody when its page is closed: the order stays as it is',
    'tells of disputes when asked':
      'the payments of an order do not say that they are disputed: only webhooks do',
    'keeps cards': 'its mandates need a page of their own',
  },
})

describe('razorpay', () => {
  let far: RazorpayFarSide
  beforeAll(async () => {
    far = await openRazorpayFarSide()
  })
  afterAll(() => far.stop())

  const read = ({ headers, body }: { headers: Readonly<Record<string, string>>; body: Buffer }) =>
    far.gateway.readWebhook(headers, body, NOW)

  test('an order has the purchase as its receipt, and captures by itself', async () => {
    const checkout = aCheckout({ total: { amount: 177_000, currency: 'INR' } })
    await far.gateway.openCheckout(checkout)
    const { body, headers } = far.requests.at(-1)!
    const [keyId, keySecret] = [SETTINGS.keyId, SETTINGS.keySecret]
    expect(headers.authorization).toBe(`Basic ${Buffer.from(`${keyId}:${keySecret}`).toString('base64')}`)
    expect(JSON.parse(body)).toEqual({
      amount: 177_000,
      currency: 'INR',
      receipt: checkout.purchaseId,
      payment_capture: true,
      notes: { purchaseId: checkout.purchaseId, accountId: 'org_42' },
    })
  })

  test('an attempt that failed may be captured after all: the same payment is then paid', async () => {
    const { orderId } = await far.gateway.openCheckout(aCheckout())
    await far.begin(orderId)
    const failed = await read(await far.fail(orderId))
    const captured = await read(await far.pay(orderId))
    expect(failed.report?.facts).toMatchObject([{ kind: 'failed' }])
    expect(captured.report?.facts).toMatchObject([{ kind: 'paid' }])
  })

  test('the return is signed over the order and the payment, and a changed one is refused', () => {
    const [order, payment] = ['order_1', 'pay_1']
    const fields = {
      razorpay_order_id: order,
      razorpay_payment_id: payment,
      razorpay_signature: hmacOf(SETTINGS.keySecret, `${order}|${payment}`),
    }
    const verify = far.gateway.verifyReturn!
    expect(verify(fields)).toEqual({ orderId: order })
    for (const changed of [
      { razorpay_order_id: 'order_2' },
      { razorpay_payment_id: 'pay_2' },
      { razorpay_signature: '' },
      { razorpay_signature: hmacOf('another secret', `${order}|${payment}`) },
    ]) {
      expect(() => verify({ ...fields, ...changed })).toThrow(WebhookRefused)
    }
    expect(() => verify({})).toThrow(WebhookRefused)
  })

  test('a payment is asked for by its own id as well as by its order’s', async () => {
    const checkout = aCheckout()
    const { orderId } = await far.gateway.openCheckout(checkout)
    await far.pay(orderId)
    const report = await far.gateway.ask(orderId)
    const [fact] = report.facts
    expect(await far.gateway.ask(fact!.paymentId!)).toEqual(report)
    expect(report.purchaseId).toBe(checkout.purchaseId)
  })

  test('a payment that is written otherwise than known is asked for, and not lost', async () => {
    const payment = {
      id: 'pay_1',
      order_id: 'order_1',
      status: 'captured',
      created_at: NOW / 1000,
      currency: 'INR',
    }
    for (const amount of ['a lot', -1, 1.5, null]) {
      const payload = { payment: { entity: { ...payment, amount } } }
      expect(await read(far.event('payment.captured', payload))).toMatchObject({
        report: null,
        asks: 'order_1',
      })
    }
  })

  test('what a bank only asks about is no dispute, and what has no order concerns no purchase', async () => {
    const dispute = { id: 'disp_1', payment_id: 'pay_1', phase: 'retrieval', status: 'open', amount: 1 }
    const payment = { id: 'pay_1', order_id: 'order_1', status: 'created', created_at: NOW / 1000 }
    const payload = { payment: { entity: payment }, dispute: { entity: dispute } }
    const asked = await read(far.event('payment.dispute.created', payload))
    expect(asked.report).toMatchObject({ orderId: 'order_1', facts: [] })
    const linked = { payment: { entity: { ...payment, order_id: null } } }
    expect(await read(far.event('payment.captured', linked))).toMatchObject({ report: null })
  })
})
