/**
 * `when`: the part counts only where the options say so. An option that was not given fits nothing,
 * so a surcharge needs its reason and `noneOf` holds where nothing was said.
 */
import type { Condition, Options } from '../price.ts'

export function applies(condition: Condition, options: Options): boolean {
  switch (condition.kind) {
    case 'oneOfEach':
      return everyOptionFits(condition.options, options)
    case 'allOf':
      return everyValueGiven(condition.options, options)
    case 'anyOf':
      return anyValueGiven(condition.options, options)
    case 'noneOf':
      return !anyValueGiven(condition.options, options)
  }
}

type Wanted = Condition['options']

function everyOptionFits(wanted: Wanted, options: Options): boolean {
  for (const name in wanted) if (!anyOf(wanted[name]!, name, options)) return false
  return true
}

function everyValueGiven(wanted: Wanted, options: Options): boolean {
  for (const name in wanted) {
    for (const value of wanted[name]!) if (!isGiven(options, name, value)) return false
  }
  return true
}

function anyValueGiven(wanted: Wanted, options: Options): boolean {
  for (const name in wanted) if (anyOf(wanted[name]!, name, options)) return true
  return false
}

function anyOf(values: readonly string[], name: string, options: Options): boolean {
  for (const value of values) if (isGiven(options, name, value)) return true
  return false
}

function isGiven(options: Options, name: string, value: string): boolean {
  if (!Object.hasOwn(options, name)) return false
  const given = options[name]!
  return typeof given === 'string' ? given === value : given.includes(value)
}
