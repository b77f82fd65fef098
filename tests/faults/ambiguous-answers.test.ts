import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { type FreshDatabase, openFreshDatabase } from '../support/databases.ts'
import { differences } from './books.ts'
import { startClients } from './clients.ts'
import { openCuttingProxy } from './cutting-proxy.ts'
import { beginServer, ledgerDoor, type Program, scripServe } from './server-process.ts'
import { figure, seededDice, size } from './trial.ts'

let fresh: FreshDatabase
beforeEach(async () => {
  fresh = await openFreshDatabase('postgres')
})
afterEach(() => fresh.drop())

/** A client gives up on what stalls after this. */
const PATIENCE_MS = 400

/** Between the clients and the server: an answer is cut after the commit, a request before it arrives. */
async function cutAnswers(answers: number, program: Program) {
  const dice = seededDice('ambiguous answers')
  const server = await beginServer(program)
  const proxy = await openCuttingProxy({ host: '127.0.0.1', port: program.port }, dice)
  proxy.strike({ cutBeforeSending: 0.1, cutBeforeReply: 0.3, stall: 0.005, delay: 0.02 })
  try {
    const through = { ...program, port: proxy.port }
    const clients = startClients({ program: through, count: 16, dice, timeoutMs: PATIENCE_MS })
    await clients.until((books) => books.unanswered >= answers)
    proxy.strike({})
    const told = await clients.stop()
    const found = await differences(fresh.database, told)
    figure(
      'ambiguous answers',
      `${told.unanswered} answers did not come (${proxy.counts.cutBeforeReply} cut after the commit), ${told.acknowledged.size} charges, ${found.length} differences`,
    )
    return found
  } finally {
    await proxy.close()
    await server.kill()
  }
}

describe('answers that do not come', () => {
  const answers = size(300, 5_000)
  test('each is settled by asking again, to exactly one effect', { timeout: 120_000 }, async () => {
    const program = await scripServe({ url: fresh.url! })
    expect(await cutAnswers(answers, program)).toEqual([])
  })

  test('a ledger that looks up no keys is found out', { timeout: 60_000 }, async () => {
    const keyless = { ledger: { withoutKeyLookup: true }, withoutKeyIndex: true, recentKeysBytesMax: 0 }
    const found = await cutAnswers(50, await ledgerDoor({ url: fresh.url! }, keyless))
    expect(found.join('\n')).toMatch(/doubled/)
  })
})

/** Between the server and PostgreSQL: the server itself must find out what became of its commits. */
async function cutCommits(commits: number, open: (url: string) => Promise<Program>) {
  const dice = seededDice('ambiguous commits')
  const proxy = await openCuttingProxy({ path: socketOf(inject('postgresUrl')) }, dice)
  const database = new URL(fresh.url!.replace('@/', '@localhost/')).pathname
  const program = await open(`postgres://postgres@127.0.0.1:${proxy.port}${database}`)
  const server = await beginServer(program)
  try {
    proxy.strike({ cutBeforeSending: 0.03, cutBeforeReply: 0.1, delay: 0.02 })
    const clients = startClients({ program, count: 16, dice })
    await clients.until(() => proxy.counts.cutBeforeReply >= commits)
    proxy.strike({})
    const told = await clients.stop()
    const found = await differences(fresh.database, told)
    figure(
      'ambiguous commits',
      `${proxy.counts.cutBeforeReply} answers of PostgreSQL cut, ${told.acknowledged.size} charges, ${told.refused} of ${told.tries} requests refused with 503, ${found.length} differences`,
    )
    return { found, told }
  } finally {
    await proxy.close()
    await server.kill()
  }
}

/** The unix socket of the tests' own server. */
function socketOf(serverUrl: string): string {
  const folder = new URL(serverUrl.replace('@/', '@localhost/')).searchParams.get('host')
  return `${folder}/.s.PGSQL.5432`
}

describe('commits whose answer does not come', () => {
  const commits = size(60, 1_000)
  test('each is found to have happened or not, and nobody is told otherwise', {
    timeout: 180_000,
  }, async () => {
    const { found } = await cutCommits(commits, (url) => scripServe({ url }))
    expect(found).toEqual([])
  })

  test('a ledger that acknowledges before its commit is found out', { timeout: 60_000 }, async () => {
    const hasty = { ledger: { acknowledgeBeforeCommit: true } }
    const { found } = await cutCommits(20, (url) => ledgerDoor({ url }, hasty))
    expect(found.join('\n')).toMatch(/lost|wrong/)
  })
})
