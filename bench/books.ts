/**
 * Books to measure on: a project, its accounts, and as much history as is asked for. One account is
 * made by the ledger itself, the others are copies of its rows, so that millions are there in seconds
 * and every rule of the books still holds.
 */
import { readFileSync } from 'node:fs'
import type { ChargeCommand, Command } from '@scrip/core'
import { insertCatalogRow } from '../server/src/database/catalogs.sql.ts'
import type { Database } from '../server/src/database/database.ts'
import { insertKey } from '../server/src/database/keys.sql.ts'
import { insertProject } from '../server/src/database/projects.sql.ts'
import { mintKey } from '../server/src/directory/key-text.ts'
import { openProjects } from '../server/src/directory/projects.ts'
import { type Ledger, openLedger } from '../server/src/ledger/ledger.ts'
import { openAccount } from '../server/src/ledger/open-account.ts'
import { type Address, laneOf } from '../server/src/ledger/outcome.ts'
import { TELLS_NOTHING, type ToldOf } from '../server/src/ledger/told.ts'

export interface Account extends Address {
  readonly id: string
}

export interface Books {
  readonly database: Database
  readonly ledger: Ledger
  readonly project: number
  readonly apiKey: string
  close(): Promise<void>
}

const KEY_ID = 'key_bench'

/** In a migrated, empty database. The project is live, so its clock is the machine's. */
export async function openBooks(database: Database, told: ToldOf = TELLS_NOTHING): Promise<Books> {
  const now = Date.now()
  const session = database.pool
  const project = await insertProject(session, {
    name: 'Bench',
    mode: 'live',
    keyPrefix: 'bench',
    createdAt: now,
  })
  if (project === null) throw new Error('The database of a measurement is empty when it begins.')
  const text = readFileSync(new URL('./catalog.yaml', import.meta.url), 'utf8')
  await insertCatalogRow(session, project.id, { version: 1, appliedAt: now, text, appliedBy: null })
  const key = mintKey('scrip', 'live')
  await insertKey(session, {
    id: KEY_ID,
    projectId: project.id,
    accountId: null,
    userId: null,
    name: null,
    prefix: key.prefix,
    hash: key.hash,
    scopes: ['admin'],
    permissions: [],
    createdAt: now,
    lastUsedAt: null,
    revokedAt: null,
    expiresAt: null,
  })
  const projects = openProjects(database, Date.now)
  const ledger = openLedger({
    database,
    catalogs: async (id) => (await projects.reload(id))?.catalogs ?? null,
    told,
  })
  return { database, ledger, project: project.id, apiKey: key.text, close: () => ledger.close() }
}

export interface Opening {
  readonly accounts: number
  /** How many lots each account's credits came in. */
  readonly lots?: number
  /** How many charges each account made before. */
  readonly charges?: number
}

const CREDITS_OF_A_LOT = 1_000_000_000

/** Accounts that are all alike. */
export async function addAccounts(
  books: Books,
  { accounts, lots = 1, charges = 0 }: Opening,
): Promise<Account[]> {
  const first = await openFirst(books)
  await submitAll(
    books,
    first,
    Array.from({ length: lots }, () => grantTo(first)),
  )
  await submitAll(
    books,
    first,
    Array.from({ length: charges }, (_, turn) => chargeOf(first, `before_${turn}`)),
  )
  await copyAccount(books, first, accounts - 1)
  return [first, ...Array.from({ length: accounts - 1 }, (_, index) => accountAt(first.pool + index + 1))]
}

async function openFirst({ database, project }: Books): Promise<Account> {
  const { rows } = await database.pool.query<{ last: number }>(
    'select coalesce(max(pool_id), 0) as last from pool',
  )
  const id = accountAt(rows[0]!.last + 1).id
  const address = await openAccount(database.pool, {
    project,
    accountId: id,
    timeZone: 'UTC',
    createdAt: Date.now(),
  })
  if (address === null) throw new Error(`The account ${id} is there already.`)
  return { id, ...address }
}

/** Named by its pool, so that a copy's name follows from its number. */
function accountAt(pool: number): Account {
  return { id: `org_${pool}`, lane: laneOf(pool), pool }
}

function grantTo(account: Account): Command {
  return { type: 'grant', accountId: account.id, kind: 'promotional', credits: CREDITS_OF_A_LOT }
}

/** What is measured: one image of five credits for a workspace, under a key of its own. */
export function chargeOf(account: Account, key: string): ChargeCommand {
  return {
    type: 'charge',
    accountId: account.id,
    key,
    requestHash: key,
    action: 'image.generate',
    quantities: { images: 1 },
    options: { model: 'fast', size: 'square' },
    userId: 'user_1',
    subject: { type: 'workspace', id: 'workspace_1', name: null },
  }
}

async function submitAll({ ledger }: Books, account: Account, commands: readonly Command[]): Promise<void> {
  const now = Date.now()
  const outcomes = await ledger.submitMany(commands.map((command) => ({ address: account, command, now })))
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') throw outcome.reason
    if ('refused' in outcome.value) throw new Error(outcome.value.refused.code)
  }
}

/** Rows copied in one statement; small enough that it ends well before a statement's time is over. */
const ROWS_AT_ONCE = 100_000
const SESSIONS = 2

