/** A process that only works, beside a server that only answers, on one PostgreSQL. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FreshDatabase, openFreshDatabase } from '../../../tests/support/databases.ts'
import { runProgram } from './program.ts'
import type { ExitCode } from './stop.ts'
import { run, type TerminalUnderTest, terminalUnderTest } from './terminal-under-test.ts'

describe('scrip work', () => {
  let fresh: FreshDatabase
  let worker: TerminalUnderTest
  let worked: Promise<ExitCode>
  let url: string

  beforeAll(async () => {
    fresh = await openFreshDatabase('postgres')
    worker = terminalUnderTest({ env: { DATABASE_URL: fresh.url! } })
    worked = runProgram(['work', '--port', '0', '--log', 'none'], worker)
    const ended = worked.then(() => Promise.reject(new Error(worker.printed.err)))
    await Promise.race([worker.until('Working on'), ended])
    ended.catch(() => undefined)
    url = /http:\/\/\S+?(?=\/metrics)/.exec(worker.printed.err)![0]
  }, 60_000)
  afterAll(async () => {
    worker.stop()
    await worked
    await fresh.drop()
  })

  test('says whether it lives and how it does, and serves nothing else', async () => {
    const ask = async (path: string) => (await fetch(`${url}${path}`)).status
    expect([await ask('/healthz'), await ask('/readyz'), await ask('/metrics')]).toEqual([200, 200, 200])
    expect([await ask('/api/v1/project'), await ask('/docs'), await ask('/openapi.json')]).toEqual([
      404, 404, 404,
    ])
  })

  test('runs every job', async () => {
    const text = await (await fetch(`${url}/metrics`)).text()
    expect(text).toContain('scrip_job_rounds_total{job="advance-due-pools"}')
    expect(text).toContain('scrip_job_rounds_total{job="make-exports"}')
  })

  test('stops in good order', async () => {
    worker.stop()
    expect(await worked).toBe(0)
    expect(worker.printed.err).toContain('Stopping; the round under way is finished first.')
  })

  test('is refused on the embedded database, which belongs to one process', async () => {
    const { exitCode, err } = await run(['work'], { env: { DATABASE_URL: '', SCRIP_DATA: '/nowhere' } })
    expect(exitCode).toBe(3)
    expect(err).toContain('There `scrip serve` does what time does by itself.')
  })
})
