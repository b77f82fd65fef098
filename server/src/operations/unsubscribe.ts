/** Stops the mails of a topic to one address, by the link in one of them. */
import { accountById } from '../database/accounts.sql.ts'
import { insertMailRefusals } from '../database/notifications.sql.ts'
import { openUnsubscription, type Unsubscription } from '../mail/unsubscribe-token.ts'
import { type Messages, messagesIn } from '../messages/messages.ts'
import { refusedWith, TOPICS } from '../notices/topics.ts'
import type { Installation } from './installation.ts'

export interface UnsubscribeAsked {
  readonly asked: Unsubscription
  readonly messages: Messages
}

/** null for a link that was not made here, or is about an account that is gone. */
export async function readUnsubscription(
  house: Installation,
  token: string,
): Promise<UnsubscribeAsked | null> {
  const asked = openUnsubscription(house.secret, token)
  if (asked === null) return null
  const account = await accountById(house.database.pool, asked.project, asked.accountId)
  return account === null ? null : { asked, messages: messagesIn(account.language ?? 'en') }
}

export async function unsubscribe(house: Installation, { asked }: UnsubscribeAsked): Promise<void> {
  const topic = TOPICS.find((known) => known === asked.topic)
  if (topic === undefined) return
  const { project, accountId, address } = asked
  const topics = refusedWith(topic)
  await insertMailRefusals(house.database.pool, project, accountId, address, topics, house.realTime())
}
