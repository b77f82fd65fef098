/**
 * The rules that no bought tool knows. Each is a function of files, so that a test can show it a
 * tidy house and a sabotaged one; a fault is a sentence that begins with the path.
 */
import { createHash } from 'node:crypto'
import ts from 'typescript'
import type { SourceFile } from './source-files.ts'

export const LINES_MAX = 400

/** Folders to which one may add: each has a README that says how. */
const OPEN_FOLDERS = [
  'bench/yardsticks',
  'catalogs',
  'core/src/price/components',
  'docs/decisions',
  'examples',
  'server/src/cli',
  'server/src/database/migrations',
  'server/src/demo',
  'server/src/cli',
  'server/src/demo/stories',
  'server/src/gateways',
  'server/src/http',
  'server/src/jobs',
  'server/src/messages',
  'server/src/operations',
  'tests/faults',
  'tests/gateways',
  'tests/races',
  'tests/scenarios',
] as const

const NAMELESS_FOLDERS = /^(shared|common|utils?|helpers?|lib|libs|misc)$/
const NAMELESS_WORDS = /(^|[-.])(utils?|helpers?|misc|common|manager|service|handler|v[2-9])([-.]|$)/
const FILE_NAME =
  /^[a-z0-9]+(-[a-z0-9]+)*(\.(bench|command|d|job|operation|route|scenario|schema|sql|story|test|worker))*\.(ts|tsx|js|sql)$/
