/**
 * Actions: a price, and the quantities and options it takes. Neither needs a declaration; one that
 * is declared must agree with the tables and conditions of the price.
 */
import { CREDITS_MAX } from '../amounts.ts'
import type { Price, PriceTable } from '../price/price.ts'
import type { Action, OptionRule, QuantityRule } from './catalog.ts'
import { compilePrice } from './compile-price.ts'
import { addError, expected, type Keys, type Reading } from './faults.ts'
import {
  at,
  isMapping,
  type Mapping,
  readById,
  readChoice,
  readFlag,
  readIds,
  readList,
  readMapping,
  readText,
  readWhole,
  scalarText,
} from './read-values.ts'

const ACTION_KEYS = [
  'name',
  'description',
  'trigger',
  'hint',
  'price',
  'minimum',
  'quantities',
  'options',
  'access',
  'plans',
  'comingSoon',
]

export function compileAction(
  reading: Reading,
  id: string,
  value: unknown,
  keys: Keys,
  access: 'open' | 'plan',
): Action {
  const action = readMapping(reading, value, keys, ACTION_KEYS)
  const comingSoon = readFlag(reading, action, 'comingSoon', keys, false)
  const price = comingSoon && at(action, 'price') === undefined ? null : compilePrice(reading, action, keys)
  return {
    id,
    name: readText(reading, action, 'name', keys) ?? id,
    description: readText(reading, action, 'description', keys),
    trigger: readText(reading, action, 'trigger', keys),
    hint: readText(reading, action, 'hint', keys),
    price,
    quantities: compileQuantities(reading, action, price, keys),
    options: compileOptions(reading, action, price, keys),
    access: readChoice(reading, action, 'access', keys, ['open', 'plan'], access),
    plans: readIds(reading, action, 'plans', keys),
    comingSoon,
  }
}

const NAMES_MAX = 100

function compileQuantities(
  reading: Reading,
  action: Mapping,
  price: Price | null,
  keys: Keys,
): Record<string, QuantityRule> {
  const rules = readById(
    reading,
    at(action, 'quantities'),
    [...keys, 'quantities'],
    NAMES_MAX,
    (_, value, path) => compileQuantity(reading, value, path),
  )
  for (const { per } of price?.parts ?? []) {
    if (per !== null) rules[per] ??= { name: null, minimum: 0, maximum: CREDITS_MAX, default: null }
  }
  return rules
}

function compileQuantity(reading: Reading, value: unknown, keys: Keys): QuantityRule {
  const rule = readMapping(reading, value, keys, ['name', 'minimum', 'maximum', 'default'])
  const minimum = readWhole(reading, rule, 'minimum', keys, 0, CREDITS_MAX, 0)
  const maximum = readWhole(reading, rule, 'maximum', keys, 0, CREDITS_MAX, CREDITS_MAX)
  if (maximum < minimum) {
    expected(reading, [...keys, 'maximum'], 'contradiction', `a maximum of ${minimum} or more`, maximum)
  }
  const fallback = readWhole(reading, rule, 'default', keys, minimum, Math.max(minimum, maximum), null)
  return { name: readText(reading, rule, 'name', keys), minimum, maximum, default: fallback }
}

/** How the price uses an option: the values of its tables, and those that conditions name. */
interface Use {
  readonly inTables: Set<string>
  readonly inConditions: Map<string, Keys>
  /** Where one condition wants several values of it at once. */
  allAtOnce: Keys | null
}

function compileOptions(
  reading: Reading,
  action: Mapping,
  price: Price | null,
  keys: Keys,
): Record<string, OptionRule> {
  const uses = usesOf(price, [...keys, 'price'], Array.isArray(at(action, 'price')))
  const rules = readById(
    reading,
    at(action, 'options'),
    [...keys, 'options'],
    NAMES_MAX,
    (name, value, path) => compileOption(reading, value, path, uses.get(name)),
  )
  for (const [name, use] of uses) rules[name] ??= undeclaredOption(use)
  return rules
}

