import { Type } from 'typebox'
import { sayEventRow } from '../events/say-event.ts'
import { decimalsOf } from '../operations/ask.ts'
import { listEvents } from '../operations/list-events.operation.ts'
import { openCursor, readPage, sealCursor } from './cursor.ts'
import { EventOut } from './event.schema.ts'
import { answer, route } from './route.ts'
import { Cursor, fields, line, nullable, OwnId, optional, PageQuery } from './schema.ts'

export const listEventsRoute = route({
  id: 'list-events',
  method: 'GET',
  path: '/events',
  tag: 'Events',
  summary: 'What webhooks carry, to read',
  description:
    'Newest first. To follow along, read with order=asc and go on from the last `cursor` of the answer (as `after`); it is given even at the end of the list, and nothing ever appears before it. Types, schemas and examples: the webhooks of the specification. Charges, holds and grants are told where an enabled webhook endpoint or the setting of `PUT /events/setting` asks for them.',
  query: fields({
    type: optional(line(100)),
    accountId: optional(OwnId),
    after: optional(Cursor),
    ...PageQuery,
  }),
  answers: {
    200: fields({
      data: Type.Array(EventOut),
      nextCursor: nullable(Type.String()),
      cursor: nullable(
        Type.String({ description: 'The place of the last event told, to go on from later.' }),
      ),
    }),
  },
  run: async (ask, { query }) => {
    const { limit, ascending, after } = readPage(ask, 'list-events', query)
    const follows = openCursor(ask, 'list-events', query.after)
    const place = after ?? follows
    const isAscending = ascending || (follows !== null && query.order === undefined)
    const rows = await listEvents(ask, {
      type: query.type ?? null,
      accountId: query.accountId ?? null,
      after: place === null ? null : (place[0] as number),
      ascending: isAscending,
      limit: limit + 1,
    })
    const data = rows.slice(0, limit)
    const last = data.at(-1)
    const sealed = last === undefined ? null : sealCursor(ask, 'list-events', [last.position])
    const decimals = decimalsOf(ask.project)
    return answer(200, {
      data: data.map((row) => sayEventRow(row, decimals)),
      nextCursor: rows.length > limit ? sealed : null,
      cursor: sealed ?? query.after ?? query.cursor ?? null,
    })
  },
})
