import type { EntryType } from '@scrip/core'
import { type Static, Type } from 'typebox'
import { accountZone } from '../operations/account-zone.ts'
import { actionNames } from '../operations/action-name.ts'
import { type Ask, decimalsOf } from '../operations/ask.ts'
import {
  listAccountTransactions,
  streamAccountTransactions,
  type TransactionRow,
} from '../operations/list-account-transactions.operation.ts'
import { listTransactions } from '../operations/list-transactions.operation.ts'
import { readTransaction } from '../operations/read-transaction.operation.ts'
import type { TransactionsAsked } from '../operations/transaction-filter.ts'
import { paymentsOf } from '../operations/transaction-payments.ts'
import { pageOf, readPage } from './cursor.ts'
import { answer, route } from './route.ts'
import { CatalogKey, fields, Instant, OwnId, oneOf, optional, PageQuery, page, ScripId } from './schema.ts'
import { AccountParams } from './subscription.route.ts'
import { sayTransaction, Transaction } from './transaction.schema.ts'
import { csvOf } from './transaction-csv.ts'
import { wantsCsv } from './wants-csv.ts'
import { endReading, openReading, optionalInstant } from './wire.ts'

const TYPES = [
  'charge',
  'capture',
  'refund',
  'grant',
  'purchase',
  'refill',
  'trial',
  'plan_change',
  'starter',
  'sign_up',
  'grace',
  'expired',
  'rollover_excess',
  'void',
  'reversal',
] as const satisfies readonly EntryType[]

const FILTER = {
  view: optional(oneOf(['all', 'usage', 'additions', 'removals'] as const)),
  from: optional(Instant),
  to: optional(Instant),
  userId: optional(OwnId),
  subjectId: optional(Type.String({ minLength: 1, maxLength: 200 })),
  action: optional(CatalogKey),
  type: optional(Type.Array(oneOf(TYPES), { maxItems: TYPES.length })),
}

type Filter = Static<ReturnType<typeof fields<typeof FILTER>>>

function readFilter(ask: Ask, query: Filter, zone: string): TransactionsAsked {
  const reading = openReading(decimalsOf(ask.project))
  const from = optionalInstant(reading, 'from', query.from, zone)
  const to = optionalInstant(reading, 'to', query.to, zone)
  endReading(reading)
  return {
    view: query.view ?? 'all',
    from,
    to,
    userId: query.userId ?? null,
    subjectId: query.subjectId ?? null,
    action: query.action ?? null,
    types: query.type ?? null,
  }
}

const FORMAT = { format: optional(oneOf(['json', 'csv'] as const)) }
const tag = 'Transactions'

export const listAccountTransactionsRoute = route({
  id: 'list-account-transactions',
  method: 'GET',
  path: '/accounts/{accountId}/transactions',
  tag,
  summary: "The signed list of an account's credits: usage, additions and removals are views of it",
  description: 'With `Accept: text/csv` or `format=csv` all rows of the filter are streamed as a file.',
  params: AccountParams,
  query: fields({ ...FILTER, ...FORMAT, scope: optional(oneOf(['account', 'pool'] as const)), ...PageQuery }),
  answers: { 200: page(Transaction) },
  run: async (ask, { params: { accountId }, query, accept }) => {
    const zone = await accountZone(ask, accountId, [query.from, query.to])
    const asked = { ...readFilter(ask, query, zone), scope: query.scope ?? null }
    if (wantsCsv(accept, query.format)) {
      const { pages, pool } = await streamAccountTransactions(ask, accountId, asked, query.order === 'asc')
      const words = { decimals: decimalsOf(ask.project), nameOf: actionNames(ask.project) }
      return answer(200, csvOf(pages, pool, words), {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': 'attachment; filename="transactions.csv"',
      })
    }
    const list = `list-account-transactions:${accountId}`
    const { limit, ascending, after } = readPage(ask, list, query)
    const place = after === null ? null : { at: after[0] as number, number: after[1] as number }
    const rows = await listAccountTransactions(ask, accountId, asked, {
      after: place,
      ascending,
      limit: limit + 1,
    })
    const { data, nextCursor } = pageOf(ask, list, rows, limit, ({ entry }) => [entry.at, entry.number])
    return answer(200, { data: await say(ask, data), nextCursor })
  },
})

async function say(ask: Ask, rows: readonly TransactionRow[]) {
  const payments = await paymentsOf(ask, rows)
  const decimals = decimalsOf(ask.project)
  return rows.map((row) => sayTransaction(row, decimals, payments))
}

export const listTransactionsRoute = route({
  id: 'list-transactions',
  method: 'GET',
  path: '/transactions',
  tag,
  summary: 'The transactions of all accounts',
  query: fields({ ...FILTER, ...PageQuery }),
  answers: { 200: page(Transaction) },
  run: async (ask, { query }) => {
    const { limit, ascending, after } = readPage(ask, 'list-transactions', query)
    const place =
      after === null ? null : { at: after[0] as number, pool: after[1] as number, number: after[2] as number }
    const rows = await listTransactions(ask, readFilter(ask, query, 'UTC'), {
      after: place,
      ascending,
      limit: limit + 1,
    })
    const { data, nextCursor } = pageOf(ask, 'list-transactions', rows, limit, ({ entry, pool }) => [
      entry.at,
      pool,
      entry.number,
    ])
    return answer(200, { data: await say(ask, data), nextCursor })
  },
})

export const readTransactionRoute = route({
  id: 'read-transaction',
  method: 'GET',
  path: '/transactions/{transactionId}',
  tag,
  summary: 'One transaction',
  params: fields({ transactionId: ScripId }),
  answers: { 200: Transaction },
  run: async (ask, { params }) => {
    const [said] = await say(ask, [await readTransaction(ask, params.transactionId)])
    return answer(200, said)
  },
})
