/**
 * One connection to the server, one request at a time: the least that a client can do, because it
 * shares the machine with what it measures. It knows HTTP as the server speaks it, with a length on
 * every answer.
 */
import { connect, type Socket } from 'node:net'

export interface Answer {
  readonly status: number
  readonly body: Buffer
}

export interface HttpConnection {
  /** Rejects where the connection breaks. */
  ask(request: string): Promise<Answer>
  close(): void
}

interface Waiting {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
}

const HEAD_END = '\r\n\r\n'

export async function openConnection(port: number): Promise<HttpConnection> {
  const socket = await connected(port)
  let waiting: Waiting | undefined
  let received: Buffer = Buffer.alloc(0)
  const fail = (error: Error): void => {
    waiting?.reject(error)
    waiting = undefined
  }
  socket.on('data', (data: Buffer) => {
    received = received.length === 0 ? data : Buffer.concat([received, data])
    const answer = readAnswer(received)
    if (answer === null) return
    const { resolve } = waiting!
    received = Buffer.alloc(0)
    waiting = undefined
    resolve(answer)
  })
  socket.on('error', fail)
  socket.on('close', () => fail(new Error('The server closed the connection.')))
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject }
        socket.write(request)
      }),
    close: () => socket.destroy(),
  }
}

function connected(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    socket.once('connect', () => resolve(socket))
    socket.once('error', reject)
  })
}

/** null while something of it is still on its way. */
function readAnswer(received: Buffer): Answer | null {
  const headEnd = received.indexOf(HEAD_END)
  if (headEnd < 0) return null
  const head = received.toString('latin1', 0, headEnd)
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
  if (length === undefined) throw new Error(`An answer without a length: ${head}`)
  const bodyStart = headEnd + HEAD_END.length
  const end = bodyStart + Number(length)
  if (received.length < end) return null
  return { status: Number(head.slice(9, 12)), body: received.subarray(bodyStart, end) }
}

export interface Asking {
  readonly method: 'GET' | 'POST'
  /** Below /api/v1. */
  readonly path: string
  readonly apiKey: string
  readonly body?: unknown
  readonly idempotencyKey?: string
}

export function requestText({ method, path, apiKey, body, idempotencyKey }: Asking): string {
  const text = body === undefined ? '' : JSON.stringify(body)
  const key = idempotencyKey === undefined ? '' : `idempotency-key: ${idempotencyKey}\r\n`
  const content =
    body === undefined
      ? ''
      : `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n`
  return `${method} /api/v1${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nx-api-key: ${apiKey}\r\n${key}${content}\r\n${text}`
}
