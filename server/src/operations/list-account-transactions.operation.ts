/** An account's transactions: the signed list of its pool, of which usage, additions and removals are views. */
import { type EntryPage, type JournalRow, listEntries, streamEntries } from '../database/journal.sql.ts'
import { type Ask, decimalsOf } from './ask.ts'
import { bookedPool } from './read-pool.ts'
import { filterOf, rowsOf, type Scope, type TransactionsAsked } from './transaction-filter.ts'

export interface TransactionRow extends JournalRow {
  readonly pool: number
}

type PageAsked = Pick<EntryPage, 'after' | 'ascending' | 'limit'>

export async function listAccountTransactions(
  ask: Ask,
  accountId: string,
  asked: TransactionsAsked & { readonly scope: Scope | null },
  page: PageAsked,
): Promise<TransactionRow[]> {
  const booked = await bookedPool(ask, accountId)
  const { account } = booked
  const filter = { ...filterOf(asked), of: rowsOf(booked, asked.scope), ...page }
  const rows = await listEntries(ask.house.database.pool, account, filter)
  return rows.map((row) => ({ ...row, pool: account.pool }))
}

/** All of them, one after the other, for a file. */
export async function streamAccountTransactions(
  ask: Ask,
  accountId: string,
  asked: TransactionsAsked & { readonly scope: Scope | null },
  ascending: boolean,
): Promise<{ readonly rows: AsyncIterable<TransactionRow>; readonly decimals: number }> {
  const booked = await bookedPool(ask, accountId)
  const { account } = booked
  const filter = { ...filterOf(asked), of: rowsOf(booked, asked.scope), ascending }
  const rows = streamEntries(ask.house.database.pool, account, filter)
  return { rows: withPool(rows, account.pool), decimals: decimalsOf(ask.project) }
}

async function* withPool(rows: AsyncIterable<JournalRow>, pool: number): AsyncIterable<TransactionRow> {
  for await (const row of rows) yield { ...row, pool }
}
