/** One transaction. */
import { entryAt } from '../database/journal.sql.ts'
import type { Ask } from './ask.ts'
import type { TransactionRow } from './list-account-transactions.operation.ts'
import { locate } from './place-of-id.ts'
import { Refused } from './refused.ts'

export async function readTransaction(ask: Ask, id: string): Promise<TransactionRow> {
  const { address, place } = await locate(ask, 'txn', id)
  const row = await entryAt(ask.house.database.pool, address, place)
  if (row === null) throw new Refused('transaction_not_found', `There is no transaction ${id}.`)
  return { ...row, pool: address.pool }
}
