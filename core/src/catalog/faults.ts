/**
 * Faults of a catalog: every one is collected, so an owner mends a file once. Each says where, what
 * was expected and what was found.
 */
import { editDistance } from './edit-distance.ts'

export type CatalogErrorCode =
  | 'unknown_key'
  | 'missing'
  | 'wrong_type'
  | 'out_of_range'
  | 'not_a_choice'
  | 'not_money'
  | 'not_a_length_of_time'
  | 'too_many_decimals'
  | 'invalid_id'
  | 'unknown_reference'
  | 'contradiction'
  | 'duplicate'
  | 'too_many'
  | 'syntax'

export type Keys = readonly (string | number)[]

export interface CatalogError {
  /** As an owner reads it: `actions["image.generate"].price.credits.hd`; empty for the file as a whole. */
  readonly path: string
  /** The same, key by key, to find the place in the file. */
  readonly keys: Keys
  readonly code: CatalogErrorCode
  /** What was expected and what was found. */
  readonly message: string
}

/** What the readers share while one document is compiled. */
export interface Reading {
  readonly errors: CatalogError[]
  /** Decimals of the project's credits: every number of credits is scaled by them. */
  decimals: number
  /** Currencies in the order in which prices name them. */
  readonly currencies: Set<string>
}

/** A file with more faults than this is not a catalog with mistakes but something else. */
const ERRORS_MAX = 1_000

export function addError(reading: Reading, keys: Keys, code: CatalogErrorCode, message: string): void {
  if (reading.errors.length >= ERRORS_MAX) return
  reading.errors.push({ path: pathOf(keys), keys, code, message })
}

export function expected(
  reading: Reading,
  keys: Keys,
  code: CatalogErrorCode,
  what: string,
  found: unknown,
): void {
  addError(reading, keys, code, `expected ${what}, found ${describe(found)}`)
}

export function pathOf(keys: Keys): string {
  let path = ''
  for (const key of keys) {
    if (typeof key === 'number') path += `[${key}]`
    else if (isPlainName(key)) path += path === '' ? key : `.${key}`
    else path += `[${JSON.stringify(key)}]`
  }
  return path
}

function isPlainName(key: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(key)
}

/** What stands in the file, in few words: the owner looks for exactly this. */
function describe(found: unknown): string {
  if (found === undefined || found === null) return 'nothing'
  if (Array.isArray(found)) return found.length === 0 ? 'an empty list' : `a list of ${found.length}`
  if (typeof found === 'object') return 'a mapping'
  const text = typeof found === 'string' ? JSON.stringify(found) : String(found)
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}

/** Guessing costs time, and after so many faults a guess helps nobody. */
const GUESSES_MAX = 100

/** The known name that `name` is probably meant to be, or null. */
export function nearest(reading: Reading, name: string, known: readonly string[]): string | null {
  if (reading.errors.length >= GUESSES_MAX) return null
  let best: string | null = null
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1
  for (const candidate of known) {
    const distance = editDistance(name.slice(0, 60).toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}
