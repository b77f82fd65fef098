import { instant } from './instant.ts'
import type { Session } from './transaction.ts'

export interface NoticeRow {
  readonly number: number
  readonly at: number
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
  readonly read: boolean
}

export interface NoticeMade {
  readonly project: number
  readonly accountId: string
  readonly at: number
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
  /** The event that it tells: once. */
  readonly cause: string
}

export async function insertNotice(session: Session, notice: NoticeMade): Promise<void> {
  await session.query(
    `insert into notice (project_id, account_id, at, type, data, cause) values ($1, $2, ${instant(3)}, $4, $5, $6)
     on conflict (project_id, account_id, cause) do nothing`,
    [notice.project, notice.accountId, notice.at, notice.type, JSON.stringify(notice.data), notice.cause],
  )
}

export interface NoticePage {
  readonly project: number
  readonly accountId: string
  /** '' where nobody is named. */
  readonly userId: string
  /** What this user does not want to be told of. */
  readonly withoutTypes: readonly string[]
  readonly unread: boolean
  readonly after: number | null
  readonly ascending: boolean
  readonly limit: number
}

const IS_READ = `exists (select from notice_read mark where mark.project_id = notice.project_id
  and mark.account_id = notice.account_id and mark.user_id = $3 and mark.number = notice.number)`

export async function listNoticeRows(session: Session, page: NoticePage): Promise<NoticeRow[]> {
  const [sign, order] = page.ascending ? ['>', 'asc'] : ['<', 'desc']
  const { rows } = await session.query(
    `select number, at, type, data, ${IS_READ} as read from notice
     where project_id = $1 and account_id = $2 and not (type = any ($4::text[]))
       and (not $5::boolean or not ${IS_READ}) and ($6::bigint is null or number ${sign} $6)
     order by number ${order} limit $7`,
    [page.project, page.accountId, page.userId, page.withoutTypes, page.unread, page.after, page.limit],
  )
  return rows
}

export async function countUnreadNotices(
  session: Session,
  page: Pick<NoticePage, 'project' | 'accountId' | 'userId' | 'withoutTypes'>,
): Promise<number> {
  const { rows } = await session.query<{ count: number }>(
    `select count(*) as count from notice
     where project_id = $1 and account_id = $2 and not (type = any ($4::text[])) and not ${IS_READ}`,
    [page.project, page.accountId, page.userId, page.withoutTypes],
  )
  return rows[0]!.count
}

/** Marks them read for one user: those that are named, or all so far. */
export async function markNoticesRead(
  session: Session,
  project: number,
  accountId: string,
  userId: string,
  numbers: readonly number[] | null,
  at: number,
): Promise<void> {
  await session.query(
    `insert into notice_read (project_id, account_id, user_id, number, read_at)
     select project_id, account_id, $3, number, ${instant(5)} from notice
     where project_id = $1 and account_id = $2 and ($4::bigint[] is null or number = any ($4))
     on conflict do nothing`,
    [project, accountId, userId, numbers, at],
  )
}

export interface ToldEvent {
  readonly position: number
  readonly at: number
  readonly type: string
  readonly accountId: string
  readonly data: Readonly<Record<string, unknown>>
}

/** Projects with events that were not looked at yet. */
export async function projectsWithNews(session: Session): Promise<number[]> {
  const { rows } = await session.query<{ id: number }>(
    `select project.id from project left join notice_cursor on notice_cursor.project_id = project.id
     where exists (select from event where event.project_id = project.id
       and event.position > coalesce(notice_cursor.position, 0))
     order by project.id limit 1000`,
  )
  return rows.map(({ id }) => id)
}

/** How far a project's events were told, kept from changing; null while another process is at it. */
export async function lockNoticeCursor(session: Session, project: number): Promise<number | null> {
  await session.query(
    'insert into notice_cursor (project_id, position) values ($1, 0) on conflict (project_id) do nothing',
    [project],
  )
  const { rows } = await session.query<{ position: number }>(
    'select position from notice_cursor where project_id = $1 for update skip locked',
    [project],
  )
  return rows[0]?.position ?? null
}

export async function setNoticeCursor(session: Session, project: number, position: number): Promise<void> {
  await session.query('update notice_cursor set position = $2 where project_id = $1', [project, position])
}

/** Events of these types after one place and up to another, in their order. */
export async function eventsBetween(
  session: Session,
  project: number,
  after: number,
  upTo: number,
  types: readonly string[],
  limit: number,
): Promise<ToldEvent[]> {
  const { rows } = await session.query(
    `select position, at, type, account_id as "accountId", data from event
     where project_id = $1 and position > $2 and position <= $3 and type = any ($4::text[])
       and account_id is not null and data is not null
     order by position limit $5`,
    [project, after, upTo, types, limit],
  )
  return rows
}
