/** Charges over HTTP, from this process to the server's. */
import type { Account } from './books.ts'
import { accountOf } from './charging.ts'
import { type Load, runClients } from './clients.ts'
import { type Answer, type HttpConnection, openConnection, requestText } from './http-connection.ts'

export interface Charging {
  readonly connections: readonly HttpConnection[]
  readonly apiKey: string
  readonly accounts: readonly Account[]
}

export const BATCH_ITEMS = 1_000

let requests = 0

export async function openConnections(port: number, count: number): Promise<HttpConnection[]> {
  return Promise.all(Array.from({ length: count }, () => openConnection(port)))
}

/** `POST /charges`, each with a key of its own, as the SDK sends it. */
export function postCharges(
  { connections, apiKey, accounts }: Charging,
  seconds: number,
  path = '/charges',
): Promise<Load> {
  return eachFree(connections, seconds, async (connection) => {
    const request = requests++
    const body = { accountId: accountOf(accounts, request).id, ...CHARGE }
    const idempotencyKey = `job_${request}`
    const answer = await connection.ask(requestText({ method: 'POST', path, apiKey, body, idempotencyKey }))
    expectStatus(answer, 201)
  })
}

/** `POST /charges/batch`; the load counts requests, not charges. */
export function postBatches(
  { connections, apiKey, accounts }: Charging,
  seconds: number,
  items = BATCH_ITEMS,
): Promise<Load> {
  return eachFree(connections, seconds, async (connection) => {
    const charges = Array.from({ length: items }, () => {
      const request = requests++
      return { accountId: accountOf(accounts, request).id, ...CHARGE, idempotencyKey: `job_${request}` }
    })
    const answer = await connection.ask(
      requestText({ method: 'POST', path: '/charges/batch', apiKey, body: { items: charges } }),
    )
    expectStatus(answer, 200)
  })
}

const CHARGE = {
  action: 'image.generate',
  quantities: { images: 1 },
  options: { model: 'fast', size: 'square' },
  userId: 'user_1',
  subject: { type: 'workspace', id: 'workspace_1' },
}

/** One answer after the other to the same question. */
export function askAgain(
  { connection, apiKey, path }: { connection: HttpConnection; apiKey: string; path: string },
  seconds: number,
): Promise<Load> {
  const request = requestText({ method: 'GET', path, apiKey })
  return runClients({
    clients: 1,
    seconds,
    request: async () => expectStatus(await connection.ask(request), 200),
  })
}

function expectStatus({ status, body }: Answer, expected: number): void {
  if (status !== expected) throw new Error(`Expected ${expected}, found ${status}: ${body.toString()}`)
}

/** As many clients as connections; each takes one that is free, and gives it back. */
function eachFree(
  connections: readonly HttpConnection[],
  seconds: number,
  request: (connection: HttpConnection) => Promise<void>,
): Promise<Load> {
  const free = [...connections]
  return runClients({
    clients: connections.length,
    seconds,
    request: async () => {
      const connection = free.pop()!
      await request(connection)
      free.push(connection)
    },
  })
}
