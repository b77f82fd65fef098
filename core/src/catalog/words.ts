/** Amounts, money and lengths of time in the words of a rate card. English, and the same on every machine. */
import { Temporal } from 'temporal-polyfill'
import { type Credits, formatCredits, type Instant, type Money, type UnitPrice } from '../amounts.ts'
import type { Duration } from '../calendar.ts'
import { decimalPrice } from '../total-price.ts'
import type { Catalog, Expiry } from './catalog.ts'
import { currencyDecimals } from './currency.ts'

const SYMBOLS: Readonly<Record<string, string>> = { USD: '$', EUR: '€', GBP: '£', INR: '₹', JPY: '¥' }

/** `$1,500.00`, `¥1,900`; other currencies by their code: `19.00 CHF`. */
export function formatMoney({ amount, currency }: Money): string {
  const decimals = currencyDecimals(currency) ?? 2
  const digits = String(Math.abs(amount)).padStart(decimals + 1, '0')
  const whole = grouped(digits.slice(0, digits.length - decimals))
  const value = decimals === 0 ? whole : `${whole}.${digits.slice(-decimals)}`
  return (amount < 0 ? '−' : '') + inCurrency(value, currency)
}

/** `$0.02`, `$0.0005`: as many of the six decimals as it needs, at least those of the currency. */
export function formatUnitPrice(price: UnitPrice): string {
  const [whole, fraction] = decimalPrice(price).split('.') as [string, string?]
  return inCurrency(fraction === undefined ? grouped(whole) : `${grouped(whole)}.${fraction}`, price.currency)
}

function inCurrency(value: string, currency: string): string {
  const symbol = SYMBOLS[currency]
  return symbol === undefined ? `${value} ${currency}` : `${symbol}${value}`
}

/** `1,204`; decimals stay as they are. */
export function grouped(value: number | string): string {
  const [whole = '', fraction] = String(value).split('.')
  const groups = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return fraction === undefined ? groups : `${groups}.${fraction}`
}

/** Credits as a number: `1,204` or `1.25`. */
export function creditsNumber(catalog: Catalog, credits: Credits): string {
  return grouped(formatCredits(credits, catalog.credit.decimals))
}

/** Credits with the product's word for them: `1 credit`, `1,204 credits`. */
export function creditsWords(catalog: Catalog, credits: Credits): string {
  const { one, many, decimals } = catalog.credit
  return `${creditsNumber(catalog, credits)} ${formatCredits(credits, decimals) === 1 ? one : many}`
}

/** `2026-12-01`, with the time of day in UTC where it is not midnight. */
export function instantWords(instant: Instant): string {
  const text = Temporal.Instant.fromEpochMilliseconds(instant).toString()
  return text.replace('T00:00:00Z', '')
}

/** `7 days`, `1 month` */
export function lengthWords({ count, unit }: Duration): string {
  return `${grouped(count)} ${unit}${count === 1 ? '' : 's'}`
}

/** `a month`, `every 2 years` */
export function everyWords(duration: Duration): string {
  if (duration.count !== 1) return `every ${lengthWords(duration)}`
  return `${duration.unit === 'hour' ? 'an' : 'a'} ${duration.unit}`
}

/** What becomes of credits in time, as a sentence goes on after “they”. */
export function expiryWords(expires: Expiry): string {
  switch (expires.kind) {
    case 'never':
      return 'never expire'
    case 'after':
      return `expire after ${lengthWords(expires.length)}`
    case 'term':
      return "live as long as the current period's credits"
  }
}

/** `a, b and c` */
export function listed(words: readonly string[], join = 'and'): string {
  if (words.length < 2) return words[0] ?? ''
  return `${words.slice(0, -1).join(', ')} ${join} ${words[words.length - 1]}`
}
