import { instant } from './instant.ts'
import type { Session } from './transaction.ts'

export type Scope = 'read' | 'spend' | 'refund' | 'sell' | 'grant' | 'keys' | 'admin'

export interface KeyRecord {
  readonly id: string
  readonly projectId: number
  /** The account whose own key it is; null for a project's key. */
  readonly accountId: string | null
  readonly userId: string | null
  readonly name: string | null
  readonly prefix: string
  readonly scopes: readonly Scope[]
  readonly permissions: readonly string[]
  readonly createdAt: number
  readonly lastUsedAt: number | null
  readonly revokedAt: number | null
  readonly expiresAt: number | null
}

export interface HashedKey extends KeyRecord {
  readonly hash: Buffer
}

const COLUMNS = `id, project_id as "projectId", account_id as "accountId", user_id as "userId", name, prefix, scopes,
  permissions, created_at as "createdAt", last_used_at as "lastUsedAt", revoked_at as "revokedAt", expires_at as "expiresAt"`

export async function insertKey(session: Session, key: HashedKey): Promise<void> {
  await session.query(
    `insert into api_key (id, project_id, account_id, user_id, name, prefix, hash, scopes, permissions, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, ${instant(10)}, ${instant(11)})`,
    [
      key.id,
      key.projectId,
      key.accountId,
      key.userId,
      key.name,
      key.prefix,
      key.hash,
      key.scopes,
      key.permissions,
      key.createdAt,
      key.expiresAt,
    ],
  )
}

export async function keyByPrefix(session: Session, prefix: string): Promise<HashedKey | null> {
  const { rows } = await session.query(`select ${COLUMNS}, hash from api_key where prefix = $1`, [prefix])
  return rows[0] ?? null
}

export async function keyById(session: Session, project: number, id: string): Promise<KeyRecord | null> {
  const { rows } = await session.query(
    `select ${COLUMNS} from api_key where project_id = $1 and id = $2 for no key update`,
    [project, id],
  )
  return rows[0] ?? null
}

export interface KeyFilter {
  readonly project: number
  readonly accountId: string | null
  readonly after: { readonly createdAt: number; readonly id: string } | null
  readonly ascending: boolean
  readonly limit: number
}

export async function listKeyRows(session: Session, filter: KeyFilter): Promise<KeyRecord[]> {
  const [sign, order] = filter.ascending ? ['>', 'asc'] : ['<', 'desc']
  const { rows } = await session.query(
    `select ${COLUMNS} from api_key
     where project_id = $1 and ($2::text is null or account_id = $2)
       and ($3::bigint is null or (created_at, id) ${sign} (${instant(3)}, $4::text))
     order by created_at ${order}, id ${order} limit $5`,
    [
      filter.project,
      filter.accountId,
      filter.after?.createdAt ?? null,
      filter.after?.id ?? null,
      filter.limit,
    ],
  )
  return rows
}

export async function countLiveKeys(
  session: Session,
  project: number,
  accountId: string | null,
): Promise<number> {
  const { rows } = await session.query<{ count: number }>(
    `select count(*) as count from api_key
     where project_id = $1 and account_id is not distinct from $2 and revoked_at is null
       and (expires_at is null or expires_at > now())`,
    [project, accountId],
  )
  return rows[0]!.count
}

export async function revokeKeyRow(session: Session, id: string, at: number): Promise<void> {
  await session.query(`update api_key set revoked_at = ${instant(2)} where id = $1 and revoked_at is null`, [
    id,
    at,
  ])
}

export async function expireKeyRow(session: Session, id: string, at: number): Promise<void> {
  await session.query(
    `update api_key set expires_at = least(coalesce(expires_at, 'infinity'), ${instant(2)}) where id = $1`,
    [id, at],
  )
}

export async function touchKeys(session: Session, uses: ReadonlyMap<string, number>): Promise<void> {
  await session.query(
    `update api_key set last_used_at = greatest(coalesce(last_used_at, '-infinity'), used.at)
     from (select id, timestamptz 'epoch' + ms * interval '1 millisecond' as at
           from unnest($1::text[], $2::bigint[]) as given (id, ms)) used
     where api_key.id = used.id`,
    [[...uses.keys()], [...uses.values()]],
  )
}

export async function isKeyLive(session: Session, id: string): Promise<boolean> {
  const { rows } = await session.query<{ live: boolean }>(
    `select (revoked_at is null or revoked_at > now()) and (expires_at is null or expires_at > now()) as live
     from api_key where id = $1`,
    [id],
  )
  return rows[0]?.live ?? false
}