function usesOf(price: Price | null, keys: Keys, isList: boolean): Map<string, Use> {
  const uses = new Map<string, Use>()
  const useOf = (name: string): Use => {
    const use = uses.get(name) ?? {
      inTables: new Set<string>(),
      inConditions: new Map<string, Keys>(),
      allAtOnce: null,
    }
    uses.set(name, use)
    return use
  }
  price?.parts.forEach((part, index) => {
    const path = isList ? [...keys, index] : keys
    collectTable(part.credits, part.by, useOf)
    const when = part.when
    if (when === null) return
    const place = when.kind === 'oneOfEach' ? [...path, 'when'] : [...path, 'when', when.kind]
    for (const [name, values] of Object.entries(when.options)) {
      const use = useOf(name)
      for (const value of values) use.inConditions.set(value, [...place, name])
      if (when.kind === 'allOf' && values.length > 1) use.allAtOnce = [...place, name]
    }
  })
  return uses
}

function collectTable(table: PriceTable, by: readonly string[], useOf: (name: string) => Use): void {
  const [name, ...rest] = by
  if (name === undefined || typeof table === 'number') return
  const use = useOf(name)
  for (const value of Object.keys(table)) {
    use.inTables.add(value)
    collectTable(table[value]!, rest, useOf)
  }
}

/** An option that only conditions name takes any text, one value or several. */
function undeclaredOption(use: Use): OptionRule {
  if (use.inTables.size > 0) return { name: null, values: [...use.inTables], default: null, many: false }
  return { name: null, values: null, default: null, many: true }
}

function compileOption(reading: Reading, value: unknown, keys: Keys, use: Use | undefined): OptionRule {
  const rule = readMapping(reading, value, keys, ['name', 'values', 'default', 'many'])
  const many = readFlag(reading, rule, 'many', keys, false)
  const values = readValues(reading, rule, keys, use)
  if (many && use !== undefined && use.inTables.size > 0) {
    addError(
      reading,
      [...keys, 'many'],
      'contradiction',
      'expected one value where a table chooses by it, found many',
    )
  }
  if (!many && use?.allAtOnce) {
    addError(
      reading,
      use.allAtOnce,
      'contradiction',
      'expected many: true where several values are needed, found one',
    )
  }
  for (const [wanted, place] of use?.inConditions ?? []) {
    if (values !== null && !values.includes(wanted)) {
      expected(reading, place, 'contradiction', `one of the option's values (${values.join(', ')})`, wanted)
    }
  }
  return {
    name: readText(reading, rule, 'name', keys),
    values,
    default: readDefault(reading, rule, keys, many, values),
    many,
  }
}

function readValues(
  reading: Reading,
  rule: Mapping,
  keys: Keys,
  use: Use | undefined,
): readonly string[] | null {
  const inTables = use === undefined ? [] : [...use.inTables]
  const declared = at(rule, 'values')
  if (declared === undefined || declared === null) return inTables.length > 0 ? inTables : null
  const path = [...keys, 'values']
  const texts = readList(isMapping(declared) ? null : declared).map(scalarText)
  const values = texts.filter((text) => text !== null)
  if (values.length === 0 || values.length < texts.length || values.length > 1_000) {
    expected(reading, path, 'wrong_type', 'a list of at most 1000 values', declared)
    return null
  }
  if (new Set(values).size < values.length)
    addError(reading, path, 'duplicate', 'expected each value once, found one twice')
  if (inTables.length === 0) return values
  for (const value of values) {
    if (!inTables.includes(value))
      expected(reading, path, 'contradiction', `values that the price has (${inTables.join(', ')})`, value)
  }
  for (const value of inTables) {
    if (!values.includes(value))
      expected(reading, path, 'contradiction', `all values of the price, with ${value}`, declared)
  }
  return values
}

function readDefault(
  reading: Reading,
  rule: Mapping,
  keys: Keys,
  many: boolean,
  values: readonly string[] | null,
): OptionRule['default'] {
  const value = at(rule, 'default')
  if (value === undefined || value === null) return null
  // An empty list: none of the values is a choice too, and what counts where nothing is said.
  if (many && Array.isArray(value) && value.length === 0) return []
  const texts = readList(value).map(scalarText)
  const given = texts.filter((text) => text !== null)
  const isOffered =
    given.length > 0 && given.length === texts.length && given.every((one) => values?.includes(one) ?? true)
  if (isOffered && (many || !Array.isArray(value))) return many ? given : given[0]!
  const what = values === null ? 'a value' : values.join(' or ')
  expected(reading, [...keys, 'default'], 'contradiction', many ? `values among ${what}` : what, value)
  return null
}
