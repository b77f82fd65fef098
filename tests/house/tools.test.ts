/** The bought checks find what they are set to find: each is shown a sabotaged sample of a repository. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { afterEach, describe, expect, test } from 'vitest'
import { faultOfSubject } from '../../scripts/commit-subject.js'
import { makeSample, type Sample } from './sample.ts'
import { ROOT } from './source-files.ts'

let sample: Sample | undefined
afterEach(() => sample?.remove())

const config = (name: string) => readFileSync(join(ROOT, name), 'utf8')

describe('the direction of dependencies', () => {
  const WRONG: Readonly<Record<string, readonly [from: string, text: string, to: string]>> = {
    'core-imports-only-itself': ['core/src/decide.ts', "import 'node:fs'", 'core/src/index.ts'],
    'core-through-its-door': ['server/src/scrip.ts', "import '../../core/src/pool.ts'", 'core/src/pool.ts'],
    'core-tests-stay-in-core': [
      'core/src/pool.test.ts',
      "import '../../server/src/index.ts'",
      'server/src/index.ts',
    ],
    'nothing-imports-the-ways-in': [
      'server/src/operations/charge.operation.ts',
      "import type { Reply } from '../http/charge.route.ts'",
      'server/src/http/charge.route.ts',
    ],
    'ways-in-stay-apart': [
      'server/src/cli/key.ts',
      "import '../http/keys.route.ts'",
      'server/src/http/keys.route.ts',
    ],
    'ways-in-write-no-sql': [
      'server/src/http/hold.route.ts',
      "import { row } from '../database/ledger.sql.ts'\nrow()",
      'server/src/database/ledger.sql.ts',
    ],
    'ledger-looks-down': [
      'server/src/ledger/commit.ts',
      "import '../operations/grant.operation.ts'",
      'server/src/operations/grant.operation.ts',
    ],
    'database-looks-down': [
      'server/src/database/load.ts',
      "import '../ledger/lane.ts'",
      'server/src/ledger/lane.ts',
    ],
    'operations-know-no-jobs': [
      'server/src/operations/verify.operation.ts',
      "import '../jobs/jobs.ts'",
      'server/src/jobs/jobs.ts',
    ],
    'server-knows-no-pages': ['server/src/pages.ts', "import '../../web/src/portal.ts'", 'web/src/portal.ts'],
    'outside-the-server': ['sdk/src/client.ts', "import '../../server/src/key.ts'", 'server/src/key.ts'],
    'programs-import-no-tests': [
      'server/src/clock.ts',
      "import '../../tests/support/x.ts'",
      'tests/support/x.ts',
    ],
    'sql-driver-in-database': ['server/src/ledger/lock.ts', "import 'pg'", 'server/src/ledger/lane.ts'],
    'fastify-in-http': ['server/src/operations/server.ts', "import 'fastify'", 'server/src/ledger/lane.ts'],
    'stripe-in-gateways': ['server/src/ledger/pay.ts', "import 'stripe'", 'server/src/ledger/lane.ts'],
    'terminal-in-cli': ['server/src/ledger/progress.ts', "import 'commander'", 'server/src/ledger/lane.ts'],
    'ships-what-it-imports': ['server/src/build.ts', "import 'esbuild'", 'server/src/ledger/lane.ts'],
    'not-found': ['server/src/lost.ts', "import './nowhere.ts'", 'server/src/ledger/lane.ts'],
    'no-cycle': ['server/src/ledger/batch.ts', "import './queue.ts'", 'server/src/ledger/queue.ts'],
    'no-cycle-in-core': [
      'core/src/capture.ts',
      "import type { Reply } from './hold.ts'\nexport type Row = Reply",
      'core/src/hold.ts',
    ],
  }

  test('every rule is broken once in a sabotaged sample, and every one is reported where it is', () => {
    const files: Record<string, string> = {
      '.dependency-cruiser.cjs': config('.dependency-cruiser.cjs'),
      'tsconfig.base.json': config('tsconfig.base.json'),
      'package.json': config('package.json'),
      'server/package.json': config('server/package.json'),
    }
    for (const [, , to] of Object.values(WRONG))
      files[to] = 'export const row = (): number => 1\nexport type Reply = number\n'
    for (const [from, text] of Object.values(WRONG)) files[from] = `${text}\n`
    files['server/src/ledger/queue.ts'] = "import './batch.ts'\n"
    files['core/src/hold.ts'] = "import type { Row } from './capture.ts'\nexport type Reply = number | Row\n"
    sample = makeSample(files)
    const { code, output } = sample.run(
      'depcruise',
      '--output-type',
      'err',
      'core',
      'server',
      'sdk',
      'tests',
      'web',
    )
    expect(code).toBeGreaterThan(0)
    const unreported = Object.entries(WRONG).filter(
      ([rule, [from]]) => !output.includes(`error ${rule}: ${from}`),
    )
    expect(
      unreported.map(([rule]) => rule),
      output,
    ).toEqual([])
  })

  test('no rule is without its sample', () => {
    const rules = [...config('.dependency-cruiser.cjs').matchAll(/(?:name: |kept\(\s*)'([a-z-]+)'/g)].map(
      (match) => match[1],
    )
    expect(rules.sort()).toEqual(Object.keys(WRONG).sort())
  })
})

test('dead code is found: a file nobody imports, an export nobody uses, a package nobody needs', () => {
  sample = makeSample({
    'knip.json': config('knip.json'),
    'package.json': config('package.json'),
    'core/package.json': config('core/package.json'),
    'server/package.json': config('server/package.json'),
    'core/src/index.ts': "export * from './hold.ts'\n",
    'core/src/hold.ts': 'export const hold = 1\n',
    'server/src/index.ts': "import { used } from './used.ts'\nused()\n",
    'server/src/used.ts': 'export const used = (): void => {}\nexport const unused = 1\n',
    'server/src/forgotten.ts': 'export const forgotten = 1\n',
  })
  const { code, output } = sample.run('knip', '--no-progress', '--reporter', 'compact')
  expect(code).toBe(1)
  expect(output).toContain('server/src/forgotten.ts')
  expect(output).toContain('server/src/used.ts: unused')
  expect(output).toContain('yaml')
})

describe('the wall around core', () => {
  const compile = (text: string): string[] => {
    const parsed = ts.getParsedCommandLineOfConfigFile(
      join(ROOT, 'core/tsconfig.json'),
      {},
      {
        ...ts.sys,
        onUnRecoverableConfigFileDiagnostic: () => {},
      },
    )
    const options = parsed?.options ?? {}
    const path = join(ROOT, 'core/src/sabotaged.ts')
    const host = ts.createCompilerHost(options)
    const read = host.getSourceFile
    host.getSourceFile = (name, target) =>
      name === path ? ts.createSourceFile(name, text, target, true) : read(name, target)
    const program = ts.createProgram([path], options, host)
    return program
      .getSemanticDiagnostics()
      .map((fault) => ts.flattenDiagnosticMessageText(fault.messageText, ' '))
  }

  const ACTING = [
    'fetch',
    'process',
    'setTimeout',
    'setInterval',
    'console',
    'Buffer',
    'document',
    'crypto',
    'performance',
  ]

  test('what acts does not compile in core: the network, the process, timers, the console, files', () => {
    const uses = [
      "import type { Lot } from './pool.ts'",
      "export { readFileSync } from 'node:fs'",
      'export const lot = {} as Lot',
      ...ACTING,
    ]
    expect(compile(uses.join('\n'))).toEqual([
      expect.stringContaining("'node:fs'"),
      ...ACTING.map((name) => expect.stringContaining(`Cannot find name '${name}'`)),
    ])
  })
})

describe('subjects of commits', () => {
  test.each([
    'spend-order: purchased credits go last',
    'core, ledger: a hold pins its lots',
    '.ci: the tests run on both databases',
    'server/http: a lone surrogate is refused with its path',
  ])('is in order: %s', (subject) => {
    expect(faultOfSubject(subject)).toBeNull()
  })

  test.each([
    'Fixes',
    'fix things',
    'Ledger: one commit',
    'ledger:',
    'ledger: one commit.',
    `ledger: ${'very '.repeat(30)}long`,
  ])('is refused: %s', (subject) => {
    expect(faultOfSubject(subject)).not.toBeNull()
  })
})

describe('the line at the end of the tests', () => {
  const runner = join(ROOT, 'scripts/test.js')
  const last = (output: string) => output.trimEnd().split('\n').at(-1)

  test('counts what failed, what could not run, and what was skipped without a reason', () => {
    sample = makeSample({
      'package.json': '{ "type": "module" }',
      'good.test.ts': "import { test } from 'vitest'\ntest('good', () => {})\n",
      'bad.test.ts': "import { test } from 'vitest'\ntest('bad', () => { throw new Error('bad') })\n",
      'broken.test.ts': "throw new Error('broken')\n",
      'loose.test.ts':
        "import { test } from 'vitest'\ntest('loose', () => void Promise.reject(new Error('loose')))\n",
      'skipped.test.ts':
        "import { test } from 'vitest'\ntest('why', (context) => context.skip('needs root'))\ntest('silent', (context) => context.skip())\n",
    })
    const { code, output } = sample.run('node', runner, '--root', sample.folder)
    expect(last(output), output).toBe('2 passed, 4 failed, 2 skipped')
    expect(output).toContain('skipped: skipped.test.ts > why: needs root')
    expect(code).toBe(1)
  })

  test('is a failure where no test was run, and names no skips where there were none', () => {
    sample = makeSample({ 'package.json': '{ "type": "module" }' })
    const { code, output } = sample.run('node', runner, '--root', sample.folder)
    expect(last(output)).toBe('0 passed, 1 failed')
    expect(code).toBe(1)
  })

  test('is all there is to say where everything passed', () => {
    sample = makeSample({
      'package.json': '{ "type": "module" }',
      'good.test.ts': "import { test } from 'vitest'\ntest('good', () => {})\n",
    })
    const { code, output } = sample.run('node', runner, '--root', sample.folder)
    expect(last(output)).toBe('1 passed, 0 failed')
    expect(code).toBe(0)
  })
})
