import type { Session } from './transaction.ts'

export type Role = 'admin' | 'billing' | 'member'

export interface MemberRow {
  readonly userId: string
  readonly name: string | null
  readonly email: string | null
  readonly role: Role
}

const COLUMNS = 'user_id as "userId", name, email, role'

export async function listMemberRows(
  session: Session,
  project: number,
  accountId: string,
  page: { readonly after: string | null; readonly limit: number } = { after: null, limit: 1000 },
): Promise<MemberRow[]> {
  const { rows } = await session.query(
    `select ${COLUMNS} from member where project_id = $1 and account_id = $2 and ($3::text is null or user_id > $3)
     order by user_id limit $4`,
    [project, accountId, page.after, page.limit],
  )
  return rows
}

export async function membersOf(
  session: Session,
  project: number,
  accountIds: readonly string[],
): Promise<Map<string, MemberRow[]>> {
  const { rows } = await session.query<MemberRow & { accountId: string }>(
    `select account_id as "accountId", ${COLUMNS} from member
     where project_id = $1 and account_id = any ($2::text[]) order by account_id, user_id`,
    [project, accountIds],
  )
  const members = new Map<string, MemberRow[]>()
  for (const { accountId, ...member } of rows)
    members.set(accountId, [...(members.get(accountId) ?? []), member])
  return members
}

/** Whether the member is new. */
export async function putMemberRow(
  session: Session,
  project: number,
  accountId: string,
  member: MemberRow,
): Promise<boolean> {
  const { rows } = await session.query<{ made: boolean }>(
    `insert into member (project_id, account_id, user_id, name, email, role) values ($1, $2, $3, $4, $5, $6)
     on conflict (project_id, account_id, user_id) do update set name = $4, email = $5, role = $6
     returning xmax = 0 as made`,
    [project, accountId, member.userId, member.name, member.email, member.role],
  )
  return rows[0]!.made
}

export async function countMembers(session: Session, project: number, accountId: string): Promise<number> {
  const { rows } = await session.query<{ count: number }>(
    'select count(*) as count from member where project_id = $1 and account_id = $2',
    [project, accountId],
  )
  return rows[0]!.count
}

/** Whether there was such a member. */
export async function deleteMemberRow(
  session: Session,
  project: number,
  accountId: string,
  userId: string,
): Promise<boolean> {
  const { rowCount } = await session.query(
    'delete from member where project_id = $1 and account_id = $2 and user_id = $3',
    [project, accountId, userId],
  )
  return (rowCount ?? 0) > 0
}
