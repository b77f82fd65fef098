/** SQL for a parameter that is an instant in epoch milliseconds: exact, where dividing by 1000 would round. */
export function instant(parameter: number): string {
  return `(timestamptz 'epoch' + $${parameter}::bigint * interval '1 millisecond')`
}
