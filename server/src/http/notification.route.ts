import { type Static, Type } from 'typebox'
import type { MailRow } from '../database/mails.sql.ts'
import { sayInstant } from '../ledger/replay.ts'
import { listMails } from '../operations/list-mails.operation.ts'
import { putNotifications } from '../operations/put-notifications.operation.ts'
import { readNotifications } from '../operations/read-notifications.operation.ts'
import { remembered } from '../operations/remembered.ts'
import { sendMailAgain } from '../operations/send-mail-again.operation.ts'
import { pageOf, readPage } from './cursor.ts'
import { answer, route } from './route.ts'
import {
  Email,
  fields,
  InstantOut,
  nullable,
  OwnId,
  oneOf,
  optional,
  PageQuery,
  page,
  ScripId,
} from './schema.ts'
import { AccountParams } from './subscription.route.ts'

const tag = 'Notifications'

const Roles = Type.Array(oneOf(['admin', 'billing', 'member'] as const), { maxItems: 3 })

/** The same fields for each topic. */
function byTopic<T extends Parameters<typeof optional>[0]>(setting: T) {
  const topic = optional(setting)
  return fields({
    low: topic,
    exhausted: topic,
    restored: topic,
    receipts: topic,
    payments: topic,
    reports: topic,
  })
}

const TopicPatch = fields({
  mail: optional(Type.Boolean()),
  notice: optional(Type.Boolean()),
  roles: optional(Roles),
})
const OwnPatch = fields({ mail: optional(Type.Boolean()), notice: optional(Type.Boolean()) })
const TopicOut = fields({ mail: Type.Boolean(), notice: Type.Boolean(), roles: Roles })

const USERS_AT_ONCE = 100

const OwnWishes = byTopic(OwnPatch)

const NotificationsBody = fields({
  topics: optional(byTopic(TopicPatch)),
  addresses: optional(
    Type.Array(Email, { maxItems: 20, description: 'Written to beside the members about credits.' }),
  ),
  users: optional(
    Type.Array(fields({ userId: OwnId, topics: OwnWishes }), {
      maxItems: USERS_AT_ONCE,
      description: 'What users want for themselves; those that are not named keep what they said.',
    }),
  ),
  resubscribe: optional(
    Type.Array(Email, {
      maxItems: 20,
      description: 'Addresses that want again what a link in a mail stopped.',
    }),
  ),
})

const NotificationsOut = fields({
  topics: fields({
    low: TopicOut,
    exhausted: TopicOut,
    restored: TopicOut,
    receipts: TopicOut,
    payments: TopicOut,
    reports: TopicOut,
  }),
  addresses: Type.Array(Type.String()),
  users: Type.Array(fields({ userId: Type.String(), topics: OwnWishes })),
  unsubscribed: Type.Array(fields({ address: Type.String(), topic: Type.String() })),
})

type Read = Awaited<ReturnType<typeof readNotifications>>

function sayNotifications({ users, ...read }: Read) {
  return { ...read, users: Object.entries(users).map(([userId, topics]) => ({ userId, topics })) }
}

type Body = Static<typeof NotificationsBody>

function readBody({ topics, addresses, users = [], resubscribe = [] }: Body) {
  return {
    topics: (topics ?? null) as Parameters<typeof putNotifications>[3]['topics'],
    addresses: addresses ?? null,
    users: Object.fromEntries(users.map((user) => [user.userId, user.topics])) as Parameters<
      typeof putNotifications
    >[3]['users'],
    resubscribe,
  }
}

export const putNotificationsRoute = route({
  id: 'put-notifications',
  method: 'PUT',
  path: '/accounts/{accountId}/notifications',
  tag,
  summary: 'Which mails and notices an account gets, and what its users want for themselves',
  description: 'What is left out stays as it is.',
  params: AccountParams,
  body: NotificationsBody,
  answers: { 200: NotificationsOut },
  run: (ask, { params: { accountId }, body }) =>
    remembered(ask, 'put-notifications', accountId, async (session) => {
      const read = await putNotifications(ask, session, accountId, readBody(body))
      return { status: 200, body: sayNotifications(read) }
    }),
})

export const readNotificationsRoute = route({
  id: 'read-notifications',
  method: 'GET',
  path: '/accounts/{accountId}/notifications',
  tag,
  summary: 'Which mails and notices an account gets',
  params: AccountParams,
  answers: { 200: NotificationsOut },
  run: async (ask, { params }) =>
    answer(200, sayNotifications(await readNotifications(ask, params.accountId))),
})

const STATUSES = ['waiting', 'sent', 'given_up'] as const

const MailOut = fields({
  id: Type.String(),
  accountId: Type.String(),
  kind: Type.String({ description: 'An open list.' }),
  to: Type.String(),
  language: Type.String(),
  status: oneOf(STATUSES),
  attempts: Type.Integer(),
  reason: nullable(Type.String({ description: 'Why it was not sent yet, or never is.' })),
  happenedAt: InstantOut,
  sentAt: nullable(InstantOut),
})

function sayMail({ id, accountId, kind, address, language, status, attempts, reason, ...row }: MailRow) {
  return {
    ...{ id, accountId, kind, to: address, language, status, attempts, reason },
    happenedAt: sayInstant(row.happenedAt),
    sentAt: row.sentAt === null ? null : sayInstant(row.sentAt),
  }
}

export const listMailsRoute = route({
  id: 'list-mails',
  method: 'GET',
  path: '/mails',
  tag,
  summary: 'Mails that wait, were sent, or were given up',
  query: fields({ status: optional(oneOf(STATUSES)), accountId: optional(OwnId), ...PageQuery }),
  answers: { 200: page(MailOut) },
  run: async (ask, { query }) => {
    const { limit, ascending, after } = readPage(ask, 'list-mails', query)
    const place = after === null ? null : { writtenAt: after[0] as number, id: after[1] as string }
    const { status = null, accountId = null } = query
    const rows = await listMails(ask, { accountId, status, after: place, ascending, limit: limit + 1 })
    const { data, nextCursor } = pageOf(ask, 'list-mails', rows, limit, (row) => [row.writtenAt, row.id])
    return answer(200, { data: data.map(sayMail), nextCursor })
  },
})

export const sendMailAgainRoute = route({
  id: 'send-mail-again',
  method: 'POST',
  path: '/mails/{mailId}/send-again',
  tag,
  summary: 'Try a mail again that was given up',
  params: fields({ mailId: ScripId }),
  answers: { 200: MailOut },
  run: (ask, { params: { mailId } }) =>
    remembered(ask, `send-mail-again:${mailId}`, '', async (session) => ({
      status: 200,
      body: sayMail(await sendMailAgain(ask, session, mailId)),
    })),
})
