import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  describeOnEachDatabase,
  describeOnPostgres,
  type FreshDatabase,
  openFreshDatabase,
} from '../../../tests/support/databases.ts'
import type { Database } from './database.ts'
import { migrate, readMigrations } from './migrate.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scrip-migrations-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(file: string, sql: string): void {
  writeFileSync(join(folder, file), sql)
}

/** Empties the suite's database of the ledger's own migrations. */
async function startOver(database: Database): Promise<void> {
  await database.pool.query('drop schema public cascade; create schema public')
}

async function tables(database: Database): Promise<string[]> {
  const { rows } = await database.pool.query<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'public' order by 1",
  )
  return rows.map((row) => row.name).filter((name) => !name.startsWith('migration'))
}

describeOnEachDatabase('migrations', (database) => {
  beforeEach(() => startOver(database()))

  test('are applied in the order of their numbers, each once', async () => {
    write('0001_first.sql', 'create table first (id int); insert into first values (1);')
    write('0002_second.sql', 'create table second as select * from first;')
    expect(await migrate(database(), folder)).toEqual(['0001_first', '0002_second'])
    expect(await migrate(database(), folder)).toEqual([])
    write('0003_third.sql', 'create table third ();')
    expect(await migrate(database(), folder)).toEqual(['0003_third'])
    expect(await tables(database())).toEqual(['first', 'second', 'third'])
  })

  test('one that was edited after it was applied is refused', async () => {
    write('0001_first.sql', 'create table first (id int);')
    await migrate(database(), folder)
    write('0001_first.sql', 'create table first (id bigint);')
    await expect(migrate(database(), folder)).rejects.toThrow(
      /0001_first was applied as 0001_first with another content/,
    )
  })

  test('one that only changed its line ends is the same', async () => {
    write('0001_first.sql', 'create table first (\nid int\n);\n')
    await migrate(database(), folder)
    write('0001_first.sql', 'create table first (\r\nid int\r\n);\r\n')
    expect(await migrate(database(), folder)).toEqual([])
  })

  test('a database newer than the program is refused and left alone', async () => {
    write('0001_first.sql', 'create table first ();')
    write('0002_second.sql', 'create table second ();')
    await migrate(database(), folder)
    rmSync(join(folder, '0002_second.sql'))
    await expect(migrate(database(), folder)).rejects.toThrow(
      /newer than this program: it has migration 0002_second/,
    )
  })

  test('one that fails leaves nothing of itself, and goes on when it is mended', async () => {
    write('0001_first.sql', 'create table first ();')
    write('0002_second.sql', 'create table second (); select 1 / 0;')
    await expect(migrate(database(), folder)).rejects.toThrow(/division by zero/)
    expect(await tables(database())).toEqual(['first'])
    write('0002_second.sql', 'create table second ();')
    expect(await migrate(database(), folder)).toEqual(['0002_second'])
  })

  test('one whose connection is cut in the middle leaves nothing of itself', async () => {
    write('0001_first.sql', 'create table first ();')
    const connection = await database().connect()
    const cutting: Database = {
      ...database(),
      connect: async () => {
        const query = connection.query.bind(connection) as (...parameters: unknown[]) => Promise<unknown>
        return Object.assign(connection, {
          query: async (...parameters: unknown[]) => {
            const answer = await query(...parameters)
            if (parameters[0] === 'create table first ();') await connection.end()
            return answer
          },
        })
      },
    }
    await expect(migrate(cutting, folder)).rejects.toThrow()
    expect(await tables(database())).toEqual([])
    expect(await migrate(database(), folder)).toEqual(['0001_first'])
  })

  test('two that run at once apply each once', async () => {
    write('0001_first.sql', 'create table first ();')
    write('0002_second.sql', 'create table second ();')
    const applied = await Promise.all([migrate(database(), folder), migrate(database(), folder)])
    expect(applied.flat().sort()).toEqual(['0001_first', '0002_second'])
  })

  test("the program's own bring an empty database to its tables, and a second time do nothing", async () => {
    expect(await migrate(database())).toContain('0001_ledger')
    expect(await migrate(database())).toEqual([])
  })
})

describeOnPostgres('migrations on a server whose process is killed', () => {
  let fresh: FreshDatabase
  beforeEach(async () => {
    fresh = await openFreshDatabase('postgres')
    await startOver(fresh.database)
  })
  afterEach(() => fresh.drop())

  test('go on where they were: the killed one is undone whole', async () => {
    write('0001_first.sql', 'create table first ();')
    write('0002_second.sql', 'create table second (); select pg_sleep(60);')
    const migrating = migrate(fresh.database, folder).catch((error: Error) => error)
    const kill = `select count(pg_terminate_backend(pid)) as killed from pg_stat_activity
                  where datname = current_database() and query like 'create table second%' and state = 'active'`
    await expect
      .poll(async () => (await fresh.database.pool.query(kill)).rows[0].killed, { timeout: 10_000 })
      .toBe(1)
    expect(await migrating).toBeInstanceOf(Error)
    expect(await tables(fresh.database)).toEqual(['first'])
    write('0002_second.sql', 'create table second ();')
    expect(await migrate(fresh.database, folder)).toEqual(['0002_second'])
  })
})

describe('the files of migrations', () => {
  test('are numbered without a gap', () => {
    write('0001_first.sql', '')
    write('0003_third.sql', '')
    expect(() => readMigrations(folder)).toThrow(/0003_third.sql is out of order: 0002_….sql was expected/)
  })

  test('have each number once', () => {
    write('0001_first.sql', '')
    write('0001_other.sql', '')
    expect(() => readMigrations(folder)).toThrow(/out of order/)
  })

  test('are named by number and words', () => {
    write('0001_first.sql', '')
    renameSync(join(folder, '0001_first.sql'), join(folder, 'first.sql'))
    expect(() => readMigrations(folder)).toThrow(/out of order/)
  })
})
