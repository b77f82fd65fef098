import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeOnEachDatabase, describeOnPostgres } from '../../../tests/support/databases.ts'
import { runJobs } from '../jobs/jobs.ts'
import { makeExports } from '../jobs/make-exports.job.ts'
import { scheduleExports } from '../jobs/schedule-exports.job.ts'
import { openScrip } from '../scrip.ts'
import { type Api, serveProject } from './api-under-test.ts'

const JOBS = [scheduleExports, makeExports]

describeOnEachDatabase('exports by a schedule', (database) => {
  let api: Api
  let root: string

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'scrip-exports-'))
    api = await serveProject(database(), { scrip: { exportFolder: root } })
    await api.ok('POST', '/test-clock', { now: '2026-02-28T23:00:03Z' })
    await api.ok('PUT', '/accounts/org', {
      timeZone: 'Europe/Berlin',
    })
  }, 60_000)
  afterAll(async () => {
    await api.close()
    rmSync(root, { recursive: true })
  })

  const at = (now: string) => api.ok('POST', '/test-clock', { now })
  const work = () => runJobs(api.scrip.house, JOBS)
  const file = async (id: string) => {
    const answered = await api.call('GET', `/exports/${id}?format=csv`)
    expect([answered.status, Number(answered.headers['content-length'])]).toEqual([
      200,
      Buffer.byteLength(answered.text),
    ])
    return answered.text
  }
  const scheduled = async (scheduleId: string) =>
    (await api.ok('GET', `/exports?scheduleId=${scheduleId}&order=asc`)).data

  test('come once for each month, by the calendar of the account', async () => {
    const schedule = {
      accountId: 'org',
      report: 'usage',
      every: 'month',
      at: '07:30',
      deliver: { webhook: true },
    }
    const put = await api.call('PUT', '/export-schedules/monthly', { body: schedule })
    expect(put).toMatchObject({ status: 201, body: { nextAt: '2026-03-01T06:30:00.000Z', at: '07:30' } })
    await at('2026-03-01T06:29:59Z')
    await work()
    expect(await scheduled('monthly')).toEqual([])
    await at('2026-03-01T06:30:00Z')
    await work()
    await work()
    const [only, ...others] = await scheduled('monthly')
    expect(others).toEqual([])
    expect(only).toMatchObject({
      status: 'ready',
      from: '2026-01-31T23:00:00.000Z',
      to: '2026-02-28T23:00:00.000Z',
      missed: 0,
    })
    expect(await api.ok('GET', '/export-schedules/monthly')).toMatchObject({
      nextAt: '2026-04-01T05:30:00.000Z',
    })
  })

  test('come after two days of downtime once, and say what was left out', async () => {
    await at('2026-04-10T10:00:00Z')
    const schedule = { accountId: 'org', report: 'usage', every: 'day', deliver: { webhook: true } }
    await api.ok('PUT', '/export-schedules/daily', schedule)
    await at('2026-04-13T10:00:00Z')
    await work()
    const made = await scheduled('daily')
    expect(made).toHaveLength(1)
    expect(made[0]).toMatchObject({
      from: '2026-04-11T22:00:00.000Z',
      to: '2026-04-12T22:00:00.000Z',
      missed: 2,
    })
    const { data } = await api.ok('GET', '/events?type=export.ready')
    const told = data.filter((event: { data: { scheduleId: string } }) => event.data.scheduleId === 'daily')
    expect(told).toMatchObject([{ data: { exportId: made[0].id, missed: 2 } }])
    // Asked for again as it is, nothing comes twice.
    await api.ok('PUT', '/export-schedules/daily', schedule)
    await work()
    expect(await scheduled('daily')).toHaveLength(1)
  })

  test('follow the account into another time zone', async () => {
    await api.ok('PUT', '/accounts/org', { timeZone: 'Pacific/Auckland' })
    await work()
    expect(await api.ok('GET', '/export-schedules/daily')).toMatchObject({
      nextAt: '2026-04-13T18:00:00.000Z',
    })
    await api.ok('PUT', '/accounts/org', { timeZone: 'Europe/Berlin' })
  })

  test('stop when it is removed', async () => {
    expect((await api.call('DELETE', '/export-schedules/daily')).status).toBe(204)
    expect(await api.call('DELETE', '/export-schedules/daily')).toMatchObject({
      status: 404,
      body: { code: 'export_schedule_not_found' },
    })
    await at('2026-04-20T10:00:00Z')
    await work()
    expect(await scheduled('daily')).toHaveLength(1)
    const { data } = await api.ok('GET', '/export-schedules')
    expect(data.map(({ id }: { id: string }) => id)).toEqual(['monthly'])
  })

  test('are put into a folder, whole, and only below the one that is open', async () => {
    const schedule = { accountId: 'org', report: 'usage', every: 'day', deliver: { folder: 'org/daily' } }
    await api.ok('PUT', '/export-schedules/to:folder', schedule)
    await at('2026-04-21T10:00:00Z')
    await work()
    const [made] = await scheduled('to:folder')
    expect(made).toMatchObject({ status: 'ready', delivery: 'done' })
    const names = readdirSync(join(root, 'org', 'daily'))
    expect(names).toEqual([`to-folder_2026-04-20_${made.id}.csv`])
    expect(readFileSync(join(root, 'org', 'daily', names[0]!), 'utf8')).toBe(await file(made.id))
    for (const folder of ['..', '/etc', 'a/../..', '.hidden', 'a//b', 'a/b/c/d/e/f', '']) {
      const answered = await api.call('PUT', '/export-schedules/x', {
        body: { ...schedule, deliver: { folder } },
      })
      expect(answered).toMatchObject({ status: 400, body: { code: 'request_malformed' } })
    }
  })

  test('are mailed once to each address, with what was left out', async () => {
    const email = ['ada@example.com', 'Bob@example.com']
    const schedule = { accountId: 'org', report: 'usage', every: 'week', deliver: { email } }
    await api.ok('PUT', '/export-schedules/weekly', schedule)
    await at('2026-05-12T10:00:00Z')
    await work()
    const [made] = await scheduled('weekly')
    expect(made).toMatchObject({ status: 'ready', delivery: 'done', missed: 2 })
    const { rows } = await database().pool.query(
      'select address, kind, file_name, file, data from mail where cause = $1 order by address collate "C"',
      [`export:${made.id}`],
    )
    expect(rows.map(({ address }) => address)).toEqual(['Bob@example.com', 'ada@example.com'])
    const text = await file(made.id)
    for (const mail of rows) {
      expect(mail).toMatchObject({
        kind: 'report',
        data: { report: 'usage 2026-05-04 – 2026-05-10', missed: 2 },
      })
      expect([mail.file_name, mail.file.toString()]).toEqual([
        `weekly_2026-05-04_2026-05-10_${made.id}.csv`,
        text,
      ])
    }
    await work()
    const { rows: again } = await database().pool.query('select 1 from mail where cause = $1', [
      `export:${made.id}`,
    ])
    expect(again).toHaveLength(2)
  })

  test('are not put through a link that leads elsewhere, and say so', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'scrip-outside-'))
    symlinkSync(outside, join(root, 'link'))
    const schedule = { accountId: 'org', report: 'usage', every: 'day', deliver: { folder: 'link/in' } }
    await api.ok('PUT', '/export-schedules/linked', schedule)
    await at('2026-05-13T10:00:00Z')
    await work()
    const [made] = await scheduled('linked')
    expect(made).toMatchObject({ status: 'ready', delivery: 'waiting' })
    expect(made.failure).toContain('is outside of the folder for exports')
    expect(readdirSync(outside)).toEqual([])
    rmSync(outside, { recursive: true })
  })

  test('without an open folder, or to two places at once, are refused', async () => {
    const closed = await serveProject(database())
    await closed.ok('PUT', '/accounts/org', {})
    const schedule = { accountId: 'org', report: 'usage', every: 'day' }
    const put = (deliver: object) =>
      closed.call('PUT', '/export-schedules/x', { body: { ...schedule, deliver } })
    expect(await put({ folder: 'a' })).toMatchObject({ status: 422, body: { code: 'export_folder_closed' } })
    for (const deliver of [{}, { webhook: true, folder: 'a' }, { webhook: false }, { carrier: 'pigeon' }]) {
      expect(await put(deliver)).toMatchObject({ status: 400, body: { code: 'request_malformed' } })
    }
    await closed.close()
  })
})

