/**
 * When a scheduled export is due, and of which days it is: after each day, week (from Monday) or month
 * of the account's calendar, at a wall time, of the day, week or month that ended. Each occurrence
 * happens once. After a time in which nobody looked, only the latest happens, with a note of how many
 * were left out: a customer wants the newest figures, and not ninety files at once.
 */
import { assert, type Instant } from './amounts.ts'
import { addDuration, type BudgetPeriod, startOfPeriod, timeOfDay } from './calendar.ts'

export interface ExportCalendar {
  readonly every: BudgetPeriod
  /** Minutes after midnight. */
  readonly at: number
  readonly timeZone: string
}

export interface ExportOccurrence {
  readonly dueAt: Instant
  /** The span that it is of, half-open. */
  readonly from: Instant
  readonly to: Instant
}

/** The latest that is due at `now`. */
export function latestOccurrence(calendar: ExportCalendar, now: Instant): ExportOccurrence {
  const current = occurrenceOf(calendar, now)
  return current.dueAt <= now ? current : occurrenceOf(calendar, current.from)
}

/** The first that is due after `now`. */
export function nextOccurrence(calendar: ExportCalendar, now: Instant): ExportOccurrence {
  const current = occurrenceOf(calendar, now)
  return current.dueAt > now ? current : occurrenceOf(calendar, endOfPeriod(calendar, current.to))
}

/** How many were due between the two and did not happen: after `done`, before `latest`. */
export function missedOccurrences(calendar: ExportCalendar, done: Instant, latest: ExportOccurrence): number {
  let missed = 0
  for (let earlier = before(calendar, latest); earlier.dueAt > done; earlier = before(calendar, earlier))
    missed++
  return missed
}

function before(calendar: ExportCalendar, { from }: ExportOccurrence): ExportOccurrence {
  return occurrenceOf(calendar, from)
}

/** Of the period that ended where the one of `instant` begins; due on the first day of that one. */
function occurrenceOf(calendar: ExportCalendar, instant: Instant): ExportOccurrence {
  const { every, at, timeZone } = calendar
  const to = startOfPeriod(instant, every, timeZone)
  const from = startOfPeriod(to - 1, every, timeZone)
  const dueAt = timeOfDay(to, at, timeZone)
  assert(from < to && dueAt >= to, 'an export is due once its span has ended')
  return { dueAt, from, to }
}

/** Where the period that begins at `start` ends. */
function endOfPeriod({ every, timeZone }: ExportCalendar, start: Instant): Instant {
  // A month's first day, a Monday and a midnight are never clamped; a midnight that is skipped is met anew.
  const next = addDuration(start, { count: 1, unit: every }, 1, timeZone)
  return startOfPeriod(next, every, timeZone)
}
