/**
 * npm run bench [-- LINE… --check]
 *
 * Measures all lines, or those whose ids begin with a given word, prints a table and writes
 * results/latest.json. With --check it fails where a figure to reach is missed.
 */
import { parseArgs } from 'node:util'
import type { Bench } from './bench.ts'
import { engineBench } from './engine.bench.ts'
import { type Figure, figureOf } from './figures.ts'
import { httpBench } from './http.bench.ts'
import { openMachine } from './machine.ts'
import { readyBench } from './ready.bench.ts'
import { tableOf, writeResults } from './report.ts'
import { sizeBench } from './size.bench.ts'

const BENCHES: readonly Bench[] = [engineBench, httpBench, sizeBench, readyBench]

const { values: options, positionals: asked } = parseArgs({
  allowPositionals: true,
  options: { check: { type: 'boolean', default: false } },
})

const isAsked = (id: string): boolean =>
  asked.length === 0 || asked.some((word) => id === word || id.startsWith(`${word}.`))

/** A word may also name one line of a group: the group runs, that line is shown. */
const isNeeded = (bench: Bench): boolean =>
  bench.ids.some((id) => isAsked(id) || asked.some((word) => word.startsWith(`${id}.`)))

const machine = openMachine()
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => void machine.close().finally(() => process.exit(130)))
}
const figures: Figure[] = []
const start = performance.now()
try {
  for (const bench of BENCHES.filter(isNeeded)) {
    const from = performance.now()
    const measured = await bench.run(machine)
    figures.push(...measured.map(figureOf).filter((figure) => isAsked(figure.id)))
    console.error(`${bench.title}: ${seconds(from)}`)
  }
} finally {
  await machine.close()
}
if (figures.length === 0) throw new Error(`No line begins with ${asked.join(' or ')}.`)
console.log(tableOf(figures))
const missed = figures.filter((figure) => figure.isReached === false)
console.log(`\n${missed.length} of ${figures.length} lines miss their target; measured in ${seconds(start)}`)
if (asked.length === 0) writeResults(figures)
if (options.check && missed.length > 0) process.exitCode = 1

function seconds(from: number): string {
  return `${((performance.now() - from) / 1000).toFixed(0)} s`
}
