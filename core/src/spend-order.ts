/**
 * Which credits are spent first (rules.md): by priority, lower first → soonest expiry, never last →
 * free before paid → oldest → number in the pool. Total, so two runs agree. From the default
 * priorities follows the seeds' rule: subscription credits first, then purchased.
 */
import type { Lot } from './pool.ts'

/** Below zero where `left` is spent before `right`; never zero for two lots. */
export function compareSpendOrder(left: Lot, right: Lot): number {
  return (
    left.priority - right.priority ||
    compareExpiry(left.expiresAt, right.expiresAt) ||
    Number(isPaid(left)) - Number(isPaid(right)) ||
    left.effectiveAt - right.effectiveAt ||
    left.number - right.number
  )
}

function compareExpiry(left: number | null, right: number | null): number {
  if (left === right) return 0
  if (left === null) return 1
  if (right === null) return -1
  return left - right
}

function isPaid(lot: Lot): boolean {
  return lot.paid !== null && lot.paid.amount > 0
}

/** Where the lot belongs in a list that is in spend order. */
export function placeInOrder(lots: readonly Lot[], lot: Lot): number {
  let low = 0
  let high = lots.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareSpendOrder(lots[middle] as Lot, lot) < 0) low = middle + 1
    else high = middle
  }
  return low
}
