import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, inject } from 'vitest'
import { type Database, openDatabase } from '../../server/src/database/database.ts'
import { migrate } from '../../server/src/database/migrate.ts'

export { type PostgresServer, startPostgres } from './postgres.ts'

export type Kind = Database['kind']

/** Valid inside a test and its hooks: the suite's database is opened before the first of them. */
type GiveDatabase = () => Database

/**
 * Runs one suite on the embedded database and on PostgreSQL. Each gets a database of its own, migrated and
 * empty, for the whole suite.
 */
export function describeOnEachDatabase(
  title: string,
  suite: (database: GiveDatabase, kind: Kind) => void,
): void {
  describeOn('embedded', title, suite)
  describeOn('postgres', title, suite)
}

/** For what one database alone can show: races, which one session never has. */
export function describeOnPostgres(title: string, suite: (database: GiveDatabase, kind: Kind) => void): void {
  describeOn('postgres', title, suite)
}

function describeOn(kind: Kind, title: string, suite: (database: GiveDatabase, kind: Kind) => void): void {
  describe(`${title} (${kind})`, () => {
    let opened: FreshDatabase | undefined
    beforeAll(async () => {
      opened = await openFreshDatabase(kind)
    }, 60_000)
    afterAll(async () => {
      await opened?.drop()
    }, 60_000)
    suite(() => opened!.database, kind)
  })
}

export interface FreshDatabase {
  readonly database: Database
  /** For a second process or pool on the same database; undefined for the embedded one. */
  readonly url: string | undefined
  /** Closes it, and leaves nothing behind. */
  drop(): Promise<void>
}

/** A migrated, empty database, for suites that need more than one. */
export async function openFreshDatabase(kind: Kind): Promise<FreshDatabase> {
  return kind === 'embedded' ? openFreshEmbedded() : openFreshPostgres()
}

async function openFreshEmbedded(): Promise<FreshDatabase> {
  const database = await openDatabase({ memory: true })
  await migrate(database)
  return { database, url: undefined, drop: () => database.close() }
}

async function openFreshPostgres(): Promise<FreshDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await administer(`create database ${name} template ${inject('postgresTemplate')}`)
  const url = databaseUrl(inject('postgresUrl'), name)
  const database = await openDatabase({ url })
  return {
    database,
    url,
    drop: async () => {
      await database.close()
      await administer(`drop database ${name} with (force)`)
    },
  }
}

async function administer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

/** The same server, another database. */
export function databaseUrl(serverUrl: string, database: string): string {
  return serverUrl.replace(/^(\w+:\/\/[^/?]*)(\/[^?]*)?/, `$1/${database}`)
}
