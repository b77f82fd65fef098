/**
 * What a charge costs where much has gathered, against the same charge in a database that is nearly
 * empty: rows of history, accounts, open lots in the pool. And what it takes to read of an account with
 * very many rows.
 */
import { type Database, openDatabase } from '../server/src/database/database.ts'
import { migrate } from '../server/src/database/migrate.ts'
import { ACCOUNTS, type Bench, ROUNDS, SECONDS } from './bench.ts'
import { type Account, addAccounts, addBusyAccount, type Books, openBooks, tidy } from './books.ts'
import { chargeAll } from './charging.ts'
import type { Measured } from './figures.ts'
import type { Machine } from './machine.ts'
import { measureReads } from './reads.ts'
import { interleave } from './rounds.ts'
import { buildProgram, type Place } from './server-process.ts'

interface Sizes {
  /** Accounts of the large database; as many as elsewhere are charged, one in so many. */
  readonly accounts: number
  /** Charges that each of the usual accounts made before. */
  readonly chargesOfEach: number
  /** Charges of the account whose lists and months are read. */
  readonly chargesOfBusy: number
  readonly lotsOfEach: number
}

/** The history is five million rows. */
const POSTGRES: Sizes = {
  accounts: 1_000_000,
  chargesOfEach: 400,
  chargesOfBusy: 1_000_000,
  lotsOfEach: 1_000,
}

/** Smaller: to prepare as much as PostgreSQL's would take it longer than the whole run may. */
const EMBEDDED: Sizes = {
  accounts: 100_000,
  chargesOfEach: 20,
  chargesOfBusy: 100_000,
  lotsOfEach: 1_000,
}

const CLIENTS = 64
/** So many pools with many lots, and as many with one, since few pools are served in larger batches. */
const POOLS_OF_LOTS = 20

export const sizeBench: Bench = {
  title: 'cost against size, and reading',
  ids: ['size', 'read'],
  run: async (machine) => {
    buildProgram()
    const onPostgres = async () => ({ url: await machine.newPostgres() })
    const embedded = async () => ({ folder: machine.newFolder() })
    return [
      ...(await measure(machine, POSTGRES, '', onPostgres)),
      ...(await measure(machine, EMBEDDED, '.embedded', embedded)),
    ]
  },
}

async function measure(
  machine: Machine,
  sizes: Sizes,
  suffix: string,
  newPlace: () => Promise<Place>,
): Promise<Measured[]> {
  const opened = [
    await openPlace(await newPlace()),
    await openPlace(await newPlace()),
    await openPlace(await newPlace()),
  ]
  const [small, old, large] = opened as [Opened, Opened, Opened]
  const usual = await addAccounts(old.books, { accounts: ACCOUNTS, charges: sizes.chargesOfEach })
  const busy = await addBusyAccount(old.books, sizes.chargesOfBusy)
  const many = await addAccounts(large.books, { accounts: sizes.accounts })
  const pools = {
    empty: { ...small, accounts: await addAccounts(small.books, { accounts: ACCOUNTS }) },
    oneLot: { ...small, accounts: await addAccounts(small.books, { accounts: POOLS_OF_LOTS }) },
    lots: {
      ...small,
      accounts: await addAccounts(small.books, { accounts: POOLS_OF_LOTS, lots: sizes.lotsOfEach }),
    },
    history: { ...old, accounts: usual },
    accounts: { ...large, accounts: everyNth(many, sizes.accounts / ACCOUNTS) },
  }
  for (const { books } of opened) await tidy(books)
  const costs = await measureCosts(pools, suffix)
  for (const { books, database } of opened) {
    await books.close()
    await database.close()
  }
  const reading = { apiKey: old.books.apiKey, busy, usual: usual[1]! }
  return [...costs, ...(await measureReads(machine, old.place, suffix, reading))]
}

interface Opened {
  readonly place: Place
  readonly database: Database
  readonly books: Books
}

async function openPlace(place: Place): Promise<Opened> {
  const database = await openDatabase(place)
  await migrate(database)
  return { place, database, books: await openBooks(database) }
}

function everyNth(accounts: readonly Account[], step: number): Account[] {
  return accounts.filter((_, index) => index % step === 0)
}

type Pools = Readonly<
  Record<
    'empty' | 'oneLot' | 'lots' | 'history' | 'accounts',
    { readonly books: Books; readonly accounts: readonly Account[] }
  >
>

async function measureCosts(pools: Pools, suffix: string): Promise<Measured[]> {
  const cost = (which: keyof Pools) => () => costOf(pools[which])
  const values = await interleave(ROUNDS, {
    empty: cost('empty'),
    history: cost('history'),
    accounts: cost('accounts'),
    oneLot: cost('oneLot'),
    lots: cost('lots'),
  })
  const line = (id: string, of: string, yardstick: keyof Pools): Measured => ({
    id: `size.${id}${suffix}`,
    unit: 'µs/charge',
    values: values[id as keyof Pools],
    of,
    yardsticks: values[yardstick],
  })
  return [
    line('history', 'empty database', 'empty'),
    line('accounts', 'empty database', 'empty'),
    line('lots', 'one lot', 'oneLot'),
  ]
}

/** Microseconds of the whole machine for each charge. */
async function costOf({ books, accounts }: Pools['empty']): Promise<number> {
  const { perSecond } = await chargeAll(books, accounts, CLIENTS, SECONDS)
  return 1_000_000 / perSecond
}
