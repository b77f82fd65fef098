import { describe, expect, test } from 'vitest'
import released from './released-migrations.json' with { type: 'json' }
import { readRepository, type SourceFile } from './source-files.ts'
import {
  LINES_MAX,
  linesFaults,
  migrationFaults,
  nameFaults,
  purityFaults,
  recipeFaults,
  sqlFaults,
  testFaults,
  unfinishedFaults,
} from './tidy.ts'

interface Rule {
  readonly sentence: string
  readonly faults: (files: readonly SourceFile[]) => string[]
  /** One file each that breaks the rule. */
  readonly sabotaged: readonly SourceFile[]
}

const repository = readRepository()

const RULES: readonly Rule[] = [
  {
    sentence: 'core asks no clock, throws no dice and waits for nothing',
    faults: purityFaults,
    sabotaged: [
      'Date.now()',
      'new Date()',
      'Math.random()',
      'Temporal.Now.instant()',
      'async function decide() {}',
      'for await (const row of rows) count(row)',
      'export const later = Promise.resolve(1)',
      "import('./decide.ts')",
    ].map((text) => ({ path: 'core/src/decide.ts', text })),
  },
  {
    sentence: `a file has under ${LINES_MAX} lines`,
    faults: linesFaults,
    sabotaged: [{ path: 'core/src/decide.ts', text: 'a\n'.repeat(LINES_MAX) }],
  },
  {
    sentence: 'a name says what is in the file, the domain’s word first and the role last',
    faults: nameFaults,
    sabotaged: [
      'core/src/shared/amounts.ts',
      'server/src/lib/clock.ts',
      'server/src/charge-helpers.ts',
      'server/src/charge.service.ts',
      'server/src/ChargeRoute.ts',
      'core/src/charge-v2.ts',
    ].map((path) => ({ path, text: '' })),
  },
  {
    sentence: 'nothing is left for later',
    faults: unfinishedFaults,
    sabotaged: [
      ['TO', 'DO'],
      ['FIX', 'ME'],
      ['not ', 'implemented'],
      ['for', ' now'],
    ].map((word) => ({
      path: 'core/src/decide.ts',
      text: `// ${word.join('')}: refunds`,
    })),
  },
  {
    sentence: 'a test runs or says why not, waits for no time to pass, and its title is a sentence',
    faults: testFaults,
    sabotaged: [
      `describe.${'only'}('a pool', () => {})`,
      `test.${'skip'}('a pool', () => {})`,
      `${'xit'}('a pool', () => {})`,
      `await ${'sleep'}(100)`,
      `await new Promise((resolve) => ${'setTimeout'}(resolve, 100))`,
      `test('${'should'} charge', () => {})`,
    ].map((text) => ({ path: 'core/src/decide.test.ts', text })),
  },
  {
    sentence: 'all the SQL is in server/src/database',
    faults: sqlFaults,
    sabotaged: [
      "'select balance from pool'",
      '`select available\n from pool`',
      '`insert into entry values (1)`',
      "'update pool set version = 2'",
    ].map((text) => ({ path: 'server/src/operations/charge.operation.ts', text: `query(${text})` })),
  },
  {
    sentence: 'a folder to which one may add has a README that begins with how',
    faults: recipeFaults,
    sabotaged: [
      { path: 'core/src/price/components/per.ts', text: '' },
      { path: 'core/src/price/components/README.md', text: '# Components\n' },
    ],
  },
  {
    sentence: 'migrations are numbered without a gap, and a released one is never edited',
    faults: (files) => migrationFaults(files, released),
    sabotaged: [{ path: 'server/src/database/migrations/0002_ledger.sql', text: 'create table pool ();' }],
  },
]

describe.each(RULES)('$sentence', ({ faults, sabotaged }) => {
  test('here', () => {
    expect(faults(repository)).toEqual([])
  })

  test.each(sabotaged)('and it is noticed where it is not so: $path $text', (file) => {
    expect(faults([file])).not.toEqual([])
  })
})

test('a released migration that was edited or taken away is noticed', () => {
  const migration = { path: 'server/src/database/migrations/0001_ledger.sql', text: 'create table pool ();' }
  expect(migrationFaults([migration], {})).toEqual([])
  expect(migrationFaults([migration], { '0001_ledger.sql': 'the checksum of another text' })).toHaveLength(1)
  expect(migrationFaults([], { '0001_ledger.sql': 'a checksum' })).toHaveLength(1)
})

test('the repository is really read', () => {
  expect(repository.map((file) => file.path)).toEqual(
    expect.arrayContaining(['package.json', 'core/src/pool.ts', 'tests/house/tidy.test.ts', '.ci/run']),
  )
})
