/**
 * Two servers on one PostgreSQL, each a process of its own, asked over HTTP by many clients at once. What
 * the clients are told of their charges is written down, to be compared with the books.
 */
import { Agent } from 'node:http'
import type { ChargeBody } from '../faults/charges.ts'
import { OwnLedger } from '../faults/clients.ts'
import { type Answered, type Asking, ask } from '../faults/post.ts'
import { beginServer, type Program } from '../faults/server-process.ts'

export interface TwoServers {
  readonly told: OwnLedger
  /** Takes turns, so that neighbours in a list of requests go to different servers. */
  ask(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<Answered>
  /** Under a key of its own, or the one given. */
  charge(accountId: string, images: number, key?: string): Promise<Answered>
  stop(): Promise<void>
}

/** One is ready before the other starts, because it makes what both find: the schema and the accounts. */
export async function startTwoServers(first: Program, second: Program): Promise<TwoServers> {
  const servers = [await beginServer(first), await beginServer(second)] as const
  const agent = new Agent({ keepAlive: true })
  const own = first.apiKey === undefined ? {} : { 'x-api-key': first.apiKey }
  const told = new OwnLedger()
  let turn = 0
  const askNext = (path: string, asking: Asking): Promise<Answered> => {
    const { url } = servers[turn++ % 2 === 0 ? 0 : 1]
    return ask(`${url}/api/v1${path}`, { agent, ...asking, headers: { ...own, ...asking.headers } })
  }
  return {
    told,
    ask: (method, path, body) => askNext(path, { method, body }),
    async charge(accountId, images, key = `charge-${told.asked.size}`) {
      const body: ChargeBody = { accountId, action: 'image', quantities: { images } }
      told.asked.set(key, body)
      told.tries++
      const answered = await askNext('/charges', { body, headers: { 'idempotency-key': key } })
      // Too few credits is an answer too, and the books know nothing of it.
      if (answered.status !== 402) told.note(key, answered)
      return answered
    },
    async stop() {
      agent.destroy()
      await Promise.all(servers.map((server) => server.kill()))
    },
  }
}
