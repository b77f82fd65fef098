/**
 * Sends one webhook and says what came of it. A receiver may be slow, lie, answer without end or point
 * elsewhere: it gets ten seconds, its answer is read to a limit, and no redirect is followed.
 */
import {
  type ClientRequest,
  Agent as HttpAgent,
  type IncomingMessage,
  request as requestHttp,
} from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { AddressRefused, addressIn, isClosedAddress, openLookup } from './address.ts'

const TIMEOUT_MS = 10_000
/** What is read of an answer, and what of it is kept. */
const ANSWER_BYTES_MAX = 16_384
const KEPT_CHARACTERS_MAX = 1_000

export interface Post {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Posted {
  /** null: no answer came. */
  readonly status: number | null
  /** Why it was not taken; null = it was. */
  readonly error: string | null
  readonly ms: number
  /** The beginning of the answer, as text. */
  readonly body: string
  /** The header `Retry-After`, as it was given. */
  readonly retryAfter: string | null
}

export interface Postman {
  /** Never throws. Once stopped, it answers that nothing is known. */
  post(post: Post): Promise<Posted | 'stopped'>
  close(): void
}

export interface PostmanOptions {
  readonly allowsPrivate: boolean
  /** Breaks off what is under way. */
  readonly signal: AbortSignal
  readonly timeoutMs?: number
  readonly lookup?: ReturnType<typeof openLookup>
}

export function openPostman({
  allowsPrivate,
  signal,
  timeoutMs = TIMEOUT_MS,
  lookup,
}: PostmanOptions): Postman {
  // One listener for all: a signal warns of many.
  const stops = new Set<() => void>()
  const stop = (): void => {
    for (const each of stops) each()
  }
  signal.addEventListener('abort', stop, { once: true })
  const options = { keepAlive: true, lookup: lookup ?? openLookup(allowsPrivate) }
  const agents = { 'http:': new HttpAgent(options), 'https:': new HttpsAgent(options) }
  const send = (post: Post, url: URL): Promise<Posted | 'stopped' | 'stale'> => {
    if (signal.aborted) return Promise.resolve('stopped')
    const isHttp = url.protocol === 'http:'
    const agent = isHttp ? agents['http:'] : agents['https:']
    const headers = { ...post.headers, 'content-length': String(Buffer.byteLength(post.body)) }
    const sent = (isHttp ? requestHttp : requestHttps)(url, { method: 'POST', agent, headers })
    return answerOf(sent, post.body, timeoutMs, stops)
  }
  return {
    async post(post) {
      const url = new URL(post.url)
      const address = addressIn(url)
      // A name is judged by the lookup; an address that is written out is never looked up.
      if (!allowsPrivate && address !== null && isClosedAddress(address)) {
        return {
          status: null,
          error: new AddressRefused(url.hostname).message,
          ms: 0,
          body: '',
          retryAfter: null,
        }
      }
      const first = await send(post, url)
      // A connection kept open may be closed by the other side in the very moment it is used again.
      const posted = first === 'stale' ? await send(post, url) : first
      return posted === 'stale'
        ? { status: null, error: 'the connection was cut', ms: 0, body: '', retryAfter: null }
        : posted
    },
    close() {
      signal.removeEventListener('abort', stop)
      agents['http:'].destroy()
      agents['https:'].destroy()
    },
  }
}

/** Resolves once, with the first of: the answer's end or its limit, an error, the time being over, the stop. */
function answerOf(
  sent: ClientRequest,
  body: string,
  timeoutMs: number,
  stops: Set<() => void>,
): Promise<Posted | 'stopped' | 'stale'> {
  return new Promise((resolve) => {
    const startedAt = performance.now()
    let answer: IncomingMessage | null = null
    const read: Buffer[] = []
    const end = (result: Posted | 'stopped' | 'stale'): void => {
      clearTimeout(timer)
      stops.delete(stop)
      resolve(result)
      if (answer === null || !answer.complete) sent.destroy()
    }
    const finish = (error: string | null): void => {
      const ms = Math.round(performance.now() - startedAt)
      const status = answer?.statusCode ?? null
      const retryAfter = answer?.headers['retry-after'] ?? null
      end({ status, error: error ?? refusal(status), ms, body: textOf(read), retryAfter })
    }
    const timer = setTimeout(
      () => finish(answer === null ? `no answer within ${timeoutMs} ms` : null),
      timeoutMs,
    )
    const stop = (): void => end('stopped')
    stops.add(stop)
    sent.on('error', (error: NodeJS.ErrnoException) => {
      if (answer !== null) finish(null)
      else if (sent.reusedSocket && error.code === 'ECONNRESET') end('stale')
      else finish(wordsOf(error))
    })
    sent.on('response', (response) => {
      answer = response
      let bytes = 0
      response.on('data', (piece: Buffer) => {
        bytes += piece.length
        read.push(piece)
        if (bytes > ANSWER_BYTES_MAX) finish(null)
      })
      response.on('end', () => finish(null))
      // Its body breaks off: what it said at first stands.
      response.on('error', () => finish(null))
      response.on('close', () => finish(null))
    })
    sent.on('upgrade', () => finish('it answered with another protocol'))
    sent.end(body)
  })
}

function refusal(status: number | null): string | null {
  if (status !== null && status >= 200 && status < 300) return null
  if (status !== null && status >= 300 && status < 400) return 'it points elsewhere, and that is not followed'
  return status === null ? 'no answer' : `it answered ${status}`
}

function wordsOf(error: NodeJS.ErrnoException): string {
  return (error.message || error.code || 'the connection failed').slice(0, 300)
}

/** Without control characters, which no log or database should have to keep. */
function textOf(read: readonly Buffer[]): string {
  const text = Buffer.concat(read).toString('utf8').slice(0, KEPT_CHARACTERS_MAX)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
  return text.replace(/[\ud800-\udbff]$/, '').replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '')
}
