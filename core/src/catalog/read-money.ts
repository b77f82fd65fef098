/** Money as people write it, with its currency: `19.00 USD`; several currencies are a list. */
import type { Money, UnitPrice } from '../amounts.ts'
import { currencyDecimals } from './currency.ts'
import { addError, expected, type Keys, type Reading } from './faults.ts'
import { readList } from './read-values.ts'

const MONEY = /^(\d{1,12})(?:\.(\d{1,12}))? ([A-Z]{3})$/
const MONEY_MAX = 999_999_999_999_999

/** A price per credit is kept in millionths, so it may have six decimals. */
const UNIT_PRICE_DECIMALS = 6

/** One price per currency, in minor units; empty where the file has none. */
export function readPrices(reading: Reading, value: unknown, keys: Keys): readonly Money[] {
  return readEach(reading, value, keys, (text, path) => {
    const parsed = readAmount(reading, text, path, '19.00 USD', null)
    return parsed === null ? null : { amount: parsed.amount, currency: parsed.currency }
  })
}

/** One price per credit and currency, in millionths of the currency; empty where the file has none. */
export function readUnitPrices(reading: Reading, value: unknown, keys: Keys): readonly UnitPrice[] {
  return readEach(reading, value, keys, (text, path) => {
    const parsed = readAmount(reading, text, path, '0.02 USD', UNIT_PRICE_DECIMALS)
    return parsed === null ? null : { micros: parsed.amount, currency: parsed.currency }
  })
}

function readEach<T extends { readonly currency: string }>(
  reading: Reading,
  value: unknown,
  keys: Keys,
  read: (value: unknown, keys: Keys) => T | null,
): readonly T[] {
  const prices: T[] = []
  readList(value).forEach((one, index) => {
    const path = Array.isArray(value) ? [...keys, index] : keys
    const price = read(one, path)
    if (price === null) return
    if (prices.some((other) => other.currency === price.currency)) {
      addError(reading, path, 'duplicate', `expected one price per currency, found ${price.currency} twice`)
      return
    }
    reading.currencies.add(price.currency)
    prices.push(price)
  })
  return prices
}

function readAmount(
  reading: Reading,
  value: unknown,
  keys: Keys,
  example: string,
  decimalsAllowed: number | null,
): { amount: number; currency: string } | null {
  const match = typeof value === 'string' ? MONEY.exec(value.trim()) : null
  if (match === null) {
    expected(reading, keys, 'not_money', `money with its currency, such as ${example}`, value)
    return null
  }
  const [, whole = '', fraction = '', currency = ''] = match
  const minor = currencyDecimals(currency)
  if (minor === null) {
    expected(reading, keys, 'not_money', 'a currency of ISO 4217', currency)
    return null
  }
  const decimals = decimalsAllowed ?? minor
  if (fraction.length > decimals) {
    expected(reading, keys, 'too_many_decimals', `at most ${decimals} decimals in ${currency}`, value)
    return null
  }
  const amount = Number(whole + fraction.padEnd(decimals, '0'))
  if (amount <= MONEY_MAX) return { amount, currency }
  expected(reading, keys, 'out_of_range', 'an amount below 10^15 of the smallest unit', value)
  return null
}
