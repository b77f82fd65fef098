/**
 * A new account and its pool, in one statement. Its first day's credits and plan are not given here:
 * they are due at once, and arrive by time itself (core's `openPool`), so no crash can lose or double them.
 */
import { type Instant, newPool } from '@scrip/core'
import { INSERT_ACCOUNT, INSERT_SHARING_ACCOUNT } from '../database/accounts-made.sql.ts'
import { profileOf } from '../database/ledger-rows.ts'
import type { Session } from '../database/transaction.ts'
import { type Address, laneOf } from './outcome.ts'

export interface NewAccount {
  readonly project: number
  readonly accountId: string
  readonly name?: string | null
  readonly email?: string | null
  readonly timeZone: string
  readonly currency?: string | null
  readonly language?: string | null
  readonly metadata?: Readonly<Record<string, string>>
  /** Made without an id of the product's own, so the id may be replaced once. */
  readonly replaceable?: boolean
  readonly createdAt: Instant
  readonly parentId?: string | null
}

/** The account with a pool of its own; null where there is one of that id already. */
export async function openAccount(session: Session, account: NewAccount): Promise<Address | null> {
  const { rows: numbers } = await session.query<{ pool: number }>("select nextval('pool_number') as pool")
  const pool = numbers[0]?.pool as number
  const { project, timeZone, createdAt, accountId } = account
  const lane = laneOf(pool)
  const state = newPool({ pool, lane, project, ownerId: accountId, timeZone, openedAt: createdAt })
  const { rows } = await session.query<Address>(INSERT_ACCOUNT, [
    ...columnsOf(account),
    lane,
    pool,
    state.sequence,
    JSON.stringify(state.alerts),
    JSON.stringify(profileOf(state)),
  ])
  return rows[0] ?? null
}

/**
 * An account that shares its parent's pool, whose version moves on so that every cache learns of it;
 * null where there is one of that id already, or no such parent with a pool of its own.
 */
export async function openSharingAccount(
  session: Session,
  account: NewAccount & { readonly parentId: string },
): Promise<Address | null> {
  const { rows } = await session.query<Address>(INSERT_SHARING_ACCOUNT, columnsOf(account))
  return rows[0] ?? null
}

function columnsOf(account: NewAccount): unknown[] {
  return [
    account.project,
    account.accountId,
    account.parentId ?? null,
    account.name ?? null,
    account.email ?? null,
    account.timeZone,
    account.currency ?? null,
    account.language ?? null,
    JSON.stringify(account.metadata ?? {}),
    account.replaceable ?? false,
    account.createdAt,
  ]
}
