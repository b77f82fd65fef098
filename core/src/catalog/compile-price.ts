/**
 * Prices as the file writes them (catalog.md, "Five rules"): a bare number is flat, one part needs
 * no list, and every part has one shape. What a part's modifiers cannot mean together is refused here.
 */
import type { Credits } from '../amounts.ts'
import type { Condition, Price, PricePart, PriceTable, TierBand } from '../price/price.ts'
import { addError, expected, type Keys, type Reading } from './faults.ts'
import {
  at,
  isId,
  isMapping,
  type Mapping,
  readCredits,
  readCreditsAt,
  readList,
  readMapping,
  readText,
  readWhole,
  scalarText,
} from './read-values.ts'

const PART_KEYS = ['credits', 'by', 'per', 'each', 'when', 'name', 'tiers']
const CONDITION_KINDS = ['allOf', 'anyOf', 'noneOf'] as const

const PARTS_MAX = 50
const BANDS_MAX = 100
const NESTING_MAX = 8
const TABLE_VALUES_MAX = 1_000
const CELLS_MAX = 10_000
const BLOCK_MAX = 1_000_000_000

/** The price of an action; what is not written is free. `minimum` stands beside the price. */
export function compilePrice(reading: Reading, action: Mapping, keys: Keys): Price {
  const value = at(action, 'price')
  const path = [...keys, 'price']
  const list = readList(value)
  if (list.length > PARTS_MAX) expected(reading, path, 'too_many', `at most ${PARTS_MAX} parts`, list)
  const parts = list
    .slice(0, PARTS_MAX)
    .map((part, index) => compilePart(reading, part, Array.isArray(value) ? [...path, index] : path))
  return { parts, minimum: readCreditsAt(reading, action, 'minimum', keys, 0) }
}

const FLAT: PricePart = { name: null, credits: 0, by: [], tiers: null, per: null, each: 1, when: null }

function compilePart(reading: Reading, value: unknown, keys: Keys): PricePart {
  if (typeof value === 'number') return { ...FLAT, credits: readCredits(reading, value, keys) }
  if (!isMapping(value)) {
    expected(
      reading,
      keys,
      'wrong_type',
      'a number of credits or a part such as { credits: 1, per: images }',
      value,
    )
    return FLAT
  }
  const part = readMapping(reading, value, keys, PART_KEYS)
  const by = readNames(reading, part, 'by', keys)
  const per = readNames(reading, part, 'per', keys)
  if (per.length > 1) expected(reading, [...keys, 'per'], 'wrong_type', 'one quantity', at(part, 'per'))
  const compiled: PricePart = {
    name: readText(reading, part, 'name', keys),
    credits: compileCredits(reading, part, by, keys),
    by,
    tiers: compileTiers(reading, part, keys),
    per: per[0] ?? null,
    each: readWhole(reading, part, 'each', keys, 1, BLOCK_MAX, 1),
    when: compileCondition(reading, at(part, 'when'), [...keys, 'when']),
  }
  refuseContradictions(reading, part, compiled, keys)
  return compiled
}

function refuseContradictions(reading: Reading, part: Mapping, compiled: PricePart, keys: Keys): void {
  const needsPer = at(part, 'each') !== undefined ? 'each' : compiled.tiers !== null ? 'credits' : null
  if (needsPer !== null && compiled.per === null) {
    const what = needsPer === 'each' ? 'a block' : 'tiers'
    addError(
      reading,
      [...keys, needsPer],
      'contradiction',
      `expected per beside ${what}, found no quantity to count`,
    )
  }
  if (compiled.tiers === null) {
    if (at(part, 'tiers') === undefined) return
    addError(reading, [...keys, 'tiers'], 'contradiction', 'expected a list of bands in credits, found none')
    return
  }
  for (const key of ['by', 'each']) {
    if (at(part, key) === undefined) continue
    addError(reading, [...keys, key], 'contradiction', `expected bands or ${key}, found both in one part`)
  }
}

function readNames(reading: Reading, part: Mapping, key: string, keys: Keys): readonly string[] {
  const names: string[] = []
  for (const name of readList(at(part, key))) {
    const path = [...keys, key]
    if (typeof name !== 'string' || !isId(name))
      expected(reading, path, 'invalid_id', 'a name such as images', name)
    else if (names.includes(name))
      addError(reading, path, 'duplicate', `expected each name once, found ${name} twice`)
    else names.push(name)
  }
  if (names.length <= NESTING_MAX) return names
  expected(reading, [...keys, key], 'too_many', `at most ${NESTING_MAX} names`, names)
  return names.slice(0, NESTING_MAX)
}

