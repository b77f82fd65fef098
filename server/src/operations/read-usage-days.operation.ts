/** Usage day by day, by the account's calendar. */
import { addDuration, type Instant, startOfPeriod } from '@scrip/core'
import type { Usage } from '../database/journal.sql.ts'
import type { Ask } from './ask.ts'
import { bookedPool } from './read-pool.ts'
import { Refused } from './refused.ts'
import { usageBetween, zoneOf } from './usage-span.ts'

export interface DayUsage extends Usage {
  readonly start: Instant
  readonly end: Instant
}

const DAYS_MAX = 400
const DAYS_DEFAULT = 30

/** Half-open; without `from` the last thirty days. */
export async function readUsageDays(
  ask: Ask,
  accountId: string,
  span: { readonly from: Instant | null; readonly to: Instant | null },
): Promise<{ readonly days: DayUsage[]; readonly timeZone: string }> {
  const booked = await bookedPool(ask, accountId)
  const timeZone = zoneOf(booked)
  const day = (from: Instant, times: number): Instant =>
    addDuration(from, { count: 1, unit: 'day' }, times, timeZone)
  const today = startOfPeriod(booked.now, 'day', timeZone)
  const to = span.to ?? day(today, 1)
  const from = span.from === null ? day(to, -DAYS_DEFAULT) : startOfPeriod(span.from, 'day', timeZone)
  const starts: Instant[] = [from]
  while (starts[starts.length - 1]! < to) {
    if (starts.length > DAYS_MAX) {
      throw new Refused('span_too_long', `At most ${DAYS_MAX} days at once.`, {}, 'from')
    }
    starts.push(day(from, starts.length))
  }
  const usage = await usageBetween(ask, booked, starts)
  const days = usage.map((used, index) => ({ ...used, start: starts[index]!, end: starts[index + 1]! }))
  return { days, timeZone }
}
