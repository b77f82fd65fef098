import { instant } from './instant.ts'
import type { Session } from './transaction.ts'

export interface AccountRow {
  readonly project: number
  readonly id: string
  readonly lane: number
  readonly pool: number
  readonly parentId: string | null
  readonly name: string | null
  readonly email: string | null
  readonly timeZone: string
  readonly currency: string | null
  readonly language: string | null
  readonly metadata: Readonly<Record<string, string>>
  readonly testClock: number | null
  readonly testClockStands: boolean
  readonly replaceable: boolean
  readonly createdAt: number
  readonly updatedAt: number
}

const COLUMNS = `account.project_id as project, account.account_id as id, account.lane, account.pool_id as pool,
  account.parent_id as "parentId", account.name, account.email, account.time_zone as "timeZone", account.currency,
  account.language, account.metadata, account.test_clock as "testClock",
  account.test_clock_stands as "testClockStands", account.replaceable, account.created_at as "createdAt",
  account.updated_at as "updatedAt"`

export async function accountById(session: Session, project: number, id: string): Promise<AccountRow | null> {
  const { rows } = await session.query(
    `select ${COLUMNS} from account where project_id = $1 and account_id = $2`,
    [project, id],
  )
  return rows[0] ?? null
}

/** The same, kept from changing until the transaction ends. */
export async function lockAccount(session: Session, project: number, id: string): Promise<AccountRow | null> {
  const { rows } = await session.query(
    `select ${COLUMNS} from account where project_id = $1 and account_id = $2 for update`,
    [project, id],
  )
  return rows[0] ?? null
}

export type AccountFacts = Pick<
  AccountRow,
  'name' | 'email' | 'timeZone' | 'currency' | 'language' | 'metadata'
>

export async function updateAccountRow(
  session: Session,
  account: { readonly project: number; readonly id: string },
  facts: AccountFacts,
  updatedAt: number,
): Promise<AccountRow> {
  const { rows } = await session.query(
    `update account set name = $3, email = $4, time_zone = $5, currency = $6, language = $7, metadata = $8,
       updated_at = greatest(created_at, ${instant(9)})
     where project_id = $1 and account_id = $2 returning ${COLUMNS}`,
    [
      account.project,
      account.id,
      facts.name,
      facts.email,
      facts.timeZone,
      facts.currency,
      facts.language,
      JSON.stringify(facts.metadata),
      updatedAt,
    ],
  )
  return rows[0]!
}

export async function setAccountClock(
  session: Session,
  account: { readonly project: number; readonly id: string },
  at: number | null,
  stands: boolean,
): Promise<void> {
  await session.query(
    `update account set test_clock = ${instant(3)}, test_clock_stands = $4 where project_id = $1 and account_id = $2`,
    [account.project, account.id, at, stands],
  )
}

/** Name, address and the like are gone; the ids stay, because the ledger's rows are named by them. */
export async function erasePersonalRow(
  session: Session,
  account: { readonly project: number; readonly id: string },
  updatedAt: number,
): Promise<void> {
  await session.query(
    `update account set name = null, email = null, metadata = '{}', updated_at = ${instant(3)}
     where project_id = $1 and account_id = $2`,
    [account.project, account.id, updatedAt],
  )
  const place = [account.project, account.id]
  await session.query(
    'update member set name = null, email = null where project_id = $1 and account_id = $2',
    place,
  )
  await session.query(
    "update purchase set metadata = '{}', return_url = null where project_id = $1 and account_id = $2",
    place,
  )
  await session.query('delete from payment_method where project_id = $1 and account_id = $2', place)
}

export async function poolAccounts(session: Session, lane: number, pool: number): Promise<AccountRow[]> {
  const { rows } = await session.query(
    `select ${COLUMNS} from account where lane = $1 and pool_id = $2 order by created_at, account_id limit 1001`,
    [lane, pool],
  )
  return rows
}

/** The pool of an account is another one from now on, or its calendar is: whoever cached the pool reads it again. */
export async function moveToPool(
  session: Session,
  account: { readonly project: number; readonly id: string },
  place: { readonly lane: number; readonly pool: number; readonly parentId: string | null },
): Promise<void> {
  await session.query(
    'update account set lane = $3, pool_id = $4, parent_id = $5 where project_id = $1 and account_id = $2',
    [account.project, account.id, place.lane, place.pool, place.parentId],
  )
}

/** The pools, in the order in which they are locked, with their versions moved on. */
export async function bumpPools(
  session: Session,
  pools: readonly { readonly lane: number; readonly pool: number }[],
): Promise<void> {
  const ordered = [...pools].sort((left, right) => left.lane - right.lane || left.pool - right.pool)
  for (const { lane, pool } of ordered) {
    await session.query('update pool set version = version + 1 where lane = $1 and pool_id = $2', [
      lane,
      pool,
    ])
  }
}

