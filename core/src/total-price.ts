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
