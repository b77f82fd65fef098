/**
 * What holds the house in order, two checks at a time: style, types, the direction of dependencies,
 * dead code, the tidy rules and the papers, the subjects of commits. A check that finds nothing
 * prints one line; one that finds something prints what.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const AT_ONCE = 2
const SOURCES = ['core', 'server', 'tests', 'bench', 'examples', 'scripts'].filter((folder) =>
  existsSync(ROOT + folder),
)

const CHECKS = [
  ['types of server, tests, bench', 'tsc', '-p', 'server/tsconfig.json'],
  ['types of core, without Node', 'tsc', '-p', 'core/tsconfig.json'],
  ['types of core with its tests', 'tsc', '-p', 'core/tsconfig.test.json'],
  ['style', 'biome', 'ci', '--colors=off', '--error-on-warnings', '.'],
  ['direction of dependencies', 'depcruise', '--output-type', 'err-long', ...SOURCES],
  ['dead code', 'knip', '--no-progress'],
  ['tidy house, papers', 'vitest', 'run', '--project', 'house', '--reporter', 'dot'],
  ['subjects of commits', 'node', 'scripts/check-commits.js'],
]

const waiting = [...CHECKS]
const faulty = []
const started = Date.now()
await Promise.all(Array.from({ length: AT_ONCE }, work))
console.log(`check: ${CHECKS.length - faulty.length} of ${CHECKS.length} in order, ${seconds(started)}`)
if (faulty.length > 0) console.log(`check failed: ${faulty.join(', ')}`)
process.exitCode = faulty.length > 0 ? 1 : 0

async function work() {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const [title, program, ...given] = next
    const from = Date.now()
    const { found, output } = await run(program, given)
    if (found) faulty.push(title)
    process.stdout.write(`${found ? '✗' : '✓'} ${title} (${seconds(from)})\n${found ? output : ''}`)
  }
}

function run(program, given) {
  return new Promise((settle) => {
    const path = `${ROOT}node_modules/.bin:${process.env.PATH}`
    const child = spawn(program, given, {
      cwd: ROOT,
      env: { ...process.env, PATH: path, NO_COLOR: '1', FORCE_COLOR: undefined },
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text))
    child.on('error', (error) => settle({ found: true, output: `${error.message}\n` }))
    child.on('close', (code) => settle({ found: code !== 0, output }))
  })
}

function seconds(from) {
  return `${((Date.now() - from) / 1000).toFixed(1)} s`
}
