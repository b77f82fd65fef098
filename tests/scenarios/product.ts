/**
 * One of the five products, served for its scenarios: the real server over HTTP, its catalog applied to a
 * test project, and each account under a test clock of its own. Everything goes through the API.
 */
import { readFile } from 'node:fs/promises'
import { startScrip, type TestScrip } from '@scrip/server'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { verify } from '../../server/src/ledger/verify.ts'
import { type FreshDatabase, openFreshDatabase } from '../support/databases.ts'

export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: scenarios look at answers of every shape.
  readonly body: any
  readonly text: string
  readonly headers: Headers
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Runs a shipped product's scenarios on both databases, all of its accounts beginning at `start`. */
export function describeProduct(name: string, start: string, suite: (product: Product) => void): void {
  describeCatalog(name, () => shipped(`${name}/catalog.yaml`), start, suite)
}

/** The same of any catalog: `catalog` gives its text. */
export function describeCatalog(
  name: string,
  catalog: () => Promise<string>,
  start: string,
  suite: (product: Product) => void,
): void {
  for (const kind of ['embedded', 'postgres'] as const) {
    describe(`${name} (${kind})`, () => {
      const product = new Product(name, catalog)
      beforeAll(async () => product.open(await openFreshDatabase(kind), start), 60_000)
      afterAll(() => product.close(), 60_000)
      suite(product)
    })
  }
}

export class Product {
  private readonly name: string
  private readonly catalog: () => Promise<string>
  private fresh: FreshDatabase | undefined
  private scrip: TestScrip | undefined
  private accounts = 0

  constructor(name: string, catalog: () => Promise<string>) {
    this.name = name
    this.catalog = catalog
  }

  async open(fresh: FreshDatabase, start: string): Promise<void> {
    this.fresh = fresh
    this.scrip = await startScrip({ catalog: await this.catalog(), database: fresh.database })
    await this.ok('POST', '/test-clock', { now: start })
  }

  async close(): Promise<void> {
    await this.scrip?.close()
    await this.fresh?.drop()
  }

