/** Rows in columns as wide as they need; where the terminal is too narrow, a block of lines for each row. */
import { stripVTControlCharacters } from 'node:util'

export interface Column<T> {
  readonly title: string
  readonly text: (row: T) => string
  /** Numbers stand at the right. */
  readonly right?: boolean
}

const GAP = '  '

export function table<T>(columns: readonly Column<T>[], rows: readonly T[], width: number): string {
  const cells = rows.map((row) => columns.map((column) => column.text(row)))
  const widths = columns.map((column, index) =>
    Math.max(widthOf(column.title), ...cells.map((line) => widthOf(line[index]!))),
  )
  const total = widths.reduce((sum, one) => sum + one, GAP.length * (columns.length - 1))
  if (total > width) return blocks(columns, cells)
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, index) => pad(text, widths[index]!, columns[index]!.right === true))
      .join(GAP)
      .trimEnd()
  return [line(columns.map((column) => column.title.toUpperCase())), ...cells.map(line)].join('\n')
}

function blocks<T>(columns: readonly Column<T>[], cells: readonly (readonly string[])[]): string {
  const titles = columns.map((column) => column.title)
  return cells.map((line) => facts(titles.map((title, index) => [title, line[index]!]))).join('\n\n')
}

/** `name   value`, a line for each; what has no value is left out. */
export function facts(pairs: readonly (readonly [name: string, value: string])[]): string {
  const shown = pairs.filter(([, value]) => value !== '')
  const width = Math.max(0, ...shown.map(([name]) => widthOf(name)))
  return shown.map(([name, value]) => `${pad(name, width, false)}${GAP}${value}`).join('\n')
}

function pad(text: string, width: number, right: boolean): string {
  const blank = ' '.repeat(Math.max(0, width - widthOf(text)))
  return right ? blank + text : text + blank
}

function widthOf(text: string): number {
  return [...stripVTControlCharacters(text)].length
}
