/**
 * `POST /charges` on the program as it is installed: many accounts, one hot one, one connection, and
 * batches of a thousand; on both databases. This process is the client.
 */
import { ACCOUNTS, type Bench, ROUNDS, SECONDS } from './bench.ts'
import { addAccounts, openBooks, tidy } from './books.ts'
import { chargeAll } from './charging.ts'
import type { Load } from './clients.ts'
import { startEmptyPost } from './empty-post-process.ts'
import type { Measured } from './figures.ts'
import { BATCH_ITEMS, type Charging, openConnections, postBatches, postCharges } from './http-load.ts'
import type { Machine } from './machine.ts'
import { measureMemory } from './memory.ts'
import { interleave } from './rounds.ts'
import { CONNECTIONS, type Served, serve } from './served.ts'
import { buildProgram } from './server-process.ts'
import { openOneRowCommit } from './yardsticks/one-row-commit.ts'

const BATCH_CONNECTIONS = 4
const MEMORY = { until: 1_000_000, secondsMax: 60 }
/** A million would take the embedded database most of the time that the whole run has. */
const MEMORY_EMBEDDED = { until: 250_000, secondsMax: 25 }

export const httpBench: Bench = { title: 'POST /charges, and memory', ids: ['http', 'memory'], run }

async function run(machine: Machine): Promise<readonly Measured[]> {
  buildProgram()
  const url = await machine.newPostgres()
  const postgres = await serve(machine, { url })
  const embedded = await serve(machine, { folder: machine.newFolder() })
  const empty = await startEmptyPost(url)
  machine.atEnd(() => empty.stop())
  const emptyConnections = await openConnections(empty.port, CONNECTIONS)
  const plain = await machine.open({ url: await machine.newPostgres() })
  const commit = await openOneRowCommit(plain)
  machine.atEnd(() => commit.close())
  const books = await openBooks(plain)
  machine.atEnd(() => books.close())
  const accounts = await addAccounts(books, { accounts: ACCOUNTS })
  await tidy(books)
  const values = await interleave<Name, Load>(ROUNDS, {
    empty: () => postCharges({ ...postgres, connections: emptyConnections }, SECONDS, '/empty'),
    ...linesOf(postgres, ''),
    engine: () => chargeAll(books, accounts, CONNECTIONS, SECONDS),
    commit: () => commit.run(SECONDS),
    ...linesOf(embedded, '.embedded'),
  } as Record<Name, () => Promise<Load>>)
  return [
    ...measuredOf(values),
    ...(await measureMemory(postgres, '', { ...MEMORY, before: chargesOf(values, '') })),
    ...(await measureMemory(embedded, '.embedded', {
      ...MEMORY_EMBEDDED,
      before: chargesOf(values, '.embedded'),
    })),
  ]
}

/** The charges of the rounds that count. */
function chargesOf(values: Record<Name, Load[]>, suffix: '' | '.embedded'): number {
  const loads = LINES.flatMap((line) =>
    values[`${line}${suffix}`].map(({ requests }) => requests * (line === 'batch' ? BATCH_ITEMS : 1)),
  )
  return loads.reduce((sum, charges) => sum + charges, 0)
}

const LINES = ['spread', 'hot', 'single', 'batch'] as const
type Line = (typeof LINES)[number]
type Name = Line | `${Line}.embedded` | 'empty' | 'engine' | 'commit'

function linesOf(served: Served, suffix: '' | '.embedded'): Partial<Record<Name, () => Promise<Load>>> {
  const { connections, hot } = served
  const of = (charging: Partial<Charging>): Charging => ({ ...served, ...charging })
  return {
    [`spread${suffix}`]: () => postCharges(served, SECONDS),
    [`hot${suffix}`]: () => postCharges(of({ accounts: hot }), SECONDS),
    [`single${suffix}`]: () => postCharges(of({ connections: connections.slice(0, 1) }), SECONDS),
    [`batch${suffix}`]: () =>
      postBatches(of({ connections: connections.slice(0, BATCH_CONNECTIONS) }), SECONDS),
  }
}

function measuredOf(values: Record<Name, Load[]>): Measured[] {
  const rates = (name: Name, each = 1) => values[name].map(({ perSecond }) => perSecond * each)
  const medians = (name: Name) => values[name].map(({ p50Ms }) => p50Ms)
  const slowest = (name: Name) => values[name].map(({ p99Ms }) => p99Ms)
  const rate = (id: string, found: number[], of: string, yardsticks: number[]): Measured => ({
    id: `http.${id}`,
    unit: 'charges/s',
    values: found,
    of,
    yardsticks,
  })
  const time = (id: string, found: number[], of: string, yardsticks: number[]): Measured => ({
    ...rate(id, found, of, yardsticks),
    unit: 'ms',
  })
  return [
    rate('spread', rates('spread'), 'empty POST', rates('empty')),
    time('spread.p99', slowest('spread'), 'its median', medians('spread')),
    rate('hot', rates('hot'), 'http.spread', rates('spread')),
    time('single', medians('single'), 'one-row commit', medians('commit')),
    rate('batch', rates('batch', BATCH_ITEMS), 'engine.spread', rates('engine')),
    rate('spread.embedded', rates('spread.embedded'), 'http.spread', rates('spread')),
    time('spread.p99.embedded', slowest('spread.embedded'), 'its median', medians('spread.embedded')),
    rate('hot.embedded', rates('hot.embedded'), 'http.hot', rates('hot')),
    time('single.embedded', medians('single.embedded'), 'http.single', medians('single')),
    rate('batch.embedded', rates('batch.embedded', BATCH_ITEMS), 'http.batch', rates('batch', BATCH_ITEMS)),
  ]
}
