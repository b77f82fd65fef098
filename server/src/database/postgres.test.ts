import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import {
  describeOnEachDatabase,
  type PostgresServer,
  startPostgres,
} from '../../../tests/support/databases.ts'
import { openDatabase } from './database.ts'
import { ConfigurationFault, DatabaseFault, databaseFault } from './fault.ts'
import { refuseUnsafe, type ServerSettings } from './postgres.ts'

const safe: ServerSettings = {
  version: 150_000,
  fsync: 'on',
  fullPageWrites: 'on',
  encoding: 'UTF8',
  readOnly: 'off',
  inRecovery: false,
}

describe('a PostgreSQL that would not keep credits safe', () => {
  const refused: [Partial<ServerSettings>, RegExp][] = [
    [{ version: 140_012 }, /PostgreSQL 14 is too old: Scrip needs 15 or newer/],
    [{ fsync: 'off' }, /fsync=off.*Set fsync=on/],
    [{ fullPageWrites: 'off' }, /full_page_writes=off.*Set full_page_writes=on/],
    [{ encoding: 'SQL_ASCII' }, /encoded in SQL_ASCII.*ENCODING 'UTF8'/],
    [{ inRecovery: true }, /standby.*primary/],
    [{ readOnly: 'on' }, /read-only.*Set it to off/],
  ]
  test.each(refused)('is refused with the reason and the mend: %o', (settings, sentence) => {
    expect(() => refuseUnsafe({ ...safe, ...settings })).toThrow(ConfigurationFault)
    expect(() => refuseUnsafe({ ...safe, ...settings })).toThrow(sentence)
  })

  test('is the only one refused', () => {
    expect(() => refuseUnsafe(safe)).not.toThrow()
  })
})

describe('a server of its own', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres({ settings: { fsync: 'off' } })
  })
  afterAll(() => server.stop())

  test('with fsync off is refused at the door', async () => {
    await expect(openDatabase({ url: server.url })).rejects.toThrow(/fsync=off/)
  })
})

describe('a PostgreSQL that cannot be reached', () => {
  test('is one sentence that names the place, and may be tried again', async () => {
    const opening = openDatabase({ url: 'postgres://scrip:secret@127.0.0.1:1/credits' })
    const fault = await opening.catch((error: unknown) => error)
    expect(fault).toBeInstanceOf(DatabaseFault)
    expect((fault as DatabaseFault).retryable).toBe(true)
    expect((fault as DatabaseFault).message).toMatch(/^Cannot reach PostgreSQL credits at 127\.0\.0\.1:1 /)
    expect((fault as DatabaseFault).message).not.toContain('secret')
  })

  test('because there is no such database is a mistake of configuration', async () => {
    const url = inject('postgresUrl').replace('/postgres?', '/nowhere?')
    await expect(openDatabase({ url })).rejects.toThrow(ConfigurationFault)
  })

  test.each(['credits', 'mysql://localhost/credits', 'postgres://['])(
    'because %s is no URL of it is said so',
    async (url) => {
      await expect(openDatabase({ url })).rejects.toThrow(/not a URL of PostgreSQL/)
    },
  )
})

describeOnEachDatabase('every session', (database, kind) => {
  test('commits durably and speaks UTC and UTF-8', async () => {
    const { rows } = await database().pool.query(
      `select current_setting('synchronous_commit') as commit, current_setting('timezone') as zone,
              current_setting('client_encoding') as encoding`,
    )
    expect(rows[0]).toEqual({ commit: 'on', zone: 'UTC', encoding: 'UTF8' })
  })

  test('shares the clock of this machine to within a second', async () => {
    expect(Math.abs(await database().clockSkewMs())).toBeLessThan(1000)
  })

  test('a statement with a name is prepared once and answers each time', async () => {
    const connection = await database().connect()
    for (const number of [1, 2, 3]) {
      const { rows } = await connection.query({
        name: 'double',
        text: 'select $1::int8 * 2 as twice',
        values: [number],
      })
      expect(rows).toEqual([{ twice: number * 2 }])
    }
    await connection.end()
  })

  test('has the settings it was connected with, and no other session has them', async () => {
    const [one, two] = await Promise.all([
      database().connect({ enable_seqscan: 'off', search_path: 'public, pg_temp' }),
      database().connect({ jit: 'off' }),
    ])
    const settings = `select current_setting('enable_seqscan') as scan, current_setting('search_path') as path`
    for (let time = 0; time < 2; time += 1) {
      const answers = await Promise.all([
        one.query(settings),
        two.query(settings),
        database().pool.query(settings),
      ])
      const [own, other, pooled] = answers.map(({ rows }) => rows[0])
      expect(own).toEqual({ scan: 'off', path: 'public, pg_temp' })
      expect(other.scan).toBe('on')
      expect(pooled).toEqual(other)
    }
    await one.end()
    await two.end()
  })

  test('a broken constraint is no fault of the world', async () => {
    const failing = database().pool.query('select 1 / 0')
    expect(databaseFault(await failing.catch((error: unknown) => error))).toBeUndefined()
  })

  test('a connection that was cut fails its query as a fault that may be tried again', async () => {
    const connection = await database().connect()
    await connection.query('begin')
    const stream = (connection as unknown as { connection: { stream: { destroy(): void } } }).connection
      .stream
    const failing = connection.query('select 1').catch((error: unknown) => error)
    stream.destroy()
    expect(databaseFault(await failing)).toMatchObject({ retryable: true })
    const { rows } = await database().pool.query('select 1 as one')
    expect(rows).toEqual([{ one: 1 }])
  })

  test(`is on ${kind}`, () => {
    expect(database().kind).toBe(kind)
  })
})
