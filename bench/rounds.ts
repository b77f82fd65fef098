/**
 * A machine's speed drifts by tens of percents within minutes, so what is compared is measured in turns
 * (A B A B …), divided within each round, and the middle round counts.
 */

/** The value of each round, in order. */
export type Series = readonly number[]

/**
 * Measures everything once for each round. The first round warms compilers and caches and is thrown
 * away; every second round runs backwards, so that no measurement always follows the same neighbour.
 */
export async function interleave<Name extends string, Value>(
  rounds: number,
  measures: Readonly<Record<Name, () => Promise<Value>>>,
): Promise<Record<Name, Value[]>> {
  const names = Object.keys(measures) as Name[]
  const values = Object.fromEntries(names.map((name) => [name, [] as Value[]])) as Record<Name, Value[]>
  for (let round = 0; round <= rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const value = await measures[name]()
      if (round > 0) values[name].push(value)
    }
  }
  return values
}

export function median(series: Series): number {
  const sorted = series.toSorted((left, right) => left - right)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
