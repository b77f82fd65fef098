import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type FreshDatabase, openFreshDatabase } from '../support/databases.ts'
import { ask } from './post.ts'
import { type Counted, type Kind, openReceivers, type Receivers } from './receivers.ts'
import { type Program, type ServerProcess, scripServe, serveOnly, startServer } from './server-process.ts'
import { figure, size } from './trial.ts'

const CATALOG = `scrip: 1
product: Told
currency: USD
newAccounts: { credits: 1000000 }
actions:
  image: { price: 1 }
`
const BATCH = 1_000
const USELESS: readonly Kind[] = ['refuses', 'is silent', 'fails', 'never ends']

/** `count` receivers, a third of them of no use. */
function kindsOf(count: number): Kind[] {
  return Array.from({ length: count }, (_, index) =>
    index % 3 === 0 ? USELESS[Math.floor(index / 3) % 4]! : 'takes',
  )
}

let fresh: FreshDatabase
let receivers: Receivers
let servers: ServerProcess[]

beforeEach(async () => {
  fresh = await openFreshDatabase('postgres')
  servers = []
}, 60_000)
afterEach(async () => {
  for (const server of servers) await server.kill()
  receivers.close()
  await fresh.drop()
})

const allowed = (program: Program): Program => ({
  ...program,
  env: { ...program.env, SCRIP_WEBHOOK_ALLOW_PRIVATE: 'true' },
})

async function post(apiKey: string, path: string, body: unknown, method: 'POST' | 'PUT' = 'POST') {
  const headers = { 'x-api-key': apiKey }
  const answered = await ask(`${servers[0]!.url}/api/v1${path}`, { method, headers, body, timeoutMs: 60_000 })
  if (answered.status >= 300) throw new Error(`${path}: ${answered.status} ${answered.text}`)
  return JSON.parse(answered.text)
}

/** A server without jobs to write with, an endpoint for each receiver, and so many events that wait. */
async function prepare(count: number, kinds: readonly Kind[]): Promise<string> {
  receivers = await openReceivers(kinds)
  const place = { url: fresh.url! }
  const { apiKey, ...program } = await scripServe(place, { catalog: CATALOG, mode: 'test' })
  servers = [startServer(allowed({ ...program, args: [...program.args, '--no-jobs'] }))]
  await servers[0]!.ready
  await post(apiKey!, '/accounts/org', {}, 'PUT')
  for (const { url } of receivers.urls)
    await post(apiKey!, '/webhook-endpoints', { url, types: ['charge.created'] })
  for (let left = count; left > 0; left -= BATCH) await charge(apiKey!, Math.min(left, BATCH))
  return apiKey!
}

function charge(apiKey: string, count: number) {
  const items = Array.from({ length: count }, () => ({ accountId: 'org', action: 'image' }))
  return post(apiKey, '/charges/batch', { items })
}

async function startDelivering(): Promise<ServerProcess> {
  const server = startServer(allowed(await serveOnly({ url: fresh.url! })))
  servers.push(server)
  await server.ready
  return server
}

/** When every receiver that takes anything has as many. */
async function untilEachHas(count: number, timeout: number): Promise<readonly Counted[]> {
  const taking = async () => (await receivers.count()).filter(({ kind }) => kind === 'takes')
  const least = async () => Math.min(...(await taking()).map(({ events }) => events))
  await expect.poll(least, { timeout, interval: 20 }).toBe(count)
  return taking()
}

describe('webhooks', () => {
  const [events, count] = [size(300, 10_000), size(6, 20)]

  test('reach every receiver that takes them, whatever the others do', { timeout: 240_000 }, async () => {
    const apiKey = await prepare(events, kindsOf(count))
    const startedAt = Date.now()
    await startDelivering()
    const taken = await untilEachHas(events, 200_000)
    const ends = taken.map(({ lastAt }) => lastAt)
    const times = taken.reduce((sum, counted) => sum + counted.times, 0)
    const oneMoreAt = Date.now()
    await charge(apiKey, 1)
    const oneMore = await untilEachHas(events + 1, 30_000)
    const delays = oneMore.map(({ lastAt }) => lastAt - oneMoreAt)
    figure(
      'webhooks',
      `${events} events to ${count} receivers, ${count - taken.length} of them of no use: drained in ` +
        `${seconds(Math.max(...ends) - startedAt)} s, the first receiver ${seconds(Math.max(...ends) - Math.min(...ends))} s ` +
        `before the last; ${times - events * taken.length} came twice; one more came everywhere in ${Math.max(...delays)} ms`,
    )
    expect(taken.map(({ times: each }) => each)).toEqual(taken.map(() => events))
  })

  test('come when a process is killed among them', { timeout: 120_000 }, async () => {
    await prepare(events, kindsOf(6))
    const victim = await startDelivering()
    const some = async () => Math.min(...(await receivers.count()).filter(isTaking).map((one) => one.events))
    await expect.poll(some, { timeout: 30_000, interval: 5 }).toBeGreaterThan(events / 10)
    await victim.kill()
    await letClaimsRunOut()
    await startDelivering()
    const taken = await untilEachHas(events, 60_000)
    const times = taken.reduce((sum, counted) => sum + counted.times, 0)
    figure(
      'webhooks',
      `killed among ${events} events: none lost, ${times - events * taken.length} came twice`,
    )
    expect(taken.map((one) => one.events)).toEqual(taken.map(() => events))
  })

  test('that were never sent are missed, were a place moved on before they are', {
    timeout: 120_000,
  }, async () => {
    await prepare(events, ['takes'])
    await fresh.database.pool.query(
      'update webhook_endpoint set position = (select max(number) from outbox) / 2 + position',
    )
    await startDelivering()
    const settled = async () => {
      const { rows } = await fresh.database.pool.query<{ left: number }>(
        `select (select count(*) from outbox where type = 'charge.created') + (select count(*) from event e
           join webhook_endpoint w on w.project_id = e.project_id where e.position > w.position) as left`,
      )
      return rows[0]!.left
    }
    await expect.poll(settled, { timeout: 60_000, interval: 50 }).toBe(0)
    const [counted] = await receivers.count()
    expect(counted!.events).toBeLessThan(events)
  })
})

function isTaking({ kind }: Counted): boolean {
  return kind === 'takes'
}

/** As time would: so that nobody waits for it. */
async function letClaimsRunOut(): Promise<void> {
  await fresh.database.pool.query("update webhook_endpoint set claimed_until = now() - interval '1 second'")
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1)
}
