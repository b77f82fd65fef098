/** A line of the result, and whether it reaches what was asked of it. */
import { median, type Series } from './rounds.ts'
import { TARGETS, type Target } from './targets.ts'

export interface Figure {
  readonly id: string
  /** The median of the rounds. */
  readonly value: number
  readonly unit: string
  /** What it is compared with, in the same rounds. */
  readonly of: string
  /** The median of each round's value divided by the same round's yardstick. */
  readonly ratio: number
  /** The yardstick's own median, in the same unit. */
  readonly yardstick: number
  /** The machine's noise: the lowest and the highest round. */
  readonly lowest: number
  readonly highest: number
  /** As it stands in the issue; absent where the line is for information. */
  readonly target?: string
  readonly isReached?: boolean
}

export interface Measured {
  readonly id: string
  readonly unit: string
  readonly values: Series
  readonly of: string
  readonly yardsticks: Series
}

export function figureOf({ id, unit, values, of, yardsticks }: Measured): Figure {
  const value = median(values)
  const ratio = median(values.map((each, round) => each / yardsticks[round]!))
  const figure = {
    id,
    value,
    unit,
    of,
    ratio,
    yardstick: median(yardsticks),
    lowest: Math.min(...values),
    highest: Math.max(...values),
  }
  const target = TARGETS[id]
  return target === undefined
    ? figure
    : { ...figure, target: sayTarget(target, unit), isReached: isReached(target, value, ratio) }
}

function isReached(target: Target, value: number, ratio: number): boolean {
  const found = target.what === 'ratio' ? ratio : value
  return 'atLeast' in target ? found >= target.atLeast : found <= target.atMost
}

function sayTarget(target: Target, unit: string): string {
  const limit = 'atLeast' in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`
  return target.what === 'ratio' ? `${limit} ×` : `${limit} ${unit}`
}
