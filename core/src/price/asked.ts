/**
 * What was asked, checked against what the action takes: names that nobody knows are refused, ranges
 * hold, and defaults are filled in.
 */
import type { Action, OptionRule, QuantityRule } from '../catalog/catalog.ts'
import type { Options, Quantities } from './price.ts'
import { oneOf, type PriceRefusal, refusePrice } from './refusal.ts'

/**
 * `asked`: before the act, so the action's minimum holds and an empty list is a forgotten one.
 * `happened`: after it, when there may be less than the minimum, and nothing at all.
 */
export type Tense = 'asked' | 'happened'

/** Adds the faults of the quantities: names nobody knows, and what is no whole number, 0 or more, within the action's range. */
export function judgeQuantities(
  action: Action,
  quantities: Quantities,
  tense: Tense,
  faults: PriceRefusal[],
): void {
  for (const name in quantities) {
    const path = `quantities.${name}`
    const given = quantities[name]!
    if (!Object.hasOwn(action.quantities, name)) {
      const known = Object.keys(action.quantities)
      faults.push(refusePrice('unknown_quantity', path, oneOf(known), name, known))
      continue
    }
    const rule = action.quantities[name]!
    const least = tense === 'asked' ? rule.minimum : 0
    if (Number.isSafeInteger(given) && given >= least && given <= rule.maximum) continue
    faults.push(refusePrice('quantity_out_of_range', path, rangeOf(rule, least), given))
  }
}

function rangeOf(rule: QuantityRule, least: number): string {
  return `a whole number from ${least} to ${rule.maximum}`
}

/** Adds the faults of the options' names and shapes: a list only of a `many` option, and an empty one only where none is a choice. */
export function judgeOptions(action: Action, options: Options, tense: Tense, faults: PriceRefusal[]): void {
  for (const name in options) {
    const path = `options.${name}`
    const given = options[name]!
    if (!Object.hasOwn(action.options, name)) {
      const known = Object.keys(action.options)
      faults.push(refusePrice('unknown_option', path, oneOf(known), name, known))
      continue
    }
    if (typeof given === 'string') continue
    const rule = action.options[name]!
    if (!rule.many) faults.push(refuseValue(path, 'one value', given, rule))
    else if (given.length === 0 && tense === 'asked' && !noneIsAChoice(rule)) {
      faults.push(refuseEmpty(path, rule))
    }
  }
}

/** The catalog says so by an empty default; elsewhere an empty list is a forgotten one. */
function noneIsAChoice(rule: OptionRule): boolean {
  return rule.default !== null && rule.default.length === 0
}

function refuseEmpty(path: string, rule: OptionRule): PriceRefusal {
  const expected = rule.values === null ? 'at least one value' : `at least one of ${oneOf(rule.values)}`
  return refusePrice('option_required', path, expected, [], rule.values ?? undefined)
}

/**
 * Adds the values that the action does not offer. Judged after the price, because a table knows
 * better which values go together: it answers with those of the chosen model.
 */
export function judgeValues(action: Action, options: Options, faults: PriceRefusal[]): void {
  for (const name in options) {
    const values = action.options[name]?.values
    if (values == null) continue
    const given = options[name]!
    if (typeof given === 'string') judgeValue(action, name, values, given, faults)
    else for (const value of given) judgeValue(action, name, values, value, faults)
  }
}

function judgeValue(
  action: Action,
  name: string,
  values: readonly string[],
  given: string,
  faults: PriceRefusal[],
): void {
  if (values.includes(given)) return
  faults.push(refuseValue(`options.${name}`, oneOf(values), given, action.options[name]!))
}

function refuseValue(path: string, expected: string, found: unknown, rule: OptionRule): PriceRefusal {
  return refusePrice('option_not_available', path, expected, found, rule.values ?? undefined)
}

/** The quantities with the action's defaults where nothing was given. */
export function withDefaultQuantities(action: Action, quantities: Quantities): Quantities {
  let filled: Record<string, number> | null = null
  for (const name in action.quantities) {
    const value = action.quantities[name]!.default
    if (value === null || Object.hasOwn(quantities, name)) continue
    filled ??= { ...quantities }
    filled[name] = value
  }
  return filled ?? quantities
}

/** The options with the action's defaults where nothing was given. */
export function withDefaultOptions(action: Action, options: Options): Options {
  let filled: Record<string, string | readonly string[]> | null = null
  for (const name in action.options) {
    const value = action.options[name]!.default
    if (value === null || Object.hasOwn(options, name)) continue
    filled ??= { ...options }
    filled[name] = value
  }
  return filled ?? options
}
