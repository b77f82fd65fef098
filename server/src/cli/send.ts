/** One HTTP request, to an address or to a unix socket on this machine. */
import { type IncomingMessage, request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'

export interface Target {
  /** `http://localhost:8080`, perhaps with a path in front; null on a socket. */
  readonly url: URL | null
  readonly socketPath: string | null
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface Call {
  readonly method: Method
  /** Below `/api/v1`. Its ids are encoded by `idIn`. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  readonly body?: unknown
  /** A catalog's text, in the place of a JSON body. */
  readonly yaml?: string
  readonly accept?: string
}

export interface Answer {
  readonly status: number
  readonly type: string
  readonly text: string
  /** null where the answer is not JSON. */
  readonly body: unknown
}

export function idIn(id: string): string {
  return encodeURIComponent(id)
}

export function send(target: Target, call: Call, headers: Readonly<Record<string, string>>): Promise<Answer> {
  const url = addressOf(target, call)
  const payload = call.yaml ?? (call.body === undefined ? null : JSON.stringify(call.body))
  const type = call.yaml === undefined ? 'application/json' : 'application/yaml'
  return new Promise((resolve, reject) => {
    const open = url.protocol === 'https:' ? overHttps : overHttp
    const request = open(
      url,
      {
        method: call.method,
        ...(target.socketPath === null ? {} : { socketPath: target.socketPath }),
        agent: false,
        headers: {
          accept: call.accept ?? 'application/json',
          ...headers,
          ...(payload === null
            ? {}
            : { 'content-type': type, 'content-length': String(Buffer.byteLength(payload)) }),
        },
      },
      (response) => read(response).then(resolve, reject),
    )
    request.on('error', reject)
    request.end(payload ?? undefined)
  })
}

function addressOf({ url }: Target, { path, query = {} }: Call): URL {
  const base = url ?? new URL('http://scrip')
  const address = new URL(base)
  address.pathname = `${base.pathname.replace(/\/$/, '')}/api/v1${path}`
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) address.searchParams.set(name, String(value))
  }
  return address
}

async function read(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString('utf8')
  const type = response.headers['content-type'] ?? ''
  return { status: response.statusCode ?? 0, type, text, body: /json/.test(type) ? parse(text) : null }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
