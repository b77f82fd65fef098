import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Connection, Database } from './database.ts'
import { ConfigurationFault } from './fault.ts'

/**
 * Brings a database to this program's tables: numbered files of plain SQL, forward only, never edited.
 * Each is one transaction together with its row in `migration`, so a process killed inside one has done
 * nothing of it and the next start goes on there.
 */
export interface Migration {
  readonly number: number
  readonly name: string
  readonly sql: string
  readonly checksum: string
}

interface Applied {
  readonly number: number
  readonly name: string
  readonly checksum: string
}

/** Beside this module, from source and in a release alike. */
const ownFolder = fileURLToPath(new URL('./migrations/', import.meta.url))

const bookkeeping = `
  create table if not exists migration (
    number int primary key,
    name text not null,
    checksum text not null,
    applied_at timestamptz not null default now()
  );
  create table if not exists migration_turn (only_one boolean primary key check (only_one));
  insert into migration_turn values (true) on conflict do nothing;
`

/** Answers the names of what was applied now; none when the database was up to date. */
export async function migrate(database: Database, folder: string = ownFolder): Promise<string[]> {
  const migrations = readMigrations(folder)
  const connection = await database.connect()
  try {
    if (await isUpToDate(connection, migrations)) return []
    await createBookkeeping(connection)
    const names: string[] = []
    for (;;) {
      const name = await applyNext(connection, migrations)
      if (name === undefined) return names
      names.push(name)
    }
  } finally {
    await connection.end()
  }
}

/** The files of a folder in their order. Refuses a gap, a number that comes twice, and a name without a number. */
export function readMigrations(folder: string): Migration[] {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
  return files.map((file, index) => {
    const match = /^(\d{4})_([a-z0-9_]+)\.sql$/.exec(file)
    if (match === null || Number(match[1]) !== index + 1) {
      throw new ConfigurationFault(
        `The migration ${file} is out of order: ${String(index + 1).padStart(4, '0')}_….sql was expected in ${folder}.`,
      )
    }
    // A checkout with other line ends is the same migration.
    const sql = readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n')
    const checksum = createHash('sha256').update(sql).digest('hex')
    return { number: index + 1, name: basename(file, '.sql'), sql, checksum }
  })
}

/** Found out by reading alone, so that a server starts on a disk that is full. */
async function isUpToDate(connection: Connection, migrations: readonly Migration[]): Promise<boolean> {
  const { rows } = await connection.query<{ found: boolean }>(
    "select to_regclass('migration') is not null as found",
  )
  return rows[0]!.found && nextMigration(await readApplied(connection), migrations) === undefined
}

/** Two processes that create the same table at once: one gets an error that is gone when it looks again. */
async function createBookkeeping(connection: Connection): Promise<void> {
  const raceCodes = new Set(['23505', '42P07', 'XX000'])
  try {
    await connection.query(bookkeeping)
  } catch (error) {
    if (!raceCodes.has((error as { code?: string }).code ?? '')) throw error
    await connection.query(bookkeeping)
  }
}

/** One migration, in its turn: whoever waited for the turn looks again at what is applied. */
async function applyNext(
  connection: Connection,
  migrations: readonly Migration[],
): Promise<string | undefined> {
  await connection.query('begin')
  try {
    await connection.query(
      'set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0',
    )
    await connection.query('select only_one from migration_turn for update')
    const next = nextMigration(await readApplied(connection), migrations)
    if (next !== undefined) await apply(connection, next)
    await connection.query('commit')
    return next?.name
  } catch (error) {
    await connection.query('rollback').catch(() => {})
    throw error
  }
}

async function readApplied(connection: Connection): Promise<Applied[]> {
  const { rows } = await connection.query<Applied>(
    'select number, name, checksum from migration order by number',
  )
  return rows
}

async function apply(connection: Connection, migration: Migration): Promise<void> {
  await connection.query(migration.sql)
  await connection.query('insert into migration (number, name, checksum) values ($1, $2, $3)', [
    migration.number,
    migration.name,
    migration.checksum,
  ])
}

/** Refuses a database that this program does not know: newer, or made by other files under the same numbers. */
function nextMigration(applied: readonly Applied[], migrations: readonly Migration[]): Migration | undefined {
  for (const row of applied) {
    const own = migrations[row.number - 1]
    if (own === undefined) {
      throw new ConfigurationFault(
        `The database is newer than this program: it has migration ${row.name}. Start the version of Scrip that made it, or a newer one.`,
      )
    }
    if (own.checksum !== row.checksum) {
      throw new ConfigurationFault(
        `Migration ${own.name} was applied as ${row.name} with another content. A migration is never edited: restore its file, and put the change into a new one.`,
      )
    }
  }
  return migrations[applied.length]
}
