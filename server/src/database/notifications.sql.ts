import {
  type AccountNotifications,
  NO_NOTIFICATIONS,
  type Topic,
  type UserNotifications,
} from '../notices/topics.ts'
import { instant } from './instant.ts'
import type { Session } from './transaction.ts'

export interface NotificationRows {
  readonly account: AccountNotifications
  readonly users: Readonly<Record<string, UserNotifications>>
}

/** The account's own setting stands under '' beside those of its users. */
export async function notificationsOf(
  session: Session,
  project: number,
  accountId: string,
): Promise<NotificationRows> {
  const { rows } = await session.query<{ userId: string; settings: unknown }>(
    `select user_id as "userId", settings from notification_setting
     where project_id = $1 and account_id = $2 order by user_id`,
    [project, accountId],
  )
  const own = rows.find(({ userId }) => userId === '')
  const users = rows.filter(({ userId }) => userId !== '')
  return {
    account: (own?.settings as AccountNotifications | undefined) ?? NO_NOTIFICATIONS,
    users: Object.fromEntries(users.map(({ userId, settings }) => [userId, settings as UserNotifications])),
  }
}

export async function putNotificationRow(
  session: Session,
  project: number,
  accountId: string,
  userId: string,
  settings: AccountNotifications | UserNotifications,
): Promise<void> {
  await session.query(
    `insert into notification_setting (project_id, account_id, user_id, settings) values ($1, $2, $3, $4)
     on conflict (project_id, account_id, user_id) do update set settings = $4`,
    [project, accountId, userId, JSON.stringify(settings)],
  )
}

export interface MailRefusal {
  readonly address: string
  readonly topic: Topic
}

export async function mailRefusalsOf(
  session: Session,
  project: number,
  accountId: string,
): Promise<MailRefusal[]> {
  const { rows } = await session.query(
    `select address, topic from mail_refusal where project_id = $1 and account_id = $2
     order by address, topic limit 10000`,
    [project, accountId],
  )
  return rows
}

export async function insertMailRefusals(
  session: Session,
  project: number,
  accountId: string,
  address: string,
  topics: readonly Topic[],
  at: number,
): Promise<void> {
  await session.query(
    `insert into mail_refusal (project_id, account_id, address, topic, refused_at)
     select account.project_id, account.account_id, $3, topic, ${instant(5)}
     from account, unnest($4::text[]) as topic where account.project_id = $1 and account.account_id = $2
     on conflict do nothing`,
    [project, accountId, address.toLowerCase(), topics, at],
  )
}

/** They want it again. */
export async function deleteMailRefusals(
  session: Session,
  project: number,
  accountId: string,
  address: string,
): Promise<void> {
  await session.query('delete from mail_refusal where project_id = $1 and account_id = $2 and address = $3', [
    project,
    accountId,
    address.toLowerCase(),
  ])
}

/** With names and addresses goes what was wanted under them. */
export async function eraseNotifications(
  session: Session,
  project: number,
  accountId: string,
): Promise<void> {
  const where = 'where project_id = $1 and account_id = $2'
  await session.query(`delete from notification_setting ${where}`, [project, accountId])
  await session.query(`delete from mail_refusal ${where}`, [project, accountId])
}
