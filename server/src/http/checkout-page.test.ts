import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import { sealHostedCheckout } from '../gateways/hosted-link.ts'
import { hmacOf } from '../gateways/webhook-signature.ts'
import { startScrip } from '../index.ts'
import { type Api, CATALOG, serveProject } from './api-under-test.ts'

const SHOP = 'https://shop.example.com/back'

describeOnEachDatabase('pages for customers who pay', (database) => {
  let api: Api

  beforeAll(async () => {
    api = await serveProject(database(), { scrip: { publicUrl: 'https://scrip.example.com' } })
  }, 60_000)
  afterAll(() => api.close())

  const site = (method: 'GET' | 'POST', url: string, payload?: string) =>
    api.scrip.app.inject({
      method,
      url,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      ...(payload === undefined ? {} : { payload }),
    })

  describe('the page before Razorpay’s', () => {
    const checkout = () => ({
      projectId: api.project,
      gateway: 'razorpay',
      orderId: 'order_1',
      keyId: 'rzp_test_ofatest',
      total: { amount: 177_000, currency: 'INR' },
      seller: '9pic "Studio"',
      description: '1,000 credits',
      returnUrl: `${SHOP}?purchase=pur_1`,
    })
    const token = () => sealHostedCheckout(api.scrip.house.secret, checkout())

    test('is a form that opens it, with the order as it was signed', async () => {
      const { statusCode, body, headers } = await site('GET', `/checkout/razorpay?order=${token()}`)
      expect(statusCode).toBe(200)
      expect(headers['content-security-policy']).toContain("form-action 'self' https://api.razorpay.com;")
      expect(body).toContain('<form method="post" action="https://api.razorpay.com/v1/checkout/embedded">')
      expect(body).toContain('<input type="hidden" name="amount" value="177000">')
      expect(body).toContain('<input type="hidden" name="order_id" value="order_1">')
      expect(body).toContain('value="9pic &quot;Studio&quot;"')
      expect(body).toContain('https://scrip.example.com/checkout/razorpay/return?order=')
      expect(body).not.toMatch(/<script|style=/)
    })

    test('a link that was changed, and a return that is not signed by Razorpay, are refused', async () => {
      const changed = token().replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))
      expect((await site('GET', `/checkout/razorpay?order=${changed}`)).json().code).toBe('webhook_refused')
      expect((await site('GET', '/checkout/razorpay')).json().code).toBe('webhook_refused')
      const keys = { keyId: 'rzp_test_ofatest', keySecret: 'a key secret', webhookSecret: 'a webhook secret' }
      await api.ok('PUT', '/gateways/razorpay', keys)
      const back = (order: string, secret: string) =>
        site(
          'POST',
          `/checkout/razorpay/return?order=${token()}`,
          new URLSearchParams({
            razorpay_order_id: order,
            razorpay_payment_id: 'pay_1',
            razorpay_signature: hmacOf(secret, `${order}|pay_1`),
          }).toString(),
        )
      expect((await back('order_1', 'another secret')).json().code).toBe('webhook_refused')
      // Signed, and of another order than the link is for.
      expect((await back('order_2', keys.keySecret)).json().code).toBe('webhook_refused')
    })
  })

  test('a server that was told no address of its own leads customers to where it listens', async () => {
    const served = await startScrip({
      database: database(),
      catalog: CATALOG,
      name: `served ${randomUUID()}`,
    })
    try {
      const ask = async (method: string, path: string, body: object) => {
        const headers = { 'x-api-key': served.apiKey, 'content-type': 'application/json' }
        const response = await fetch(`${served.url}/api/v1${path}`, {
          method,
          headers,
          body: JSON.stringify(body),
        })
        return (await response.json()) as { id: string; status: string; checkoutUrl: string }
      }
      await ask('PUT', '/accounts/org_1', {})
      const purchase = await ask('POST', '/purchases', { accountId: 'org_1', lines: [{ pack: 'small' }] })
      expect(purchase.checkoutUrl).toMatch(new RegExp(`^${served.url}/sandbox/checkout/sbx_`))
      expect(await (await fetch(purchase.checkoutUrl)).text()).toContain('Not paid yet.')
      const pressed = await fetch(purchase.checkoutUrl, {
        method: 'POST',
        body: new URLSearchParams({ act: 'pay' }),
      })
      expect(await pressed.text()).toContain('<p role="status">Paid.</p>')
      // Bytes without a type are bytes as well.
      const webhook = `${served.url}/api/v1/gateways/sandbox/webhook/${served.project.id}`
      const unsigned = await fetch(webhook, { method: 'POST', body: Buffer.from('{}') })
      expect([unsigned.status, await unsigned.json()]).toEqual([
        400,
        expect.objectContaining({ code: 'webhook_refused' }),
      ])
    } finally {
      await served.close()
    }
  })

  test('a customer whose product gave no address arrives at a page that says that all is well', async () => {
    const { statusCode, body } = await site('GET', '/checkout/done')
    expect(statusCode).toBe(200)
    expect(body).toContain('<h1>Thank you</h1>')
  })
})
