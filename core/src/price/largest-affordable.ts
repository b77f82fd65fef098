/**
 * The largest quantity that the credits at hand pay for (rules.md: "prices need not rise with
 * quantity"). Between two borders of volume tiers the cost never falls as the quantity grows, so
 * each such stretch is searched by halving, from the top down.
 */
import { assert, type Credits } from '../amounts.ts'
import type { Action } from '../catalog/catalog.ts'
import { costOf } from './cost.ts'
import type { Options, Quantities } from './price.ts'

export interface Affordable {
  readonly quantity: number
  readonly credits: Credits
}

/**
 * The largest quantity of `quantityName`, not above `atMost` and not below its minimum (at least 1),
 * whose whole cost is at most `available`; null where there is none, or where the action does not
 * take that quantity or is refused for another reason.
 */
export function largestAffordable(
  action: Action,
  quantities: Quantities,
  options: Options,
  quantityName: string,
  available: Credits,
  atMost: number,
): Affordable | null {
  if (!Object.hasOwn(action.quantities, quantityName)) return null
  const rule = action.quantities[quantityName]!
  const lowest = Math.max(1, rule.minimum)
  const highest = Math.min(atMost, rule.maximum)
  const creditsFor = (quantity: number): Credits =>
    creditsOrInfinite(action, { ...quantities, [quantityName]: quantity }, options)
  let last = highest
  for (const border of volumeBorders(action, quantityName)) {
    if (border + 1 > last) continue
    if (border + 1 <= lowest) break
    const found = largestBetween(creditsFor, border + 1, last, available)
    if (found !== null) return found
    last = border
  }
  return lowest <= last ? largestBetween(creditsFor, lowest, last, available) : null
}

/** A cost too large for an amount is too large to afford, as is one that is refused. */
function creditsOrInfinite(action: Action, quantities: Quantities, options: Options): Credits {
  const cost = costOf(action, quantities, options)
  return 'refused' in cost ? Number.POSITIVE_INFINITY : cost.credits
}

/** The last quantities of volume bands, highest first: just above one of them the cost may fall. */
function volumeBorders(action: Action, quantityName: string): number[] {
  const borders = new Set<number>()
  for (const part of action.price?.parts ?? []) {
    if (part.per !== quantityName || part.tiers?.mode !== 'volume') continue
    for (const band of part.tiers.bands) if (band.upTo !== null) borders.add(band.upTo)
  }
  return [...borders].sort((left, right) => right - left)
}

function largestBetween(
  creditsFor: (quantity: number) => Credits,
  lowest: number,
  highest: number,
  available: Credits,
): Affordable | null {
  if (creditsFor(lowest) > available) return null
  let affordable = lowest
  let tooMuch = highest + 1
  while (tooMuch - affordable > 1) {
    const middle = affordable + Math.floor((tooMuch - affordable) / 2)
    if (creditsFor(middle) <= available) affordable = middle
    else tooMuch = middle
  }
  const credits = creditsFor(affordable)
  assert(credits <= available, 'what is called affordable is')
  return { quantity: affordable, credits }
}
