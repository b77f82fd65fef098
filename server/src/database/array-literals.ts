/**
 * Columns of many rows as parameters for `unnest`. node-postgres would walk each array generically and
 * escape every number; the ledger sends hundreds of thousands of values a second, so these write
 * PostgreSQL's array literals directly. An empty array is `{}`; null and undefined elements are NULL.
 */

type Maybe<T> = T | null | undefined

/** For `$1::int8[]`. A number that is no safe integer is refused before the database sees it. */
export function int8Array(values: readonly Maybe<number>[]): string {
  return literal(values, (value) => {
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a safe integer`)
    return String(value)
  })
}

/** For `$1::bool[]`. */
export function booleanArray(values: readonly Maybe<boolean>[]): string {
  return literal(values, (value) => (value ? 't' : 'f'))
}

/** For `$1::timestamptz[]`, from epoch milliseconds. */
export function instantArray(values: readonly Maybe<number>[]): string {
  return literal(values, (value) => `"${new Date(value).toISOString()}"`)
}

/** For `$1::text[]`. PostgreSQL itself refuses U+0000; a lone surrogate arrives as U+FFFD. */
export function textArray(values: readonly Maybe<string>[]): string {
  return literal(values, quotedElement)
}

/** For `$1::jsonb[]`. Null is SQL's NULL, not JSON's. */
export function jsonArray(values: readonly unknown[]): string {
  return literal(values, (value) => quotedElement(JSON.stringify(value)))
}

function literal<T>(values: readonly Maybe<T>[], element: (value: T) => string): string {
  let text = '{'
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (i > 0) text += ','
    text += value === null || value === undefined ? 'NULL' : element(value)
  }
  return `${text}}`
}

const special = /["\\]/
const everySpecial = /["\\]/g

/** Always quoted: an unquoted NULL, brace, comma or blank would mean something else. */
export function quotedElement(value: string): string {
  return special.test(value) ? `"${value.replace(everySpecial, '\\$&')}"` : `"${value}"`
}
