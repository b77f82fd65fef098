/**
 * The ways in for payment gateways and for customers who pay: no key, a signature or a secret link instead.
 * Bodies stay the bytes that came, because a signature is over bytes and a parser would write others.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { DONE_PATH } from '../gateways/gateways.ts'
import { returnUrlOf } from '../gateways/return-url.ts'
import { SANDBOX_ACTS, type SandboxAct } from '../gateways/sandbox/sandbox-order.ts'
import type { Installation } from '../operations/installation.ts'
import { receiveGatewayEvent } from '../operations/receive-gateway-event.ts'
import { Refused } from '../operations/refused.ts'
import { actOnSandboxPage, readSandboxPage, type SandboxPage } from '../operations/sandbox-page.ts'
import { readHostedCheckout, settleReturn } from '../operations/settle-return.ts'
import { donePage, problemPage, RAZORPAY_FORM, razorpayPage, STYLE, sandboxPage } from './checkout-page.ts'
import { Malformed } from './problems.ts'

const HIDDEN = { schema: { hide: true } }
const FORM_BYTES_MAX = 20_000
const WEBHOOK_BYTES_MAX = 1_000_000

export async function addGatewayDoor(app: FastifyInstance, house: Installation): Promise<void> {
  await app.register(async (door) => {
    door.removeAllContentTypeParsers()
    door.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    addWebhooks(door, house)
    addSandboxPage(door, house)
    addRazorpayPage(door, house)
    door.get('/checkout/style.css', HIDDEN, async (_request, reply) =>
      reply.header('cache-control', 'public, max-age=3600').type('text/css; charset=utf-8').send(STYLE),
    )
    door.get(DONE_PATH, HIDDEN, async (_request, reply) => sendPage(reply, donePage()))
  })
}

interface WebhookParams {
  readonly gateway: string
  readonly projectId?: string
}

function addWebhooks(door: FastifyInstance, house: Installation): void {
  const receive = async (request: FastifyRequest) => {
    const { gateway, projectId = null } = request.params as WebhookParams
    const { id, status } = await receiveGatewayEvent(house, {
      gateway,
      projectId: projectId === null ? null : projectIdIn(projectId),
      headers: headersOf(request),
      body: bytesOf(request),
    })
    return { received: true, id, status }
  }
  const options = { ...HIDDEN, bodyLimit: WEBHOOK_BYTES_MAX }
  door.post('/api/v1/gateways/:gateway/webhook', options, receive)
  door.post('/api/v1/gateways/:gateway/webhook/:projectId', options, receive)
}

function projectIdIn(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new Malformed([
    { path: 'projectId', code: 'malformed', expected: 'the id of a project', found: text },
  ])
}

/** A header that comes twice is none that a gateway sends. */
function headersOf({ headers }: FastifyRequest): Readonly<Record<string, string | undefined>> {
  const single = Object.entries(headers).filter((one): one is [string, string] => typeof one[1] === 'string')
  return Object.fromEntries(single)
}

function bytesOf({ body }: FastifyRequest): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0)
}

function addSandboxPage(door: FastifyInstance, house: Installation): void {
  const url = '/sandbox/checkout/:orderId'
  const pageOf = (request: FastifyRequest) =>
    readSandboxPage(house, (request.params as { orderId: string }).orderId)
  door.get(url, HIDDEN, (request, reply) =>
    shown(reply, async () => showSandbox(reply, await pageOf(request), null)),
  )
  door.post(url, { ...HIDDEN, bodyLimit: FORM_BYTES_MAX }, (request, reply) =>
    shown(reply, async () => {
      const page = await pageOf(request)
      const act = actIn(fieldsOf(request))
      try {
        await actOnSandboxPage(house, page, act)
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        return showSandbox(reply.status(409), await pageOf(request), error.detail)
      }
      const back = LEAVES_PAGE.has(act.act) ? backTo(page) : null
      return reply.redirect(back ?? `/sandbox/checkout/${page.order.orderId}`, 303)
    }),
  )
}

/** After these the customer is sent back to the shop, as a real gateway would. */
const LEAVES_PAGE: ReadonlySet<string> = new Set([
  'pay',
  'payWithoutWebhook',
  'payWithDecliningCard',
  'delay',
  'abandon',
])

function showSandbox(reply: FastifyReply, page: SandboxPage, problem: string | null) {
  const back = backTo(page)
  return sendPage(reply, sandboxPage(page, back, problem), back)
}

/** null where the product gave no address, and for one that no browser should be led to. */
function backTo({ order: { checkout, purchaseId } }: SandboxPage): string | null {
  if (checkout.returnUrl === null || !/^https?:\/\//i.test(checkout.returnUrl)) return null
  return returnUrlOf({ returnUrl: checkout.returnUrl, purchaseId }, '')
}

function actIn(fields: Readonly<Record<string, string>>): SandboxAct {
  const act = SANDBOX_ACTS.find((one) => one === fields.act)
  const amount = fields.amount ?? ''
  if (act !== undefined && /^\d{0,15}$/.test(amount)) {
    return { act, amount: amount === '' ? null : Number(amount) }
  }
  throw new Refused('sandbox_act_not_possible', 'The page has no such button, or the amount is none.')
}

/** Razorpay's own page needs a form to open it, and comes back with a form. */
function addRazorpayPage(door: FastifyInstance, house: Installation): void {
  const tokenIn = (request: FastifyRequest) => String((request.query as { order?: unknown }).order ?? '')
  door.get('/checkout/razorpay', HIDDEN, (request, reply) =>
    shown(reply, async () => {
      const token = tokenIn(request)
      const checkout = readHostedCheckout(house, token)
      const callback = `${house.publicUrl()}/checkout/razorpay/return?order=${token}`
      return sendPage(reply, razorpayPage(checkout, callback), RAZORPAY_FORM)
    }),
  )
  door.post('/checkout/razorpay/return', { ...HIDDEN, bodyLimit: FORM_BYTES_MAX }, (request, reply) =>
    shown(reply, async () => {
      const checkout = readHostedCheckout(house, tokenIn(request))
      await settleReturn(house, checkout, fieldsOf(request))
      return reply.redirect(checkout.returnUrl, 303)
    }),
  )
}

function fieldsOf(request: FastifyRequest): Readonly<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(bytesOf(request).toString('utf8')))
}

/** What a customer did wrong, or came too late for, is a page as well; what is our fault goes the usual way. */
async function shown(reply: FastifyReply, work: () => Promise<FastifyReply>): Promise<FastifyReply> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Refused)
      return sendPage(reply.status(404), problemPage('Nothing to pay here', error.detail))
    throw error
  }
}

/** `posts`: an address beside our own to which a form of the page may lead. */
function sendPage(reply: FastifyReply, page: string, posts: string | null = null): FastifyReply {
  const origin = posts === null ? '' : ` ${new URL(posts).origin}`
  const policy = `default-src 'none'; style-src 'self'; form-action 'self'${origin}; base-uri 'none'; frame-ancestors 'none'`
  return reply
    .headers({
      'content-security-policy': policy,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    })
    .type('text/html; charset=utf-8')
    .send(page)
}
