/** Who or what used how much, the most first. */
import type { Instant } from '@scrip/core'
import { type BreakdownKey, type BreakdownRow, usageBreakdown } from '../database/journal.sql.ts'
import { actionName } from './action-name.ts'
import type { Ask } from './ask.ts'
import { bookedPool } from './read-pool.ts'
import { rowsOf } from './transaction-filter.ts'

export async function readUsageBreakdown(
  ask: Ask,
  accountId: string,
  by: BreakdownKey,
  span: { readonly from: Instant | null; readonly to: Instant | null },
  limit: number,
): Promise<BreakdownRow[]> {
  const booked = await bookedPool(ask, accountId)
  // By account is asked by whoever owns a shared pool: there it spans all of it.
  const of = by === 'account' && booked.state.ownerId === accountId ? null : rowsOf(booked, null)
  const rows = await usageBreakdown(ask.house.database.pool, booked.account, by, { ...span, of }, limit)
  if (by !== 'action') return rows
  return rows.map((row) => (row.key === null ? row : { ...row, name: actionName(ask.project, row.key) }))
}
