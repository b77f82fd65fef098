/** What happened that an account's users should know, newest first, and how much of it is unread. */
import {
  countUnreadNotices,
  listNoticeRows,
  type NoticePage,
  type NoticeRow,
} from '../database/notices.sql.ts'
import { notificationsOf } from '../database/notifications.sql.ts'
import { type Ask, accountOf } from './ask.ts'
import { NOTICE_TOPICS } from './tell-customers.ts'

export interface Notices {
  readonly rows: readonly NoticeRow[]
  readonly unreadCount: number
}

/** `userId` '' where nobody is named: then what counts is what was read without a name. */
export async function listNotices(
  ask: Ask,
  page: Omit<NoticePage, 'project' | 'withoutTypes'>,
): Promise<Notices> {
  await accountOf(ask, page.accountId)
  const { pool } = ask.house.database
  const { users } = await notificationsOf(pool, ask.project.id, page.accountId)
  const own = users[page.userId] ?? {}
  const withoutTypes = Object.entries(NOTICE_TOPICS)
    .filter(([, topic]) => own[topic]?.notice === false)
    .map(([type]) => type)
  const asked = { ...page, project: ask.project.id, withoutTypes }
  return { rows: await listNoticeRows(pool, asked), unreadCount: await countUnreadNotices(pool, asked) }
}
