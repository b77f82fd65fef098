import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { spawnEmbeddedChild } from '../../../tests/support/embedded-child.ts'
import { type EmbeddedDatabase, type EmbeddedOptions, openEmbedded } from './embedded.ts'
import { type DatabaseFault, databaseFault } from './fault.ts'
import { migrate } from './migrate.ts'
import { embeddedMajor, embeddedVersion } from './template.ts'

let folder: string
let opened: EmbeddedDatabase[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scrip-test-'))
  opened = []
})

afterEach(async () => {
  await Promise.all(opened.map((database) => database.close()))
  rmSync(folder, { recursive: true, force: true })
})

async function open(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const database = await openEmbedded(options)
  opened.push(database)
  return database
}

async function count(database: EmbeddedDatabase, table: string): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>(`select count(*) as count from ${table}`)
  return rows[0]!.count
}

describe('the embedded database in a folder', () => {
  test('data survives closing and opening, and closing lets the folder go', async () => {
    const first = await open({ folder })
    await first.pool.query('create table kept as select generate_series(1, 100) as number')
    await first.close()
    expect(readdirSync(folder)).toEqual(['database'])
    const second = await open({ folder })
    expect(await count(second, 'kept')).toBe(100)
  })

  test('a commit makes at least one fsync, and a reading none', async () => {
    const database = await open({ folder })
    await database.pool.query('create table kept (number int)')
    await database.pool.query('checkpoint')
    const before = await database.syncCount()
    for (let number = 0; number < 10; number += 1) {
      await database.pool.query('insert into kept values ($1)', [number])
    }
    const afterWriting = await database.syncCount()
    expect(afterWriting - before).toBeGreaterThanOrEqual(10)
    await database.pool.query('select * from kept')
    expect(await database.syncCount()).toBe(afterWriting)
  })

  test('every row that was acknowledged is there after kill -9, three times over', async () => {
    let expected = 0
    for (let kill = 0; kill < 3; kill += 1) {
      const child = spawnEmbeddedChild(folder, expected + 1)
      await child.reached(50)
      child.process.kill('SIGKILL')
      await child.ended
      expected = child.acknowledged.at(-1)!
      const database = await open({ folder })
      const { rows } = await database.pool.query<{ last: number; count: number }>(
        'select max(number) as last, count(*) as count from written',
      )
      // The last row may have been committed and its acknowledgement killed.
      expect(rows[0]!.last).toBeGreaterThanOrEqual(expected)
      expect(rows[0]!.count).toBe(rows[0]!.last)
      expected = rows[0]!.last
      await database.close()
    }
    expect(expected).toBeGreaterThanOrEqual(150)
  })

  test('a second process on the same folder stops and names the first', async () => {
    await open({ folder })
    const child = spawnEmbeddedChild(folder, 1)
    const { code, errors } = await child.ended
    expect(code).toBe(1)
    expect(errors).toContain(`process ${process.pid}`)
    expect(errors).toContain('ConfigurationFault')
  })

  test('with less room on the disk than it wants, writing is a passing fault and reading works', async () => {
    const roomy = await open({ folder })
    await migrate(roomy)
    await roomy.pool.query('create table kept as select 1 as number')
    await roomy.close()
    const full = await open({ folder, roomBytesMin: Number.MAX_SAFE_INTEGER })
    const refused = await full.pool.query('insert into kept values (2)').catch((error: Error) => error)
    expect(databaseFault(refused)?.retryable).toBe(true)
    expect(await count(full, 'kept')).toBe(1)
    expect(await migrate(full)).toEqual([])
  })

  test('the same process cannot open a folder twice', async () => {
    await open({ folder })
    await expect(openEmbedded({ folder })).rejects.toThrow(/in use by this process itself/)
  })

  test('what is written ahead is checkpointed by its size', async () => {
    const database = await open({ folder, checkpointBytes: 1_000_000 })
    const redo = async (): Promise<string> => {
      const { rows } = await database.pool.query<{ lsn: string }>(
        'select redo_lsn::text as lsn from pg_control_checkpoint()',
      )
      return rows[0]!.lsn
    }
    const before = await redo()
    await database.pool.query("create table kept as select repeat('x', 1000) from generate_series(1, 5000)")
    await expect.poll(redo, { timeout: 10_000, interval: 50 }).not.toBe(before)
  })

  test('the old rows that changes leave behind are vacuumed away', async () => {
    const database = await open({ folder, vacuumMs: 100 })
    await database.pool.query('create table balance as select 1 as number')
    await database.pool.query('create table plenty as select generate_series(1, 5000) as number')
    await database.pool.query('update plenty set number = number + 1')
    const vacuumed = async (): Promise<string[]> => {
      const { rows } = await database.pool.query<{ name: string }>(
        'select relname as name from pg_stat_user_tables where vacuum_count > 0',
      )
      return rows.map((row) => row.name)
    }
    await expect.poll(vacuumed, { timeout: 10_000, interval: 50 }).toEqual(['plenty'])
  })

  test('holds no database that cannot be vacuumed', async () => {
    const database = await open({ folder })
    const { rows } = await database.pool.query('select datname as name from pg_database')
    expect(rows).toEqual([{ name: 'postgres' }])
  })

  test('a data directory of another PostgreSQL is refused with its version', async () => {
    mkdirSync(join(folder, 'database'))
    writeFileSync(join(folder, 'database', 'PG_VERSION'), '17\n')
    await expect(openEmbedded({ folder })).rejects.toThrow(
      /made by PostgreSQL 17, this Scrip has 18 built in/,
    )
    expect(readdirSync(folder)).toEqual(['database'])
  })

  test('a folder that is something else is refused and left as it was', async () => {
    mkdirSync(join(folder, 'database'))
    writeFileSync(join(folder, 'database', 'holiday.jpg'), '')
    await expect(openEmbedded({ folder })).rejects.toThrow(/not a data directory of Scrip/)
    expect(readdirSync(join(folder, 'database'))).toEqual(['holiday.jpg'])
  })

  test('a first start that was cut short is started over', async () => {
    mkdirSync(join(folder, 'database.draft'))
    writeFileSync(join(folder, 'database.draft', 'PG_VERSION'), 'half')
    const database = await open({ folder })
    expect(await count(database, 'pg_database')).toBeGreaterThan(0)
  })

  test('nobody else may enter its folder or speak to its socket', async () => {
    const own = join(folder, 'own')
    await open({ folder: own })
    for (const path of [own, join(own, 'socket'), join(own, 'database')])
      expect(statSync(path).mode & 0o077).toBe(0)
  })

  test('a folder whose path is too long for a socket opens all the same', async () => {
    const long = join(folder, 'a'.repeat(100))
    const database = await open({ folder: long })
    expect(await count(database, 'pg_database')).toBeGreaterThan(0)
    expect(readdirSync(long)).not.toContain('socket')
  })

  test('a database that is gone is reported once, and queries on it fail', async () => {
    const faults: DatabaseFault[] = []
    const database = await open({ folder, onGone: (fault) => faults.push(fault) })
    await database.pool.query('create table kept (number int)')
    // What is written ahead has nowhere to go once its present file is full.
    rmSync(join(folder, 'database', 'pg_wal'), { recursive: true })
    const writing = async (): Promise<void> => {
      for (;;) await database.pool.query('insert into kept values (1); select pg_switch_wal()')
    }
    await expect(writing()).rejects.toThrow()
    await expect.poll(() => faults.length, { timeout: 10_000 }).toBe(1)
    expect(faults[0]!.message).toMatch(/^The embedded database is gone: /)
    expect(faults[0]!.retryable).toBe(false)
  })
})

