/**
 * A few numbers as one parameter. node-postgres would walk the list generically and escape each; what a
 * commit writes goes another way (`binary-arrays.ts`).
 */

/** For `$1::bigint[]` and its smaller kin. A number that is no safe integer is refused before the database sees it. */
export function int8Array(values: readonly number[]): string {
  for (const value of values) {
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a safe integer`)
  }
  return `{${values.join(',')}}`
}
