/** Razorpay's HTTP API. Every way of not answering is a fault, and what would fail again says so. */
import { type Answered, recordIn, textOrNull } from '../answers.ts'
import { GatewayFault } from '../gateway.ts'

export interface RazorpayAddress {
  readonly keyId: string
  readonly keySecret: string
  /** Another far side than Razorpay's own, for tests. */
  readonly url?: string
  readonly timeoutMs?: number
}

export type AskRazorpay = (
  method: 'GET' | 'POST',
  path: string,
  body?: object,
  headers?: Readonly<Record<string, string>>,
) => Promise<Answered>

const URL_OF_RAZORPAY = 'https://api.razorpay.com'
const TIMEOUT_MS = 10_000

export function razorpayAt({ keyId, keySecret, url, timeoutMs }: RazorpayAddress): AskRazorpay {
  const authorization = `Basic ${Buffer.from(`${keyId}:${keySecret}`).toString('base64')}`
  return async (method, path, body, headers) => {
    const response = await fetch(`${url ?? URL_OF_RAZORPAY}/v1${path}`, {
      method,
      headers: { ...headers, authorization, accept: 'application/json', 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs ?? TIMEOUT_MS),
    }).catch(noAnswer)
    const text = await response.text().catch(noAnswer)
    if (!response.ok) throw refusal(response.status, text)
    return parse(text)
  }
}

function noAnswer(error: unknown): never {
  throw new GatewayFault('Razorpay: no answer', { cause: error })
}

function refusal(status: number, text: string): GatewayFault {
  // 409: the same refund is under way.
  const retryable = status >= 500 || status === 429 || status === 408 || status === 409
  return new GatewayFault(`Razorpay: ${status} ${descriptionIn(text)}`.trimEnd(), { retryable })
}

function descriptionIn(text: string): string {
  try {
    const { error } = recordIn(JSON.parse(text), 'the refusal')
    return textOrNull(recordIn(error, 'the error').description) ?? ''
  } catch {
    return ''
  }
}

function parse(text: string): Answered {
  try {
    return recordIn(JSON.parse(text), 'the answer')
  } catch (error) {
    if (error instanceof GatewayFault) throw error
    throw new GatewayFault('Razorpay: its answer is no JSON', { cause: error })
  }
}
