/**
 * Stripe counts some currencies otherwise than ISO 4217: those without decimals are the same but for two
 * that it still counts in hundredths, and one has decimals that it does not count.
 */
import { currencyDecimals, type Money } from '@scrip/core'
import { textIn, wholeIn } from '../answers.ts'
import { GatewayFault } from '../gateway.ts'

const STRIPE_DECIMALS: Readonly<Record<string, number>> = { ISK: 2, UGX: 2, MGA: 0 }

/** Minor units as Stripe counts them. Refused: an amount that it cannot take exactly. */
export function toStripe({ amount, currency }: Money): number {
  const shift = shiftOf(currency)
  const exact = shift >= 0 ? amount * 10 ** shift : amount / 10 ** -shift
  // In currencies of three decimals the last one has to be 0.
  const isTaken = currencyDecimals(currency) !== 3 || exact % 10 === 0
  if (Number.isSafeInteger(exact) && isTaken) return exact
  throw new GatewayFault(`Stripe takes no ${amount} of the smallest unit of ${currency}.`, {
    retryable: false,
  })
}

export function fromStripe(amount: unknown, currency: unknown, what: string): Money {
  const code = textIn(currency, `the currency of ${what}`).toUpperCase()
  const units = wholeIn(amount, `the amount of ${what}`)
  const shift = shiftOf(code)
  return { amount: wholeIn(shift >= 0 ? units / 10 ** shift : units * 10 ** -shift, what), currency: code }
}

function shiftOf(currency: string): number {
  const decimals = currencyDecimals(currency) ?? 2
  return (STRIPE_DECIMALS[currency] ?? decimals) - decimals
}
