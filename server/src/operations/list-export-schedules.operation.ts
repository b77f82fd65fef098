/** Schedules of exports, by id. */
import { listScheduleRows, type SchedulePage, type ScheduleRow } from '../database/export-schedules.sql.ts'
import type { Ask } from './ask.ts'

export function listExportSchedules(ask: Ask, page: Omit<SchedulePage, 'project'>): Promise<ScheduleRow[]> {
  return listScheduleRows(ask.house.database.pool, { ...page, project: ask.project.id })
}
