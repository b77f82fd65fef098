/**
 * Runs the tests and ends with one line, `N passed, N failed`, that a person and a machine can read.
 *
 *   node scripts/test.js [--long] [vitest's filters and options]
 *
 * It fails on a failed test, on a file that could not be run, on an error outside any test, on a run
 * without tests, and on a test skipped without saying why. `--long` sets SCRIP_TESTS_LONG=1, by which
 * simulations and fault loops take the size that is too long for every day.
 */
import { parseCLI, startVitest } from 'vitest/node'

const long = process.argv.includes('--long')
const asked = process.argv.slice(2).filter((argument) => argument !== '--long')
if (long) process.env.SCRIP_TESTS_LONG = '1'

const { filter, options } = parseCLI(['vitest', 'run', ...asked])
// Vitest lets a process that still has work end by itself; what is left over must not outlive the line.
process.exit(close(await run().catch(couldNotRun)))

async function run() {
  const vitest = await startVitest('test', filter, { ...options, watch: false, run: true, allowOnly: false })
  const modules = vitest.state.getTestModules()
  const loose = vitest.state.getUnhandledErrors().length
  await vitest.close()
  return count(modules, loose)
}

function count(modules, loose) {
  const tests = modules.flatMap((module) => [...module.children.allTests()])
  const inState = (state) => tests.filter((test) => test.result().state === state)
  // With a name pattern, what it leaves out is skipped by the caller's own wish.
  const skipped = options.testNamePattern ? [] : inState('skipped')
  const faults = [
    [
      'skipped without a reason, which counts as failed: context.skip(reason)',
      skipped.filter((test) => !reasonOf(test)).length,
    ],
    [
      'a file or suite that could not be run, which counts as failed',
      modules.flatMap(withSuites).filter(isBroken).length,
    ],
    ['an error outside any test, which counts as failed', loose],
    ['no tests were run, which counts as failed', tests.length === 0 ? 1 : 0],
  ]
  for (const test of skipped) {
    console.log(
      `skipped: ${test.module.relativeModuleId} > ${test.fullName}: ${reasonOf(test) ?? 'no reason given'}`,
    )
  }
  for (const [what, number] of faults) if (number > 0) console.log(`${number} × ${what}`)
  return {
    passed: inState('passed').length,
    failed: inState('failed').length + faults.reduce((sum, [, number]) => sum + number, 0),
    skipped: skipped.length,
  }
}

function withSuites(module) {
  return [module, ...module.children.allSuites()]
}

function isBroken(collection) {
  return collection.errors().length > 0
}

function reasonOf(test) {
  return test.result().note
}

function couldNotRun(error) {
  console.error(error)
  return { passed: 0, failed: 1, skipped: 0 }
}

function close({ passed, failed, skipped }) {
  process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`)
  return failed > 0 ? 1 : 0
}
