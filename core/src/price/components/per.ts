/** `per`: so many times as the quantity says, each time the same. */
import { type Credits, multiply } from '../../amounts.ts'

/** The credits of `count` units at `unit` credits each, or null where they leave the range of an amount. */
export function timesUnit(count: number, unit: Credits): Credits | null {
  return multiply(count, unit)
}
