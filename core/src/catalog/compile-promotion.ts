/** Promotion codes: what they take off, of what, from when until when, and how often. */
import { Temporal } from 'temporal-polyfill'
import type { Instant } from '../amounts.ts'
import type { Promotion } from './catalog.ts'
import { addError, expected, type Keys, type Reading } from './faults.ts'
import { readPrices } from './read-money.ts'
import { at, isMapping, isRate, type Mapping, readIds, readMapping, readWhole } from './read-values.ts'

const PROMOTION_KEYS = [
  'percent',
  'amount',
  'uses',
  'usesPerAccount',
  'from',
  'until',
  'packs',
  'plans',
  'minimum',
]
const PROMOTIONS_MAX = 500
const USES_MAX = 1_000_000_000
const CODE = /^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/

export function compilePromotions(reading: Reading, top: Mapping): Record<string, Promotion> {
  const value = at(top, 'promotions')
  const keys = ['promotions']
  const found: Record<string, Promotion> = {}
  if (value === undefined || value === null) return found
  if (!isMapping(value)) {
    expected(reading, keys, 'wrong_type', 'a mapping of codes', value)
    return found
  }
  const codes = Object.keys(value)
  if (codes.length > PROMOTIONS_MAX)
    expected(reading, keys, 'too_many', `at most ${PROMOTIONS_MAX} entries`, codes.length)
  const known = new Set<string>()
  for (const code of codes.slice(0, PROMOTIONS_MAX)) {
    const path = [...keys, code]
    if (!CODE.test(code) || code.toLowerCase() in Object.prototype) {
      expected(reading, path, 'invalid_id', 'a code such as SPRING-25, at most 40 characters', code)
    } else if (known.has(code.toUpperCase())) {
      addError(reading, path, 'duplicate', `expected each code once, found ${code} in other letters too`)
    } else found[code] = compilePromotion(reading, code, value[code], path)
    known.add(code.toUpperCase())
  }
  return found
}

function compilePromotion(reading: Reading, code: string, value: unknown, keys: Keys): Promotion {
  const promotion = readMapping(reading, value, keys, PROMOTION_KEYS)
  const uses = (key: string) => readWhole(reading, promotion, key, keys, 1, USES_MAX, null)
  const [from, until] = [
    readInstant(reading, promotion, 'from', keys),
    readInstant(reading, promotion, 'until', keys),
  ]
  if (from !== null && until !== null && until <= from)
    expected(
      reading,
      [...keys, 'until'],
      'contradiction',
      'an end after the beginning',
      at(promotion, 'until'),
    )
  return {
    code,
    ...compileReduction(reading, promotion, keys),
    uses: uses('uses'),
    usesPerAccount: uses('usesPerAccount'),
    from,
    until,
    packs: readIds(reading, promotion, 'packs', keys),
    plans: readIds(reading, promotion, 'plans', keys),
    minimum: readPrices(reading, at(promotion, 'minimum'), [...keys, 'minimum']),
  }
}

/** A share or an amount: with both, or neither, nobody knows what it takes off. */
function compileReduction(
  reading: Reading,
  promotion: Mapping,
  keys: Keys,
): Pick<Promotion, 'percent' | 'amount'> {
  const written = at(promotion, 'percent')
  const amount = readPrices(reading, at(promotion, 'amount'), [...keys, 'amount'])
  const isWritten = written !== undefined && written !== null
  const isAmountWritten = at(promotion, 'amount') !== undefined && at(promotion, 'amount') !== null
  if (isWritten === isAmountWritten) {
    const found = isWritten ? 'both' : 'nothing'
    addError(
      reading,
      [...keys, 'percent'],
      isWritten ? 'contradiction' : 'missing',
      `expected a percent or an amount, found ${found}`,
    )
  }
  if (amount.some((money) => money.amount === 0))
    expected(reading, [...keys, 'amount'], 'out_of_range', 'an amount above 0', at(promotion, 'amount'))
  if (!isWritten) return { percent: null, amount }
  if (isRate(written) && written > 0) return { percent: written, amount }
  expected(reading, [...keys, 'percent'], 'out_of_range', 'a share above 0, at most 100', written)
  return { percent: null, amount }
}

/** `2026-12-01`, which begins in UTC, or an instant with its zone: `2026-12-01T00:00:00+05:30`. */
function readInstant(reading: Reading, promotion: Mapping, key: string, keys: Keys): Instant | null {
  const value = at(promotion, key)
  if (value === undefined || value === null) return null
  const instant = typeof value === 'string' ? instantOf(value) : null
  if (instant === null) {
    const what = 'a day such as 2026-12-01 or an instant such as 2026-12-01T00:00:00Z'
    // A day that is written well and does not exist is no fault of shape.
    const isDay = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}(T|$)/.test(value)
    expected(reading, [...keys, key], isDay ? 'out_of_range' : 'wrong_type', what, value)
  }
  return instant
}

function instantOf(text: string): Instant | null {
  const full = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text
  if (!/^\d{4}-\d{2}-\d{2}T/.test(full)) return null
  try {
    return Temporal.Instant.from(full).epochMilliseconds
  } catch {
    return null
  }
}
