import type { Place } from '@scrip/core'
import { instant } from './instant.ts'
import type { Session } from './transaction.ts'

interface PoolPlace {
  readonly lane: number
  readonly pool: number
}

/** Whose row stands there, if it is the project's and of one of the types; null = there is none. */
export async function accountAtEntry(
  session: Session,
  project: number,
  { lane, pool }: PoolPlace,
  { at, number }: Place,
  types: readonly string[] | null,
): Promise<string | null> {
  const { rows } = await session.query<{ accountId: string }>(
    `select entry.account_id as "accountId" from entry
     join pool on pool.lane = entry.lane and pool.pool_id = entry.pool_id
     where entry.lane = $1 and entry.pool_id = $2 and entry.at = ${instant(3)} and entry.number = $4
       and pool.project_id = $5 and ($6::text[] is null or entry.type = any ($6))`,
    [lane, pool, at, number, project, types],
  )
  return rows[0]?.accountId ?? null
}

export async function accountAtHold(
  session: Session,
  project: number,
  { lane, pool }: PoolPlace,
  { at, number }: Place,
): Promise<string | null> {
  const { rows } = await session.query<{ accountId: string }>(
    `select hold.account_id as "accountId" from hold
     join pool on pool.lane = hold.lane and pool.pool_id = hold.pool_id
     where hold.lane = $1 and hold.pool_id = $2 and hold.number = $3 and hold.at = ${instant(4)} and pool.project_id = $5`,
    [lane, pool, number, at, project],
  )
  return rows[0]?.accountId ?? null
}

/** The account that the lot was granted to, or, where it has left the pool since, the pool's owner. */
export async function accountAtLot(
  session: Session,
  project: number,
  { lane, pool }: PoolPlace,
  number: number,
): Promise<string | null> {
  const { rows } = await session.query<{ accountId: string }>(
    `select coalesce(
       (select account_id from account
        where account.lane = lot.lane and account.pool_id = lot.pool_id and account.account_id = lot.account_id),
       pool.owner_id) as "accountId"
     from lot join pool on pool.lane = lot.lane and pool.pool_id = lot.pool_id
     where lot.lane = $1 and lot.pool_id = $2 and lot.number = $3 and pool.project_id = $4`,
    [lane, pool, number, project],
  )
  return rows[0]?.accountId ?? null
}
