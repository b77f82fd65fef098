/** Usage between instants, of a whole pool by its totals or of one account that shares it by its rows. */
import type { Instant } from '@scrip/core'
import { type Usage, usageOfAccount, usageOfPool } from '../database/journal.sql.ts'
import type { Ask } from './ask.ts'
import type { ReadPool } from './read-pool.ts'
import { rowsOf } from './transaction-filter.ts'

/** One figure between each boundary and the next. */
export function usageBetween(ask: Ask, booked: ReadPool, boundaries: readonly Instant[]): Promise<Usage[]> {
  const of = rowsOf(booked, null)
  const { pool } = ask.house.database
  return of === null
    ? usageOfPool(pool, booked.account, boundaries)
    : usageOfAccount(pool, booked.account, of, boundaries)
}

/** The zone of the account's own calendar: its months and days. */
export function zoneOf({ state, account }: ReadPool): string {
  return state.accounts[account.id]?.timeZone ?? state.timeZone
}
