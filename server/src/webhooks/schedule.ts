/**
 * When a delivery is tried again, when an endpoint is asked again, and when it is given up. Pure: instants
 * and dice come from outside.
 */
import type { Instant } from '@scrip/core'
import type { EndpointHealth } from '../database/webhooks.sql.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** After the first try, the second, …: three days in all, then it has failed. */
const RETRY_AFTER_MS = [
  10 * SECOND,
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  DAY,
] as const

/** Each endpoint that has failed too often is asked with one event, less and less often. */
const PROBE_AFTER_MS = [
  5 * SECOND,
  15 * SECOND,
  30 * SECOND,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
]

/** Failures one after the other until an endpoint is left alone for a while. */
export const FAILURES_MAX = 10
/** Longer than a single event is tried, so that the end of an endpoint is never news of one event. */
export const DISABLED_AFTER_MS = 5 * DAY
const RETRY_AFTER_HEADER_MAX_MS = DAY

/** `dice`: 0 to 1; spreads by a fifth to either side, so that what failed together does not come back together. */
function spread(ms: number, dice: number): number {
  return Math.round(ms * (0.8 + 0.4 * dice))
}

/** `tried`: how often it was, this try included. null = it was the last. Never before `notBefore`. */
export function nextTryAt(
  now: Instant,
  tried: number,
  notBefore: Instant | null,
  dice: number,
): Instant | null {
  const ms = RETRY_AFTER_MS[tried - 1]
  return ms === undefined ? null : Math.max(now + spread(ms, dice), notBefore ?? 0)
}

/** The header, in seconds or as a date, as an instant; at most a day away. null for none and for nonsense. */
export function retryAfterAt(header: string | null, now: Instant): Instant | null {
  if (header === null) return null
  const at = /^\d{1,9}$/.test(header) ? now + Number(header) * SECOND : Date.parse(header)
  return Number.isNaN(at) || at <= now ? null : Math.min(at, now + RETRY_AFTER_HEADER_MAX_MS)
}

export const HEALTHY: EndpointHealth = { failures: 0, failingSince: null, probes: 0, probeAt: null }

/** After a failure. `notBefore`: the receiver asked to be left alone until then, and is. */
export function afterFailure(
  health: EndpointHealth,
  now: Instant,
  notBefore: Instant | null,
  dice: number,
): EndpointHealth {
  const failures = health.failures + 1
  const failed = { ...health, failures, failingSince: health.failingSince ?? now }
  if (failures < FAILURES_MAX) return notBefore === null ? failed : { ...failed, probeAt: notBefore }
  const ms = PROBE_AFTER_MS[Math.min(health.probes, PROBE_AFTER_MS.length - 1)]!
  return { ...failed, probes: health.probes + 1, probeAt: Math.max(now + spread(ms, dice), notBefore ?? 0) }
}

/** Whether an endpoint is left alone meanwhile, or asked with a single event. */
export function isHeldBack(health: EndpointHealth): boolean {
  return health.probeAt !== null
}

export function isGivenUp(health: EndpointHealth, now: Instant): boolean {
  return health.failingSince !== null && now - health.failingSince >= DISABLED_AFTER_MS
}
