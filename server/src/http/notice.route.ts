import { formatCredits, type Money } from '@scrip/core'
import { Type } from 'typebox'
import type { NoticeRow } from '../database/notices.sql.ts'
import { sayInstant } from '../ledger/replay.ts'
import { decimalsOf } from '../operations/ask.ts'
import { listNotices } from '../operations/list-notices.operation.ts'
import { markNoticesRead } from '../operations/mark-notices-read.operation.ts'
import { remembered } from '../operations/remembered.ts'
import { pageOf, readPage } from './cursor.ts'
import { answer, route } from './route.ts'
import { fields, InstantOut, Money as MoneyOut, nullable, OwnId, optional, PageQuery } from './schema.ts'
import { AccountParams } from './subscription.route.ts'

const tag = 'Notifications'

const Notice = fields({
  id: Type.String(),
  type: Type.String({ description: 'The event that it tells. An open list.' }),
  at: InstantOut,
  read: Type.Boolean(),
  balance: optional(Type.Number({ description: 'Of news of credits: what was left.' })),
  threshold: optional(
    Type.Number({ description: 'Of credits.low: the limit that was reached, in credits.' }),
  ),
  plan: optional(Type.String({ description: 'Of subscription.expiring: what ends.' })),
  endsAt: optional(InstantOut),
  purchaseId: optional(Type.String()),
  total: optional(MoneyOut),
  reason: optional(nullable(Type.String())),
})

const PREFIX = 'ntc_'

function sayNotice({ number, type, at, read, data }: NoticeRow, decimals: number) {
  const { balance, thresholdCredits, plan, endsAt, purchaseId, total, reason } = data
  return {
    ...{ id: `${PREFIX}${number}`, type, at: sayInstant(at), read },
    ...(typeof balance === 'number' ? { balance: formatCredits(balance, decimals) } : {}),
    ...(typeof thresholdCredits === 'number' ? { threshold: formatCredits(thresholdCredits, decimals) } : {}),
    ...(typeof plan === 'string' ? { plan } : {}),
    ...(typeof endsAt === 'number' ? { endsAt: sayInstant(endsAt) } : {}),
    ...(typeof purchaseId === 'string' ? { purchaseId, total: total as Money } : {}),
    ...(typeof reason === 'string' ? { reason } : {}),
  }
}

export const listNoticesRoute = route({
  id: 'list-notices',
  method: 'GET',
  path: '/accounts/{accountId}/notices',
  tag,
  summary: 'What happened that the users of an account should know, and how much of it is unread',
  description: 'What was read is kept for each user; without `userId` for the account.',
  params: AccountParams,
  query: fields({ userId: optional(OwnId), unread: optional(Type.Boolean()), ...PageQuery }),
  answers: {
    200: fields({
      data: Type.Array(Notice),
      unreadCount: Type.Integer(),
      nextCursor: nullable(Type.String()),
    }),
  },
  run: async (ask, { params: { accountId }, query }) => {
    const list = `list-notices:${accountId}`
    const { limit, ascending, after } = readPage(ask, list, query)
    const { rows, unreadCount } = await listNotices(ask, {
      accountId,
      userId: query.userId ?? '',
      unread: query.unread ?? false,
      after: after === null ? null : (after[0] as number),
      ascending,
      limit: limit + 1,
    })
    const { data, nextCursor } = pageOf(ask, list, rows, limit, (row) => [row.number])
    const decimals = decimalsOf(ask.project)
    return answer(200, { data: data.map((row) => sayNotice(row, decimals)), unreadCount, nextCursor })
  },
})

const NoticeId = Type.String({
  minLength: 5,
  maxLength: 20,
  pattern: '^ntc_[1-9][0-9]{0,14}$',
  'x-expects': 'the id of a notice, such as ntc_17',
})

export const markNoticesReadRoute = route({
  id: 'mark-notices-read',
  method: 'POST',
  path: '/accounts/{accountId}/notices/read',
  tag,
  summary: 'A user has seen these notices, or all so far',
  params: AccountParams,
  body: fields({
    userId: optional(nullable(OwnId)),
    ids: optional(Type.Array(NoticeId, { minItems: 1, maxItems: 200 })),
  }),
  answers: { 204: Type.Null() },
  run: (ask, { params: { accountId }, body }) =>
    remembered(ask, 'mark-notices-read', accountId, async (session) => {
      const numbers = body.ids?.map((id) => Number(id.slice(PREFIX.length))) ?? null
      await markNoticesRead(ask, session, accountId, body.userId ?? '', numbers)
      return { status: 204, body: undefined }
    }),
})
