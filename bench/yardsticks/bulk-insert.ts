/**
 * Yardstick: the database taking the ledger's own rows, in the ledger's table with all its indexes and
 * checks, in batches of 500, and nothing else: no pool and no lot is touched, no key is looked up, and
 * what the rows say is decided before the clock starts.
 */
import { decide, type PoolState } from '@scrip/core'
import { openArrayWriter } from '../../server/src/database/binary-arrays.ts'
import { columnValue, encodeColumns, unnestOf } from '../../server/src/database/columns.ts'
import type { Connection } from '../../server/src/database/database.ts'
import { ENTRY_COLUMNS } from '../../server/src/database/entry-rows.ts'
import type { OfPool, PoolChange } from '../../server/src/database/ledger-rows.ts'
import { openProjects } from '../../server/src/directory/projects.ts'
import { loadPools } from '../../server/src/ledger/load.ts'
import { type Account, type Books, chargeOf } from '../books.ts'

export interface BulkInsert {
  /** Rows per second. */
  run(batches: number): Promise<number>
  close(): Promise<void>
}

const BATCH_ROWS = 500
const BATCH_BYTES = 400_000

const columns = ENTRY_COLUMNS.filter((column) => column.name !== 'ord')

const INSERT = {
  name: 'bulk',
  text: `insert into entry (${columns.map((column) => column.name).join(', ')})
    select ${columns.map((column) => columnValue('e', column)).join(', ')} from ${unnestOf('e', columns, 1)}`,
}

type Row = OfPool<PoolChange['entries'][number]>

/** On accounts of its own: the ledger knows nothing of these rows and would trip over them. */
export async function openBulkInsert(books: Books, accounts: readonly Account[]): Promise<BulkInsert> {
  const { database, project } = books
  const connection = await database.connect()
  const catalogs = (await openProjects(database, Date.now).find(project))!.catalogs
  const loaded = await loadPools(connection, accounts)
  const states = new Map([...loaded].map(([pool, { state }]) => [pool, state]))
  let charges = 0
  const nextRow = (): Row => {
    const account = accounts[(charges * 7919) % accounts.length]!
    const before = states.get(account.pool)!
    const { state, changes } = decide(before, chargeOf(account, `bulk_${charges++}`), Date.now(), catalogs)
    states.set(account.pool, state)
    return rowOf(before, state, changes.entries[0]!)
  }
  return {
    async run(batches) {
      const decided = Array.from({ length: batches }, () => Array.from({ length: BATCH_ROWS }, nextRow))
      const start = performance.now()
      for (const rows of decided) {
        await insert(connection, encodeColumns(openArrayWriter(BATCH_BYTES), columns, rows))
      }
      return ((batches * BATCH_ROWS) / (performance.now() - start)) * 1000
    },
    close: () => connection.end(),
  }
}

function insert(connection: Connection, values: unknown[]): Promise<unknown> {
  return connection.query({ ...INSERT, values })
}

function rowOf(before: PoolState, after: PoolState, entry: Row['item']): Row {
  const change = {
    before,
    after,
    catalogVersion: 1,
    entries: [entry],
    lots: [],
    holds: [],
    notices: [],
    operations: new Map([[entry.number, 'charge']]),
    quotes: new Map(),
  }
  return { ord: 0, change, item: entry }
}