async function copyAccount({ database }: Books, first: Account, copies: number): Promise<void> {
  const last = first.pool + copies
  const spans: (() => Promise<unknown>)[] = []
  for (const table of ['account', 'pool', 'lot', 'entry']) {
    const columns = await columnsOf(database, table)
    const { rows } = await database.pool.query<{ count: number }>(
      `select count(*) as count from ${table} where lane = $1 and pool_id = $2`,
      [first.lane, first.pool],
    )
    const step = Math.max(1, Math.floor(ROWS_AT_ONCE / Math.max(1, rows[0]!.count)))
    const copy = copyStatement(table, columns)
    for (let from = first.pool + 1; from <= last; from += step) {
      spans.push(() =>
        database.pool.query(copy, [first.lane, first.pool, from, Math.min(last, from + step - 1)]),
      )
    }
  }
  await Promise.all(
    Array.from({ length: SESSIONS }, async () => {
      for (let next = spans.shift(); next !== undefined; next = spans.shift()) await next()
    }),
  )
  await database.pool.query("select setval('pool_number', $1)", [last])
}

async function columnsOf(database: Database, table: string): Promise<string[]> {
  const { rows } = await database.pool.query<{ name: string }>(
    `select column_name as name from information_schema.columns
     where table_schema = current_schema() and table_name = $1 order by ordinal_position`,
    [table],
  )
  return rows.map((row) => row.name)
}

/** The columns that say whose row it is; all others are the same in each copy. The lane is `laneOf` in SQL. */
const WHOSE: Readonly<Record<string, string>> = {
  lane: '((n * 2654435761) % 4294967296) >> 24',
  pool_id: 'n',
  owner_id: "'org_' || n",
  account_id: "'org_' || n",
}

function copyStatement(table: string, columns: readonly string[]): string {
  return `insert into ${table} (${columns.join(', ')})
    select ${columns.map((column) => WHOSE[column] ?? `first.${column}`).join(', ')}
    from generate_series($3::bigint, $4::bigint) n, ${table} first
    where first.lane = $1 and first.pool_id = $2 order by n`
}

const YEAR_MS = 365 * 86_400_000

/**
 * One account with that many charges, evenly over the year that ends now. Its rows are written by SQL:
 * each row's totals follow from its place.
 */
export async function addBusyAccount(books: Books, charges: number): Promise<Account> {
  const account = await openFirst(books)
  await submitAll(books, account, [grantTo(account), chargeOf(account, 'first')])
  const { pool } = books.database
  const begin = Date.now() - YEAR_MS
  await pool.query(
    `update entry set at = timestamptz 'epoch' + $3::bigint * interval '1 millisecond'
     where lane = $1 and pool_id = $2`,
    [account.lane, account.pool, begin],
  )
  const copy = furtherCharges(await columnsOf(books.database, 'entry'))
  const everyMs = Math.floor(YEAR_MS / charges)
  for (let from = 1; from < charges; from += ROWS_AT_ONCE) {
    const to = Math.min(charges - 1, from + ROWS_AT_ONCE - 1)
    await pool.query(copy, [account.lane, account.pool, begin, everyMs, from, to])
  }
  await settleBusyAccount(books, account, charges - 1)
  return account
}

/** What differs from the first charge in the one that comes n after it. */
const FURTHER: Readonly<Record<string, string>> = {
  at: "timestamptz 'epoch' + ($3::bigint + n * $4::bigint) * interval '1 millisecond'",
  number: 'number + n',
  balance_after: 'balance_after + n * amount',
  used_after: 'used_after - n * amount',
  charged_after: 'charged_after - n * amount',
  uses_after: 'uses_after + n',
  idempotency_key: "'before_' || n",
  request_hash: "'before_' || n",
}

/** The first charge is read once, before: looked up for each row, it would be found among all rows before. */
function furtherCharges(columns: readonly string[]): string {
  return `with first as materialized (
      select * from entry where lane = $1 and pool_id = $2 and type = 'charge' order by number limit 1
    )
    insert into entry (${columns.join(', ')})
    select ${columns.map((column) => FURTHER[column] ?? column).join(', ')}
    from first, generate_series($5::bigint, $6::bigint) n order by n`
}

/** The pool and its lot as they stand after the rows that SQL wrote. */
async function settleBusyAccount({ database }: Books, account: Account, charges: number): Promise<void> {
  const place = [account.lane, account.pool, charges]
  await database.pool.query(
    `update lot set drawn = drawn + 5 * $3, remaining = remaining - 5 * $3 where lane = $1 and pool_id = $2`,
    place,
  )
  await database.pool.query(
    `update pool set version = version + 1, sequence = sequence + $3, available = available - 5 * $3,
       used = used + 5 * $3, charged = charged + 5 * $3, uses = uses + $3
     where lane = $1 and pool_id = $2`,
    place,
  )
}

const TIDIED_MS_MAX = 10 * 60_000

/** So that the planner knows what was just written, and no cleaning begins in the middle of a measurement. */
export async function tidy({ database }: Books): Promise<void> {
  const session = await database.connect()
  await session.query('set statement_timeout = 0')
  for (const text of ['vacuum (analyze)', 'checkpoint']) {
    const unhurried = { text, query_timeout: TIDIED_MS_MAX }
    await session.query(unhurried)
  }
  await session.query('reset statement_timeout')
  await session.end()
}
