/** Lines of a cost added up and taken off each other: of the captures that make one charge together. */
import type { PriceLine } from './price.ts'

/** Lines of the same name, unit and quantity as one, in the order in which each first comes; what comes to nothing is left out. */
export function sumLines(lines: readonly PriceLine[]): PriceLine[] {
  const sums = new Map<string, PriceLine>()
  for (const line of lines) {
    const key = JSON.stringify([line.name, line.unit ?? null, line.per ?? null])
    const before = sums.get(key)
    sums.set(key, before === undefined ? line : added(before, line))
  }
  return [...sums.values()].filter(({ credits }) => credits !== 0)
}

/** What `lines` have more than `before`. */
export function linesBeyond(lines: readonly PriceLine[], before: readonly PriceLine[]): PriceLine[] {
  return sumLines([...lines, ...before.map(negative)])
}

function added(left: PriceLine, right: PriceLine): PriceLine {
  const credits = left.credits + right.credits
  if (left.quantity === undefined) return { ...left, credits }
  return { ...left, credits, quantity: left.quantity + (right.quantity ?? 0) }
}

function negative(line: PriceLine): PriceLine {
  const credits = -line.credits
  return line.quantity === undefined ? { ...line, credits } : { ...line, credits, quantity: -line.quantity }
}
