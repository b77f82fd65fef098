import { sayHold } from '../ledger/replay.ts'
import { decimalsOf } from '../operations/ask.ts'
import { listHolds } from '../operations/list-holds.operation.ts'
import { pageOf, readPage } from './cursor.ts'
import { answer, route } from './route.ts'
import { fields, line, OwnId, oneOf, optional, PageQuery, page } from './schema.ts'
import { Hold } from './spend.schema.ts'

export const listHoldsRoute = route({
  id: 'list-holds',
  method: 'GET',
  path: '/holds',
  tag: 'Spending',
  summary: 'Holds, of one account or of all',
  query: fields({
    accountId: optional(OwnId),
    status: optional(oneOf(['open', 'captured', 'released', 'expired'] as const)),
    subjectId: optional(line(200)),
    ...PageQuery,
  }),
  answers: { 200: page(Hold) },
  run: async (ask, { query }) => {
    const { limit, ascending, after } = readPage(ask, 'list-holds', query)
    const rows = await listHolds(ask, {
      accountId: query.accountId ?? null,
      status: query.status ?? null,
      subjectId: query.subjectId ?? null,
      after:
        after === null
          ? null
          : { at: after[0] as number, pool: after[1] as number, number: after[2] as number },
      ascending,
      limit: limit + 1,
    })
    const decimals = decimalsOf(ask.project)
    const { data, nextCursor } = pageOf(ask, 'list-holds', rows, limit, ({ data: hold, pool }) => [
      hold.at,
      pool,
      hold.number,
    ])
    return answer(200, {
      data: data.map((row) => sayHold(row.data, { pool: row.pool, decimals })),
      nextCursor,
    })
  },
})
