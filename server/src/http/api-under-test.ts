/** A served project for tests of the API: the real door, rules and ledger, asked by inject(). */

import type { Database } from '../database/database.ts'
import { createProject } from '../operations/create-project.operation.ts'
import { openScrip, type Scrip, type ScripOptions } from '../scrip.ts'

export interface Answered {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape are looked at.
  readonly body: any
  readonly text: string
  readonly headers: Readonly<Record<string, unknown>>
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface Call {
  /** An object is sent as JSON, a string as it stands. */
  readonly body?: unknown
  readonly key?: string | null
  readonly headers?: Readonly<Record<string, string>>
}

export interface Api {
  readonly scrip: Scrip
  readonly project: number
  readonly key: string
  call(method: Method, path: string, call?: Call): Promise<Answered>
  /** The body of an answer that is a success; throws with the problem otherwise. */
  ok(method: Method, path: string, body?: unknown): Promise<Answered['body']>
  /** Another project of the same installation. */
  another(name: string): Promise<Api>
  close(): Promise<void>
}

/** Prices, plans and options enough for every route; credits with two decimals. */
export const CATALOG = `
scrip: 1
product: Tested
keyPrefix: tst
currency: [USD, EUR]
credit: { decimals: 2 }
newAccounts: { plan: free, credits: 50 }
plans:
  free: { name: Free }
  basic: { name: Basic, price: [9.00 USD, 8.00 EUR], every: month, credits: 100 }
  plus: { name: Plus, price: [19.00 USD, 18.00 EUR], every: month, credits: 300, rollover: { bank: 600 } }
packs:
  small: { name: Small, credits: 100, price: [15.00 USD, 14.00 EUR] }
actions:
  image.generate:
    name: Image
    price: { credits: { standard: 1.25, hd: 8 }, by: model, per: images }
    quantities: { images: { minimum: 1, maximum: 100, default: 1 } }
    options: { model: { default: standard } }
  post.publish:
    name: Publishing
    price: [1, { credits: 3, when: { platforms: x }, name: X surcharge }]
    options: { platforms: { many: true, values: [x, linkedin] } }
  title.write: { name: Title, price: 0 }
`

export async function serveProject(
  database: Database,
  options: {
    readonly catalog?: string
    readonly mode?: 'live' | 'test'
    readonly scrip?: Partial<ScripOptions>
  } = {},
): Promise<Api> {
  const scrip = await openScrip({ database, jobs: false, accountKeyLimit: null, ...options.scrip })
  return apiOf(scrip, await make(scrip, 'tested', options.mode ?? 'test', options.catalog ?? CATALOG))
}

function make(scrip: Scrip, name: string, mode: 'live' | 'test', catalog: string) {
  // A suite's database is used for several projects, whose names differ.
  return createProject(scrip.house, {
    name: `${name} ${Math.floor(performance.now() * 1000)}`,
    mode,
    catalog,
  })
}

function apiOf(scrip: Scrip, made: Awaited<ReturnType<typeof make>>): Api {
  const key = made.apiKey
  const call: Api['call'] = (method, path, asked = {}) => ask(scrip, key, method, path, asked)
  return {
    scrip,
    project: made.project.id,
    key,
    call,
    async ok(method, path, body) {
      const answered = await call(method, path, body === undefined ? {} : { body })
      if (answered.status >= 300) throw new Error(`${method} ${path}: ${answered.status} ${answered.text}`)
      return answered.body
    },
    another: async (name) => apiOf(scrip, await make(scrip, name, 'test', CATALOG)),
    close: () => scrip.close(),
  }
}

async function ask(
  scrip: Scrip,
  ownKey: string,
  method: Method,
  path: string,
  asked: Call,
): Promise<Answered> {
  const { body, headers = {} } = asked
  const key = asked.key === undefined ? ownKey : asked.key
  const type = typeof body === 'string' && !/^\s*[[{]/.test(body) ? 'application/yaml' : 'application/json'
  const response = await scrip.app.inject({
    method,
    url: path.startsWith('/site/') ? path.slice('/site'.length) : `/api/v1${path}`,
    headers: {
      ...(key === null ? {} : { 'x-api-key': key }),
      ...(body === undefined ? {} : { 'content-type': type }),
      ...headers,
    },
    ...(body === undefined
      ? {}
      : { payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body) }),
  })
  const isJson = String(response.headers['content-type']).includes('json')
  return {
    status: response.statusCode,
    body: isJson && response.body !== '' ? JSON.parse(response.body) : null,
    text: response.body,
    headers: response.headers,
  }
}
