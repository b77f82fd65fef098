/** Holds, newest first, of an account or of the project. */
import type { Hold } from '@scrip/core'
import { type HoldFilter, type HoldRow, listHoldRows } from '../database/holds.sql.ts'
import { type Ask, accountAsked } from './ask.ts'
import { bookedPool } from './read-pool.ts'

export interface HoldsAsked extends Pick<HoldFilter, 'after' | 'ascending' | 'limit' | 'subjectId'> {
  readonly accountId: string | null
  readonly status: Hold['status'] | null
}

export async function listHolds(ask: Ask, asked: HoldsAsked): Promise<HoldRow[]> {
  const accountId = accountAsked(ask, asked.accountId)
  // Of one account what is due is booked first, so that nothing is shown open whose time is over.
  const booked = accountId === null ? null : await bookedPool(ask, accountId)
  return listHoldRows(ask.house.database.pool, {
    ...asked,
    project: ask.project.id,
    // What it holds in a pool that it left since is found there, by its id.
    pool: booked === null || booked.state.ownerId !== accountId ? null : booked.account,
    accountId,
  })
}
