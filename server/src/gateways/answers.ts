/**
 * What a gateway answers is read with distrust: a value of another type is a fault of the gateway's, never
 * an amount of ours. Each reader names what it looked for.
 */
import { GatewayFault } from './gateway.ts'

export type Answered = Readonly<Record<string, unknown>>

export function recordIn(value: unknown, what: string): Answered {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Answered
  throw notUnderstood(what)
}

export function listIn(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw notUnderstood(what)
}

export function textIn(value: unknown, what: string): string {
  if (typeof value === 'string' && value !== '' && value.length <= 500) return value
  throw notUnderstood(what)
}

export function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' && value.length <= 500 ? value : null
}

/** Minor units, or seconds: a safe integer, 0 or more. */
export function wholeIn(value: unknown, what: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number
  throw notUnderstood(what)
}

/** Seconds since 1970, as gateways tell time, in milliseconds. */
export function instantIn(value: unknown, what: string): number {
  return wholeIn(value, what) * 1000
}

function notUnderstood(what: string): GatewayFault {
  return new GatewayFault(`The gateway's answer cannot be understood: ${what} is not what it should be.`)
}
