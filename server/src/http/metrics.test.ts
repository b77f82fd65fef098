import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import type { Figures } from '../operations/read-figures.ts'
import { type Api, serveProject } from './api-under-test.ts'
import { exposition } from './metrics.ts'

const QUIET: Figures = {
  waiting: null,
  ledger: { batches: 3, commands: 12, batchesUpTo: [1, 1, 2, 3, 3, 3, 3, 3, 3, 3], waiting: 4 },
  connections: { open: 2, idle: 1, asking: 0 },
}

/** Every line of the format: a comment, or a name with labels and a number. */
const LINE = /^(# (HELP|TYPE) scrip_[a-z_]+ .+|scrip_[a-z_]+(\{[a-z]+="[^"]*"\})? -?[0-9.e+-]+)$/

function figureIn(text: string, name: string): number {
  const line = text.split('\n').find((each) => each.startsWith(`scrip_${name} `))
  return Number(line?.split(' ')[1])
}

describe('the figures', () => {
  test('say that the database is down, and nothing of what waits in it', () => {
    const text = exposition(QUIET, [])
    expect(text).toContain('\nscrip_database_up 0\n')
    expect(text).not.toContain('scrip_due_oldest_seconds')
    expect(text).toContain('\nscrip_commands_waiting 4\n')
  })

  test('have batches as a histogram that adds up', () => {
    const text = exposition(QUIET, [{ job: 'mend', rounds: 2, failures: 1, endedAt: 1_500 }])
    expect(text).toContain('scrip_commit_commands_bucket{le="5"} 2\n')
    expect(text).toContain('scrip_commit_commands_bucket{le="+Inf"} 3\nscrip_commit_commands_sum 12\n')
    expect(text).toContain('scrip_job_failures_total{job="mend"} 1\n')
    expect(text).toContain('scrip_job_last_round_timestamp_seconds{job="mend"} 1.5\n')
    for (const line of text.trimEnd().split('\n')) expect(line).toMatch(LINE)
  })
})

describeOnEachDatabase('GET /metrics', (database) => {
  let api: Api
  beforeAll(async () => {
    api = await serveProject(database())
    await api.ok('PUT', '/accounts/org', {})
  }, 60_000)
  afterAll(() => api.close())

  const read = async () => (await api.call('GET', '/site/metrics', { key: null })).text

  test('counts what the ledger did', async () => {
    const before = figureIn(await read(), 'commit_commands_sum')
    await api.ok('POST', '/charges', { accountId: 'org', action: 'image.generate' })
    await api.ok('POST', '/charges', { accountId: 'org', action: 'image.generate' })
    const after = await read()
    expect(figureIn(after, 'commit_commands_sum') - before).toBe(2)
    expect(figureIn(after, 'database_up')).toBe(1)
    for (const line of after.trimEnd().split('\n')) expect(line).toMatch(LINE)
  })

  test('counts what waits', async () => {
    const before = figureIn(await read(), 'exports_waiting')
    await api.ok('POST', '/exports', { accountId: 'org', report: 'usage' })
    expect(figureIn(await read(), 'exports_waiting') - before).toBe(1)
  })

  test('says how long the longest due pool has been due', async () => {
    const { pool } = database()
    expect(figureIn(await read(), 'due_oldest_seconds')).toBe(0)
    await pool.query("update pool set due_at = now() - interval '90 seconds' where project_id = $1", [
      api.project,
    ])
    const seconds = figureIn(await read(), 'due_oldest_seconds')
    expect(seconds).toBeGreaterThanOrEqual(90)
    await pool.query('update pool set due_at = null where project_id = $1', [api.project])
  })

  test('is for this machine, and elsewhere for a key with the scope admin alone', async () => {
    const { key: reader } = await api.ok('POST', '/keys', { scopes: ['read'] })
    const handedOn = { 'x-forwarded-for': '203.0.113.9' }
    const status = async (key: string | null, headers = {}) => {
      const answered = await api.call('GET', '/site/metrics', { key, headers })
      return [answered.status, answered.status === 200 ? null : answered.body.code]
    }
    expect(await status(null)).toEqual([200, null])
    expect(await status(null, handedOn)).toEqual([401, 'key_required'])
    expect(await status(api.key, handedOn)).toEqual([200, null])
    expect(await status(reader, handedOn)).toEqual([403, 'scope_required'])
    expect(await status('scrip_test_sk_nonsense')).toEqual([401, 'key_invalid'])
  })
})
