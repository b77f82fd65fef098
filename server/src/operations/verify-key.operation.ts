/** Tells a product's backend whose key it was shown, and whether it carries a permission. */
import type { CreditsView } from '@scrip/core'
import { type KeyRecord, keyByPrefix } from '../database/keys.sql.ts'
import { hashKey, prefixOf, sameHash } from '../directory/key-text.ts'
import { isLive } from '../directory/keys.ts'
import type { Ask } from './ask.ts'
import { readCredits } from './read-credits.operation.ts'

export type WhyInvalid = 'unknown' | 'revoked' | 'expired' | 'permission_missing'

export type Verified =
  | { readonly valid: true; readonly key: KeyRecord; readonly credits: CreditsView | null }
  | { readonly valid: false; readonly reason: WhyInvalid; readonly key: KeyRecord | null }

/** A key of another project is as unknown as one that never was. */
export async function verifyKey(ask: Ask, text: string, permission: string | null): Promise<Verified> {
  const key = await ask.house.keys.identify(text)
  if (key === null || key.projectId !== ask.project.id) return { valid: false, ...(await whyNot(ask, text)) }
  if (permission !== null && !key.permissions.includes(permission)) {
    return { valid: false, reason: 'permission_missing', key }
  }
  const credits = key.accountId === null ? null : (await readCredits(ask, key.accountId)).credits
  return { valid: true, key, credits }
}

async function whyNot(ask: Ask, text: string): Promise<{ reason: WhyInvalid; key: KeyRecord | null }> {
  const prefix = prefixOf(text)
  const key = prefix === null ? null : await keyByPrefix(ask.house.database.pool, prefix)
  if (key === null || key.projectId !== ask.project.id || !sameHash(key.hash, hashKey(text))) {
    return { reason: 'unknown', key: null }
  }
  if (key.revokedAt !== null) return { reason: 'revoked', key }
  return { reason: isLive(key, ask.house.realTime()) ? 'unknown' : 'expired', key }
}
