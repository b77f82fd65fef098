/** One part of a price: `when` → `by` → tiers or `each` → `per` (components/README.md says why). */
import type { Credits } from '../amounts.ts'
import type { Action } from '../catalog/catalog.ts'
import { choose } from './components/by.ts'
import { startedBlocks } from './components/each.ts'
import { timesUnit } from './components/per.ts'
import { tieredCredits } from './components/tiers.ts'
import { applies } from './components/when.ts'
import type { Options, PriceLine, PricePart, Quantities } from './price.ts'
import { type PriceRefusal, refusePrice } from './refusal.ts'

/**
 * The line of the action's part `index`; null where it adds nothing, or where `faults` now say why it
 * has no price. What the part needs is required only where it applies.
 */
export function pricePart(
  action: Action,
  part: PricePart,
  index: number,
  quantities: Quantities,
  options: Options,
  faults: PriceRefusal[],
): PriceLine | null {
  if (part.when !== null && !applies(part.when, options)) return null
  const unit = typeof part.credits === 'number' ? part.credits : choose(part.credits, part.by, options)
  if (typeof unit !== 'number') faults.push(unit)
  const isMissing = part.per !== null && !Object.hasOwn(quantities, part.per)
  if (isMissing) faults.push(refuseMissing(part.per))
  if (typeof unit !== 'number' || isMissing) return null
  const name = lineName(action, part, index, options)
  if (part.per === null) return unit === 0 ? null : { name, credits: unit }
  const quantity = quantities[part.per]!
  // What is no number of things was found out of range before; it has no price either.
  if (!Number.isSafeInteger(quantity) || quantity < 0) return null
  const line = priceQuantity(part, part.per, name, unit, quantity)
  if (line === null || !('refused' in line)) return line
  faults.push(line)
  return null
}

function priceQuantity(
  part: PricePart,
  per: string,
  name: string,
  unit: Credits,
  quantity: number,
): PriceLine | PriceRefusal | null {
  if (part.tiers !== null) {
    const credits = tieredCredits(part.tiers, quantity)
    if (credits === null) return refuseTooLarge(per, quantity)
    return credits === 0 ? null : { name, credits, quantity, per }
  }
  const count = startedBlocks(quantity, part.each)
  const credits = timesUnit(count, unit)
  if (credits === null) return refuseTooLarge(per, quantity)
  return credits === 0 ? null : { name, credits, quantity: count, unit, per }
}

/** The part's own name; else the action's for the first part, else what the part varies with. */
function lineName(action: Action, part: PricePart, index: number, options: Options): string {
  if (part.name !== null) return part.name
  if (index === 0) return action.name
  if (part.per !== null) return action.quantities[part.per]?.name ?? part.per
  if (part.by.length > 0) return part.by.map((name) => options[name]).join(', ')
  return part.when === null ? action.name : Object.values(part.when.options).flat().join(', ')
}

function refuseMissing(name: string): PriceRefusal {
  return refusePrice('quantity_required', `quantities.${name}`, 'a whole number, 0 or more', null)
}

function refuseTooLarge(name: string, quantity: number): PriceRefusal {
  return refusePrice('amount_too_large', `quantities.${name}`, 'a cost below 10^15 units', quantity)
}
