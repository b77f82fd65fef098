import type { Instant } from '@scrip/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openLedger } from '../../server/src/ledger/ledger.ts'
import { verify } from '../../server/src/ledger/verify.ts'
import type { Sabotage } from '../../server/src/ledger/world.ts'
import { type FreshDatabase, openFreshDatabase } from '../support/databases.ts'
import { catalogSource, makeProject, type SampleProject } from '../support/sample-project.ts'
import { ask } from './post.ts'
import {
  beginServer,
  runScrip,
  type ServerProcess,
  serveOnly,
  startServer,
  workOnly,
} from './server-process.ts'
import { figure, size } from './trial.ts'

/** Long enough ago that several refills are due, and nobody looked after any. */
const MONTHS = 4
const CREDITS = 100
const CATALOG = `scrip: 1
product: Refilled
currency: USD
newAccounts: { plan: monthly }
plans:
  monthly: { name: Monthly, every: month, credits: ${CREDITS}, rollover: keep }
actions:
  image: { price: 1 }
`

interface Due {
  readonly accountId: string
  /** When each refill was due, in order. */
  readonly refills: readonly Instant[]
}

let fresh: FreshDatabase
let project: SampleProject
let due: readonly Due[]

beforeEach(async () => {
  fresh = await openFreshDatabase('postgres')
  const now = Date.now()
  due = Array.from({ length: size(150, 1_000) }, (_, index) => ({
    accountId: `account-${index}`,
    refills: monthsSince(new Date(now), index).filter((instant) => instant <= now),
  }))
  project = await makeProject(fresh.database, CATALOG, Date.UTC(2020, 0, 1))
  for (const { accountId, refills } of due) await project.account(accountId, refills[0]!)
}, 60_000)
afterEach(() => fresh.drop())

/** From the first day of a month, some minutes in, so that no month is too short for it. */
function monthsSince(now: Date, minutes: number): Instant[] {
  return Array.from({ length: MONTHS + 1 }, (_, month) =>
    Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - MONTHS + month, 1, 0, minutes),
  )
}

interface Refill {
  readonly account: string
  readonly at: Instant
  readonly amount: number
}

/** Refills that are missing, too many, of a wrong amount or of a wrong day, and whatever else is not true. */
async function wrongRefills(looked: readonly Due[] = due): Promise<string[]> {
  const { rows } = await fresh.database.pool.query<Refill>(
    `select account_id as account, granted_at as at, amount from lot where origin = 'refill' order by granted_at`,
  )
  const found = new Map<string, Refill[]>()
  for (const row of rows) found.set(row.account, [...(found.get(row.account) ?? []), row])
  const wrong = looked.flatMap(({ accountId, refills }) => {
    const told = JSON.stringify((found.get(accountId) ?? []).map(({ at, amount }) => [at, amount]))
    const expected = JSON.stringify(refills.map((at) => [at, CREDITS]))
    return told === expected ? [] : [`${accountId}: expected ${expected}, found ${told}`]
  })
  for await (const violation of verify(fresh.database)) wrong.push(JSON.stringify(violation))
  return wrong
}

async function untilNothingIsDue(): Promise<void> {
  const counting = 'select count(*) as count from pool where due_at <= now()'
  const waiting = async () => (await fresh.database.pool.query<{ count: number }>(counting)).rows[0]!.count
  await expect.poll(waiting, { timeout: 60_000, interval: 50 }).toBe(0)
}

describe('refills that were due while nobody looked', () => {
  const processes = size(2, 8)
  test('happen once, dated as due, however many processes look after them and die of it', {
    timeout: 120_000,
  }, async () => {
    // Servers and workers alike: whoever has jobs looks after them.
    const programs = await Promise.all(
      Array.from({ length: processes }, (_, index) =>
        index % 2 === 0 ? workOnly(fresh.url!) : serveOnly({ url: fresh.url! }),
      ),
    )
    const servers: ServerProcess[] = programs.map((program) => startServer(program))
    try {
      await Promise.all(servers.map((server) => server.ready))
      const victims = servers.slice(0, size(0, 3))
      await untilSomeHappened()
      await Promise.all(victims.map((server) => server.kill()))
      await untilNothingIsDue()
    } finally {
      await Promise.all(servers.map((server) => server.kill()))
    }
    const wrong = await wrongRefills()
    const count = due.reduce((sum, { refills }) => sum + refills.length, 0)
    figure(
      'schedulers',
      `${processes} processes, ${count} refills of ${due.length} accounts due, ${wrong.length} wrong`,
    )
    expect(wrong).toEqual([])
  })

  test('are in every balance with no process looking after them', { timeout: 60_000 }, async () => {
    const place = { url: fresh.url! }
    const { key } = await runScrip<{ key: string }>(place, 'key', 'create', '--name', 'reader')
    const server = await beginServer(await serveOnly(place, ['--no-jobs']))
    const wrong: string[] = []
    for (const { accountId, refills } of due.slice(0, 50)) {
      const url = `${server.url}/api/v1/accounts/${accountId}/credits`
      const { text } = await ask(url, { headers: { 'x-api-key': key } })
      if (JSON.parse(text).balance !== refills.length * CREDITS) wrong.push(`${accountId}: ${text}`)
    }
    await server.kill()
    figure('no scheduler', `50 balances read, ${wrong.length} wrong`)
    expect(wrong).toEqual([])
  })

  test('happen twice without the guard and the indexes, and that is found out', {
    timeout: 60_000,
  }, async () => {
    const { pool } = fresh.database
    expect(await advanceTwice(due.slice(0, 10))).toEqual([])
    await pool.query('drop index lot_one_refill_per_period')
    for (const table of ['lot', 'entry', 'outbox'])
      await pool.query(`alter table ${table} drop constraint ${table}_pkey`)
    expect(await advanceTwice(due.slice(10, 20), { withoutVersionGuard: true })).not.toEqual([])
  })
})

/** Two ledgers that know the same pools advance them, one after the other. */
async function advanceTwice(looked: readonly Due[], sabotage: Sabotage = {}): Promise<string[]> {
  const { database } = fresh
  const open = () => openLedger({ database, catalogs: catalogSource(database), sabotage })
  const [one, other] = [open(), open()]
  const first = looked.at(-1)!.refills[0]!
  // The longest due come first, and the first accounts are those.
  const pools = await one.duePools(project.id, first, looked.length)
  const now = Date.now()
  const turns = [
    [one, first],
    [other, now],
    // As it knows them, nothing happened since its first turn.
    [one, now],
  ] as const
  for (const [ledger, at] of turns) await Promise.all(pools.map((address) => ledger.advance(address, at)))
  await Promise.all([one.close(), other.close()])
  return wrongRefills(looked)
}

async function untilSomeHappened(): Promise<void> {
  const counting = "select count(*) as count from lot where origin = 'refill'"
  const happened = async () => (await fresh.database.pool.query<{ count: number }>(counting)).rows[0]!.count
  await expect.poll(happened, { timeout: 30_000, interval: 10 }).toBeGreaterThan(0)
}
