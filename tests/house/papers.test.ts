/** The papers say what is so: paths exist, commands are scripts, the trace is the code's. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { commandsIn, modulesIn, pathsIn, rowsOf, scriptsIn, sectionOf } from './papers.ts'
import { ROOT, readRepository } from './source-files.ts'

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const decisions = readdirSync(join(ROOT, 'docs/decisions')).filter((name) => /^\d/.test(name))
const PAPERS = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  ...decisions.map((name) => `docs/decisions/${name}`),
]
const manifest = JSON.parse(read('package.json'))

describe.each(PAPERS)('%s', (paper) => {
  test('names no path that is not there', () => {
    expect(pathsIn(read(paper)).filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
  })

  test('names no command that is not there', () => {
    expect(scriptsIn(read(paper)).filter((script) => manifest.scripts[script] === undefined)).toEqual([])
  })
})

describe.each(readRepository().filter((file) => file.path.endsWith('/README.md')))('$path', (readme) => {
  test('names no file that is not there', () => {
    expect(modulesIn(readme).filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
  })
})

describe('ARCHITECTURE.md', () => {
  const architecture = read('ARCHITECTURE.md')

  test('answers "Where is…?" with a path for every question', () => {
    const rows = rowsOf(sectionOf(architecture, 'Where is…?'))
    expect(rows.length).toBeGreaterThan(20)
    expect(rows.filter((row) => pathsIn(row[1] ?? '').length === 0)).toEqual([])
  })

  test('traces a charge through files each of which is imported by one before it', () => {
    const section = sectionOf(architecture, 'One charge, file by file')
    const steps = rowsOf(section).flatMap((row) => pathsIn(row[0] ?? ''))
    expect(steps.length).toBeGreaterThan(8)
    const unreached = steps.filter(
      (step, index) => index > 0 && !steps.slice(0, index).some((path) => imports(path, step)),
    )
    expect(unreached).toEqual([])
  })
})

/** Whether one file imports another; core's door is the package's name. */
function imports(path: string, target: string): boolean {
  const text = read(path)
  if (target === 'core/src/decide.ts' && /import \{[^}]*\bdecide\b[^}]*\} from '@scrip\/core'/.test(text))
    return true
  const relative = [...text.matchAll(/from '(\.{1,2}\/[^']+)'/g)].map((match) => match[1] as string)
  return relative.some((each) => join(dirname(path), each) === target)
}

describe('README.md', () => {
  test('begins with the two commands of a fresh machine, and both are scripts', () => {
    const commands = commandsIn(read('README.md'))
    expect(commands.slice(0, 2)).toEqual(['npm ci && npm start', 'npm ci && npm test'])
    expect(Object.keys(manifest.scripts)).toEqual(
      expect.arrayContaining(['start', 'test', 'check', 'bench', 'build']),
    )
  })
})

describe('CHANGELOG.md', () => {
  test('has a section for the version of every package', () => {
    const versions = ['package.json', 'core/package.json', 'server/package.json'].map(
      (path) => JSON.parse(read(path)).version,
    )
    expect(new Set(versions).size).toBe(1)
    expect(read('CHANGELOG.md')).toMatch(new RegExp(`^## \\[${manifest.version}\\]`, 'm'))
  })
})

describe('docs/decisions', () => {
  test('are numbered without a gap, dated, and end with what would change them', () => {
    decisions.forEach((name, index) => {
      expect(name).toMatch(new RegExp(`^${String(index + 1).padStart(4, '0')}-[a-z0-9-]+\\.md$`))
      expect(read(`docs/decisions/${name}`)).toMatch(/^# .+\n\nDate: 20\d\d-\d\d-\d\d\n/)
      expect(read(`docs/decisions/${name}`)).toMatch(/^## What would change it$/m)
    })
  })
})

test('the lock file records no download addresses, so it installs from any registry', () => {
  const lock: { packages: Record<string, { resolved?: string }> } = JSON.parse(read('package-lock.json'))
  const addressed = Object.entries(lock.packages).filter(([, entry]) => /^https?:/.test(entry.resolved ?? ''))
  expect(addressed.map(([name]) => name)).toEqual([])
  expect(Object.keys(lock.packages).length).toBeGreaterThan(100)
})

test('CI runs the checks and the tests', () => {
  expect(read('.ci/run')).toMatch(/npm run check[\s\S]*npm test/)
})

describe('a paper that is wrong is noticed', () => {
  test.each([
    [
      'a path',
      pathsIn('see `core/src/spend-order.ts` and `docs/*` and `npm run check`'),
      ['core/src/spend-order.ts'],
    ],
    [
      'a module',
      modulesIn({
        path: 'core/src/price/components/README.md',
        text: 'see `../part.ts`, `by.ts`, `core/src/pool.ts`',
      }),
      ['core/src/price/part.ts', 'core/src/price/components/by.ts', 'core/src/pool.ts'],
    ],
    ['a script', scriptsIn('`npm run check`, then `npm test` and `npm start`'), ['check', 'test', 'start']],
    ['a command', commandsIn('```sh\n# first\nnpm ci   # once\n```\n```json\n{}\n```\n'), ['npm ci']],
    [
      'a row',
      rowsOf(sectionOf('# A\n## B\n| q | a |\n|---|---|\n| x | y |\n## C\n| n |', 'B')),
      [['x', 'y']],
    ],
  ])('because the reader of papers sees %s', (_, seen, expected) => {
    expect(seen).toEqual(expected)
  })
})
