/** What Stripe's far side knows: sessions and payments, and how its objects look. */
import type { Money } from '@scrip/core'

export const NOW = Math.floor(Date.now() / 1000) * 1000
const created = NOW / 1000

export interface Session {
  readonly id: string
  readonly fields: URLSearchParams
  status: 'open' | 'complete' | 'expired'
  intent: Intent | null
}

export interface Intent {
  readonly id: string
  readonly metadata: Readonly<Record<string, string>>
  readonly saves: boolean
  amount: number
  currency: string
  status: string
  error: Readonly<Record<string, unknown>> | null
  returned: number
  readonly refunds: { readonly id: string; readonly created: number }[]
  dispute: { readonly id: string; status: string } | null
}

export interface StripeBooks {
  readonly sessions: Map<string, Session>
  readonly intents: Map<string, Intent>
  /** An id that was not there before. */
  fresh(prefix: string): string
}

export function openBooks(): StripeBooks {
  let count = 0
  return { sessions: new Map(), intents: new Map(), fresh: (prefix) => `${prefix}_${++count}` }
}

export function makeIntent(
  { intents, fresh }: StripeBooks,
  facts: Pick<Intent, 'amount' | 'currency' | 'metadata' | 'saves'>,
): Intent {
  const untouched = {
    status: 'requires_payment_method',
    error: null,
    returned: 0,
    refunds: [],
    dispute: null,
  }
  const intent: Intent = { ...untouched, ...facts, id: fresh('pi') }
  intents.set(intent.id, intent)
  return intent
}

/** The payment of an order, begun where there is none; another amount than was ordered is a mistake of Stripe's. */
export function intentOf(books: StripeBooks, orderId: string, money?: Money): Intent {
  const session = books.sessions.get(orderId)!
  const { fields } = session
  const amount = money?.amount ?? Number(fields.get('line_items[0][price_data][unit_amount]'))
  const currency = (money?.currency ?? fields.get('line_items[0][price_data][currency]')!).toLowerCase()
  const metadata = { purchaseId: fields.get('client_reference_id')! }
  const saves = fields.has('payment_intent_data[setup_future_usage]')
  session.intent ??= makeIntent(books, { amount, currency, metadata, saves })
  return Object.assign(session.intent, { amount, currency })
}

export function giveBack({ fresh }: StripeBooks, intent: Intent, amount: number): void {
  intent.returned += amount
  intent.refunds.push({ id: fresh('re'), created })
}

export function sayIntent(intent: Intent) {
  return {
    id: intent.id,
    object: 'payment_intent',
    created,
    amount: intent.amount,
    amount_received: intent.status === 'succeeded' ? intent.amount : 0,
    currency: intent.currency,
    status: intent.status,
    metadata: intent.metadata,
    customer: intent.saves ? 'cus_1' : null,
    setup_future_usage: intent.saves ? 'off_session' : null,
    payment_method: { id: 'pm_1', type: 'card', card: { brand: 'visa', last4: '4242' } },
    last_payment_error: intent.error,
  }
}

export function saySession({ id, fields, status, intent }: Session, expanded: boolean) {
  return {
    id,
    object: 'checkout.session',
    created,
    client_reference_id: fields.get('client_reference_id'),
    metadata: { purchaseId: fields.get('metadata[purchaseId]') },
    status,
    payment_status: intent?.status === 'succeeded' ? 'paid' : 'unpaid',
    amount_total: intent?.amount ?? Number(fields.get('line_items[0][price_data][unit_amount]')),
    currency: intent?.currency ?? fields.get('line_items[0][price_data][currency]'),
    payment_intent: intent === null ? null : expanded ? sayIntent(intent) : intent.id,
    url: status === 'open' ? `https://checkout.stripe.example/${id}` : null,
  }
}

export function sayCharge(intent: Intent) {
  return {
    id: `ch_${intent.id}`,
    object: 'charge',
    created,
    status: 'succeeded',
    amount: intent.amount,
    amount_refunded: intent.returned,
    currency: intent.currency,
    payment_intent: intent.id,
    metadata: intent.metadata,
    disputed: intent.dispute !== null,
  }
}

export function sayDispute(intent: Intent) {
  const { amount, currency, id, dispute } = intent
  return { object: 'dispute', created, amount, currency, payment_intent: id, ...dispute }
}
