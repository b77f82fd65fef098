import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import { sandboxFacts } from '../gateways/gateways.ts'
import { findOrder } from '../gateways/sandbox/sandbox.ts'
import { signSandboxEvent } from '../gateways/sandbox/sandbox-webhook.ts'
import { hmacOf } from '../gateways/webhook-signature.ts'
import { handleGatewayEvents } from '../jobs/handle-gateway-events.job.ts'
import { runJobs } from '../jobs/jobs.ts'
import { type Api, serveProject } from './api-under-test.ts'

const SHOP = 'https://shop.example.com/back'
const STRIPE = { secretKey: 'sk_test_51Nx0123456789abcd', webhookSecret: 'whsec_0123456789abcdwxyz' }

describeOnEachDatabase('the door of the gateways', (database) => {
  let api: Api
  let now = Date.now()
  let accounts = 0

  beforeAll(async () => {
    api = await serveProject(database(), {
      scrip: { realTime: () => now, publicUrl: 'https://scrip.example.com' },
    })
  }, 60_000)
  afterAll(() => api.close())

  const project = async () => (await api.scrip.house.projects.find(api.project))!
  const credits = async (accountId: string) => (await api.ok('GET', `/accounts/${accountId}/credits`)).balance

  /** A purchase of the pack at the sandbox, with the order that the sandbox has of it. */
  const buy = async (name = 'Ada', returnUrl: string | null = SHOP) => {
    const accountId = `buyer_${++accounts}`
    await api.ok('PUT', `/accounts/${accountId}`, { name })
    const lines = [{ pack: 'small' }]
    const purchase = await api.ok('POST', '/purchases', { accountId, lines, returnUrl })
    const path = new URL(purchase.checkoutUrl).pathname
    return { accountId, purchase, path, orderId: path.split('/').at(-1)! }
  }
  const read = async (id: string) => api.ok('GET', `/purchases/${id}`)

  const site = (method: 'GET' | 'POST', url: string, payload?: string | Buffer, headers = {}) =>
    api.scrip.app.inject({
      method,
      url,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      ...(payload === undefined ? {} : { payload }),
    })
  const press = (path: string, act: string, more = '') => site('POST', path, `act=${act}${more}`)

  /** A webhook of the sandbox that says that the order is paid. */
  const paidWebhook = async (
    orderId: string,
    change: { paymentId?: string; id?: string; at?: number } = {},
  ) => {
    const order = (await findOrder(database(), orderId))!
    const { secret } = sandboxFacts(api.scrip.house, await project())
    const { total } = order.checkout
    const { paymentId = `sbp_of_${orderId}`, id = `sbe_of_${orderId}`, at = now } = change
    return signSandboxEvent(
      secret,
      order,
      { id, fact: { kind: 'paid', at: now, paymentId, money: total } },
      at,
    )
  }
  const send = (body: Buffer, headers: object, where = `sandbox/webhook/${api.project}`) =>
    site('POST', `/api/v1/gateways/${where}`, body, headers)
  const events = async (status: string) =>
    (await api.ok('GET', `/gateway-events?status=${status}&limit=200`)).data
  const kept = async () => (await api.ok('GET', '/gateway-events?limit=200')).data.length

  describe('a webhook', () => {
    test('makes a purchase paid, is kept, and changes nothing when it comes again', async () => {
      const { accountId, purchase, orderId } = await buy()
      const { body, headers } = await paidWebhook(orderId)
      const before = await credits(accountId)
      const first = await send(body, headers)
      expect(first.statusCode).toBe(200)
      expect(first.json()).toMatchObject({ received: true, status: 'handled' })
      expect((await read(purchase.id)).status).toBe('paid')
      expect((await send(body, headers)).json()).toEqual(first.json())
      const other = await paidWebhook(orderId, { id: 'sbe_another' })
      expect((await send(other.body, other.headers)).json()).toMatchObject({ status: 'handled' })
      expect(await credits(accountId)).toBe(before + 100)
    })

    test('sent twenty times at once, half of them under other ids, makes one lot', async () => {
      const { accountId, orderId } = await buy()
      const before = await credits(accountId)
      const ids = Array.from({ length: 20 }, (_, index) => `sbe_${index % 2}_of_${orderId}`)
      const webhooks = await Promise.all(ids.map((id) => paidWebhook(orderId, { id })))
      const answers = await Promise.all(webhooks.map(({ body, headers }) => send(body, headers)))
      expect(new Set(answers.map((answered) => answered.json().status))).toEqual(new Set(['handled']))
      expect(await credits(accountId)).toBe(before + 100)
      const lots = await api.ok('GET', `/accounts/${accountId}/lots`)
      expect(lots.data.filter(({ kind }: { kind: string }) => kind === 'purchased')).toHaveLength(1)
    })

    test('is another project’s business nowhere', async () => {
      const { orderId } = await buy()
      const { body, headers } = await paidWebhook(orderId)
      const { id } = (await send(body, headers)).json()
      const other = await api.another('other')
      expect((await other.ok('GET', '/gateway-events')).data).toEqual([])
      const { status, body: problem } = await api.call('POST', `/gateway-events/${id}/retry`, {
        key: other.key,
      })
      expect([status, problem.code]).toEqual([404, 'gateway_event_not_found'])
    })

    test('is verified over the bytes that came, whatever type they are said to be', async () => {
      for (const type of ['application/json', 'text/plain', 'application/x-unknown']) {
        const { purchase, orderId } = await buy()
        const { body } = await paidWebhook(orderId)
        // As JSON the same; as bytes others, signed as they are.
        const spaced = Buffer.from(`  ${JSON.stringify(JSON.parse(body.toString()), null, 3)}\n`)
        const seconds = Math.floor(now / 1000)
        const { secret } = sandboxFacts(api.scrip.house, await project())
        const signature = `t=${seconds},v1=${hmacOf(secret, `${seconds}.`, spaced)}`
        const headers = { 'scrip-sandbox-signature': signature, 'content-type': type }
        expect((await send(spaced, headers)).json()).toMatchObject({ status: 'handled' })
        expect((await read(purchase.id)).status).toBe('paid')
      }
    })

    test('that is not the gateway’s is refused, and nothing of it is kept', async () => {
      const { purchase, orderId } = await buy()
      const { body, headers } = await paidWebhook(orderId)
      const before = await kept()
      const changed = Buffer.from(body.toString().replace('"paid"', '"Paid"'))
      const old = await paidWebhook(orderId, { at: now - 301_000 })
      const tried = [
        await send(changed, headers),
        await send(body, {}),
        await send(old.body, old.headers),
        await send(Buffer.alloc(0), headers),
        await send(body, headers, 'sandbox/webhook/999999'),
        await send(body, headers, 'sandbox/webhook'),
        await send(body, headers, `stripe/webhook/${api.project}`),
        await send(body, headers, `manual/webhook/${api.project}`),
      ]
      for (const answered of tried) {
        expect({ status: answered.statusCode, code: answered.json().code }).toEqual({
          status: 400,
          code: 'webhook_refused',
        })
      }
      expect((await send(body, headers, `paypal/webhook/${api.project}`)).json().code).toBe(
        'gateway_not_found',
      )
      expect((await send(body, headers, 'sandbox/webhook/own')).json().code).toBe('request_malformed')
      expect(await kept()).toBe(before)
      expect((await read(purchase.id)).status).toBe('pending')
    })

    test('larger than a megabyte is not read', async () => {
      expect((await send(Buffer.alloc(1_000_001, 32), {})).statusCode).toBe(413)
    })

    test('of an unknown purchase is accepted, kept, and shown to staff until it is known', async () => {
      await api.ok('PUT', '/gateways/stripe', STRIPE)
      const session = {
        id: 'cs_test_unknown',
        object: 'checkout.session',
        client_reference_id: 'pur_00000000000000000000000000',
        status: 'complete',
        payment_status: 'paid',
        amount_total: 1500,
        currency: 'usd',
        payment_intent: 'pi_unknown',
      }
      const created = Math.floor(now / 1000)
      const said = {
        id: 'evt_unknown',
        type: 'checkout.session.completed',
        created,
        data: { object: session },
      }
      const body = Buffer.from(JSON.stringify(said))
      const signature = `t=${created},v1=${hmacOf(STRIPE.webhookSecret, `${created}.`, body)}`
      // The address names no project: it is the one whose secret signed it.
      const answered = await send(body, { 'stripe-signature': signature }, 'stripe/webhook')
      expect(answered.statusCode).toBe(200)
      const [event] = (await events('failed')).filter(
        ({ eventId }: { eventId: string }) => eventId === 'evt_unknown',
      )
      expect(event).toMatchObject({
        gateway: 'stripe',
        reason: 'purchase_unknown',
        attempts: 1,
        orderId: 'cs_test_unknown',
        facts: [{ kind: 'paid', paymentId: 'pi_unknown', money: { amount: 1500, currency: 'USD' } }],
      })
      const retried = await api.ok('POST', `/gateway-events/${event.id}/retry`)
      expect(retried).toMatchObject({ status: 'failed', attempts: 2, reason: 'purchase_unknown' })
    })

    test('that was kept by a process that died then is handled by the job of another', async () => {
      const { accountId, purchase, orderId } = await buy()
      const { body, headers } = await paidWebhook(orderId)
      const before = await credits(accountId)
      await send(body, headers)
      await database().pool.query(
        `update gateway_event set status = 'received', handled_at = null, due_at = received_at
         where event_id = $1`,
        [`sbe_of_${orderId}`],
      )
      await runJobs(api.scrip.house, [handleGatewayEvents])
      const handled = (await events('handled')).map(({ eventId }: { eventId: string }) => eventId)
      expect(handled).toContain(`sbe_of_${orderId}`)
      expect((await read(purchase.id)).status).toBe('paid')
      expect(await credits(accountId)).toBe(before + 100)
    })

    test('that cannot be handled is tried less and less often, and stays in sight', async () => {
      const { orderId } = await buy()
      const order = (await findOrder(database(), orderId))!
      const { secret } = sandboxFacts(api.scrip.house, await project())
      const unknown = { ...order, purchaseId: 'pur_unknown', orderId: 'sbx_unknown' }
      const fact = { kind: 'pending', at: now, paymentId: null } as const
      const { body, headers } = signSandboxEvent(secret, unknown, { id: 'sbe_unknown', fact }, now)
      await send(body, headers)
      const state = async () =>
        (await events('failed')).find(({ eventId }: { eventId: string }) => eventId === 'sbe_unknown')
      const triesAfter = async (minutes: number) => {
        now += minutes * 60_000
        await runJobs(api.scrip.house, [handleGatewayEvents])
        return (await state()).attempts
      }
      expect((await state()).attempts).toBe(1)
      expect(await triesAfter(1)).toBe(2)
      expect(await triesAfter(1)).toBe(2)
      expect(await triesAfter(1)).toBe(3)
      expect(await triesAfter(3)).toBe(3)
      expect(await triesAfter(1)).toBe(4)
      expect((await state()).reason).toBe('purchase_unknown')
    })
  })

  describe('the page of the sandbox', () => {
    test('is plain HTML without scripts, and shows names as text', async () => {
      const { path } = await buy('<script>alert("1")</script> & \'Söhne\'', null)
      const { body, headers, statusCode } = await site('GET', path)
      expect(statusCode).toBe(200)
      expect(headers['content-type']).toBe('text/html; charset=utf-8')
      expect(headers['content-security-policy']).toBe(
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      )
      expect(body).toContain('For &lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;Söhne&#39;')
      expect(body).not.toMatch(/<script|javascript:|style=|<style| on\w+=/)
      expect(body).toContain('$15.00')
      expect(body).toMatch(/<html lang="en">.*<meta name="viewport"/s)
      expect(body).not.toContain('Back to the shop')
      expect((await site('GET', '/checkout/style.css')).body).toContain('prefers-color-scheme: dark')
    })

    test('sends the customer who paid back to the shop, with the credits already there', async () => {
      const { accountId, purchase, path } = await buy()
      const before = await credits(accountId)
      expect((await site('GET', path)).headers['content-security-policy']).toContain(
        "form-action 'self' https://shop.example.com;",
      )
      const pressed = await press(path, 'pay')
      expect(pressed.statusCode).toBe(303)
      expect(pressed.headers.location).toBe(`${SHOP}?purchase=${purchase.id}`)
      expect((await read(purchase.id)).status).toBe('paid')
      expect(await credits(accountId)).toBe(before + 100)
      expect((await site('GET', path)).body).toContain('<p role="status">Paid.</p>')
    })

    test('a button that comes too late does nothing, and says why', async () => {
      const { accountId, path } = await buy()
      await press(path, 'pay')
      const before = await credits(accountId)
      const again = await press(path, 'pay')
      expect(again.statusCode).toBe(409)
      expect(again.body).toContain('<p role="alert">It is paid already.</p>')
      expect((await press(path, 'refund', '&amount=1501')).body).toContain('At most 1500 can be returned.')
      expect((await press(path, 'anything')).statusCode).toBe(404)
      expect(await credits(accountId)).toBe(before)
    })

    test('after a lost webhook Scrip knows nothing, until it asks', async () => {
      const { accountId, purchase, path } = await buy()
      const before = await credits(accountId)
      await press(path, 'payWithoutWebhook')
      expect((await read(purchase.id)).status).toBe('pending')
      expect((await api.ok('POST', `/purchases/${purchase.id}/recheck`)).status).toBe('paid')
      expect(await credits(accountId)).toBe(before + 100)
    })

    test.each([
      ['decline', 'failed'],
      ['abandon', 'abandoned'],
      ['delay', 'pending'],
    ])('%s makes it %s, and it can be paid afterwards', async (act, status) => {
      const { purchase, path } = await buy()
      expect((await press(path, act)).statusCode).toBe(303)
      expect((await read(purchase.id)).status).toBe(status)
      await press(path, 'pay')
      expect((await read(purchase.id)).status).toBe('paid')
    })

    test('money returned, and disputes won and lost, take credits and give them back', async () => {
      const { accountId, purchase, path } = await buy()
      const before = await credits(accountId)
      await press(path, 'pay')
      await press(path, 'refund', '&amount=150')
      expect(await credits(accountId)).toBe(before + 90)
      await press(path, 'dispute')
      expect([await credits(accountId), (await read(purchase.id)).status]).toEqual([before, 'disputed'])
      await press(path, 'winDispute')
      expect([await credits(accountId), (await read(purchase.id)).status]).toEqual([before + 90, 'paid'])
      await press(path, 'dispute')
      await press(path, 'loseDispute')
      expect([await credits(accountId), (await read(purchase.id)).status]).toEqual([before, 'refunded'])
    })

    test('of an order that nobody knows is a page that says so', async () => {
      const { statusCode, body } = await site('GET', '/sandbox/checkout/sbx_nothing')
      expect(statusCode).toBe(404)
      expect(body).toContain('<p role="alert">The sandbox knows no such order.</p>')
    })
  })
})
