/** Who of an account gets which mails and notices, defaults filled in. */
import { type MailRefusal, mailRefusalsOf, notificationsOf } from '../database/notifications.sql.ts'
import type { Session } from '../database/transaction.ts'
import {
  settingOf,
  TOPICS,
  type Topic,
  type TopicSetting,
  type UserNotifications,
} from '../notices/topics.ts'
import { type Ask, accountOf } from './ask.ts'

export interface NotificationsRead {
  readonly topics: Readonly<Record<Topic, TopicSetting>>
  readonly addresses: readonly string[]
  readonly users: Readonly<Record<string, UserNotifications>>
  /** What was stopped by the link in a mail. */
  readonly unsubscribed: readonly MailRefusal[]
}

export async function readNotifications(ask: Ask, accountId: string): Promise<NotificationsRead> {
  await accountOf(ask, accountId)
  return notificationsRead(ask.house.database.pool, ask.project.id, accountId)
}

export async function notificationsRead(
  session: Session,
  project: number,
  accountId: string,
): Promise<NotificationsRead> {
  const { account, users } = await notificationsOf(session, project, accountId)
  const topics = Object.fromEntries(TOPICS.map((topic) => [topic, settingOf(account, topic)]))
  return {
    topics: topics as Record<Topic, TopicSetting>,
    addresses: account.addresses,
    users,
    unsubscribed: await mailRefusalsOf(session, project, accountId),
  }
}
