/** Accounts, newest first, found by text, plan, state, parent or ids. */
import { type AccountFilter, type AccountRow, listAccountRows } from '../database/accounts.sql.ts'
import type { Ask } from './ask.ts'

export function listAccounts(ask: Ask, filter: Omit<AccountFilter, 'project'>): Promise<AccountRow[]> {
  return listAccountRows(ask.house.database.pool, { ...filter, project: ask.project.id })
}
