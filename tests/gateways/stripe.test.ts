import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStripe } from '../../server/src/gateways/stripe/stripe.ts'
import { fromStripe, toStripe } from '../../server/src/gateways/stripe/stripe-amounts.ts'
import { describeGateway } from './conformance.ts'
import { aCheckout } from './far-side.ts'
import { NOW } from './stripe-books.ts'
import { openStripeFarSide, type StripeFarSide } from './stripe-far-side.ts'

describeGateway({ name: 'stripe', open: openStripeFarSide })

describe('stripe', () => {
  let far: StripeFarSide
  beforeAll(async () => {
    far = await openStripeFarSide()
  })
  afterAll(() => far.stop())

  const read = ({ headers, body }: ReturnType<StripeFarSide['event']>) =>
    far.gateway.readWebhook(headers, body, NOW)

  test('is told the price, the purchase and where the customer comes back to, under the purchase’s key', async () => {
    const checkout = aCheckout({ savesMethod: true, expiresAt: NOW + 2 * 3_600_000 })
    await far.gateway.openCheckout(checkout)
    const { headers, body } = far.requests.at(-1)!
    expect(headers['idempotency-key']).toBe(checkout.purchaseId)
    const back = `https://shop.example.com/back?tab=1&purchase=${checkout.purchaseId}`
    expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
      mode: 'payment',
      client_reference_id: checkout.purchaseId,
      'metadata[purchaseId]': checkout.purchaseId,
      'metadata[accountId]': 'org_42',
      'payment_intent_data[metadata][purchaseId]': checkout.purchaseId,
      'payment_intent_data[metadata][accountId]': 'org_42',
      'payment_intent_data[setup_future_usage]': 'off_session',
      customer_creation: 'always',
      customer_email: 'ada@example.com',
      'line_items[0][quantity]': '1',
      'line_items[0][price_data][currency]': 'usd',
      'line_items[0][price_data][unit_amount]': '1500',
      'line_items[0][price_data][product_data][name]': 'Small',
      expires_at: String(NOW / 1000 + 7200),
      success_url: back,
      cancel_url: back,
    })
  })

  test('an order that differs from the one before under its key is opened all the same, once', async () => {
    const checkout = aCheckout()
    const first = await far.gateway.openCheckout(checkout)
    const mended = { ...checkout, customer: { ...checkout.customer, email: 'countess@example.com' } }
    const second = await far.gateway.openCheckout(mended)
    expect(second.orderId).not.toBe(first.orderId)
    expect(await far.gateway.openCheckout(mended)).toEqual(second)
    expect(await far.gateway.openCheckout(checkout)).toEqual(first)
  })

  test('a purchase whose saved card was declined can still be paid on the page', async () => {
    const checkout = aCheckout()
    const declined = await far.gateway.chargeSaved!(checkout, { id: 'cus_1/pm_declines', label: '' })
    expect(declined.facts).toMatchObject([{ kind: 'failed', reason: 'insufficient_funds' }])
    expect((await far.gateway.openCheckout(checkout)).checkoutUrl).toContain('https://')
  })

  test('an end that Stripe would not take is left out, and a customer without a shop arrives at our page', async () => {
    await far.gateway.openCheckout(aCheckout({ expiresAt: NOW + 40 * 3_600_000, returnUrl: null }))
    const fields = new URLSearchParams(far.requests.at(-1)!.body)
    expect(fields.has('expires_at')).toBe(false)
    expect(fields.get('success_url')).toBe('https://scrip.example.com/checkout/done')
  })

  test('an event about the payment alone is asked about, and answered with the order', async () => {
    const checkout = aCheckout()
    const { orderId } = await far.gateway.openCheckout(checkout)
    await far.pay(orderId)
    await far.refund(orderId, 100)
    const { intent } = far.sessions.get(orderId)!
    for (const type of ['refund.created', 'refund.updated', 'charge.dispute.created']) {
      const { report, asks } = await read(far.event(type, { id: 're_1', payment_intent: intent!.id }))
      expect({ report, asks }).toEqual({ report: null, asks: intent!.id })
    }
    expect(await far.gateway.ask(intent!.id)).toEqual(await far.gateway.ask(orderId))
    expect(await far.gateway.ask(orderId)).toMatchObject({ orderId, purchaseId: checkout.purchaseId })
  })

  test('a session that is written otherwise than known is asked for, and not lost', async () => {
    const { orderId } = await far.gateway.openCheckout(aCheckout())
    const { body } = await far.pay(orderId)
    const { object } = JSON.parse(body.toString()).data
    for (const change of [
      { amount_total: 'a lot' },
      { status: null },
      { currency: 7 },
      { amount_total: -1 },
    ]) {
      const event = await read(far.event('checkout.session.completed', { ...object, ...change }))
      expect(event).toMatchObject({ report: null, asks: orderId })
    }
  })

  test('what somebody else sells through the same Stripe account concerns no purchase', async () => {
    const session = { id: 'cs_live_other', status: 'complete', payment_status: 'paid', metadata: {} }
    expect(await read(far.event('checkout.session.completed', session))).toMatchObject({ report: null })
    const intent = { id: 'pi_other', metadata: {} }
    const event = await read(far.event('payment_intent.succeeded', intent))
    expect(event.report).toBeNull()
    expect(event).not.toHaveProperty('asks')
    expect(await read(far.event('customer.created', { id: 'cus_9' }))).toMatchObject({ report: null })
  })

  test('an inquiry of a bank takes no money and is no dispute', async () => {
    const { orderId } = await far.gateway.openCheckout(aCheckout())
    await far.pay(orderId)
    await far.dispute(orderId)
    far.sessions.get(orderId)!.intent!.dispute!.status = 'warning_needs_response'
    expect((await far.gateway.ask(orderId)).facts.map(({ kind }) => kind)).toEqual(['paid'])
  })

  test('a key that is not taken is a fault that does not pass, and the key is in no message', async () => {
    const farSide = { host: '127.0.0.1', port: far.port, protocol: 'http' } as const
    const wrong = openStripe(
      { secretKey: 'sk_test_anotherkey', webhookSecret: 'whsec_1' },
      { donePage: '', now: () => NOW, farSide, repeats: 0 },
    )
    const fault = await wrong.ask('cs_test_1').catch((error: Error) => error)
    expect(fault).toMatchObject({ name: 'GatewayFault', retryable: false })
    expect(String(fault)).not.toContain('anotherkey')
  })

  test.each([
    ['USD', 1999, 1999],
    ['JPY', 500, 500],
    ['UGX', 500, 50_000],
    ['ISK', 500, 50_000],
    ['MGA', 500, 5],
    ['KWD', 1230, 1230],
  ])('%s: %i of the smallest unit are %i to Stripe, and back', (currency, amount, counted) => {
    expect(toStripe({ amount, currency })).toBe(counted)
    expect(fromStripe(counted, currency.toLowerCase(), 'it')).toEqual({ amount, currency })
  })

  test('an amount that Stripe cannot take exactly is refused', () => {
    expect(() => toStripe({ amount: 1231, currency: 'KWD' })).toThrow('Stripe takes no 1231')
    expect(() => toStripe({ amount: 501, currency: 'MGA' })).toThrow('Stripe takes no 501')
  })
})