// Written with brackets so that this file is not its own finding.
const LEFT_FOR_LATER = /\b(TOD[O]|FIXM[E]|XX[X]|not implemente[d]|placeholde[r]|for no[w])\b/
const FOCUSED_OR_SKIPPED =
  /\b(?:it|test|describe|suite)\.(?:only|skip|skipIf|runIf|todo)\b|\b[xf](?:it|describe)\(/
const SLEEPING = /\bsleep\(|setTimeout\(\s*(?:resolve|done|r)\b|timers\/promises/
const EMPTY_TITLE = /\b(?:it|test)\(\s*['"`](?:should|works|test|can be)\b/i
// A string that begins as a statement, over as many lines as it has.
const SQL_TEXT =
  /['"`]\s*(?:with \w+ as\b|(?:select|SELECT)\s[^'"`]*\s(?:from|FROM)\s|(?:insert into|update \w+ set|delete from|INSERT INTO|DELETE FROM)\s)/

export function linesFaults(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => isCode(file.path) || file.path.endsWith('.sql'))
    .map((file) => ({ path: file.path, lines: file.text.trimEnd().split('\n').length }))
    .filter((file) => file.lines >= LINES_MAX)
    .map((file) => `${file.path}: ${file.lines} lines; a file has under ${LINES_MAX}`)
}

export function nameFaults(files: readonly SourceFile[]): string[] {
  const inHouse = files.filter((file) => /^(core|server|web|sdk|tests|bench|scripts)\//.test(file.path))
  return inHouse.flatMap((file) => {
    const segments = file.path.split('/')
    const name = segments.pop() as string
    const nameless = segments.filter((segment) => NAMELESS_FOLDERS.test(segment))
    if (nameless.length > 0) return [`${file.path}: "${nameless[0]}" says nothing about what is in it`]
    if (NAMELESS_WORDS.test(name))
      return [`${file.path}: the name says nothing; first the domain's word, last the role`]
    if (isCode(name) && !name.includes('.config.') && !FILE_NAME.test(name)) {
      return [`${file.path}: a name is words in lower case with dashes, then its role`]
    }
    return []
  })
}

export function unfinishedFaults(files: readonly SourceFile[]): string[] {
  return matchingLines(files, LEFT_FOR_LATER, 'what cannot be finished is left out')
}

export function testFaults(files: readonly SourceFile[]): string[] {
  const tests = files.filter((file) => file.path.endsWith('.test.ts'))
  return [
    ...matchingLines(tests, FOCUSED_OR_SKIPPED, 'a test runs, or says why not: context.skip(reason)'),
    ...matchingLines(tests, SLEEPING, 'a test waits for what it needs, never for time to pass'),
    ...matchingLines(tests, EMPTY_TITLE, 'a title is the sentence the test proves'),
  ]
}

/** SQL stands in server/src/database, and nowhere else in what ships. */
export function sqlFaults(files: readonly SourceFile[]): string[] {
  const outside = files.filter(
    (file) => /^(core|server)\/src\//.test(file.path) && !file.path.startsWith('server/src/database/'),
  )
  return outside
    .filter((file) => isCode(file.path) && !isTest(file.path) && SQL_TEXT.test(file.text))
    .map((file) => `${file.path}: holds SQL; all of it is in server/src/database`)
}

/** A README of an open folder begins with how to add another; one that is not there yet needs none. */
export function recipeFaults(files: readonly SourceFile[]): string[] {
  return OPEN_FOLDERS.flatMap((folder) => {
    if (!files.some((file) => file.path.startsWith(`${folder}/`))) return []
    const readme = files.find((file) => file.path === `${folder}/README.md`)
    if (readme === undefined) return [`${folder}: no README.md; one may add to this folder, so it says how`]
    if (!/^#* ?To add another\b/.test(readme.text)) return [`${readme.path}: begins with "To add another"`]
    return []
  })
}

/** What was released is never edited; the numbers run without a gap. `released` maps a name to the SHA-256 of its text. */
export function migrationFaults(
  files: readonly SourceFile[],
  released: Readonly<Record<string, string>>,
): string[] {
  const folder = 'server/src/database/migrations/'
  const migrations = files
    .filter((file) => file.path.startsWith(folder) && file.path.endsWith('.sql'))
    .map((file) => ({ name: file.path.slice(folder.length), text: file.text }))
    .sort((left, right) => (left.name < right.name ? -1 : 1))
  const misnumbered = migrations.filter(
    (migration, index) => !migration.name.startsWith(`${String(index + 1).padStart(4, '0')}_`),
  )
  const edited = Object.entries(released).filter(
    ([name, checksum]) =>
      migrations.find((each) => each.name === name && sha256(each.text) === checksum) === undefined,
  )
  return [
    ...misnumbered.map(
      (migration) => `${folder}${migration.name}: the numbers run 0001, 0002, … without a gap`,
    ),
    ...edited.map(([name]) => `${folder}${name}: was released, so it is never edited; write the next one`),
  ]
}

/** core/ asks no clock, throws no dice and waits for nothing, its tests apart. */
export function purityFaults(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => file.path.startsWith('core/src/') && isCode(file.path) && !isTest(file.path))
    .flatMap(actsOf)
}

function actsOf(file: SourceFile): string[] {
  const source = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.ES2023, true)
  const faults: string[] = []
  const visit = (node: ts.Node): void => {
    const act = actOf(node)
    if (act !== null) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart())
      faults.push(`${file.path}:${line + 1}: ${act}; time and ids are inputs, and core never waits`)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return faults
}

const ACTS = /^(Date\.(now|parse)|Math\.random|Temporal\.Now|performance\.now|crypto\..*)$/

function actOf(node: ts.Node): string | null {
  if (ts.isPropertyAccessExpression(node) && ACTS.test(node.getText())) return node.getText()
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length)
    return 'new Date()'
  if (ts.isCallExpression(node) && node.expression.getText() === 'Date') return 'Date()'
  if (ts.isIdentifier(node) && node.text === 'Promise') return 'Promise'
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) return 'import()'
  if (node.kind === ts.SyntaxKind.AwaitKeyword || ts.isAwaitExpression(node)) return 'await'
  return node.kind === ts.SyntaxKind.AsyncKeyword ? 'async' : null
}

function matchingLines(files: readonly SourceFile[], pattern: RegExp, rule: string): string[] {
  return files.flatMap((file) =>
    file.text
      .split('\n')
      .flatMap((line, index) =>
        pattern.test(line) ? [`${file.path}:${index + 1}: ${line.trim()} (${rule})`] : [],
      ),
  )
}

function isCode(path: string): boolean {
  return /\.(ts|tsx|js|cjs|mjs)$/.test(path)
}

/** Tests, and what only they use: neither ships. */
function isTest(path: string): boolean {
  return /(\.test|-under-test)\.ts$/.test(path)
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
