/** Shares of money: exact, in BigInt, rounded half up, once; parts that add up to the whole to the last unit. */
import { assert } from '../amounts.ts'

/** The largest amount of money, as of credits: every number up to it is exact. */
export const MONEY_MAX = 999_999_999_999_999

/** Rates have at most four decimals: they are counted in millionths of the whole. */
export const WHOLE = 1_000_000

/** A rate in per cent as millionths. */
export function millionths(percent: number): number {
  return Math.round(percent * 10_000)
}

/** amount × part ÷ whole, rounded half up. None is negative, `whole` is above 0. */
export function shareOfMoney(amount: number, part: number, whole: number): number {
  assert(amount >= 0 && part >= 0 && whole > 0, 'a share is of a positive whole')
  const product = BigInt(amount) * BigInt(part)
  return Number((2n * product + BigInt(whole)) / (2n * BigInt(whole)))
}

/**
 * `whole` in parts as large as the weights: each rounded down, and what is left given, a unit each, to
 * those that lost most by it, the first of equals first. Where no weight is above 0, the first has it all.
 */
export function spread(whole: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0)
  if (sum === 0) return weights.map((_, index) => (index === 0 ? whole : 0))
  const parts = weights.map((weight, index) => {
    const product = BigInt(whole) * BigInt(weight)
    return { index, part: Number(product / BigInt(sum)), lost: product % BigInt(sum) }
  })
  let left = whole - parts.reduce((total, { part }) => total + part, 0)
  for (const { index } of parts.toSorted((a, b) =>
    a.lost === b.lost ? a.index - b.index : a.lost < b.lost ? 1 : -1,
  )) {
    if (left === 0) break
    parts[index]!.part += 1
    left -= 1
  }
  return parts.map(({ part }) => part)
}
