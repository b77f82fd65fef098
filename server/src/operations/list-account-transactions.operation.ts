/** An account's transactions: the signed list of its pool, of which usage, additions and removals are views. */
import { type EntryLine, entryLinePages } from '../database/entry-lines.sql.ts'
import { type EntryPage, type JournalRow, listEntries } from '../database/journal.sql.ts'
import type { Ask } from './ask.ts'
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

/** All of them, many at a time, for a file. */
export async function streamAccountTransactions(
  ask: Ask,
  accountId: string,
  asked: TransactionsAsked & { readonly scope: Scope | null },
  ascending: boolean,
): Promise<{ readonly pages: AsyncIterable<readonly EntryLine[]>; readonly pool: number }> {
  const booked = await bookedPool(ask, accountId)
  const { account } = booked
  const filter = { ...filterOf(asked), of: rowsOf(booked, asked.scope), ascending }
  return { pages: entryLinePages(ask.house.database.pool, account, filter), pool: account.pool }
}
