/**
 * Many rows as one statement's parameters: a column is an array, `unnest` makes rows of the arrays
 * again. One list of columns gives the SQL and the parameters, so that they cannot part.
 */
import { quotedElement } from './array-literals.ts'

/**
 * `instant` is epoch milliseconds, sent as bigint; `bigints` a list of numbers in each row; `json` a
 * value that is written as text. The rest are what PostgreSQL calls them.
 */
export type ColumnType = 'smallint' | 'int' | 'bigint' | 'text' | 'boolean' | 'instant' | 'bigints' | 'json'

export interface Column<Row> {
  readonly name: string
  readonly type: ColumnType
  readonly of: (row: Row) => number | string | boolean | null
}

const SENT_AS: Readonly<Record<ColumnType, string>> = {
  smallint: 'smallint',
  int: 'int',
  bigint: 'bigint',
  text: 'text',
  boolean: 'boolean',
  instant: 'bigint',
  bigints: 'text',
  json: 'text',
}

/**
 * Epoch milliseconds as a timestamptz. An interval is multiplied as a double, so whole days and the rest
 * are apart: either product is exact, where one of all the milliseconds would not be from the year 4253 on.
 */
export function toInstant(milliseconds: string): string {
  return `(timestamptz 'epoch' + (${milliseconds} / 86400000) * interval '24 hours' + (${milliseconds} % 86400000) * interval '1 millisecond')`
}

/** A timestamptz as epoch milliseconds, for answers that are JSON. */
export function toMilliseconds(instant: string): string {
  return `(extract(epoch from ${instant}) * 1000)::bigint`
}

/** `unnest($7::bigint[], …) as alias(lane, …)`, its parameters counted from `first`. */
export function unnestOf<Row>(alias: string, columns: readonly Column<Row>[], first: number): string {
  const arrays = columns.map((column, index) => `$${first + index}::${SENT_AS[column.type]}[]`)
  return `unnest(${arrays.join(', ')}) as ${alias}(${columns.map((column) => column.name).join(', ')})`
}

/** The column as a value of its own type, read from `alias`. */
export function columnValue<Row>(alias: string, column: Column<Row>): string {
  const name = `${alias}.${column.name}`
  if (column.type === 'instant') return toInstant(name)
  if (column.type === 'boolean') return `coalesce(${name}, false)`
  if (column.type === 'bigints') return `${name}::bigint[]`
  return column.type === 'json' ? `${name}::jsonb` : name
}

/** Called for every value of every row of a commit, so each kind of array is written in one plain loop. */
export function encodeColumns<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  const arrays: string[] = []
  for (const column of columns) arrays.push(encodeColumn(column, rows))
  return arrays
}

/** `unnest` fills a shorter array up with NULL, so a column that is null in every row is sent as an empty one. */
const ALL_NULL = '{}'

function encodeColumn<Row>({ of, type }: Column<Row>, rows: readonly Row[]): string {
  const element = ELEMENTS[type]
  const elements = new Array<string | number>(rows.length)
  let isNull = true
  for (let index = 0; index < rows.length; index++) {
    const value = of(rows[index] as Row)
    if (value === null) {
      elements[index] = 'NULL'
      continue
    }
    isNull = false
    elements[index] = element(value)
  }
  return isNull ? ALL_NULL : `{${elements.join(',')}}`
}

type Element = (value: number | string | boolean) => string | number

/** How a value stands in an array literal. */
const ELEMENTS: Readonly<Record<ColumnType, Element>> = {
  smallint: safeInteger,
  int: safeInteger,
  bigint: safeInteger,
  instant: safeInteger,
  text: (value) => quotedElement(value as string),
  bigints: (value) => `"${value}"`,
  // JSON has no bare control characters, so it quotes itself as an array literal wants it.
  json: (value) => JSON.stringify(value),
  boolean: (value) => (value ? 't' : 'f'),
}

function safeInteger(value: number | string | boolean): number {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a safe integer`)
  return value as number
}
