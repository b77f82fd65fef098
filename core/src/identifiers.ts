/**
 * Ids of Scrip's own: a prefix and where the thing stands, so that no dice are needed in the rules
 * and no index to find it by. Ten letters of time, eight of the pool, eight of the number in it:
 * time-ordered, and the same whether time was stepped once or often. A lot is named by pool and
 * number alone, since draws name lots by number.
 */
import { assert, type Instant } from './amounts.ts'
import type { Place } from './pool.ts'

// Crockford's alphabet in lower case: no i, l, o, u.
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const TIME_LENGTH = 10
const NUMBER_LENGTH = 8

export type PlacePrefix = 'txn' | 'chg' | 'hold' | 'sub' | 'evt'

export function placeId(prefix: PlacePrefix, pool: number, place: Place): string {
  return `${prefix}_${encode(place.at, TIME_LENGTH)}${encode(pool, NUMBER_LENGTH)}${encode(place.number, NUMBER_LENGTH)}`
}

export function lotId(pool: number, number: number): string {
  return `lot_${encode(pool, NUMBER_LENGTH)}${encode(number, NUMBER_LENGTH)}`
}

/** Where an id points, or null where it is none of this prefix. */
export function parsePlaceId(prefix: PlacePrefix, id: string): (Place & { pool: number }) | null {
  const digits = body(prefix, id, TIME_LENGTH + 2 * NUMBER_LENGTH)
  if (digits === null) return null
  const at = decode(digits, 0, TIME_LENGTH)
  const pool = decode(digits, TIME_LENGTH, NUMBER_LENGTH)
  const number = decode(digits, TIME_LENGTH + NUMBER_LENGTH, NUMBER_LENGTH)
  return at === null || pool === null || number === null ? null : { at, pool, number }
}

export function parseLotId(id: string): { pool: number; number: number } | null {
  const digits = body('lot', id, 2 * NUMBER_LENGTH)
  if (digits === null) return null
  const pool = decode(digits, 0, NUMBER_LENGTH)
  const number = decode(digits, NUMBER_LENGTH, NUMBER_LENGTH)
  return pool === null || number === null ? null : { pool, number }
}

function body(prefix: string, id: string, length: number): string | null {
  if (!id.startsWith(`${prefix}_`) || id.length !== prefix.length + 1 + length) return null
  return id.slice(prefix.length + 1)
}

function encode(value: number | Instant, length: number): string {
  assert(Number.isSafeInteger(value) && value >= 0, 'an id is made of whole numbers')
  let rest = value
  let text = ''
  for (let place = 0; place < length; place++) {
    const digit = rest % 32
    text = ALPHABET[digit] + text
    rest = (rest - digit) / 32
  }
  assert(rest === 0, 'a number fits its part of the id')
  return text
}

function decode(text: string, from: number, length: number): number | null {
  let value = 0
  for (let place = from; place < from + length; place++) {
    const digit = ALPHABET.indexOf(text[place] as string)
    if (digit < 0) return null
    value = value * 32 + digit
  }
  return Number.isSafeInteger(value) ? value : null
}
