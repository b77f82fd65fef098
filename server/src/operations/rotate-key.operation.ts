/** Makes a key's successor; both work until the old one's time is over. */
import { expireKeyRow, insertKey, type KeyRecord } from '../database/keys.sql.ts'
import type { Session } from '../database/transaction.ts'
import { isLive } from '../directory/keys.ts'
import { tell } from './account-write.ts'
import type { Ask } from './ask.ts'
import { hasScope } from './caller.ts'
import { type KeyMade, mint } from './create-key.operation.ts'
import { Refused } from './refused.ts'
import { findKey } from './revoke-key.operation.ts'

export interface Rotated extends KeyMade {
  readonly previous: KeyRecord
}

export async function rotateKey(ask: Ask, session: Session, id: string, overlapMs: number): Promise<Rotated> {
  const before = await findKey(ask, session, id)
  const now = ask.house.realTime()
  if (!isLive(before, now))
    throw new Refused('key_revoked', 'A key that has ended has no successor; make a new one.')
  for (const scope of before.scopes) {
    if (!hasScope(ask.caller, scope)) {
      throw new Refused('scope_not_held', `A key without the scope ${scope} cannot give it.`, { scope })
    }
  }
  const { name, scopes, accountId, userId, permissions, expiresAt } = before
  const made = mint(ask, { name, scopes, accountId, userId, permissions, expiresAt })
  await insertKey(session, made.key)
  const endsAt = now + overlapMs
  await expireKeyRow(session, id, endsAt)
  await tell(ask, session, 'key.created', accountId, { keyId: made.key.id, previousKeyId: id })
  return { ...made, previous: { ...before, expiresAt: Math.min(before.expiresAt ?? endsAt, endsAt) } }
}
