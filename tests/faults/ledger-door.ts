/**
 * The database and the ledger behind a door of a few lines, as a process to be killed. It takes what
 * `scrip serve` cannot be told, because no configuration reaches it: the sabotages.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { pathToFileURL } from 'node:url'
import type { Command } from '@scrip/core'
import type { Database } from '../../server/src/database/database.ts'
import { openEmbedded } from '../../server/src/database/embedded.ts'
import { migrate } from '../../server/src/database/migrate.ts'
import { openPostgres } from '../../server/src/database/postgres.ts'
import { LedgerFault } from '../../server/src/ledger/faults.ts'
import { type Ledger, openLedger } from '../../server/src/ledger/ledger.ts'
import type { Address } from '../../server/src/ledger/outcome.ts'
import type { Sabotage } from '../../server/src/ledger/world.ts'
import { catalogSource, makeProject } from '../support/sample-project.ts'
import { ACCOUNTS, CATALOG, type ChargeAnswer, type ChargeBody } from './charges.ts'

export interface DoorSabotages {
  /** False: an acknowledged charge is not on the disk. */
  readonly fsync?: boolean
  /** 0: writes on until the disk is full. */
  readonly roomBytesMin?: number
  readonly ledger?: Sabotage
  /** One key may stand in two rows. */
  readonly withoutKeyIndex?: boolean
  /** 0: no memory of recent keys, which would hide that nothing else knows them. */
  readonly recentKeysBytesMax?: number
  /** Ends at once when told to stop, whatever is under way. */
  readonly abrupt?: boolean
}

interface DoorOptions extends DoorSabotages {
  readonly port: number
  /** One of the two. */
  readonly folder?: string
  readonly url?: string
}

async function open(options: DoorOptions): Promise<Database> {
  if (options.url !== undefined) return openPostgres({ url: options.url })
  const { folder, fsync = true, roomBytesMin } = options
  return openEmbedded({ folder, fsync, roomBytesMin })
}

/** The accounts of the first start, or those that it left. */
async function addressesOf(database: Database): Promise<ReadonlyMap<string, Address>> {
  const { rows } = await database.pool.query<{ account_id: string; lane: number; pool: number }>(
    'select account_id, lane, pool_id as pool from account',
  )
  const known = new Map(rows.map(({ account_id, lane, pool }) => [account_id, { lane, pool }]))
  const projects = await database.pool.query('select id from project')
  const missing = ACCOUNTS.filter((accountId) => !known.has(accountId))
  if (missing.length === 0) return known
  if (projects.rows.length > 0) throw new Error(`accounts are gone: ${missing.join(', ')}`)
  const project = await makeProject(database, CATALOG)
  for (const accountId of missing) known.set(accountId, await project.account(accountId, Date.now()))
  return known
}

async function serve(options: DoorOptions): Promise<void> {
  const database = await open(options)
  await migrate(database)
  if (options.withoutKeyIndex) await database.pool.query('drop index if exists entry_key')
  const addresses = await addressesOf(database)
  const { ledger: sabotage = {}, recentKeysBytesMax = 1_000_000 } = options
  const ledger = openLedger({ database, catalogs: catalogSource(database), sabotage, recentKeysBytesMax })
  const server = createServer((request, response) => {
    answer(ledger, addresses, request, response).catch((error: Error) => {
      send(response, error instanceof LedgerFault ? 503 : 500, { code: error.message })
    })
  })
  server.listen(options.port, '127.0.0.1')
  process.once('SIGTERM', () => {
    if (options.abrupt) process.exit(0)
    server.on('request', (_request, response) => response.setHeader('connection', 'close'))
    server.close(() => void ledger.close().then(() => database.close()))
    server.closeIdleConnections()
  })
}

async function answer(
  ledger: Ledger,
  addresses: ReadonlyMap<string, Address>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.url === '/readyz') return send(response, 200, { ready: true })
  if (request.method === 'GET') {
    const accountId = request.url!.split('/').at(-2)!
    const state = await ledger.read(addresses.get(accountId)!, Date.now())
    return send(response, 200, { balance: state!.totals.available + state!.totals.held })
  }
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = JSON.parse(Buffer.concat(chunks).toString()) as ChargeBody
  const key = String(request.headers['idempotency-key'])
  const command: Command = { type: 'charge', options: {}, key, requestHash: JSON.stringify(body), ...body }
  const outcome = await ledger.submit(addresses.get(body.accountId)!, command, Date.now())
  if (!('entry' in outcome)) return send(response, 402, outcome)
  const { entry } = outcome
  const { available, held } = entry.totals
  const told: ChargeAnswer = { id: String(entry.number), credits: -entry.amount, balance: available + held }
  send(response, 201, told)
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

if (import.meta.url === pathToFileURL(process.argv[1]!).href) {
  await serve(JSON.parse(process.argv[2]!) as DoorOptions).catch((error: Error) => {
    process.stderr.write(`${error.stack}\n`)
    process.exit(1)
  })
}
