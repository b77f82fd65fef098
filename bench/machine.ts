/** The databases of one run: a PostgreSQL of its own and folders on the disk, gone when the run ends. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { type Database, openDatabase } from '../server/src/database/database.ts'
import { migrate } from '../server/src/database/migrate.ts'
import { type PostgresServer, startPostgres } from '../tests/support/postgres.ts'

export interface Machine {
  /** A new database of the run's PostgreSQL, empty; its URL. */
  newPostgres(): Promise<string>
  /** A new folder on the disk, for the embedded database. */
  newFolder(): string
  /** The database that the URL or the folder names, migrated; closed with the machine where nobody did. */
  open(place: { url: string } | { folder: string }): Promise<Database>
  /** Called at the end, last added first. */
  atEnd(close: () => Promise<unknown>): void
  close(): Promise<void>
}

/**
 * As PostgreSQL comes, apart from its memory and from checkpoints, which would fall into one round and
 * not into another. Durable: fsync and full_page_writes are on.
 */
const SETTINGS = {
  max_connections: 320,
  shared_buffers: '512MB',
  max_wal_size: '16GB',
  checkpoint_timeout: '30min',
  maintenance_work_mem: '256MB',
}

export function openMachine(): Machine {
  const closings: (() => Promise<unknown>)[] = []
  let server: Promise<PostgresServer> | undefined
  let databases = 0
  const atEnd = (close: () => Promise<unknown>) => closings.push(close)
  const started = async (): Promise<PostgresServer> => {
    const postgres = await startPostgres({ settings: SETTINGS, binaries: systemBinaries() })
    closings.unshift(() => postgres.stop())
    return postgres
  }
  return {
    atEnd,
    async newPostgres() {
      server ??= started()
      const { url, urlOf } = await server
      const name = `bench_${++databases}`
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      await client.query(`create database ${name}`)
      await client.end()
      return urlOf(name)
    },
    newFolder() {
      const folder = mkdtempSync(join(tmpdir(), 'scrip-bench-'))
      atEnd(async () => rmSync(folder, { recursive: true, force: true }))
      return folder
    },
    async open(place) {
      const database = await openDatabase(place)
      atEnd(() => database.close())
      await migrate(database)
      return database
    },
    async close() {
      for (let close = closings.pop(); close !== undefined; close = closings.pop()) await close()
    },
  }
}

const SYSTEM_FOLDER = '/usr/lib/postgresql'
const MAJOR_MIN = 15

/**
 * The system's newest PostgreSQL where it has one that Scrip runs on: what people run in production is
 * compiled for speed, while the binaries that npm installs for tests are not, and take twice the time.
 */
function systemBinaries(): string | undefined {
  if (!existsSync(SYSTEM_FOLDER)) return undefined
  const majors = readdirSync(SYSTEM_FOLDER)
    .map(Number)
    .filter((major) => major >= MAJOR_MIN)
  const folder = `${SYSTEM_FOLDER}/${Math.max(...majors)}/bin`
  return existsSync(`${folder}/initdb`) ? folder : undefined
}
