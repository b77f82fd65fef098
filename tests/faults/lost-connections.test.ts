import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FreshDatabase, openFreshDatabase } from '../support/databases.ts'
import { differences } from './books.ts'
import { startClients } from './clients.ts'
import { beginServer, ledgerDoor, type Program, scripServe } from './server-process.ts'
import { figure, IS_LONG, seededDice, size } from './trial.ts'

let fresh: FreshDatabase
beforeEach(async () => {
  fresh = await openFreshDatabase('postgres')
})
afterEach(() => fresh.drop())

const TERMINATE = `
  select count(pg_terminate_backend(pid))::int as count from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid() and application_name = 'scrip'`

/** Ends every connection of the server, `rounds` times, each time some charges after the last. */
async function terminate(rounds: number, program: Program) {
  const dice = seededDice('terminated connections')
  const server = await beginServer(program)
  const operator = new pg.Client({ connectionString: fresh.url!, application_name: 'operator' })
  let connections = 0
  const backMs: number[] = []
  try {
    await operator.connect()
    const clients = startClients({ program, count: 16, dice })
    for (let round = 0; round < rounds; round++) {
      await clients.acknowledged(clients.books.acknowledged.size + dice.whole(10, 100))
      const { rows } = await operator.query<{ count: number }>(TERMINATE)
      connections += rows[0]!.count
      const from = performance.now()
      // What was answered already may still be on its way; the third round of all clients is not.
      await clients.acknowledged(clients.books.acknowledged.size + 48)
      backMs.push(performance.now() - from)
    }
    const told = await clients.stop()
    const found = await differences(fresh.database, told)
    const errors = (told.refused + told.unanswered) / told.tries
    figure(
      'terminated connections',
      `${rounds} times, ${connections} connections, ${told.acknowledged.size} charges, ${(100 * errors).toFixed(2)} % of the requests failed, going on within ${Math.round(Math.max(...backMs))} ms, ${found.length} differences`,
    )
    return { found, errors, backMs }
  } finally {
    await operator.end()
    await server.kill()
  }
}

test('connections that PostgreSQL ends, again and again, lose nothing and double nothing', {
  timeout: 120_000,
}, async () => {
  const program = await scripServe({ url: fresh.url! })
  const { found, errors, backMs } = await terminate(size(20, 300), program)
  expect(found).toEqual([])
  expect(errors).toBeLessThanOrEqual(0.005)
  if (IS_LONG) expect(Math.max(...backMs)).toBeLessThan(1_000)
})

test('a ledger that acknowledges before its commit is found out', { timeout: 60_000 }, async () => {
  const program = await ledgerDoor({ url: fresh.url! }, { ledger: { acknowledgeBeforeCommit: true } })
  const { found } = await terminate(20, program)
  expect(found.join('\n')).toMatch(/lost|wrong/)
})
