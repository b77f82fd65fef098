/** What a number of credits costs at a price per credit: exact, rounded half up, once (rules.md). */
import { assert, type Credits, type Money, type UnitPrice } from './amounts.ts'
import { currencyDecimals } from './catalog/currency.ts'

/** `credits` in units of 10^−decimals credits; the price is in millionths of the currency's major unit per credit. */
export function totalPrice(unit: UnitPrice, credits: Credits, decimals: number): Money {
  const places = currencyDecimals(unit.currency)
  assert(places !== null, `${unit.currency} is a currency`)
  const numerator = BigInt(unit.micros) * BigInt(credits) * 10n ** BigInt(places)
  const denominator = 10n ** BigInt(6 + decimals)
  const amount = Number((2n * numerator + denominator) / (2n * denominator))
  return { amount, currency: unit.currency }
}

/**
 * A price per credit as a decimal string of the currency's major unit, `0.02` or `1.505`: a string, so
 * that nobody takes it for an amount in minor units.
 */
export function decimalPrice({ micros, currency }: UnitPrice): string {
  const digits = String(micros).padStart(7, '0')
  const least = currencyDecimals(currency) ?? 2
  let fraction = digits.slice(-6)
  while (fraction.length > least && fraction.endsWith('0')) fraction = fraction.slice(0, -1)
  return fraction === '' ? digits.slice(0, -6) : `${digits.slice(0, -6)}.${fraction}`
}
