/**
 * Writes that are not the ledger's (accounts, members, keys, catalogs) happen in one transaction with
 * their key and their first answer, which a repetition gets again. The answer is sealed by the key:
 * one of them shows a new API key, which stands nowhere else.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import {
  type AnswerPlace,
  keepAnswer,
  type StoredAnswer,
  storedAnswer,
  takeKey,
} from '../database/answers.sql.ts'
import { inTransaction, type Session } from '../database/transaction.ts'
import type { Ask } from './ask.ts'
import { Refused } from './refused.ts'

export interface Said {
  readonly status: number
  readonly body: unknown
}

/** `accountId`: whose key it is; '' for the project's. A refusal is thrown, and nothing is remembered of it. */
export async function remembered(
  ask: Ask,
  operation: string,
  accountId: string,
  work: (session: Session) => Promise<Said>,
): Promise<Said & { readonly replayed: boolean }> {
  const { database } = ask.house
  const { key, dryRun } = ask
  if (key === null) {
    return { ...(await inTransaction(database.pool, work, { undo: dryRun })), replayed: false }
  }
  const place = placeOf(ask, operation, accountId, key)
  return inTransaction(
    database.pool,
    async (session) => {
      const stored = await takeKey(session, place)
      if (stored !== null) return { ...again(ask, key, stored), replayed: true }
      const said = await work(session)
      const { requestHash } = ask
      const sealed = seal(ask.house.secret, key, JSON.stringify(said.body ?? null))
      await keepAnswer(session, place, { requestHash: requestHash ?? '', status: said.status, sealed })
      return { ...said, replayed: false }
    },
    { undo: dryRun },
  )
}

/**
 * The same for work that must read beforehand what it may refuse by: on the embedded database another session
 * would wait for the transaction for ever. What was answered once is answered again, though it be refused now.
 */
export async function rememberedPrepared<Prepared>(
  ask: Ask,
  operation: string,
  accountId: string,
  prepare: () => Promise<Prepared>,
  work: (session: Session, prepared: Prepared) => Promise<Said>,
): Promise<Said & { readonly replayed: boolean }> {
  const { key } = ask
  const place = key === null ? null : placeOf(ask, operation, accountId, key)
  const stored = place === null ? null : await storedAnswer(ask.house.database.pool, place)
  if (key !== null && stored !== null) return { ...again(ask, key, stored), replayed: true }
  const prepared = await prepare()
  return remembered(ask, operation, accountId, (session) => work(session, prepared))
}

/**
 * The same for work that is done once by itself and in several transactions, such as what asks a gateway:
 * its answer is kept afterwards. Two at once do the work twice, which is one effect, and get one answer.
 * `keeps`: whether the answer is the last word, or the same request may still come to more.
 */
export async function rememberedAfter(
  ask: Ask,
  operation: string,
  accountId: string,
  work: () => Promise<Said & { readonly keeps?: boolean }>,
): Promise<Said & { readonly replayed: boolean }> {
  const { key } = ask
  if (key === null || ask.dryRun) return { ...(await work()), replayed: false }
  const stored = await storedAnswer(ask.house.database.pool, placeOf(ask, operation, accountId, key))
  if (stored !== null) return { ...again(ask, key, stored), replayed: true }
  const { keeps = true, ...said } = await work()
  if (!keeps) return { ...said, replayed: false }
  return remembered(ask, operation, accountId, async () => said)
}

function placeOf(ask: Ask, operation: string, accountId: string, key: string): AnswerPlace {
  const keyHash = createHmac('sha256', ask.house.secret).update(`key:${key}`).digest()
  return { project: ask.project.id, operation, accountId, keyHash }
}

function again(ask: Ask, key: string, stored: StoredAnswer): Said {
  if (stored.requestHash !== (ask.requestHash ?? '')) {
    throw new Refused('idempotency_key_reused', 'The key was used for another request.')
  }
  const body: unknown = JSON.parse(unseal(ask.house.secret, key, stored.sealed))
  return { status: stored.status, body: body === null ? undefined : body }
}

const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Whoever has the database alone cannot read it: the key that sealed it is the caller's, and stands there only as a hash. */
function seal(secret: Buffer, key: string, text: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', sealingKey(secret, key), nonce)
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), body])
}

function unseal(secret: Buffer, key: string, sealed: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', sealingKey(secret, key), sealed.subarray(0, NONCE_BYTES))
  decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
  const body = sealed.subarray(NONCE_BYTES + TAG_BYTES)
  return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8')
}

function sealingKey(secret: Buffer, key: string): Buffer {
  return createHmac('sha256', secret).update(`seal:${key}`).digest()
}
