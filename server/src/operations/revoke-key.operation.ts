/** Ends a key: within a second it is refused everywhere. */
import { type KeyRecord, keyById, revokeKeyRow } from '../database/keys.sql.ts'
import type { Session } from '../database/transaction.ts'
import { tell } from './account-write.ts'
import type { Ask } from './ask.ts'
import { Refused } from './refused.ts'

/** A key that was revoked before stays as it is. */
export async function revokeKey(ask: Ask, session: Session, id: string): Promise<KeyRecord> {
  const key = await findKey(ask, session, id)
  if (key.revokedAt !== null) return key
  const revokedAt = ask.house.realTime()
  await revokeKeyRow(session, id, revokedAt)
  await tell(ask, session, 'key.revoked', key.accountId, { keyId: id })
  return { ...key, revokedAt }
}

export async function findKey(ask: Ask, session: Session, id: string): Promise<KeyRecord> {
  const key = await keyById(session, ask.project.id, id)
  if (key !== null) return key
  throw new Refused('key_not_found', `There is no key ${id}.`)
}
