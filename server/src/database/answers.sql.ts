import type { Session } from './transaction.ts'

export interface AnswerPlace {
  readonly project: number
  readonly operation: string
  readonly accountId: string
  readonly keyHash: Buffer
}

export interface StoredAnswer {
  readonly requestHash: string
  readonly status: number
  readonly sealed: Buffer
}

/**
 * Takes the key for this transaction: another request with it waits here until this one is done.
 * Answers with what the key answered before, or null where it is new.
 */
export async function takeKey(session: Session, place: AnswerPlace): Promise<StoredAnswer | null> {
  const values = [place.project, place.operation, place.accountId, place.keyHash]
  const { rowCount } = await session.query(
    `insert into answer (project_id, operation, account_id, key_hash, request_hash, status, sealed)
     values ($1, $2, $3, $4, '', 0, '') on conflict do nothing`,
    values,
  )
  if (rowCount === 1) return null
  return storedAnswer(session, place)
}

/** What the key answered before; null where it is new. */
export async function storedAnswer(session: Session, place: AnswerPlace): Promise<StoredAnswer | null> {
  const { rows } = await session.query(
    `select request_hash as "requestHash", status, sealed from answer
     where project_id = $1 and operation = $2 and account_id = $3 and key_hash = $4`,
    [place.project, place.operation, place.accountId, place.keyHash],
  )
  return rows[0] ?? null
}

export async function keepAnswer(session: Session, place: AnswerPlace, answer: StoredAnswer): Promise<void> {
  await session.query(
    `update answer set request_hash = $5, status = $6, sealed = $7
     where project_id = $1 and operation = $2 and account_id = $3 and key_hash = $4`,
    [
      place.project,
      place.operation,
      place.accountId,
      place.keyHash,
      answer.requestHash,
      answer.status,
      answer.sealed,
    ],
  )
}
