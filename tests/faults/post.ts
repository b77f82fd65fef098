import { type Agent, request } from 'node:http'

export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

export interface Asking {
  readonly method?: 'GET' | 'POST' | 'PUT'
  readonly agent?: Agent
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Gives up without an answer; the default is far above what any answer takes. */
  readonly timeoutMs?: number
}

/** One request. Rejects when the connection breaks or nothing comes: then nobody knows what happened. */
export function ask(url: string, asking: Asking = {}): Promise<Answered> {
  const text = asking.body === undefined ? undefined : JSON.stringify(asking.body)
  const length = text === undefined ? {} : { 'content-length': String(Buffer.byteLength(text)) }
  const type = text === undefined ? {} : { 'content-type': 'application/json' }
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      method: asking.method ?? (text === undefined ? 'GET' : 'POST'),
      headers: { ...type, ...length, ...asking.headers },
      timeout: asking.timeoutMs ?? 20_000,
      ...(asking.agent === undefined ? {} : { agent: asking.agent }),
    })
    sent.on('error', reject)
    sent.on('timeout', () => sent.destroy(new Error('no answer came')))
    sent.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('close', () => {
        if (!response.complete) return reject(new Error('the answer was cut'))
        const { statusCode: status = 0, headers } = response
        resolve({ status, headers, text: Buffer.concat(chunks).toString() })
      })
    })
    sent.end(text)
  })
}
