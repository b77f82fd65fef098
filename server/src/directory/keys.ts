/**
 * Who a key belongs to. A key is asked of the database at most once a second and process, so that a
 * revoked one stops working everywhere within that second; its last use is written lazily.
 */
import { randomBytes } from 'node:crypto'
import type { Database } from '../database/database.ts'
import { type HashedKey, type KeyRecord, keyByPrefix, touchKeys } from '../database/keys.sql.ts'
import { hashKey, prefixOf, sameHash } from './key-text.ts'

/** How old an answer about a key may be before it is asked for again; it is renewed in the background from half of it on. */
const FRESH_MS = 1000
const KEYS_CACHED_MAX = 10_000
const LAST_USE_WRITTEN_EVERY_MS = 15_000

interface Cached {
  readonly key: HashedKey
  readonly askedAt: number
}

export interface Keys {
  /** The live key behind the text, or null: unknown, mistyped, revoked, expired. */
  identify(text: string): Promise<KeyRecord | null>
  /** Forgets what is cached of a key that changed in this process. */
  forget(prefix: string): void
  close(): Promise<void>
}

export function openKeys(database: Database, realTime: () => number): Keys {
  const cached = new Map<string, Cached>()
  const asking = new Map<string, Promise<HashedKey | null>>()
  let used = new Map<string, number>()

  const ask = (prefix: string): Promise<HashedKey | null> => {
    const running = asking.get(prefix)
    if (running !== undefined) return running
    const askedAt = realTime()
    const answer = keyByPrefix(database.pool, prefix)
      .then((key) => {
        if (key === null) cached.delete(prefix)
        else remember(cached, prefix, { key, askedAt })
        return key
      })
      .finally(() => asking.delete(prefix))
    asking.set(prefix, answer)
    return answer
  }

  const find = async (prefix: string): Promise<HashedKey | null> => {
    const known = cached.get(prefix)
    const age = known === undefined ? Number.POSITIVE_INFINITY : realTime() - known.askedAt
    if (known === undefined || age >= FRESH_MS || age < 0) return ask(prefix)
    // A failure in the background is met again, and answered, by the next request that has to wait.
    if (age >= FRESH_MS / 2) ask(prefix).catch(() => undefined)
    return known.key
  }

  const writeLastUses = async (): Promise<void> => {
    if (used.size === 0) return
    const uses = used
    used = new Map()
    await touchKeys(database.pool, uses)
  }
  const timer = setInterval(() => writeLastUses().catch(() => undefined), LAST_USE_WRITTEN_EVERY_MS)
  timer.unref()

  return {
    async identify(text) {
      const prefix = prefixOf(text)
      if (prefix === null) return null
      const key = await find(prefix)
      if (key === null || !sameHash(key.hash, hashKey(text)) || !isLive(key, realTime())) return null
      used.set(key.id, realTime())
      return key
    },
    forget(prefix) {
      cached.delete(prefix)
      asking.delete(prefix)
    },
    async close() {
      clearInterval(timer)
      await writeLastUses().catch(() => undefined)
    },
  }
}

export function isLive(key: KeyRecord, now: number): boolean {
  return (key.revokedAt === null || key.revokedAt > now) && (key.expiresAt === null || key.expiresAt > now)
}

function remember(cached: Map<string, Cached>, prefix: string, entry: Cached): void {
  cached.delete(prefix)
  cached.set(prefix, entry)
  if (cached.size <= KEYS_CACHED_MAX) return
  const oldest = cached.keys().next().value
  if (oldest !== undefined) cached.delete(oldest)
}

/** An id for what the rules do not know: time-ordered, and 80 random bits so that no two meet. */
export function freshId(prefix: string, at: number): string {
  return `${prefix}_${base32(BigInt(at), 10)}${base32(BigInt(`0x${randomBytes(10).toString('hex')}`), 16)}`
}

const BASE32 = '0123456789abcdefghjkmnpqrstvwxyz'

function base32(value: bigint, length: number): string {
  let text = ''
  for (let rest = value; text.length < length; rest >>= 5n) text = BASE32[Number(rest & 31n)] + text
  return text
}