describe('the turns that connections take in the one session', () => {
  let database: EmbeddedDatabase
  beforeAll(async () => {
    database = await openEmbedded({ memory: true })
  })
  afterAll(() => database.close())
  beforeEach(async () => {
    await database.pool.query('create table if not exists kept (number int); truncate kept')
  })

  test('large statements without a name do not meet those of other connections', async () => {
    const large = 'x'.repeat(3_000_000)
    const answers = await Promise.all(
      Array.from({ length: 24 }, async (_, index) => {
        const isLarge = index % 2 === 0
        const { rows } = isLarge
          ? await database.pool.query('select length($1::text || $2::text) + $3::int8 as answer', [
              large,
              'y',
              index,
            ])
          : await database.pool.query('select $1::int8 as answer', [index])
        return rows[0].answer - (isLarge ? large.length + 1 : 0)
      }),
    )
    expect(answers).toEqual(Array.from({ length: 24 }, (_, index) => index))
  })

  test('a statement prepared under one name is each connection its own', async () => {
    const [one, two] = await Promise.all([database.connect(), database.connect()])
    for (let time = 0; time < 3; time += 1) {
      const answers = await Promise.all([
        one.query({ name: 'same', text: 'select 1 + $1::int8 as answer', values: [time] }),
        two.query({ name: 'same', text: "select 'two ' || $1::text as answer", values: [time] }),
      ])
      expect(answers.map(({ rows }) => rows[0].answer)).toEqual([1 + time, `two ${time}`])
    }
    await one.end()
    await two.end()
    const { rows } = await database.pool.query(
      "select count(*) as count from pg_prepared_statements where name <> ''",
    )
    expect(rows[0].count).toBe(0)
  })

  test('a transaction is alone in the session until it ends', async () => {
    const writer = await database.connect()
    await writer.query('begin')
    await writer.query('insert into kept values (1)')
    const reading = count(database, 'kept')
    await writer.query('insert into kept values (2)')
    await writer.query('commit')
    expect(await reading).toBe(2)
    await writer.end()
  })

  test('the transaction of a connection that went away is rolled back', async () => {
    const writer = await database.connect()
    await writer.query('begin')
    await writer.query('insert into kept values (1)')
    await writer.end()
    expect(await count(database, 'kept')).toBe(0)
  })

  test('a connection that leaves its transaction idle is ended, and the others go on', async () => {
    const impatient = await open({ memory: true, idleInTransactionMs: 50 })
    const writer = await impatient.connect()
    await writer.query('begin')
    expect(await count(impatient, 'pg_database')).toBeGreaterThan(0)
    await expect(writer.query('select 1')).rejects.toThrow()
  })

  test('an error within a batch of statements harms only its own connection', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 40 }, (_, index) =>
        database.pool.query('select 10 / $1::int8 as answer', [index % 2]),
      ),
    )
    const expected = outcomes.map((_, index) => (index % 2 === 0 ? 'rejected' : 'fulfilled'))
    expect(outcomes.map(({ status }) => status)).toEqual(expected)
  })

  test('COPY FROM STDIN is refused and the session lives on', async () => {
    await expect(database.pool.query('copy kept from stdin')).rejects.toThrow(/COPY/)
    expect(await count(database, 'kept')).toBe(0)
  })
})

test('PGlite is the version that was tried for durability', async () => {
  const manifest = new URL('../../package.json', import.meta.url)
  expect(JSON.parse(readFileSync(manifest, 'utf8')).dependencies['@electric-sql/pglite']).toBe(
    embeddedVersion,
  )
  const database = await open({ memory: true })
  const { rows } = await database.pool.query('select version() as version')
  expect(rows[0].version).toMatch(
    new RegExp(`^PostgreSQL ${embeddedMajor}\\.\\d+ \\(PGlite ${embeddedVersion}\\)`),
  )
})
