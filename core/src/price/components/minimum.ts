/** `minimum`: an action never costs less; the difference is a line of its own, so the lines add up. */
import type { Credits } from '../../amounts.ts'
import type { PriceLine } from '../price.ts'

/** The line that lifts `credits` to `minimum`, or null where nothing is missing. */
export function minimumLine(credits: Credits, minimum: Credits): PriceLine | null {
  return credits < minimum ? { name: 'Minimum', credits: minimum - credits } : null
}
