/**
 * Razorpay, by its HTTP API: an order for each purchase, whose receipt is the purchase's id. Its page is
 * opened by a form of ours; cards are not kept, since its mandates need a page of their own.
 */
import { createHash } from 'node:crypto'
import { listIn, recordIn, textIn, textOrNull } from '../answers.ts'
import { type Checkout, type Gateway, type OrderReport, WebhookRefused } from '../gateway.ts'
import { hmacOf, isSameSignature } from '../webhook-signature.ts'
import { factsOfPayment } from './razorpay-facts.ts'
import { type AskRazorpay, type RazorpayAddress, razorpayAt } from './razorpay-http.ts'
import { readRazorpayEvent } from './razorpay-webhook.ts'

export interface RazorpaySettings {
  readonly keyId: string
  readonly keySecret: string
  readonly webhookSecret: string
}

export interface RazorpaySurroundings {
  /** Where the customer pays an order: a page of ours with Razorpay's form. */
  link(checkout: Checkout, orderId: string, keyId: string): string
  readonly farSide?: Pick<RazorpayAddress, 'url' | 'timeoutMs'>
}

export function openRazorpay(settings: RazorpaySettings, around: RazorpaySurroundings): Gateway {
  const { keyId, keySecret, webhookSecret } = settings
  const razorpay = razorpayAt({ keyId, keySecret, ...around.farSide })
  return {
    name: 'razorpay',
    async openCheckout(checkout) {
      const orderId = (await orderOfReceipt(razorpay, checkout)) ?? (await makeOrder(razorpay, checkout))
      return { orderId, checkoutUrl: around.link(checkout, orderId, keyId) }
    },
    ask: (orderId) => ask(razorpay, orderId),
    readWebhook: async (headers, body, now) => readRazorpayEvent(webhookSecret, headers, body, now),
    async refund({ orderId, paymentId }, { amount }, key) {
      const path = `/payments/${encodeURIComponent(paymentId)}/refund`
      await razorpay('POST', path, { amount }, { 'x-refund-idempotency': idempotencyKeyOf(key) })
      return ask(razorpay, orderId)
    },
    verifyReturn(fields) {
      const { razorpay_order_id: orderId = '', razorpay_payment_id: paymentId = '' } = fields
      const expected = hmacOf(keySecret, `${orderId}|${paymentId}`)
      if (isSameSignature(expected, fields.razorpay_signature ?? '')) return { orderId }
      throw new WebhookRefused('The signature is not of this order and payment.')
    },
    chargeSaved: null,
  }
}

/** Razorpay has no keys for orders: one that was made before, whose answer was lost, is found by its receipt. */
async function orderOfReceipt(razorpay: AskRazorpay, { purchaseId }: Checkout): Promise<string | null> {
  const { items } = await razorpay('GET', `/orders?receipt=${encodeURIComponent(purchaseId)}`)
  const orders = listIn(items, 'the orders').map((one) => recordIn(one, 'the order'))
  const found = orders.find(({ receipt }) => receipt === purchaseId)
  return found === undefined ? null : textIn(found.id, 'the id of the order')
}

async function makeOrder(razorpay: AskRazorpay, checkout: Checkout): Promise<string> {
  const { purchaseId, total, customer } = checkout
  const order = await razorpay('POST', '/orders', {
    amount: total.amount,
    currency: total.currency,
    receipt: purchaseId,
    payment_capture: true,
    notes: { purchaseId, accountId: customer.accountId },
  })
  return textIn(order.id, 'the id of the order')
}

/** By the order's id, or by one of its payments. */
async function ask(razorpay: AskRazorpay, id: string): Promise<OrderReport> {
  const orderId = id.startsWith('pay_') ? await orderOfPayment(razorpay, id) : id
  if (orderId === null) return { orderId: id, purchaseId: null, facts: [], savedMethod: null }
  const path = `/orders/${encodeURIComponent(orderId)}`
  const [order, { items }] = await Promise.all([razorpay('GET', path), razorpay('GET', `${path}/payments`)])
  const payments = listIn(items, 'the payments').map((one) => recordIn(one, 'the payment'))
  return {
    orderId: textIn(order.id, 'the id of the order'),
    purchaseId: textOrNull(order.receipt),
    facts: payments.flatMap(factsOfPayment),
    savedMethod: null,
  }
}

async function orderOfPayment(razorpay: AskRazorpay, paymentId: string): Promise<string | null> {
  const payment = await razorpay('GET', `/payments/${encodeURIComponent(paymentId)}`)
  return textOrNull(payment.order_id)
}

/** Letters and digits alone, as Razorpay takes it, and of one key always the same. */
function idempotencyKeyOf(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}
