/** An account's automatic top-up: what was agreed, how it stands, and its last attempts. */
import { DECLINES_MAX, startOfPeriod } from '@scrip/core'
import { type AttemptRow, listAttempts, moneyFacts, type TopUpRow, topUpOf } from '../database/top-ups.sql.ts'
import { type Ask, accountOf, accountTime } from './ask.ts'
import { Refused } from './refused.ts'

export interface TopUpView {
  readonly topUp: TopUpRow
  /** Of this calendar month, in minor units. */
  readonly spent: number
  readonly isStopped: boolean
  readonly attempts: readonly AttemptRow[]
}

const ATTEMPTS_SHOWN = 20

export async function readTopUp(ask: Ask, accountId: string): Promise<TopUpView> {
  const { pool } = ask.house.database
  const account = await accountOf(ask, accountId)
  const topUp = await topUpOf(pool, ask.project.id, accountId)
  if (topUp === null) throw topUpNotFound(accountId)
  const monthStart = startOfPeriod(accountTime(ask, account), 'month', account.timeZone)
  const { spent, paidAt } = await moneyFacts(
    pool,
    { ...topUp, lane: account.lane, pool: account.pool },
    monthStart,
  )
  const isForgiven = topUp.declinedAt !== null && paidAt !== null && paidAt > topUp.declinedAt
  const isStopped = topUp.declines >= DECLINES_MAX && !isForgiven
  return {
    topUp,
    spent,
    isStopped,
    attempts: await listAttempts(pool, ask.project.id, accountId, ATTEMPTS_SHOWN),
  }
}

export function topUpNotFound(accountId: string): Refused {
  return new Refused('top_up_not_found', `The account ${accountId} is not topped up by itself.`)
}
