/** Numbers without a gap: a prefix, the financial year, and a count that begins again with each year. */
import { assert, type Instant } from '@scrip/core'
import type { Seller } from './party.ts'

/** India's law allows no more. */
const NUMBER_LENGTH_MAX = 16

const COUNT_DIGITS = 6

/** `25-26` for a year that begins in April 2025, `2026` for one that is the calendar's. `date`: `2026-03-31`. */
export function financialYear(date: string, start: Seller['financialYearStart']): string {
  const year = Number(date.slice(0, 4))
  if (start === '01-01') return String(year)
  const first = date.slice(5) < start ? year - 1 : year
  return `${twoDigits(first)}-${twoDigits(first + 1)}`
}

function twoDigits(year: number): string {
  return String(year % 100).padStart(2, '0')
}

/** `INV/25-26/000123`. Past a million in a year the year loses its dash, so that the number still fits. */
export function invoiceNumber(prefix: string, year: string, count: number): string {
  const digits = String(count).padStart(COUNT_DIGITS, '0')
  const number = `${prefix}/${year}/${digits}`
  const fitting = number.length <= NUMBER_LENGTH_MAX ? number : `${prefix}/${year.replace('-', '')}/${digits}`
  assert(fitting.length <= NUMBER_LENGTH_MAX, 'a number has at most sixteen characters')
  return fitting
}

/** The day on which something is issued, by the seller's calendar: `2026-03-31`. */
export function dateOfIssue(at: Instant, { timeZone }: Pick<Seller, 'timeZone'>): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
    .formatToParts(at)
    .map(({ type, value }): [string, string] => [type, value])
  const { year, month, day } = Object.fromEntries(parts)
  return `${year}-${month}-${day}`
}
