/** One schedule of exports. */
import { type ScheduleRow, scheduleById } from '../database/export-schedules.sql.ts'
import type { Ask } from './ask.ts'
import { Refused } from './refused.ts'

export async function readExportSchedule(ask: Ask, id: string): Promise<ScheduleRow> {
  const row = await scheduleById(ask.house.database.pool, ask.project.id, id)
  if (row === null) throw scheduleNotFound(id)
  return row
}

export function scheduleNotFound(id: string): Refused {
  return new Refused('export_schedule_not_found', `There is no schedule ${id}.`)
}
