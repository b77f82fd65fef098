/** Has an account's usage or transactions come by themselves, after each day, week or month. */
import { nextOccurrence } from '@scrip/core'
import {
  putScheduleRow,
  type ScheduleFacts,
  type ScheduleRow,
  scheduleById,
} from '../database/export-schedules.sql.ts'
import type { ExportScope } from '../database/exports.sql.ts'
import type { Session } from '../database/transaction.ts'
import type { Ask } from './ask.ts'
import { defaultScope } from './create-export.operation.ts'
import { readPool } from './read-pool.ts'
import { Refused } from './refused.ts'
import { rowsOf } from './transaction-filter.ts'

export interface ScheduleRequest extends Omit<ScheduleFacts, 'project' | 'scope'> {
  readonly scope: ExportScope | null
}

/** The account's pool is read before the transaction: on the embedded database it would wait for it for ever. */
export async function prepareSchedule(ask: Ask, request: ScheduleRequest) {
  if (request.deliver.folder !== undefined && ask.house.exportFolder === null) {
    const detail = 'No folder is open for exports: whoever runs this server opens one by SCRIP_EXPORT_FOLDER.'
    throw new Refused('export_folder_closed', detail, {}, 'deliver.folder')
  }
  const read = await readPool(ask, request.accountId)
  rowsOf(read, request.scope)
  const { account, now, state } = read
  const scope = request.scope ?? defaultScope(state.ownerId, account.id)
  return { facts: { ...request, scope, project: ask.project.id }, timeZone: account.timeZone, now }
}

/** Another rhythm begins anew; whatever else is changed leaves what is due as it is. */
export async function putExportSchedule(
  ask: Ask,
  session: Session,
  { facts, timeZone, now }: Awaited<ReturnType<typeof prepareSchedule>>,
): Promise<{ readonly schedule: ScheduleRow; readonly made: boolean }> {
  const before = await scheduleById(session, ask.project.id, facts.id)
  const goesOn = before !== null && sameRhythm(before, facts)
  const doneUntil = goesOn ? before.doneUntil : now
  const row = {
    ...facts,
    doneUntil,
    nextAt: nextOccurrence({ ...facts, timeZone }, doneUntil).dueAt,
    createdAt: before?.createdAt ?? now,
    updatedAt: now,
  }
  return { schedule: await putScheduleRow(session, row), made: before === null }
}

function sameRhythm(before: ScheduleFacts, after: ScheduleFacts): boolean {
  return before.every === after.every && before.at === after.at && before.accountId === after.accountId
}
