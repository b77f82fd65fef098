import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from './terminal-under-test.ts'

const POWERPOST = new URL('../../../catalogs/powerpost/catalog.yaml', import.meta.url).pathname
const FAULTY = 'scrip: 1\nproduct: P\ncurrency: USD\npacks:\n  big: { name: Big, credits: 1.5, price: 900 }\n'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'scrip-cli-'))
  writeFileSync(join(folder, 'faulty.yaml'), FAULTY)
  writeFileSync(join(folder, 'large.yaml'), '#'.repeat(10_000_000))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('scrip catalog check', () => {
  test('a valid catalog is answered with its rate card in words', async () => {
    const { exitCode, out } = await run(['catalog', 'check', POWERPOST])
    expect(exitCode).toBe(0)
    expect(out).toContain('A new account gets 50 credits, which never expire.')
    expect(out).toContain('Starter: 100 credits for $9.00')
  })

  test('every fault of a file is named with line, column and path, in the order of the file', async () => {
    const path = join(folder, 'faulty.yaml')
    const { exitCode, out } = await run(['catalog', 'check', path])
    expect(exitCode).toBe(1)
    const [first, second] = out.split('\n')
    expect(first).toMatch(`${path}:5:30 packs.big.credits: expected a whole number of credits`)
    expect(second).toMatch(`${path}:5:42 packs.big.price: expected money with its currency`)
    expect(out).toContain('2 faults.')
  })

  test('--json prints the faults for a program to read', async () => {
    const { exitCode, out } = await run(['catalog', 'check', join(folder, 'faulty.yaml'), '--json'])
    expect(exitCode).toBe(1)
    const answer = JSON.parse(out)
    expect(answer.valid).toBe(false)
    expect(
      answer.errors.map((error: { path: string; line: number }) => [error.path, error.line]),
    ).toContainEqual(['packs.big.price', 5])
  })

  test('the input is read where the file is -', async () => {
    const { exitCode, out } = await run(['catalog', 'check', '-'], { input: FAULTY })
    expect(exitCode).toBe(1)
    expect(out).toContain('-:5:30 packs.big.credits')
  })

  test.each([
    ['nowhere.yaml', 'nowhere.yaml: there is no such file.'],
    ['.', '.: this is a folder, not a file.'],
  ])('a file that cannot be read (%s) is refused in a sentence', async (file, sentence) => {
    const { exitCode, err } = await run(['catalog', 'check', file])
    expect(exitCode).toBe(2)
    expect(err).toBe(`${sentence}\n`)
  })

  test('a file of 10 MB is refused without being read', async () => {
    const { exitCode, err } = await run(['catalog', 'check', join(folder, 'large.yaml')])
    expect(exitCode).toBe(2)
    expect(err).toContain('has 10000000 bytes; a catalog has at most 1000000')
  })
})
