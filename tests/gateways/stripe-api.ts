/** Stripe's API as its SDK asks it here: form-encoded requests, keys that make a request happen once, lists. */
import {
  giveBack,
  makeIntent,
  type Session,
  type StripeBooks,
  sayCharge,
  sayDispute,
  sayIntent,
  saySession,
} from './stripe-books.ts'
import type { StubAnswer, StubRequest } from './stub-server.ts'

export const SECRET_KEY = 'sk_test_ofatest'

export function stripeApi(books: StripeBooks): (request: StubRequest) => StubAnswer {
  const answers = new Map<string, { readonly asked: string; readonly answer: StubAnswer }>()
  return (request) => {
    if (request.headers.authorization !== `Bearer ${SECRET_KEY}`) {
      return fault(401, { type: 'invalid_request_error', message: 'Invalid API Key provided' })
    }
    if (request.method === 'GET') return read(books, request)
    const key = String(request.headers['idempotency-key'])
    const asked = `${request.path} ${request.body}`
    const known = answers.get(key) ?? { asked, answer: write(books, request) }
    answers.set(key, known)
    return known.asked === asked
      ? known.answer
      : fault(400, { type: 'idempotency_error', message: 'Another request' })
  }
}

function write(books: StripeBooks, { path, body }: StubRequest): StubAnswer {
  const fields = new URLSearchParams(body)
  switch (path) {
    case '/v1/checkout/sessions':
      return makeSession(books, fields)
    case '/v1/payment_intents':
      return charge(books, fields)
    case '/v1/refunds':
      return refund(books, fields)
    default:
      return missing()
  }
}

function makeSession({ sessions, fresh }: StripeBooks, fields: URLSearchParams): StubAnswer {
  const session: Session = { id: fresh('cs_test'), fields, status: 'open', intent: null }
  sessions.set(session.id, session)
  return { status: 200, body: saySession(session, false) }
}

function charge(books: StripeBooks, fields: URLSearchParams): StubAnswer {
  const metadata = { purchaseId: fields.get('metadata[purchaseId]')! }
  const facts = { amount: Number(fields.get('amount')), currency: fields.get('currency')!, metadata }
  const intent = makeIntent(books, { ...facts, saves: false })
  if (fields.get('payment_method') !== 'pm_declines') {
    intent.status = 'succeeded'
    return { status: 200, body: sayIntent(intent) }
  }
  intent.error = { type: 'card_error', code: 'card_declined', decline_code: 'insufficient_funds' }
  const message = 'Your card was declined.'
  return fault(402, { ...intent.error, message, payment_intent: sayIntent(intent) })
}

function refund(books: StripeBooks, fields: URLSearchParams): StubAnswer {
  const intent = books.intents.get(fields.get('payment_intent') ?? '')
  if (intent === undefined) return missing()
  const amount = Number(fields.get('amount'))
  if (amount > intent.amount - intent.returned) {
    return fault(400, { type: 'invalid_request_error', code: 'amount_too_large', message: 'Too much' })
  }
  giveBack(books, intent, amount)
  return { status: 200, body: { ...intent.refunds.at(-1), object: 'refund', amount } }
}

function read({ sessions, intents }: StripeBooks, { path, query }: StubRequest): StubAnswer {
  const [, , noun, id = '', more] = path.split('/')
  const asked = query.get('payment_intent') ?? ''
  if (noun === 'checkout' && more === undefined) {
    const found = [...sessions.values()].filter(({ intent }) => intent?.id === asked)
    return list(found.map((session) => saySession(session, false)))
  }
  if (noun === 'checkout') {
    const session = sessions.get(more!)
    return session === undefined ? missing() : { status: 200, body: saySession(session, true) }
  }
  const intent = intents.get(noun === 'payment_intents' ? id : asked)
  if (intent === undefined) return missing()
  if (noun === 'payment_intents') return { status: 200, body: sayIntent(intent) }
  if (noun === 'charges') return list([sayCharge(intent)])
  if (noun === 'refunds') return list(intent.refunds)
  return list(intent.dispute === null ? [] : [sayDispute(intent)])
}

function list(data: readonly object[]): StubAnswer {
  return { status: 200, body: { object: 'list', data, has_more: false } }
}

function fault(status: number, error: object): StubAnswer {
  return { status, body: { error } }
}

function missing(): StubAnswer {
  return fault(404, { type: 'invalid_request_error', code: 'resource_missing', message: 'No such thing' })
}
