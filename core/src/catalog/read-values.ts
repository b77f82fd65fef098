/** Readers of plain values: each hands back a usable value, and adds an error where the file has none. */
import { CREDITS_MAX, type Credits, parseCredits } from '../amounts.ts'
import { addError, expected, type Keys, nearest, type Reading } from './faults.ts'

export type Mapping = Readonly<Record<string, unknown>>

/** A mapping whose keys are among `known`; an unknown key is an error that names the nearest known one. */
export function readMapping(reading: Reading, value: unknown, keys: Keys, known: readonly string[]): Mapping {
  if (!isMapping(value)) {
    if (value !== undefined && value !== null) expected(reading, keys, 'wrong_type', 'a mapping', value)
    return {}
  }
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue
    const meant = nearest(reading, key, known)
    const hint = meant ?? (known.length === 1 ? `only ${known[0]}` : `one of ${known.join(', ')}`)
    addError(
      reading,
      [...keys, key],
      'unknown_key',
      `expected ${hint}, found the unknown key ${JSON.stringify(key)}`,
    )
  }
  return value
}

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value of an own key: a file cannot reach what every object inherits. */
export function at(mapping: Mapping, key: string): unknown {
  return Object.hasOwn(mapping, key) ? mapping[key] : undefined
}

/** A list; where the file has one thing, a list of that one; where it has nothing, an empty one. */
export function readList(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value : [value]
}

const ID = /^[a-z0-9][A-Za-z0-9._-]{0,99}$/

/** Names that every object inherits (`constructor`, `toString`) would be found in any record of the catalog. */
function isInherited(name: string): boolean {
  return name in Object.prototype || name === 'prototype'
}

/** Whether the name may be a plan's, a pack's, an action's, a quantity's or an option's. */
export function isId(name: string): boolean {
  return ID.test(name) && !isInherited(name)
}

/** A mapping from ids to whatever `read` makes of each; at most `most` of them. */
export function readById<T>(
  reading: Reading,
  value: unknown,
  keys: Keys,
  most: number,
  read: (id: string, value: unknown, keys: Keys) => T,
): Record<string, T> {
  const found: Record<string, T> = {}
  if (value === undefined || value === null) return found
  if (!isMapping(value)) {
    expected(reading, keys, 'wrong_type', 'a mapping of ids', value)
    return found
  }
  const ids = Object.keys(value)
  if (ids.length > most) expected(reading, keys, 'too_many', `at most ${most} entries`, ids.length)
  for (const id of ids.slice(0, most)) {
    if (isId(id)) found[id] = read(id, value[id], [...keys, id])
    else
      expected(
        reading,
        [...keys, id],
        'invalid_id',
        'an id such as image.generate, at most 100 characters',
        id,
      )
  }
  return found
}

/** Text of 1 to 500 characters, or null where the file has none. */
export function readText(reading: Reading, mapping: Mapping, key: string, keys: Keys): string | null {
  const value = at(mapping, key)
  if (value === undefined || value === null) return null
  if (typeof value === 'string' && value.trim() !== '' && value.length <= 500) return value
  expected(reading, [...keys, key], 'wrong_type', 'text of at most 500 characters', value)
  return null
}

export function readFlag(
  reading: Reading,
  mapping: Mapping,
  key: string,
  keys: Keys,
  absent: boolean,
): boolean {
  const value = at(mapping, key)
  if (value === undefined || value === null) return absent
  if (typeof value === 'boolean') return value
  expected(reading, [...keys, key], 'wrong_type', 'true or false', value)
  return absent
}

export function readChoice<T extends string>(
  reading: Reading,
  mapping: Mapping,
  key: string,
  keys: Keys,
  choices: readonly T[],
  absent: T,
): T {
  const value = at(mapping, key)
  if (value === undefined || value === null) return absent
  const choice = choices.find((one) => one === value)
  if (choice !== undefined) return choice
  expected(reading, [...keys, key], 'not_a_choice', choices.join(' or '), value)
  return absent
}

/** A whole number in a range, or `absent` where the file has none. */
export function readWhole<T extends number | null>(
  reading: Reading,
  mapping: Mapping,
  key: string,
  keys: Keys,
  least: number,
  most: number,
  absent: T,
): number | T {
  const value = at(mapping, key)
  if (value === undefined || value === null) return absent
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most)
    return value
  expected(reading, [...keys, key], 'out_of_range', `a whole number from ${least} to ${most}`, value)
  return absent
}

/** A share of 0 to 100 per cent, with at most four decimals: what is multiplied with money must be exact. */
export function isRate(value: unknown): value is number {
  if (typeof value !== 'number' || !(value >= 0 && value <= 100)) return false
  return /^\d+(\.\d{1,4})?$/.test(String(value))
}

/** A number of credits, 0 or more, in the project's smallest unit; 0 where it is not one. */
export function readCredits(reading: Reading, value: unknown, keys: Keys): Credits {
  const { decimals } = reading
  if (typeof value !== 'number' || !(value >= 0)) {
    expected(reading, keys, 'wrong_type', 'a number of credits, 0 or more', value)
    return 0
  }
  const units = parseCredits(value, decimals)
  if (units !== null) return units
  if (value * 10 ** decimals > CREDITS_MAX)
    expected(reading, keys, 'out_of_range', 'fewer than 10^15 units', value)
  else expected(reading, keys, 'too_many_decimals', creditsWords(decimals), value)
  return 0
}

function creditsWords(decimals: number): string {
  if (decimals === 0) return 'a whole number of credits (credit.decimals is 0)'
  return `credits with at most ${decimals} decimal${decimals === 1 ? '' : 's'}`
}

/** The credits under a key, or `absent` where the file has none. */
export function readCreditsAt(
  reading: Reading,
  mapping: Mapping,
  key: string,
  keys: Keys,
  absent: Credits,
): Credits {
  const value = at(mapping, key)
  return value === undefined || value === null ? absent : readCredits(reading, value, [...keys, key])
}

/** A scalar as the text of an option's value: YAML reads `true` and `5` as other types. */
export function scalarText(value: unknown): string | null {
  if (typeof value === 'boolean' || typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' && value.length <= 100 && !isInherited(value)
    ? value
    : null
}

const IDS_MAX = 200

/** A list of ids; one id needs no list. */
export function readIds(reading: Reading, mapping: Mapping, key: string, keys: Keys): readonly string[] {
  const list = readList(at(mapping, key))
  const many = Array.isArray(at(mapping, key))
  const ids: string[] = []
  if (list.length > IDS_MAX) expected(reading, [...keys, key], 'too_many', `at most ${IDS_MAX} ids`, list)
  list.slice(0, IDS_MAX).forEach((value, index) => {
    if (typeof value === 'string') ids.push(value)
    else expected(reading, many ? [...keys, key, index] : [...keys, key], 'wrong_type', 'an id', value)
  })
  return ids
}
