/** The transactions of all accounts of the project, as far as they are booked. */
import { listProjectEntries, type ProjectEntryPage } from '../database/transactions.sql.ts'
import type { Ask } from './ask.ts'
import type { TransactionRow } from './list-account-transactions.operation.ts'
import { filterOf, type TransactionsAsked } from './transaction-filter.ts'

export function listTransactions(
  ask: Ask,
  asked: TransactionsAsked,
  page: Pick<ProjectEntryPage, 'after' | 'ascending' | 'limit'>,
): Promise<TransactionRow[]> {
  const { types, moves } = filterOf(asked)
  const filter = { ...asked, types: types ?? null, moves: moves ?? 'any', ...page, project: ask.project.id }
  return listProjectEntries(ask.house.database.pool, filter)
}
