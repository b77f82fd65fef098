/** The result as a table for people and as a file for machines. */
import { mkdirSync, writeFileSync } from 'node:fs'
import type { Figure } from './figures.ts'

const HEAD = ['line', 'value', '', 'lowest – highest', 'ratio', 'of', 'yardstick', 'to reach', '']

export function tableOf(figures: readonly Figure[]): string {
  const rows = [HEAD, ...figures.map(rowOf)]
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const isRight = (column: number) => [1, 3, 4, 6].includes(column)
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          isRight(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function rowOf(figure: Figure): string[] {
  const { id, value, unit, lowest, highest, ratio, of, yardstick, target, isReached } = figure
  const verdict = isReached === undefined ? '' : isReached ? '✓' : '✗ not reached'
  return [
    id,
    say(value),
    unit,
    `${say(lowest)} – ${say(highest)}`,
    `${say(ratio)} ×`,
    of,
    say(yardstick),
    target ?? '',
    verdict,
  ]
}

/** Three figures are more than the machine's noise leaves certain. */
function say(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en-US')
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

const RESULTS = new URL('./results/', import.meta.url)

export function writeResults(figures: readonly Figure[]): void {
  mkdirSync(RESULTS, { recursive: true })
  const rounded = figures.map((figure) => ({
    ...figure,
    value: round(figure.value),
    ratio: round(figure.ratio),
    yardstick: round(figure.yardstick),
    lowest: round(figure.lowest),
    highest: round(figure.highest),
  }))
  writeFileSync(new URL('latest.json', RESULTS), `${JSON.stringify(rounded, null, 2)}\n`)
}

function round(value: number): number {
  return Number(value.toPrecision(4))
}
