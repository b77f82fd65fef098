/** Usage of the current month and of those before it, by the account's calendar. */
import { addDuration, type Instant, startOfPeriod } from '@scrip/core'
import type { Usage } from '../database/journal.sql.ts'
import type { Ask } from './ask.ts'
import { bookedPool } from './read-pool.ts'
import { usageBetween, zoneOf } from './usage-span.ts'

export interface MonthUsage extends Usage {
  readonly start: Instant
  readonly end: Instant
  readonly current: boolean
  /** What was used by the same day and time of the month, to compare a month under way with; of the current one, all. */
  readonly usedByThisTime: number
}

export async function readUsageMonths(
  ask: Ask,
  accountId: string,
  count: number,
): Promise<{ readonly months: MonthUsage[]; readonly timeZone: string }> {
  const booked = await bookedPool(ask, accountId)
  const { now } = booked
  const timeZone = zoneOf(booked)
  const thisMonth = startOfPeriod(now, 'month', timeZone)
  const month = (times: number): Instant =>
    addDuration(thisMonth, { count: 1, unit: 'month' }, times, timeZone)
  const starts = Array.from({ length: count + 1 }, (_, index) => month(index + 1 - count))
  const usage = await usageBetween(ask, booked, starts)
  const soFar = now - thisMonth
  const months = await Promise.all(
    usage.map(async (used, index) => {
      const [start, end] = [starts[index]!, starts[index + 1]!]
      const current = start === thisMonth
      const until = Math.min(start + soFar + 1, end)
      const [part] = current ? [used] : await usageBetween(ask, booked, [start, until])
      return { ...used, start, end, current, usedByThisTime: part?.used ?? 0 }
    }),
  )
  return { months: months.reverse(), timeZone }
}
