/** What CI prints last, with an npm that only says what it was asked and fails where it is told to. */
import { chmodSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { makeSample, type Sample } from './sample.ts'
import { ROOT } from './source-files.ts'

let sample: Sample
afterEach(() => sample.remove())

const NPM = `#!/usr/bin/env bash
echo "npm $*"
if [ "$*" = test ]; then echo "\${LAST_LINE:-7 passed, 0 failed}"; fi
if [ "$*" = "$FAILING" ]; then exit 3; fi
`

function runCi(environment: Readonly<Record<string, string>>): { code: number | null; lines: string[] } {
  sample = makeSample({ '.ci/run': readFileSync(join(ROOT, '.ci/run'), 'utf8'), 'bin/npm': NPM })
  chmodSync(join(sample.folder, 'bin/npm'), 0o755)
  const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
  const path = `PATH=${join(sample.folder, 'bin')}:${process.env.PATH}`
  const { code, output } = sample.run('env', ...settings, path, 'bash', '.ci/run')
  return { code, lines: output.trimEnd().split('\n') }
}

test('CI installs, checks and tests, and the tests have the last line', () => {
  const { code, lines } = runCi({})
  expect(lines).toEqual(['npm ci', 'npm run check', 'npm test', '7 passed, 0 failed'])
  expect(code).toBe(0)
})

test('CI fails with its tests, whose line stays the last', () => {
  const { code, lines } = runCi({ FAILING: 'test', LAST_LINE: '6 passed, 1 failed' })
  expect(lines.at(-1)).toBe('6 passed, 1 failed')
  expect(code).toBe(3)
})

test.each(['ci', 'run check'])('CI stops where "npm %s" fails, and its last line says so', (failing) => {
  const { code, lines } = runCi({ FAILING: failing })
  expect(lines.at(-1)).toBe(`0 passed, 1 failed (npm ${failing})`)
  expect(lines).not.toContain('npm test')
  expect(code).toBe(1)
})
