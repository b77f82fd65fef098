/** Amounts, instants and money of the API in the words of a terminal. */

const NUMBER = new Intl.NumberFormat('en-US', { maximumFractionDigits: 6 })

/** `1,204` or `1,204.5` */
export function numberText(number: number): string {
  return NUMBER.format(number)
}

/** `+100`, `−5`: what a row adds or removes. */
export function signedText(credits: number): string {
  return credits < 0 ? `−${numberText(-credits)}` : `+${numberText(credits)}`
}

/** `2026-11-20 12:00:00Z`; '' where there is none. */
export function instantText(instant: string | null | undefined): string {
  return instant == null ? '' : instant.replace('T', ' ').replace(/\.000Z$/, 'Z')
}

export function countText(count: number, one: string, many = `${one}s`): string {
  return `${numberText(count)} ${count === 1 ? one : many}`
}
