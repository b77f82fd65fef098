/** Razorpay's other end: orders found by their receipt, payments by attempt, webhooks signed over the body alone. */
import type { Instant, Money } from '@scrip/core'
import { openRazorpay } from '../../server/src/gateways/razorpay/razorpay.ts'
import { hmacOf } from '../../server/src/gateways/webhook-signature.ts'
import type { FarSide, SignedWebhook } from './far-side.ts'
import { type StubAnswer, type StubRequest, startStub } from './stub-server.ts'

export const NOW = Math.floor(Date.now() / 1000) * 1000
const created_at = NOW / 1000
export const SETTINGS = {
  keyId: 'rzp_test_ofatest',
  keySecret: 'the key secret of a test',
  webhookSecret: 'the webhook secret of a test',
}

interface Order {
  readonly id: string
  readonly receipt: string
  readonly amount: number
  readonly currency: string
}

interface Payment {
  readonly id: string
  readonly order_id: string
  readonly created_at: number
  amount: number
  currency: string
  status: string
  amount_refunded: number
  error_reason: string | null
}

interface Books {
  readonly orders: Map<string, Order>
  readonly payments: Map<string, Payment>
  readonly disputes: Map<string, { readonly id: string; readonly phase: string; status: string }>
  /** Refunds that were asked for under a key. */
  readonly keys: Map<string, StubAnswer>
  fresh(prefix: string): string
}

export interface RazorpayFarSide extends FarSide {
  readonly requests: readonly StubRequest[]
  /** Turns down the payment that is under way. */
  fail(orderId: string): Promise<SignedWebhook>
  event(type: string, payload: object): SignedWebhook
}

export async function openRazorpayFarSide(): Promise<RazorpayFarSide> {
  let count = 0
  const fresh = (prefix: string) => `${prefix}_${String(++count).padStart(14, '0')}`
  const books: Books = { orders: new Map(), payments: new Map(), disputes: new Map(), keys: new Map(), fresh }
  const requests: StubRequest[] = []
  const { port, be, stop } = await startStub((request) => {
    requests.push(request)
    return request.method === 'POST' ? write(books, request) : read(books, request)
  })
  const link = (_checkout: unknown, orderId: string) => `https://scrip.example.com/pay/${orderId}`
  const farSide = { url: `http://127.0.0.1:${port}`, timeoutMs: 300 }
  const event = (type: string, payload: object): SignedWebhook => {
    const said = { entity: 'event', account_id: fresh('acc'), event: type, created_at, payload }
    return sign(Buffer.from(JSON.stringify(said)), NOW)
  }
  return {
    ...{ gateway: openRazorpay(SETTINGS, { link, farSide }), requests, event, sign, be, stop },
    ...moves(books, event),
    now: () => NOW,
    again({ body }) {
      const { event: type, payload } = JSON.parse(body.toString())
      return event(type, payload)
    },
    signsTime: false,
    decliningCard: (kept) => kept,
  }
}

function sign(body: Buffer, _at: Instant, secret = SETTINGS.webhookSecret): SignedWebhook {
  return { headers: { 'x-razorpay-signature': hmacOf(secret, body) }, body }
}

type Moves = Pick<
  RazorpayFarSide,
  'pay' | 'decline' | 'close' | 'begin' | 'fail' | 'refund' | 'dispute' | 'endDispute'
>

