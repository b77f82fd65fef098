/**
 * "What is always true" (rules.md), of one pool's state: the same rules stand as CHECKs and unique
 * indexes in the database and as queries in `scrip verify`. Returns what is violated, in words.
 */
import type { PoolState } from './pool.ts'
import { compareSpendOrder } from './spend-order.ts'

export function violationsOf(state: PoolState): string[] {
  return [
    ...lotViolations(state),
    ...totalViolations(state),
    ...holdViolations(state),
    ...orderViolations(state),
  ]
}

function lotViolations(state: PoolState): string[] {
  const found: string[] = []
  for (const lot of [...state.lots, ...state.scheduled]) {
    const { amount, returned, drawn, removed, remaining, held } = lot
    if (amount + returned - drawn - removed !== remaining + held)
      found.push(`lot ${lot.number}: its figures do not add up`)
    if (Math.min(returned, drawn, removed, remaining, held) < 0)
      found.push(`lot ${lot.number}: a figure is negative`)
    const isOver = (lot.expiresAt !== null && lot.expiresAt <= state.at) || lot.closed !== null
    if (isOver && remaining > 0) found.push(`lot ${lot.number}: something remains after its end`)
  }
  for (const lot of state.lots) {
    if (lot.effectiveAt > state.at) found.push(`lot ${lot.number}: in the balance before it starts`)
  }
  return found
}

function totalViolations(state: PoolState): string[] {
  const found: string[] = []
  const { available, held, received, used, charged, expired } = state.totals
  const sum = (figure: 'remaining' | 'held') => state.lots.reduce((total, lot) => total + lot[figure], 0)
  if (sum('remaining') !== available) found.push('available differs from what remains in the lots')
  if (sum('held') !== held) found.push('held differs from what is held of the lots')
  const removed = received - used - available - held
  if (removed < expired) found.push('more expired than was removed')
  if (removed < 0 || used < 0 || charged < used)
    found.push('received − used − removed does not add up to the balance')
  return found
}

function holdViolations(state: PoolState): string[] {
  const found: string[] = []
  const pinned = new Map<number, number>()
  for (const hold of state.holds) {
    for (const draw of hold.left) pinned.set(draw.lot, (pinned.get(draw.lot) ?? 0) + draw.credits)
    if (hold.status !== 'open') found.push(`hold ${hold.number}: ended but among the open`)
    if (hold.expiresAt <= state.at) found.push(`hold ${hold.number}: open after its time-out`)
  }
  for (const lot of state.lots) {
    if ((pinned.get(lot.number) ?? 0) !== lot.held)
      found.push(`lot ${lot.number}: held differs from its holds`)
  }
  return found
}

function orderViolations(state: PoolState): string[] {
  const found: string[] = []
  for (let index = 1; index < state.lots.length; index++) {
    if (compareSpendOrder(state.lots[index - 1]!, state.lots[index]!) >= 0)
      found.push('lots are out of spend order')
  }
  return found
}
