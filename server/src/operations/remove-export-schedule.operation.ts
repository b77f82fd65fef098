/** Ends a schedule; what it made before stays. */
import { deleteScheduleRow } from '../database/export-schedules.sql.ts'
import type { Session } from '../database/transaction.ts'
import type { Ask } from './ask.ts'
import { scheduleNotFound } from './read-export-schedule.operation.ts'

export async function removeExportSchedule(ask: Ask, session: Session, id: string): Promise<void> {
  if (!(await deleteScheduleRow(session, ask.project.id, id))) throw scheduleNotFound(id)
}
