/**
 * Many rows as one statement's parameters: a column is an array, `unnest` makes rows of the arrays
 * again. One list of columns gives the SQL and the parameters, so that they cannot part.
 */
import type { ArrayWriter, Element, ElementType } from './binary-arrays.ts'

/**
 * `instant` is epoch milliseconds; `json` a value that is written as text; `bigints` a list of integers
 * in each row, which mostly has one element and is then sent as that. The rest are what PostgreSQL calls them.
 */
export type Column<Row> =
  | { readonly name: string; readonly type: ElementType | 'json'; readonly of: (row: Row) => Element }
  | { readonly name: string; readonly type: 'bigints'; readonly of: (row: Row) => readonly number[] }

const SENT_AS: Readonly<Record<ElementType | 'json', string>> = {
  smallint: 'smallint',
  int: 'int',
  bigint: 'bigint',
  text: 'text',
  boolean: 'boolean',
  instant: 'timestamptz',
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

/** A list as it is sent. */
interface Sent {
  readonly name: string
  readonly type: ElementType | 'json'
}

/**
 * `(select unnest($7::bigint[]) as lane, …) as alias`, its parameters counted from `first`. Lists in a
 * select list go on side by side, the shorter ones filled up with NULL, and nothing is kept meanwhile;
 * `from unnest($7, $8, …)` would first write each list to a store of its own and read it from there.
 */
export function unnestOf<Row>(alias: string, columns: readonly Column<Row>[], first: number): string {
  const lists = columns
    .flatMap(({ name, type }): Sent[] => (type === 'bigints' ? listsOfBigints(name) : [{ name, type }]))
    .map(({ name, type }, index) => `unnest($${first + index}::${SENT_AS[type]}[]) as ${name}`)
  return `(select ${lists.join(', ')}) as ${alias}`
}

/** How many parameters `unnestOf` reads. */
export function parametersOf<Row>(columns: readonly Column<Row>[]): number {
  return columns.reduce((sum, { type }) => sum + (type === 'bigints' ? 2 : 1), 0)
}

/** The only element, and where there is not one, all of them as text. */
function listsOfBigints(name: string): Sent[] {
  return [
    { name: `only_of_${name}`, type: 'bigint' },
    { name, type: 'text' },
  ]
}

/** The column as a value of its own type, read from `alias`. */
export function columnValue<Row>(alias: string, { name, type }: Column<Row>): string {
  const value = `${alias}.${name}`
  if (type === 'boolean') return `coalesce(${value}, false)`
  if (type === 'json') return `${value}::json`
  if (type !== 'bigints') return value
  return `case when ${value} is null then array[${alias}.only_of_${name}] else ${value}::bigint[] end`
}

/** Called for every value of every row of a commit, so each column is written in one plain loop. */
export function encodeColumns<Row>(
  writer: ArrayWriter,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): Buffer[] {
  const lists: Buffer[] = []
  for (const column of columns) {
    if (column.type === 'bigints') lists.push(...encodeBigints(writer, rows.map(column.of)))
    else {
      const { of } = column
      const type = column.type === 'json' ? 'text' : column.type
      lists.push(writer.write(type, rows.length, (index) => of(rows[index] as Row)))
    }
  }
  return lists
}

function encodeBigints(writer: ArrayWriter, values: readonly (readonly number[])[]): Buffer[] {
  const only = (index: number) => (values[index]?.length === 1 ? (values[index]?.[0] as number) : null)
  const all = (index: number) => (values[index]?.length === 1 ? null : `{${values[index]?.join(',')}}`)
  return [writer.write('bigint', values.length, only), writer.write('text', values.length, all)]
}