describeOnPostgres('scheduled exports by several processes', (database) => {
  let api: Api
  beforeAll(async () => {
    api = await serveProject(database())
    await api.ok('POST', '/test-clock', { now: '2026-01-01T12:00:00Z' })
  }, 60_000)
  afterAll(() => api.close())

  test('are made once for each occurrence', async () => {
    for (let index = 0; index < 10; index++) {
      await api.ok('PUT', `/accounts/org_${index}`, {})
      const schedule = {
        accountId: `org_${index}`,
        report: 'usage',
        every: 'day',
        deliver: { webhook: true },
      }
      await api.ok('PUT', `/export-schedules/schedule_${index}`, schedule)
    }
    const open = () => openScrip({ database: database(), jobs: false, accountKeyLimit: null })
    const processes = await Promise.all([open(), open(), open()])
    const houses = [api.scrip.house, ...processes.map(({ house }) => house)]
    for (const day of ['02', '03', '05']) {
      await api.ok('POST', '/test-clock', { now: `2026-01-${day}T12:00:00Z` })
      await Promise.all(houses.map((house) => runJobs(house, JOBS)))
    }
    // What another process had claimed while it was looked for.
    await runJobs(api.scrip.house, JOBS)
    const { data } = await api.ok('GET', '/exports?limit=200')
    const made = data.map((one: { scheduleId: string; to: string; missed: number; status: string }) =>
      [one.scheduleId, one.to.slice(0, 10), one.missed, one.status].join(' '),
    )
    const expected = Array.from({ length: 10 }, (_, index) =>
      ['2026-01-02 0', '2026-01-03 0', '2026-01-05 1'].map((each) => `schedule_${index} ${each} ready`),
    )
    expect(made.sort()).toEqual(expected.flat().sort())
    const { data: events } = await api.ok('GET', '/events?type=export.ready&limit=200')
    expect(events).toHaveLength(30)
    await Promise.all(processes.map((scrip) => scrip.close()))
  })
})
