/** Money, numbers and dates as a language writes them: the same on every machine, whatever it knows of locales. */
import { currencyDecimals, type Money } from '@scrip/core'
import type { Messages } from './messages.ts'

const SYMBOLS: Readonly<Record<string, string>> = {
  USD: '$',
  EUR: '€',
  GBP: '£',
  INR: '₹',
  JPY: '¥',
}

/** `$1,500.00`, `1.500,00 €`, `₹1,50,000.00`; a currency without a symbol by its code. */
export function moneyWords({ amount, currency }: Money, messages: Messages): string {
  const value = amountWords({ amount: Math.abs(amount), currency }, messages)
  return (amount < 0 ? '−' : '') + messages.money(value, SYMBOLS[currency] ?? currency)
}

/** The same without its currency, for a table's columns. */
export function amountWords({ amount, currency }: Money, messages: Messages): string {
  const decimals = currencyDecimals(currency) ?? 2
  const digits = String(Math.abs(amount)).padStart(decimals + 1, '0')
  const whole = grouped(digits.slice(0, digits.length - decimals), messages, currency === 'INR')
  const value = decimals === 0 ? whole : `${whole}${messages.separators[1]}${digits.slice(-decimals)}`
  return amount < 0 ? `−${value}` : value
}

/** Credits, or any plain number. */
export function numberWords(value: number, messages: Messages): string {
  const [whole = '0', fraction] = String(Math.abs(value)).split('.')
  const sign = value < 0 ? '−' : ''
  const groups = sign + grouped(whole, messages, false)
  return fraction === undefined ? groups : `${groups}${messages.separators[1]}${fraction}`
}

/** India groups by two digits above the thousands: lakhs and crores. */
function grouped(whole: string, { separators: [separator] }: Messages, isIndian: boolean): string {
  if (!isIndian) return whole.replace(/\B(?=(\d{3})+$)/g, separator)
  return whole.replace(/\B(?=(?:\d{2})*\d{3}$)/g, separator)
}

/** `2026-11-20` as people write it. */
export function dateWords(date: string, messages: Messages): string {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number]
  return messages.date(day, messages.months[month - 1]!, year)
}
