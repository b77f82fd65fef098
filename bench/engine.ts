/**
 * How many charges a second the ledger takes in process, over many pools and on one, and what a plain
 * transaction per charge and a bulk insert of the same rows take on the same database.
 * `npx tsx --conditions=source bench/engine.ts [embedded]`
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ChargeCommand } from '@scrip/core'
import { type Database, openDatabase } from '../server/src/database/database.ts'
import { migrate } from '../server/src/database/migrate.ts'
import { type Ledger, openLedger } from '../server/src/ledger/ledger.ts'
import type { Address } from '../server/src/ledger/outcome.ts'
import { startPostgres } from '../tests/support/postgres.ts'
import { makeProject, type SampleProject } from '../tests/support/sample-project.ts'

const POOLS = Number(process.env.POOLS ?? 10_000)
const ROUNDS = Number(process.env.ROUNDS ?? 3)
const SECONDS = Number(process.env.SECONDS ?? 3)
const CREDITS = 1_000_000_000

interface Account {
  readonly id: string
  readonly address: Address
}

async function openAccounts(database: Database, ledger: Ledger, project: SampleProject): Promise<Account[]> {
  const accounts: Account[] = []
  for (let from = 0; from < POOLS; from += 500) {
    const ids = Array.from({ length: Math.min(500, POOLS - from) }, (_, index) => `account-${from + index}`)
    const addresses = await Promise.all(ids.map((id) => project.account(id, Date.now())))
    const granted = await ledger.submitMany(
      addresses.map((address, index) => ({
        address,
        command: { type: 'grant', accountId: ids[index] as string, kind: 'free', credits: CREDITS },
        now: Date.now(),
      })),
    )
    const failed = granted.find((outcome) => outcome.status === 'rejected' || 'refused' in outcome.value)
    if (failed !== undefined)
      throw new Error(
        `a grant failed: ${JSON.stringify(failed)} ${String((failed as PromiseRejectedResult).reason?.stack)}`,
      )
    addresses.forEach((address, index) => accounts.push({ id: ids[index] as string, address }))
  }
  await database.pool.query('analyze')
  return accounts
}

let nextKey = 0

function charge(accountId: string): ChargeCommand {
  const number = nextKey++
  return {
    type: 'charge',
    accountId,
    action: 'image',
    quantities: { images: 1 + (number % 3) },
    options: {},
    key: `job-${number}-${process.pid}`,
    requestHash: `hash-of-the-request-${number}`,
    userId: `user-${number % 50}`,
    subject: { type: 'job', id: `job-${number}`, name: null },
    metadata: { run: 'measurement', step: 'one' },
  }
}

interface Figures {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
}

/** `clients` callers, each with one charge under way at a time. */
async function drive(
  ledger: Ledger,
  accounts: readonly Account[],
  clients: number,
  seconds: number,
): Promise<Figures> {
  const until = performance.now() + seconds * 1000
  const since = performance.now()
  const times: number[] = []
  let random = 1
  const next = () => {
    random = (Math.imul(random, 1664525) + 1013904223) >>> 0
    return accounts[random % accounts.length] as Account
  }
  const client = async () => {
    while (performance.now() < until) {
      const { id, address } = next()
      const began = performance.now()
      const outcome = await ledger.submit(address, charge(id), Date.now())
      times.push(performance.now() - began)
      if (!('entry' in outcome)) throw new Error(`a charge was refused: ${JSON.stringify(outcome)}`)
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  const elapsed = (performance.now() - since) / 1000
  times.sort((left, right) => left - right)
  const at = (share: number) => times[Math.floor(times.length * share)] ?? 0
  return { perSecond: times.length / elapsed, p50: at(0.5), p99: at(0.99) }
}

function say(line: string, { perSecond, p50, p99 }: Figures): void {
  console.log(
    `${line.padEnd(34)} ${perSecond.toFixed(0).padStart(7)}/s   p50 ${p50.toFixed(1)} ms   p99 ${p99.toFixed(1)} ms`,
  )
}

function median(figures: readonly Figures[]): Figures {
  return [...figures].sort((left, right) => left.perSecond - right.perSecond)[figures.length >> 1] as Figures
}

async function measure(database: Database): Promise<void> {
  const project = await makeProject(database)
  const writers = Number(process.env.WRITERS ?? 1)
  const ledger = openLedger({ database, catalogs: project.catalogs, writers })
  const began = performance.now()
  const accounts = await openAccounts(database, ledger, project)
  console.log(
    `${database.kind}: ${accounts.length} accounts in ${((performance.now() - began) / 1000).toFixed(1)} s`,
  )
  await drive(ledger, accounts, 64, 1)
  for (const [what, of] of [
    ['spread', accounts],
    ['hot', accounts.slice(0, 1)],
  ] as const) {
    for (const clients of [1, 64, 256]) {
      const rounds: Figures[] = []
      for (let round = 0; round < ROUNDS; round++) rounds.push(await drive(ledger, of, clients, SECONDS))
      say(`${what}, ${clients} clients`, median(rounds))
    }
  }
  await ledger.close()
  console.log(`memory ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`)
}

if (process.argv[2] === 'embedded') {
  const folder = mkdtempSync(join(tmpdir(), 'scrip-bench-'))
  const database = await openDatabase({ folder })
  await migrate(database)
  await measure(database)
  await database.close()
  rmSync(folder, { recursive: true })
} else {
  const server = await startPostgres({ settings: { shared_buffers: '512MB', max_wal_size: '4GB' } })
  try {
    const database = await openDatabase({ url: process.env.DATABASE_URL ?? server.url })
    await migrate(database)
    await measure(database)
    await database.close()
  } finally {
    await server.stop()
  }
}
