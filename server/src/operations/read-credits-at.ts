/** The balance as of an instant gone by: what the rows up to then add up to. */
import type { Instant, Totals } from '@scrip/core'
import { totalsAt } from '../database/journal.sql.ts'
import type { Ask } from './ask.ts'
import { bookedPool } from './read-pool.ts'
import { Refused } from './refused.ts'

export async function readCreditsAt(ask: Ask, accountId: string, at: Instant): Promise<Totals> {
  const { account, now } = await bookedPool(ask, accountId)
  if (at > now) {
    throw new Refused(
      'instant_in_the_future',
      'Only what was can be read back.',
      { now: new Date(now).toISOString() },
      'at',
    )
  }
  return totalsAt(ask.house.database.pool, account, at)
}