  async call(
    method: Method,
    path: string,
    body?: unknown,
    key?: string,
    headers: object = {},
  ): Promise<Answer> {
    const { url, apiKey } = this.scrip!
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        'x-api-key': key ?? apiKey,
        ...(body === undefined
          ? {}
          : { 'content-type': typeof body === 'string' ? 'application/yaml' : 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') === true
    return {
      status: response.status,
      body: isJson ? JSON.parse(text) : null,
      text,
      headers: response.headers,
    }
  }

  get(path: string, key?: string): Promise<Answer> {
    return this.call('GET', path, undefined, key)
  }

  post(path: string, body: unknown): Promise<Answer> {
    return this.call('POST', path, body)
  }

  /** The body of an answer that must be a success. */
  async ok(method: Method, path: string, body?: unknown): Promise<Answer['body']> {
    const answer = await this.call(method, path, body)
    expect(answer.status, `${method} ${path}: ${answer.text}`).toBeLessThan(300)
    return answer.body
  }

  /** What time does by itself, now. */
  work(): Promise<void> {
    return this.scrip!.work()
  }

  /** A new account of this product. */
  async account(fields: object = {}): Promise<string> {
    const id = `${this.name}-${++this.accounts}`
    await this.ok('PUT', `/accounts/${id}`, fields)
    return id
  }

  subscribe(accountId: string, plan: string, more: object = {}): Promise<Answer['body']> {
    return this.ok('PUT', `/accounts/${accountId}/subscription`, { plan, ...more })
  }

  /** Purchased-group credits that never expire, as staff give them. */
  grant(accountId: string, credits: number): Promise<Answer['body']> {
    return this.ok('POST', '/grants', { accountId, credits, kind: 'promotional', reason: 'scenario' })
  }

  charge(accountId: string, action: string, asked: object = {}): Promise<Answer['body']> {
    return this.ok('POST', '/charges', { accountId, action, ...asked })
  }

  hold(accountId: string, action: string, asked: object = {}): Promise<Answer['body']> {
    return this.ok('POST', '/holds', { accountId, action, ...asked })
  }

  quote(action: string, asked: object = {}): Promise<Answer['body']> {
    return this.ok('POST', '/quotes', { action, ...asked })
  }

  credits(accountId: string): Promise<Answer['body']> {
    return this.ok('GET', `/accounts/${accountId}/credits`)
  }

  async transactions(accountId: string): Promise<Answer['body'][]> {
    return (await this.ok('GET', `/accounts/${accountId}/transactions?limit=200`)).data
  }

  async events(accountId: string, type: string): Promise<Answer['body'][]> {
    return (await this.ok('GET', `/events?accountId=${accountId}&type=${type}`)).data
  }

  /** The latest four months: what was used, in how many transactions, and whether it is the current one. */
  async months(accountId: string): Promise<Answer['body']> {
    const { data } = await this.ok('GET', `/accounts/${accountId}/usage/months?count=4`)
    return data.map((month: { used: number; usageTransactions: number; current: boolean }) => [
      month.used,
      month.usageTransactions,
      month.current,
    ])
  }

  async view(accountId: string, view: string): Promise<Answer['body']> {
    return (await this.ok('GET', `/accounts/${accountId}/transactions?view=${view}`)).data
  }

  /** Orders it and pays in the sandbox; answers the purchase as it is then. */
  async buy(accountId: string, lines: readonly object[]): Promise<Answer['body']> {
    const { id } = await this.ok('POST', '/purchases', { accountId, lines })
    return this.ok('POST', `/purchases/${id}/sandbox`, { act: 'pay' })
  }

  /** A refusal for want of credits or access: the body of a 402. */
  async refused(accountId: string, action: string, asked: object = {}): Promise<Answer['body']> {
    const { status, body } = await this.post('/charges', { accountId, action, ...asked })
    expect(status, JSON.stringify(body)).toBe(402)
    return body
  }

  /** An account as a scenario begins: on a plan, with granted credits beside it, and of the plan's this many left. */
  async customer(facts: { plan?: string; subscription?: number; purchased?: number }): Promise<string> {
    const id = await this.account()
    if (facts.plan !== undefined) await this.subscribe(id, facts.plan)
    if (facts.purchased !== undefined) await this.grant(id, facts.purchased)
    if (facts.subscription !== undefined) await this.leave(id, facts.subscription)
    return id
  }

  /** Takes plan credits away until `subscription` are left. What is taken goes in spend order, so these come first. */
  async leave(accountId: string, subscription: number): Promise<void> {
    const excess = (await this.groups(accountId)).subscription - subscription
    if (excess > 0) await this.ok('POST', '/adjustments', { accountId, credits: -excess, reason: 'scenario' })
    expect((await this.groups(accountId)).subscription).toBe(subscription)
  }

  async groups(accountId: string): Promise<{ subscription: number; purchased: number }> {
    const { byGroup } = await this.credits(accountId)
    return { subscription: byGroup.subscription.available, purchased: byGroup.purchased.available }
  }

  /** Puts the account's clock forward; answers what happened by itself meanwhile. */
  async to(accountId: string, now: string): Promise<Answer['body'][]> {
    return (await this.ok('POST', '/test-clock', { accountId, now })).events
  }

  async advance(accountId: string, by: string): Promise<Answer['body'][]> {
    return (await this.ok('POST', '/test-clock', { accountId, advance: by })).events
  }

  /** Applies the product's catalog with an edit. */
  async edit(change: (text: string) => string): Promise<void> {
    await this.ok('PUT', '/catalog', change(await this.catalog()))
  }

  /** Applies another version of the product's catalog, shipped beside it. */
  async editTo(file: string): Promise<void> {
    await this.ok('PUT', '/catalog', await shipped(file))
  }

  /** What is not as "What is always true" says, in the whole database. */
  async violations(): Promise<unknown[]> {
    const found: unknown[] = []
    for await (const violation of verify(this.fresh!.database)) found.push(violation)
    return found
  }
}

function shipped(file: string): Promise<string> {
  return readFile(new URL(`../../catalogs/${file}`, import.meta.url), 'utf8')
}
