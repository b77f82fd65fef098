import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import { claimExport } from '../database/exports.sql.ts'
import { EVERY_JOB } from '../jobs/every-job.ts'
import { runJobs } from '../jobs/jobs.ts'
import { makeExports } from '../jobs/make-exports.job.ts'
import { scheduleExports } from '../jobs/schedule-exports.job.ts'
import { PART_ROWS } from '../operations/export-parts.ts'
import { makeExport } from '../operations/make-export.ts'
import { type Api, serveProject } from './api-under-test.ts'

const JOBS = [scheduleExports, makeExports]

/** Records of a CSV file without line breaks in its cells, by the names in its first line. */
function recordsOf(text: string): Record<string, string>[] {
  const [names, ...lines] = text.trim().split('\r\n').map(cellsOf)
  return lines.map((cells) => Object.fromEntries(names!.map((name, index) => [name, cells[index]!])))
}

function cellsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  )
}

describeOnEachDatabase('exports', (database) => {
  let api: Api

  beforeAll(async () => {
    api = await serveProject(database())
    await api.ok('POST', '/test-clock', { now: '2026-01-31T12:00:00Z' })
    await api.ok('PUT', '/accounts/org', {
      timeZone: 'Europe/Berlin',
      members: [{ userId: 'ada', name: '=Ada', role: 'admin' }],
    })
    await api.ok('POST', '/grants', { accountId: 'org', credits: 1_000, kind: 'promotional' })
  }, 60_000)
  afterAll(() => api.close())

  const at = (now: string) => api.ok('POST', '/test-clock', { now })
  const charge = (body: object) => api.ok('POST', '/charges', { accountId: 'org', ...body })
  const work = () => runJobs(api.scrip.house, JOBS)
  const file = async (id: string) => {
    const answered = await api.call('GET', `/exports/${id}?format=csv`)
    expect([answered.status, Number(answered.headers['content-length'])]).toEqual([
      200,
      Buffer.byteLength(answered.text),
    ])
    return answered.text
  }

  test('are jobs of every installation', () => {
    expect(EVERY_JOB).toEqual(expect.arrayContaining(JOBS))
  })

  test('of a month by user and action sum to the ledger', async () => {
    await charge({ action: 'image.generate', quantities: { images: 3 }, userId: 'ada' })
    await at('2026-01-31T23:00:00Z')
    // February begins at midnight in Berlin.
    await charge({ action: 'image.generate', quantities: { images: 2 }, userId: 'ada' })
    const { id: charged } = await charge({
      action: 'image.generate',
      quantities: { images: 4 },
      options: { model: 'hd' },
      userId: 'ada',
    })
    await charge({ action: 'post.publish', options: { platforms: ['x'] } })
    await charge({ action: 'post.publish', options: { platforms: ['x'] }, userId: 'bob' })
    await api.ok('POST', `/charges/${charged}/refunds`, { credits: 2 })
    await at('2026-02-28T23:00:00Z')
    await charge({ action: 'image.generate', userId: 'ada' })
    const made = await api.ok('POST', '/exports', {
      accountId: 'org',
      report: 'usage',
      from: '2026-02-01',
      to: '2026-03-01',
    })
    expect(made).toMatchObject({ status: 'waiting', by: ['user', 'action'], scope: 'pool', url: null })
    await work()
    const told = await api.ok('GET', `/exports/${made.id}`)
    expect(told).toMatchObject({ status: 'ready', rows: 3, failure: null })
    const text = await file(made.id)
    expect(text).toBe(
      [
        'userId,userName,action,actionName,used,charged,refunded,usageTransactions',
        ',,post.publish,Publishing,4,4,0,1',
        "ada,'=Ada,image.generate,Image,32.5,34.5,2,2",
        'bob,,post.publish,Publishing,4,4,0,1',
        '',
      ].join('\r\n'),
    )
    const { data: months } = await api.ok('GET', '/accounts/org/usage/months?count=2')
    const february = months.find(({ month }: { month: string }) => month === '2026-02')
    const sum = recordsOf(text).reduce((total, record) => total + Number(record.used), 0)
    expect(sum).toBe(february.used)
    expect(february.used).toBe(40.5)
  })

  test('of transactions are the rows of the list, in order, with cells that are no formulas', async () => {
    await charge({
      action: 'image.generate',
      userId: '@ada',
      subject: { type: 'photo', id: '+1', name: '=cmd("x"),1' },
      metadata: { note: 'two words' },
    })
    const { id } = await api.ok('POST', '/exports', { accountId: 'org', report: 'transactions' })
    // Every account is at its own instant; a row of this very one is in the next export.
    await at('2026-02-28T23:00:01Z')
    const later = await api.ok('POST', '/exports', { accountId: 'org', report: 'transactions' })
    await work()
    const { text } = await api.call('GET', '/accounts/org/transactions?format=csv&order=asc')
    expect(await file(later.id)).toBe(text)
    expect(recordsOf(text).at(-1)).toMatchObject({
      userId: "'@ada",
      subjectId: "'+1",
      subjectName: `'=cmd("x"),1`,
      metadata: '{"note":"two words"}',
    })
    expect(recordsOf(await file(id)).length).toBeLessThan(recordsOf(text).length)
  })

  test('go on behind the last part that was kept when a process dies over one, and end alike', async () => {
    const { house } = api.scrip
    await api.ok('PUT', '/accounts/large', {})
    await api.ok('POST', '/grants', { accountId: 'large', credits: 100_000, kind: 'promotional' })
    for (let batch = 0; batch < Math.ceil((2.2 * PART_ROWS) / 1000); batch++) {
      const items = Array.from({ length: 1000 }, (_, index) => ({
        accountId: 'large',
        action: 'image.generate',
        idempotencyKey: `${batch}-${index}`,
      }))
      await api.ok('POST', '/charges/batch', { items })
    }
    await at('2026-02-28T23:00:02Z')
    const order = { accountId: 'large', report: 'transactions' }
    const [broken, whole] = [await api.ok('POST', '/exports', order), await api.ok('POST', '/exports', order)]
    const project = (await house.projects.find(api.project))!
    const claimed = (await claimExport(house.database.pool, 'the one that dies', 0))!
    expect(claimed.id).toBe(broken.id)
    // It dies after its first part: nothing is said of it any more.
    const dying = new AbortController()
    const turn = { id: claimed.id, claim: 'the one that dies' }
    const pool = new Proxy(house.database.pool, {
      get: (target, name) => {
        if (name === 'connect') queueMicrotask(() => dying.abort())
        const value = Reflect.get(target, name)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    const dyingHouse = { ...house, database: { ...house.database, pool } }
    expect(await makeExport(dyingHouse, project, claimed, turn, dying.signal)).toBe('stopped')
    const left = await api.ok('GET', `/exports/${broken.id}`)
    expect(left).toMatchObject({ status: 'making', rows: PART_ROWS })
    expect((await api.call('GET', `/exports/${broken.id}?format=csv`)).body).toMatchObject({
      status: 409,
      code: 'export_not_ready',
    })
    await database().pool.query('update export set claimed_until = now() where id = $1', [broken.id])
    await work()
    const text = await file(broken.id)
    expect(text).toBe(await file(whole.id))
    const { text: list } = await api.call('GET', '/accounts/large/transactions?format=csv&order=asc')
    expect(text).toBe(list)
    // The dead process wakes up: its turn is over, and nothing of what it writes is kept.
    expect(await makeExport(house, project, claimed, turn, new AbortController().signal)).toBe('lost')
    expect(await file(broken.id)).toBe(text)
  }, 60_000)

  test('tell that they are ready once, with whose they are', async () => {
    const { id } = await api.ok('POST', '/exports', { accountId: 'org', report: 'usage', by: ['action'] })
    await work()
    await work()
    const { data } = await api.ok('GET', '/events?type=export.ready&accountId=org&limit=200')
    const told = data.filter((event: { data: { exportId: string } }) => event.data.exportId === id)
    expect(told).toHaveLength(1)
    expect(told[0].data).toMatchObject({ report: 'usage', missed: 0, account: { id: 'org' } })
    expect(told[0].data.url).toContain(`/api/v1/exports/${id}?format=csv`)
  })

  test('of one that shares a pool have its own rows, and the whole pool is refused', async () => {
    await api.ok('PUT', '/accounts/team', { parentId: 'org' })
    await charge({ accountId: 'team', action: 'image.generate', userId: 'eve' })
    await at('2026-02-28T23:00:03Z')
    const order = { accountId: 'team', report: 'usage', by: ['account', 'user'] }
    const own = await api.ok('POST', '/exports', order)
    expect(own.scope).toBe('account')
    const all = await api.ok('POST', '/exports', { ...order, accountId: 'org' })
    const refused = await api.call('POST', '/exports', { body: { ...order, scope: 'pool' } })
    expect(refused).toMatchObject({ status: 403, body: { code: 'scope_not_visible' } })
    await work()
    const usersIn = async (id: string) => recordsOf(await file(id)).map((record) => record.userId)
    expect(await usersIn(own.id)).toEqual(['eve'])
    expect(await usersIn(all.id)).toEqual(expect.arrayContaining(['ada', 'bob', 'eve']))
  })

  test('refuse what is no span, no account and no key of usage, with its path', async () => {
    const order = { accountId: 'org', report: 'usage' }
    const refusals = [
      [{ ...order, from: '2026-02-02', to: '2026-02-02' }, 422, 'span_empty'],
      [{ ...order, from: '2027-01-01' }, 422, 'span_empty'],
      [{ ...order, accountId: 'nobody' }, 404, 'account_not_found'],
      [{ ...order, by: ['colour'] }, 400, 'request_malformed'],
      [{ ...order, report: 'all' }, 400, 'request_malformed'],
      [{ ...order, from: '2026-02-30' }, 400, 'request_malformed'],
    ] as const
    for (const [body, status, code] of refusals) {
      expect(await api.call('POST', '/exports', { body })).toMatchObject({ status, body: { code } })
    }
  })

  test("are not found by another project's key", async () => {
    const { id } = await api.ok('POST', '/exports', { accountId: 'org', report: 'usage' })
    const other = await api.another('other')
    const answered = await other.call('GET', `/exports/${id}`)
    expect(answered).toMatchObject({ status: 404, body: { code: 'export_not_found' } })
    await work()
  })

  test('go with the names in them when the personal data of their account are erased', async () => {
    await api.ok('PUT', '/accounts/erased', { members: [{ userId: 'zoe', name: 'Zoe', role: 'admin' }] })
    await charge({ accountId: 'erased', action: 'image.generate', userId: 'zoe' })
    await at('2026-02-28T23:00:04Z')
    const order = { accountId: 'erased', report: 'usage' }
    const { id } = await api.ok('POST', '/exports', order)
    await work()
    expect(await file(id)).toContain('Zoe')
    const { id: waiting } = await api.ok('POST', '/exports', order)
    await api.ok('DELETE', '/accounts/erased/personal-data')
    await work()
    const status = async (asked: string) => (await api.ok('GET', `/exports/${asked}`)).status
    expect([await status(id), await status(waiting)]).toEqual(['forgotten', 'failed'])
    const { rows } = await database().pool.query('select 1 from export_part where export_id = any ($1)', [
      [id, waiting],
    ])
    expect(rows).toEqual([])
  })

  test('that were made long ago are forgotten, and what is left says so', async () => {
    const { id } = await api.ok('POST', '/exports', { accountId: 'org', report: 'usage' })
    await work()
    await database().pool.query("update export set forget_at = now() - interval '1 second' where id = $1", [
      id,
    ])
    await work()
    expect(await api.ok('GET', `/exports/${id}`)).toMatchObject({ status: 'forgotten', url: null })
    expect(await api.call('GET', `/exports/${id}?format=csv`)).toMatchObject({
      status: 410,
      body: { code: 'export_forgotten' },
    })
    const { rows } = await database().pool.query('select 1 from export_part where export_id = $1', [id])
    expect(rows).toEqual([])
  })
})
