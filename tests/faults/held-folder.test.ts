import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { beginServer, type Ended, freePort, type Program, scripServe, startServer } from './server-process.ts'
import { figure, IS_LONG, size } from './trial.ts'

const STOPPED_MS_MAX = 2_000

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scrip-held-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** How a second process on the same folder ends; null when it does not, but serves. */
async function startSecond(program: Program): Promise<{ ended: Ended | null; ms: number }> {
  const from = performance.now()
  const second = startServer(program)
  const ended = await Promise.race([
    second.ended,
    second.ready.then(
      () => null,
      () => second.ended,
    ),
  ])
  const ms = performance.now() - from
  await second.kill()
  return { ended, ms }
}

test('a second process on a held folder stops and names the first; a dead holder is succeeded', {
  timeout: 60_000,
}, async () => {
  const program = await scripServe({ folder })
  const first = await beginServer(program)
  const starts = []
  for (let start = 0; start < size(1, 3); start++) starts.push(await startSecond(await elsewhere(program)))
  const { ended, ms } = starts.reduce((least, one) => (one.ms < least.ms ? one : least))
  figure('held folder', `the second process stopped after ${Math.round(ms)} ms with exit code ${ended?.code}`)
  expect(ended?.output).toContain(`process ${first.pid}`)
  expect(ended?.code).toBeGreaterThan(0)
  if (IS_LONG) expect(ms).toBeLessThan(STOPPED_MS_MAX)
  await first.kill()
  const heir = startServer(program)
  expect(await heir.ready).toBeGreaterThan(0)
  expect((await heir.stop()).code).toBe(0)
})

test('without the lock file the second process is not stopped', { timeout: 60_000 }, async () => {
  const program = await scripServe({ folder })
  const first = await beginServer(program)
  rmSync(join(folder, 'scrip.lock'))
  const { ended } = await startSecond(await elsewhere(program))
  await first.kill()
  expect(ended).toBeNull()
})

/** The same program on another port, so that the folder alone stands in its way. */
async function elsewhere(program: Program): Promise<Program> {
  const port = await freePort()
  return {
    ...program,
    port,
    args: program.args.map((arg) => (arg === String(program.port) ? String(port) : arg)),
  }
}
