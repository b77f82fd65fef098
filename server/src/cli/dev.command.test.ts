import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runProgram } from './program.ts'
import { run, terminalUnderTest } from './terminal-under-test.ts'

const CATALOG = `scrip: 1
product: Small
currency: USD
plans:
  basic: { name: Basic, every: month, credits: 100, price: 19.00 USD }
actions:
  ask: { name: Asking, price: 2 }
`

let folder: string
let file: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'scrip-dev-'))
  file = join(folder, 'catalog.yaml')
})
afterAll(() => rmSync(folder, { recursive: true }))

function start(more: readonly string[]) {
  writeFileSync(file, CATALOG)
  const terminal = terminalUnderTest()
  return { terminal, ended: runProgram(['dev', '--catalog', file, '--port', '0', ...more], terminal) }
}

describe('scrip dev', () => {
  test('a saved catalog is applied, a faulty one is answered with line and column, and requests are shown', async () => {
    const { terminal, ended } = start(['--memory'])
    await terminal.until('Watching')
    const url = /http:\/\/[\d.]+:\d+/.exec(terminal.printed.out)![0]
    const [key] = /scrip_test_sk_\w+/.exec(terminal.printed.out)!
    writeFileSync(file, CATALOG.replace('credits: 100', 'credits: 150'))
    await terminal.until('Version 2 is live.')
    expect(terminal.printed.err).toContain('• Basic: 100 → 150 credits a month.')
    writeFileSync(file, CATALOG.replace('price: 2', 'price: two'))
    await terminal.until('the version before stays live')
    expect(terminal.printed.err).toContain(`${file}:7:31 actions.ask.price: expected`)
    const response = await fetch(`${url}/api/v1/plans`, { headers: { 'x-api-key': key } })
    const { data } = (await response.json()) as { data: { credits: number }[] }
    expect(data[0]!.credits).toBe(150)
    await terminal.until('/api/v1/plans')
    expect(terminal.printed.err).toMatch(
      /\d\d:\d\d:\d\d {2}200 {2}GET {5}\/api\/v1\/plans {2}[\d.]+ ms {2}scrip_test_sk_/,
    )
    expect(terminal.printed.err).not.toContain(key)
    terminal.stop()
    expect(await ended).toBe(0)
  }, 60_000)

  test('on a folder the next start serves the same project with the same key', async () => {
    const data = join(folder, 'data')
    const keys: string[] = []
    for (const _ of ['first', 'second']) {
      const { terminal, ended } = start(['--data', data])
      await terminal.until('Watching')
      keys.push(/scrip_test_sk_\w+/.exec(terminal.printed.out)![0])
      terminal.stop()
      expect(await ended).toBe(0)
    }
    expect(keys[1]).toBe(keys[0])
    expect(statSync(join(data, 'dev.json')).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(data, 'dev.json'), 'utf8')).toContain(keys[0])
  }, 60_000)

  test('a catalog that is faulty from the start is refused before anything is opened', async () => {
    writeFileSync(file, 'scrip: 2\n')
    const { exitCode, err } = await run(['dev', '--catalog', file, '--memory'])
    expect(exitCode).toBe(1)
    expect(err).toContain('mend them first')
  })
})
