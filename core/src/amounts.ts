/**
 * Credits are integers in the project's smallest unit (rules.md, "Amounts and time"). Inside the
 * program they are safe integers; JSON shows them as plain decimal numbers with at most
 * `credit.decimals` places. Money is integer minor units with an ISO 4217 currency and is a type of
 * its own, so the two cannot be added by mistake.
 */

/** Credits in the project's smallest unit: a safe integer, −10^15 < credits < 10^15. */
export type Credits = number

/** Milliseconds since 1970-01-01T00:00:00Z, a safe integer. */
export type Instant = number

/** The largest amount, balance and total: fifteen digits survive a JSON number in every language. */
export const CREDITS_MAX = 999_999_999_999_999

/** Money in minor units (cents, paise) of an ISO 4217 currency. */
export interface Money {
  readonly amount: number
  readonly currency: string
}

/** A price per credit may have six decimals, so it is kept in millionths of the currency's major unit. */
export interface UnitPrice {
  readonly micros: number
  readonly currency: string
}

export class Bug extends Error {
  override name = 'Bug'
}

/** What must be true whatever the caller did. A failure is our fault: the command is rolled back, the process lives. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Bug(message)
}

/** True for an amount that may be granted, charged or held: a whole number of units above zero, in range. */
export function isAmount(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0 && value <= CREDITS_MAX
}

/** The product of two whole numbers, or null where it leaves the range in which arithmetic is exact. */
export function multiply(left: number, right: number): number | null {
  const product = left * right
  return Number.isSafeInteger(product) && Math.abs(product) <= CREDITS_MAX ? product : null
}

/** amount × part ÷ whole, rounded down; exact, because shares are computed in BigInt (rules.md). `whole` > 0. */
export function share(amount: number, part: number, whole: number): number {
  assert(whole > 0 && part >= 0 && amount >= 0, 'a share is of a positive whole')
  return Number((BigInt(amount) * BigInt(part)) / BigInt(whole))
}

/** The same, rounded up. */
export function shareUp(amount: number, part: number, whole: number): number {
  assert(whole > 0 && part >= 0 && amount >= 0, 'a share is of a positive whole')
  const product = BigInt(amount) * BigInt(part)
  return Number((product + BigInt(whole) - 1n) / BigInt(whole))
}

/**
 * A JSON number of credits as units, or null where it has more decimals than the project has or
 * leaves the range. The shortest decimal form of a double is what the caller wrote, so its digits
 * are read as text: 0.1 + 0.2 is refused, 0.3 is not.
 */
export function parseCredits(value: number, decimals: number): Credits | null {
  if (!Number.isFinite(value)) return null
  if (decimals === 0) return Number.isSafeInteger(value) && Math.abs(value) <= CREDITS_MAX ? value + 0 : null
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(value))
  if (match === null) return null
  const fraction = match[3] ?? ''
  if (fraction.length > decimals) return null
  const units = Number(`${match[1]}${match[2]}${fraction.padEnd(decimals, '0')}`)
  return Math.abs(units) <= CREDITS_MAX ? units + 0 : null
}

/** Units as the plain decimal number that JSON shows. */
export function formatCredits(units: Credits, decimals: number): number {
  return decimals === 0 ? units : units / 10 ** decimals
}
