/**
 * Taxes of an order: the first rule of the catalog that fits the currency, the country, the region and
 * the customer's tax id; one or several lines, on top of the prices or inside them. Each tax line is
 * rounded half up, once, over the whole order; what of it falls to each line adds up to it exactly.
 */
import type { Catalog, TaxRule } from '../catalog/catalog.ts'
import { millionths, shareOfMoney, spread, WHOLE } from './money-shares.ts'
import type { TaxLine } from './purchase.ts'

/** Where the customer is, as its billing details say; null = not known. */
export interface Place {
  /** ISO 3166-1, two letters. */
  readonly country: string | null
  /** As billing details name it. */
  readonly region: string | null
  readonly hasTaxId: boolean
}

export interface Taxed {
  readonly taxes: readonly TaxLine[]
  readonly inclusive: boolean
  /** Of all taxes, what falls to each line. */
  readonly byLine: readonly number[]
}

export function taxRuleFor({ taxes }: Catalog, currency: string, place: Place): TaxRule | null {
  return taxes.find((rule) => fits(rule, currency, place)) ?? null
}

/** What a rule does not name, it is for all of. A rule for a region is not for those of whom none is known. */
function fits({ when }: TaxRule, currency: string, place: Place): boolean {
  return (
    (when.currency === null || when.currency === currency) &&
    (when.country === null || when.country === place.country) &&
    (when.region === null || isSameName(when.region, place.region)) &&
    (when.taxId === null || when.taxId === place.hasTaxId)
  )
}

function isSameName(left: string, right: string | null): boolean {
  return right !== null && left.trim().toLowerCase() === right.trim().toLowerCase()
}

/** `amounts`: each line's price less its discount, in minor units. */
export function taxesOf(rule: TaxRule | null, amounts: readonly number[]): Taxed {
  const nothing = amounts.map(() => 0)
  if (rule === null) return { taxes: [], inclusive: false, byLine: nothing }
  const sum = amounts.reduce((total, amount) => total + amount, 0)
  const rates = rule.lines.map(({ percent }) => millionths(percent))
  const whole = rule.inclusive ? WHOLE + rates.reduce((total, rate) => total + rate, 0) : WHOLE
  const taxes = rule.lines.map(({ name, percent }, index) => ({
    name,
    percent,
    amount: shareOfMoney(sum, rates[index]!, whole),
  }))
  const byLine = taxes
    .map(({ amount }) => spread(amount, amounts))
    .reduce((total, parts) => total.map((part, index) => part + parts[index]!), nothing)
  return { taxes, inclusive: rule.inclusive, byLine }
}
