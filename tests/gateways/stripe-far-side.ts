/** Stripe's other end: its API, its customers and banks, and webhooks as its own SDK signs them. */
import type { Instant } from '@scrip/core'
import Stripe from 'stripe'
import { openStripe } from '../../server/src/gateways/stripe/stripe.ts'
import type { FarSide, SignedWebhook } from './far-side.ts'
import { SECRET_KEY, stripeApi } from './stripe-api.ts'
import {
  giveBack,
  intentOf,
  NOW,
  openBooks,
  type Session,
  type StripeBooks,
  sayCharge,
  sayDispute,
  sayIntent,
  saySession,
} from './stripe-books.ts'
import { type StubRequest, startStub } from './stub-server.ts'

const WEBHOOK_SECRET = 'whsec_dGhlIHNlY3JldCBvZiBhIHRlc3Q'

export interface StripeFarSide extends FarSide {
  readonly port: number
  /** What was asked of it, newest last. */
  readonly requests: readonly StubRequest[]
  readonly sessions: ReadonlyMap<string, Session>
  /** An event of any type about any object, signed. */
  event(type: string, object: object): SignedWebhook
}

export async function openStripeFarSide(): Promise<StripeFarSide> {
  const books = openBooks()
  const answer = stripeApi(books)
  const requests: StubRequest[] = []
  const { port, be, stop } = await startStub((request) => {
    requests.push(request)
    return answer(request)
  })
  const gateway = openStripe(
    { secretKey: SECRET_KEY, webhookSecret: WEBHOOK_SECRET },
    {
      donePage: 'https://scrip.example.com/checkout/done',
      now: () => NOW,
      farSide: { host: '127.0.0.1', port, protocol: 'http' },
      timeoutMs: 300,
      repeats: 0,
    },
  )
  const event = (type: string, object: object): SignedWebhook => {
    const said = { id: books.fresh('evt'), object: 'event', type, created: NOW / 1000, data: { object } }
    return sign(Buffer.from(JSON.stringify(said)), NOW)
  }
  return {
    ...{ port, gateway, requests, sessions: books.sessions, event, sign, be, stop },
    ...payments(books, event),
    ...moneyBack(books, event),
    now: () => NOW,
    again({ body }) {
      const { type, data } = JSON.parse(body.toString())
      return event(type, data.object)
    },
    signsTime: true,
    decliningCard: (kept) => ({ ...kept, id: 'cus_1/pm_declines' }),
  }
}

const sdk = new Stripe(SECRET_KEY)

function sign(body: Buffer, at: Instant, secret = WEBHOOK_SECRET): SignedWebhook {
  const timestamp = Math.floor(at / 1000)
  const header = sdk.webhooks.generateTestHeaderString({ payload: body.toString(), secret, timestamp })
  return { headers: { 'stripe-signature': header }, body }
}

type Tell = StripeFarSide['event']

function payments(books: StripeBooks, event: Tell): Pick<FarSide, 'pay' | 'decline' | 'close' | 'begin'> {
  const { sessions } = books
  const ofSession = (type: string, orderId: string) =>
    event(`checkout.session.${type}`, saySession(sessions.get(orderId)!, false))
  return {
    async pay(orderId, money) {
      const intent = intentOf(books, orderId, money)
      const isLate = intent.status === 'processing'
      Object.assign(intent, { status: 'succeeded', error: null })
      sessions.get(orderId)!.status = 'complete'
      return ofSession(isLate ? 'async_payment_succeeded' : 'completed', orderId)
    },
    async decline(orderId) {
      const intent = intentOf(books, orderId)
      intent.error = { type: 'card_error', code: 'card_declined', decline_code: 'generic_decline' }
      return event('payment_intent.payment_failed', sayIntent(intent))
    },
    async close(orderId) {
      sessions.get(orderId)!.status = 'expired'
      return ofSession('expired', orderId)
    },
    async begin(orderId) {
      Object.assign(intentOf(books, orderId), { status: 'processing', error: null })
      sessions.get(orderId)!.status = 'complete'
      return ofSession('completed', orderId)
    },
  }
}

function moneyBack(books: StripeBooks, event: Tell): Pick<FarSide, 'refund' | 'dispute' | 'endDispute'> {
  return {
    async refund(orderId, amount) {
      const intent = intentOf(books, orderId)
      giveBack(books, intent, amount)
      return event('charge.refunded', sayCharge(intent))
    },
    async dispute(orderId) {
      const intent = intentOf(books, orderId)
      intent.dispute = { id: books.fresh('dp'), status: 'needs_response' }
      return event('charge.dispute.created', sayDispute(intent))
    },
    async endDispute(orderId, won) {
      const intent = intentOf(books, orderId)
      intent.dispute!.status = won ? 'won' : 'lost'
      return event('charge.dispute.closed', sayDispute(intent))
    },
  }
}
