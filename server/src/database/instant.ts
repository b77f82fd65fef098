import { toInstant } from './columns.ts'

/** SQL for a parameter that is an instant in epoch milliseconds. */
export function instant(parameter: number): string {
  return toInstant(`$${parameter}::bigint`)
}
