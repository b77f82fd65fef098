/** The ledger in process, without HTTP: many accounts and one hot one, against the plain way and against bulk insert. */
import { giveEventPlaces } from '../server/src/database/events.sql.ts'
import { JOURNAL_EVENTS, type ToldOf } from '../server/src/ledger/told.ts'
import { ACCOUNTS, type Bench, ROUNDS, SECONDS } from './bench.ts'
import { type Account, addAccounts, type Books, openBooks, tidy } from './books.ts'
import { chargeAll } from './charging.ts'
import type { Load } from './clients.ts'
import type { Measured } from './figures.ts'
import type { Machine } from './machine.ts'
import { interleave } from './rounds.ts'
import { openBulkInsert } from './yardsticks/bulk-insert.ts'
import { openRowLocks } from './yardsticks/row-locks.ts'

const SOME = 64
const MANY = 256
const BULK_BATCHES = 60

export const engineBench: Bench = { title: 'the ledger, in process', ids: ['engine'], run }

interface Filled {
  readonly books: Books
  readonly accounts: readonly Account[]
  readonly hot: readonly Account[]
}

async function fill(
  machine: Machine,
  place: { url: string } | { folder: string },
  told?: ToldOf,
): Promise<Filled> {
  const books = await openBooks(await machine.open(place), told)
  machine.atEnd(() => books.close())
  const accounts = await addAccounts(books, { accounts: ACCOUNTS })
  const hot = await addAccounts(books, { accounts: 1 })
  return { books, accounts, hot }
}

async function run(machine: Machine): Promise<readonly Measured[]> {
  const postgres = await fill(machine, { url: await machine.newPostgres() })
  const everything = new Set<string>(JOURNAL_EVENTS)
  const told = await fill(machine, { url: await machine.newPostgres() }, () => everything)
  const embedded = await fill(machine, { folder: machine.newFolder() })
  const bulk = await openBulkInsert(postgres.books, await addAccounts(postgres.books, { accounts: ACCOUNTS }))
  machine.atEnd(() => bulk.close())
  const plainly = await openRowLocks(await machine.newPostgres(), ACCOUNTS, SOME)
  machine.atEnd(() => plainly.close())
  await tidy(postgres.books)
  const spread = ({ books, accounts }: Filled, clients: number) =>
    chargeAll(books, accounts, clients, SECONDS)
  const hot = (filled: Filled, clients: number) => chargeAll(filled.books, filled.hot, clients, SECONDS)
  const rate = async (load: Promise<Load>): Promise<number> => (await load).perSecond
  const values = await interleave(ROUNDS, {
    rowLocks: () => rate(plainly.run(1, SECONDS)),
    spread: () => rate(spread(postgres, SOME)),
    hot: () => rate(hot(postgres, SOME)),
    bulk: () => bulk.run(BULK_BATCHES),
    spreadMany: () => rate(spread(postgres, MANY)),
    hotMany: () => rate(hot(postgres, MANY)),
    told: () => rate(spreadAndTold(told)),
    rowLocksSome: () => rate(plainly.run(SOME, SECONDS)),
    spreadEmbedded: () => rate(spread(embedded, SOME)),
    hotEmbedded: () => rate(hot(embedded, SOME)),
  })
  return measuredOf(values)
}

const EVENTS_AT_ONCE = 1_000

/** Every charge is told, and what is told gets its place in the stream beside it, as the server's job does. */
async function spreadAndTold({ books, accounts }: Filled): Promise<Load> {
  let isOver = false
  const places = async (): Promise<void> => {
    while (!isOver) {
      const given = await giveEventPlaces(books.database.pool, EVENTS_AT_ONCE)
      if (given < EVENTS_AT_ONCE) await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  const giving = places()
  const load = await chargeAll(books, accounts, SOME, SECONDS)
  isOver = true
  await giving
  return load
}

type Values = Readonly<
  Record<
    | 'rowLocks'
    | 'rowLocksSome'
    | 'bulk'
    | 'spread'
    | 'told'
    | 'hot'
    | 'spreadMany'
    | 'hotMany'
    | 'spreadEmbedded'
    | 'hotEmbedded',
    readonly number[]
  >
>

function measuredOf(values: Values): Measured[] {
  const line = (id: string, value: keyof Values, of: string, yardstick: keyof Values): Measured => ({
    id: `engine.${id}`,
    unit: 'charges/s',
    values: values[value],
    of,
    yardsticks: values[yardstick],
  })
  return [
    line('spread', 'spread', 'row locks', 'rowLocks'),
    line('spread.crowd', 'spread', 'row locks, 64 clients', 'rowLocksSome'),
    line('spread.bulk', 'spread', 'bulk insert', 'bulk'),
    line('spread.256', 'spreadMany', 'row locks', 'rowLocks'),
    line('spread.256.bulk', 'spreadMany', 'bulk insert', 'bulk'),
    line('told', 'told', 'engine.spread', 'spread'),
    line('hot', 'hot', 'engine.spread', 'spread'),
    line('hot.256', 'hotMany', 'engine.spread.256', 'spreadMany'),
    line('spread.embedded', 'spreadEmbedded', 'engine.spread', 'spread'),
    line('hot.embedded', 'hotEmbedded', 'engine.hot', 'hot'),
  ]
}