function moves(books: Books, event: RazorpayFarSide['event']): Moves {
  const told = (type: string, payment: Payment, more: object = {}) =>
    event(type, { payment: { entity: { entity: 'payment', ...payment } }, ...more })
  const disputed = (type: string, orderId: string) => {
    const payment = paymentOf(books, orderId)
    const { amount, currency, id } = payment
    const dispute = { ...books.disputes.get(id), amount, currency, payment_id: id, created_at }
    return told(type, payment, { dispute: { entity: dispute } })
  }
  return {
    async pay(orderId, money) {
      return told('payment.captured', Object.assign(attempt(books, orderId, money), { status: 'captured' }))
    },
    async decline(orderId) {
      const failed = { status: 'failed', error_reason: 'payment_declined' }
      return told('payment.failed', Object.assign(attempt(books, orderId), failed))
    },
    async fail(orderId) {
      return told('payment.failed', Object.assign(paymentOf(books, orderId), { status: 'failed' }))
    },
    close: async (orderId) => event('order.notification', { order: { entity: books.orders.get(orderId) } }),
    async begin(orderId) {
      return told('payment.authorized', Object.assign(attempt(books, orderId), { status: 'authorized' }))
    },
    async refund(orderId, amount) {
      return told('refund.processed', giveBack(paymentOf(books, orderId), amount))
    },
    async dispute(orderId) {
      const dispute = { id: books.fresh('disp'), phase: 'chargeback', status: 'open' }
      books.disputes.set(paymentOf(books, orderId).id, dispute)
      return disputed('payment.dispute.created', orderId)
    },
    async endDispute(orderId, won) {
      books.disputes.get(paymentOf(books, orderId).id)!.status = won ? 'won' : 'lost'
      return disputed(`payment.dispute.${won ? 'won' : 'lost'}`, orderId)
    },
  }
}

/** The payment that is under way, or a new attempt. */
function attempt({ orders, payments, fresh }: Books, orderId: string, money?: Money): Payment {
  const open = [...payments.values()].find(
    ({ order_id, status }) => order_id === orderId && status === 'authorized',
  )
  if (open !== undefined) return open
  const { amount, currency } = money ?? orders.get(orderId)!
  const untouched = { status: 'created', amount_refunded: 0, error_reason: null }
  const payment = { id: fresh('pay'), order_id: orderId, created_at, amount, currency, ...untouched }
  payments.set(payment.id, payment)
  return payment
}

function paymentOf({ payments }: Books, orderId: string): Payment {
  return [...payments.values()].findLast(({ order_id }) => order_id === orderId)!
}

function giveBack(payment: Payment, amount: number): Payment {
  payment.amount_refunded += amount
  if (payment.amount_refunded === payment.amount) payment.status = 'refunded'
  return payment
}

function write(books: Books, { path, body, headers }: StubRequest): StubAnswer {
  const asked = JSON.parse(body) as Omit<Order, 'id'>
  if (path === '/v1/orders') {
    const order = { ...asked, id: books.fresh('order') }
    books.orders.set(order.id, order)
    return { status: 200, body: { entity: 'order', status: 'created', ...order } }
  }
  const key = String(headers['x-refund-idempotency'])
  const answer = books.keys.get(key) ?? refund(books, path.split('/')[3]!, asked.amount)
  books.keys.set(key, answer)
  return answer
}

function refund({ payments, fresh }: Books, paymentId: string, amount: number): StubAnswer {
  const payment = payments.get(paymentId)
  const isTooMuch = payment === undefined || amount > payment.amount - payment.amount_refunded
  if (isTooMuch) return refusal('The refund amount provided is greater than amount captured')
  giveBack(payment, amount)
  return { status: 200, body: { entity: 'refund', id: fresh('rfnd'), amount } }
}

function read({ orders, payments }: Books, { path, query }: StubRequest): StubAnswer {
  const [, , noun, id = '', more] = path.split('/')
  if (noun === 'payments') return found(payments.get(id))
  if (id === '') return list([...orders.values()].filter(({ receipt }) => receipt === query.get('receipt')))
  if (more === 'payments') return list([...payments.values()].filter(({ order_id }) => order_id === id))
  return found(orders.get(id))
}

function list(items: readonly object[]): StubAnswer {
  return { status: 200, body: { entity: 'collection', count: items.length, items } }
}

function found(entity: object | undefined): StubAnswer {
  return entity === undefined ? refusal('The id provided does not exist') : { status: 200, body: entity }
}

function refusal(description: string): StubAnswer {
  return { status: 400, body: { error: { code: 'BAD_REQUEST_ERROR', description } } }
}
