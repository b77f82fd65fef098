/** Who of an account gets which mails and notices; a user says it for itself. What is left out stays. */
import { lockAccount } from '../database/accounts.sql.ts'
import { deleteMailRefusals, notificationsOf, putNotificationRow } from '../database/notifications.sql.ts'
import type { Session } from '../database/transaction.ts'
import type { AccountNotifications, UserNotifications } from '../notices/topics.ts'
import { type Ask, accountNotFound } from './ask.ts'
import { type NotificationsRead, notificationsRead } from './read-notifications.operation.ts'

export interface NotificationsRequest {
  readonly topics: AccountNotifications['topics'] | null
  readonly addresses: readonly string[] | null
  readonly users: Readonly<Record<string, UserNotifications>>
  /** Addresses that want to hear again what they stopped by a link. */
  readonly resubscribe: readonly string[]
}

export async function putNotifications(
  ask: Ask,
  session: Session,
  accountId: string,
  request: NotificationsRequest,
): Promise<NotificationsRead> {
  const project = ask.project.id
  if ((await lockAccount(session, project, accountId)) === null) throw accountNotFound(accountId)
  const { account, users } = await notificationsOf(session, project, accountId)
  const topics = { ...account.topics }
  for (const [topic, setting] of Object.entries(request.topics ?? {}) as [keyof typeof topics, object][]) {
    topics[topic] = { ...topics[topic], ...setting }
  }
  const addresses = request.addresses ?? account.addresses
  await putNotificationRow(session, project, accountId, '', { topics, addresses })
  for (const [userId, wanted] of Object.entries(request.users)) {
    const after = { ...users[userId], ...wanted }
    await putNotificationRow(session, project, accountId, userId, after)
  }
  for (const address of request.resubscribe) await deleteMailRefusals(session, project, accountId, address)
  return notificationsRead(session, project, accountId)
}
