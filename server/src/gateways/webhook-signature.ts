/** What signatures of webhooks have in common: HMAC-SHA256 over raw bytes, compared in constant time, and an age. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Instant } from '@scrip/core'
import { WebhookRefused } from './gateway.ts'

/** Older or further ahead than this, a signature is not taken: what was recorded cannot be played again later. */
export const WEBHOOK_AGE_MAX_MS = 300_000

/** Hexadecimal. */
export function hmacOf(secret: string | Buffer, ...parts: readonly (string | Buffer)[]): string {
  const hmac = createHmac('sha256', secret)
  for (const part of parts) hmac.update(part)
  return hmac.digest('hex')
}

/** In constant time: how much of a guess was right is nowhere to be seen. */
export function isSameSignature(expected: string, given: string): boolean {
  const [left, right] = [Buffer.from(expected), Buffer.from(given)]
  return left.length === right.length && timingSafeEqual(left, right)
}

export function isOfNow(at: Instant, now: Instant): boolean {
  return Math.abs(now - at) <= WEBHOOK_AGE_MAX_MS
}

/** A verified body as JSON. Refused: what is none, although it was signed. */
export function parseSigned(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    throw new WebhookRefused('The body is signed, and is no JSON.')
  }
}
