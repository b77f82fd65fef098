/**
 * Prices as data (catalog.md, "Five rules"). A price is a list of parts; each gives at most one
 * line; the cost is their sum, and `minimum` adds a line for the difference.
 */
import type { Credits } from '../amounts.ts'

/** Credits of one part: a number, or a table of options of as many levels as `by` has names. */
export type PriceTable = Credits | { readonly [value: string]: PriceTable }

export interface TierBand {
  /** The last quantity of this band; null = without end. */
  readonly upTo: number | null
  readonly credits: Credits
}

/**
 * Which options a part waits for. `oneOfEach` (a bare `when`): every named option has one of its values.
 * `allOf`: every named value is given; `anyOf`: at least one; `noneOf`: not one. Of a `many` option a
 * value is given when it is among the values.
 */
export interface Condition {
  readonly kind: 'oneOfEach' | 'allOf' | 'anyOf' | 'noneOf'
  readonly options: Readonly<Record<string, readonly string[]>>
}

export interface PricePart {
  readonly name: string | null
  /** 0 where `tiers` say it. */
  readonly credits: PriceTable
  /** Names of the options that choose from the table, outermost first. */
  readonly by: readonly string[]
  readonly tiers: { readonly mode: 'graduated' | 'volume'; readonly bands: readonly TierBand[] } | null
  /** The quantity it is multiplied by. */
  readonly per: string | null
  /** Size of a block of the quantity; a started block counts as a whole one. 1 = no blocks. */
  readonly each: number
  readonly when: Condition | null
}

export interface Price {
  readonly parts: readonly PricePart[]
  readonly minimum: Credits
}

export type Quantities = Readonly<Record<string, number>>
export type Options = Readonly<Record<string, string | readonly string[]>>

/** One line of a cost: what it is for, how many times, at how much. credits = what this part adds. */
export interface PriceLine {
  readonly name: string
  readonly credits: Credits
  /** How many times `each` was counted; absent for a flat part. */
  readonly quantity?: number
  /** Credits per unit (or per started block); absent for tiers. */
  readonly unit?: Credits
  /** The quantity's name. */
  readonly per?: string
}

export interface Cost {
  readonly credits: Credits
  readonly lines: readonly PriceLine[]
  /** The quantities and options as priced: defaults filled in. */
  readonly quantities: Quantities
  readonly options: Options
}