export interface AccountFilter {
  readonly project: number
  readonly ids: readonly string[] | null
  readonly text: string | null
  readonly plan: string | null
  readonly subscriptionStatus: string | null
  readonly parentId: string | null
  readonly after: { readonly createdAt: number; readonly id: string } | null
  readonly ascending: boolean
  readonly limit: number
}

export async function listAccountRows(session: Session, filter: AccountFilter): Promise<AccountRow[]> {
  const [sign, order] = filter.ascending ? ['>', 'asc'] : ['<', 'desc']
  const { rows } = await session.query(
    `select ${COLUMNS} from account
     join pool on pool.lane = account.lane and pool.pool_id = account.pool_id and pool.project_id = $1
     where account.project_id = $1
       and ($2::text[] is null or account.account_id = any ($2))
       and ($3::text is null or account.account_id ilike $3 or account.name ilike $3 or account.email ilike $3)
       and ($4::text is null or pool.plan = $4 or pool.base_plan = $4)
       and ($5::text is null or pool.subscription_status = $5)
       and ($6::text is null or account.parent_id = $6)
       and ($7::bigint is null or (account.created_at, account.account_id) ${sign} (${instant(7)}, $8::text))
     order by account.created_at ${order}, account.account_id ${order} limit $9`,
    [
      filter.project,
      filter.ids,
      filter.text === null ? null : `%${filter.text.replace(/[\\%_]/g, '\\$&')}%`,
      filter.plan,
      filter.subscriptionStatus,
      filter.parentId,
      filter.after?.createdAt ?? null,
      filter.after?.id ?? null,
      filter.limit,
    ],
  )
  return rows
}

export interface PoolMade {
  readonly lane: number
  readonly pool: number
  readonly project: number
  readonly ownerId: string
  readonly at: number
  readonly sequence: number
  readonly alerts: unknown
  readonly profile: unknown
  readonly basePlan: string | null
}

export async function insertPool(session: Session, made: PoolMade): Promise<void> {
  await session.query(
    `insert into pool (lane, pool_id, project_id, owner_id, at, sequence, alerts, profile, plan, base_plan)
     values ($1, $2, $3, $4, ${instant(5)}, $6, $7, $8, $9, $9)`,
    [
      made.lane,
      made.pool,
      made.project,
      made.ownerId,
      made.at,
      made.sequence,
      JSON.stringify(made.alerts),
      JSON.stringify(made.profile),
      made.basePlan,
    ],
  )
}

export async function nextPoolNumber(session: Session): Promise<number> {
  const { rows } = await session.query<{ pool: number }>("select nextval('pool_number') as pool")
  return rows[0]!.pool
}

export async function poolOwner(
  session: Session,
  { lane, pool }: { readonly lane: number; readonly pool: number },
): Promise<string | null> {
  const { rows } = await session.query<{ owner: string }>(
    'select owner_id as owner from pool where lane = $1 and pool_id = $2',
    [lane, pool],
  )
  return rows[0]?.owner ?? null
}

/**
 * Another id for the account, wherever it is named: members and purchases follow by their foreign keys. The
 * rows of the journal keep what they say; only whom they name by is replaced, all in one transaction.
 */
export async function renameAccount(
  session: Session,
  { project, id, lane, pool }: Pick<AccountRow, 'project' | 'id' | 'lane' | 'pool'>,
  replacement: string,
): Promise<void> {
  await session.query(
    'update account set account_id = $3, replaceable = false where project_id = $1 and account_id = $2',
    [project, id, replacement],
  )
  for (const table of ['entry', 'lot', 'outbox']) {
    await session.query(
      `update ${table} set account_id = $4 where lane = $1 and pool_id = $2 and account_id = $3`,
      [lane, pool, id, replacement],
    )
  }
  await session.query(
    `update hold set account_id = $4, data = jsonb_set(data, '{accountId}', to_jsonb($4::text))
     where lane = $1 and pool_id = $2 and account_id = $3`,
    [lane, pool, id, replacement],
  )
  await session.query(
    `update pool set owner_id = $4, budgets = (
       select jsonb_agg(case when budget->>'accountId' = $3 then jsonb_set(budget, '{accountId}', to_jsonb($4::text)) else budget end)
       from jsonb_array_elements(budgets) budget)
     where lane = $1 and pool_id = $2 and owner_id = $3`,
    [lane, pool, id, replacement],
  )
  for (const table of ['api_key', 'project_event', 'event', 'answer', 'webhook_endpoint', 'promotion_use']) {
    await session.query(`update ${table} set account_id = $3 where project_id = $1 and account_id = $2`, [
      project,
      id,
      replacement,
    ])
  }
}