function compileCredits(reading: Reading, part: Mapping, by: readonly string[], keys: Keys): PriceTable {
  const value = at(part, 'credits')
  if (Array.isArray(value)) return 0
  if (isMapping(value) && at(part, 'by') === undefined) {
    addError(
      reading,
      [...keys, 'by'],
      'missing',
      'expected by beside a table: which options choose from it; found nothing',
    )
    return 0
  }
  return compileTable(reading, value, by, [...keys, 'credits'], { cells: 0 })
}

function compileTable(
  reading: Reading,
  value: unknown,
  by: readonly string[],
  keys: Keys,
  count: { cells: number },
): PriceTable {
  if (by.length === 0) return readCredits(reading, value, keys)
  const table: Record<string, PriceTable> = {}
  if (!isMapping(value) || Object.keys(value).length === 0) {
    expected(reading, keys, 'contradiction', `a table by ${by[0]}`, value)
    return table
  }
  const values = Object.keys(value)
  if (count.cells > CELLS_MAX) return table
  count.cells += values.length
  if (values.length > TABLE_VALUES_MAX || count.cells > CELLS_MAX) {
    const most = `at most ${TABLE_VALUES_MAX} values of an option and ${CELLS_MAX} in a table`
    expected(reading, keys, 'too_many', most, values.length)
    return table
  }
  for (const name of values) {
    const text = scalarText(name)
    if (text === null)
      expected(reading, [...keys, name], 'invalid_id', 'a value of 1 to 100 characters', name)
    else table[text] = compileTable(reading, value[name], by.slice(1), [...keys, name], count)
  }
  return table
}

function compileTiers(reading: Reading, part: Mapping, keys: Keys): PricePart['tiers'] {
  const value = at(part, 'credits')
  if (!Array.isArray(value)) return null
  const path = [...keys, 'credits']
  if (value.length === 0 || value.length > BANDS_MAX) {
    expected(reading, path, 'wrong_type', `1 to ${BANDS_MAX} bands such as { upTo: 100, credits: 2 }`, value)
    return null
  }
  const mode = at(part, 'tiers') ?? 'graduated'
  if (mode !== 'graduated' && mode !== 'volume') {
    expected(reading, [...keys, 'tiers'], 'not_a_choice', 'graduated or volume', mode)
  }
  const bands: TierBand[] = []
  value.forEach((band, index) => {
    bands.push(compileBand(reading, band, [...path, index], bands.at(-1), index === value.length - 1))
  })
  return { mode: mode === 'volume' ? 'volume' : 'graduated', bands }
}

function compileBand(
  reading: Reading,
  value: unknown,
  keys: Keys,
  before: TierBand | undefined,
  isLast: boolean,
): TierBand {
  const band = readMapping(reading, isMapping(value) ? value : null, keys, ['upTo', 'credits'])
  const upTo = readWhole(reading, band, 'upTo', keys, 1, Number.MAX_SAFE_INTEGER, null)
  if (isLast && upTo !== null) {
    expected(
      reading,
      [...keys, 'upTo'],
      'contradiction',
      'no end of the last band (quantities may have a maximum)',
      upTo,
    )
  }
  if (!isLast && (upTo === null || upTo <= (before?.upTo ?? 0))) {
    expected(reading, [...keys, 'upTo'], 'contradiction', `an end above ${before?.upTo ?? 0}`, upTo)
  }
  const credits: Credits = readCredits(reading, at(band, 'credits'), [...keys, 'credits'])
  return { upTo: isLast ? null : upTo, credits }
}

function compileCondition(reading: Reading, value: unknown, keys: Keys): Condition | null {
  if (value === undefined || value === null) return null
  if (!isMapping(value) || Object.keys(value).length === 0) {
    expected(reading, keys, 'wrong_type', 'options such as { platforms: x }', value)
    return null
  }
  const kind = CONDITION_KINDS.find((one) => Object.hasOwn(value, one))
  if (kind === undefined) return { kind: 'oneOfEach', options: compileWanted(reading, value, keys) }
  readMapping(reading, value, keys, [kind])
  return { kind, options: compileWanted(reading, value[kind], [...keys, kind]) }
}

function compileWanted(reading: Reading, value: unknown, keys: Keys): Record<string, readonly string[]> {
  const wanted: Record<string, readonly string[]> = {}
  if (!isMapping(value) || Object.keys(value).length === 0) {
    expected(reading, keys, 'wrong_type', 'options such as { platforms: x }', value)
    return wanted
  }
  for (const name of Object.keys(value)) {
    const texts = readList(value[name]).map(scalarText)
    const values = texts.filter((text) => text !== null)
    if (!isId(name)) expected(reading, [...keys, name], 'invalid_id', 'the name of an option', name)
    else if (values.length === 0 || values.length < texts.length) {
      expected(reading, [...keys, name], 'wrong_type', 'a value or a list of values', value[name])
    } else wanted[name] = values
  }
  return wanted
}
