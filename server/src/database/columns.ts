/**
 * Many rows as one statement's parameters: a column is an array, `unnest` makes rows of the arrays
 * again. One list of columns gives the SQL and the parameters, so that they cannot part.
 */
import { booleanArray, int8Array, textArray } from './array-literals.ts'

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

/** Epoch milliseconds as a timestamptz. Exact: milliseconds times 1000 is a whole double for every year up to 9999. */
export function toInstant(milliseconds: string): string {
  return `(timestamptz 'epoch' + ${milliseconds} * interval '1 millisecond')`
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
  if (column.type === 'bigints') return `${name}::bigint[]`
  return column.type === 'json' ? `${name}::jsonb` : name
}

export function encodeColumns<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  return columns.map((column) => encodeColumn(column, rows))
}

function encodeColumn<Row>(column: Column<Row>, rows: readonly Row[]): string {
  const values = rows.map(column.of)
  switch (column.type) {
    case 'text':
    case 'json':
    case 'bigints':
      return textArray(values as (string | null)[])
    case 'boolean':
      return booleanArray(values as (boolean | null)[])
    default:
      return int8Array(values as (number | null)[])
  }
}
