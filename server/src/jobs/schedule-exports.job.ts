/**
 * Orders the exports that are due by their schedules. Each occurrence is a row under a unique key, written
 * with the order and the schedule's next instant in one transaction: it happens once, on any number of
 * processes. After a time in which nobody looked only the latest is ordered.
 */
import { latestOccurrence, missedOccurrences, nextOccurrence } from '@scrip/core'
import {
  type DueSchedule,
  dueSchedules,
  keepOccurrence,
  moveScheduleOn,
  projectsWithSchedules,
} from '../database/export-schedules.sql.ts'
import { insertExport } from '../database/exports.sql.ts'
import { listProjectRows } from '../database/projects.sql.ts'
import { inTransaction, type Session } from '../database/transaction.ts'
import { freshId } from '../directory/keys.ts'
import { timeOfClock } from '../directory/projects.ts'
import type { Job } from './job.ts'

const SCHEDULES_AT_ONCE = 100

export const scheduleExports: Job = {
  name: 'schedule-exports',
  everyMs: 10_000,
  async run(house, signal) {
    let hasMore = false
    const { pool } = house.database
    const realTime = house.realTime()
    const having = await projectsWithSchedules(pool)
    if (having.size === 0) return false
    for (const project of await listProjectRows(pool)) {
      if (!having.has(project.id)) continue
      const now = timeOfClock(project, realTime)
      const asked = { project: project.id, now, realTime, limit: SCHEDULES_AT_ONCE }
      const due = await dueSchedules(pool, asked)
      for (const schedule of due) {
        if (signal.aborted) return false
        await inTransaction(pool, (session) => orderExport(session, schedule))
      }
      hasMore ||= due.length === SCHEDULES_AT_ONCE
    }
    return hasMore
  },
}

async function orderExport(session: Session, schedule: DueSchedule): Promise<void> {
  const {
    project,
    id: scheduleId,
    accountId,
    lane,
    pool,
    scope,
    report,
    by,
    deliver,
    timeZone,
    now,
  } = schedule
  const latest = latestOccurrence(schedule, now)
  const isNew = latest.dueAt > schedule.doneUntil
  const moved = {
    doneUntil: isNew ? latest.dueAt : schedule.doneUntil,
    nextAt: nextOccurrence(schedule, now).dueAt,
  }
  // Changed meanwhile, or ordered by another process: what is due is read anew in the next round.
  if (!(await moveScheduleOn(session, schedule, moved)) || !isNew) return
  const id = freshId('exp', now)
  const occurrence = { project, scheduleId, dueAt: latest.dueAt, exportId: id }
  if (!(await keepOccurrence(session, occurrence))) return
  const missed = missedOccurrences(schedule, schedule.doneUntil, latest)
  const { from, to } = latest
  await insertExport(session, {
    ...{ project, id, accountId, lane, pool, scope, report, by, from, to, scheduleId, missed, deliver },
    timeZone,
    createdAt: now,
  })
}
