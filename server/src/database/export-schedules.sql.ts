import type { Instant } from '@scrip/core'
import { toMilliseconds } from './columns.ts'
import type { Deliver, ExportReport, ExportScope, UsageKey } from './exports.sql.ts'
import { instant } from './instant.ts'
import type { Session } from './transaction.ts'

export interface ScheduleFacts {
  readonly project: number
  readonly id: string
  readonly accountId: string
  readonly scope: ExportScope
  readonly report: ExportReport
  readonly by: readonly UsageKey[]
  readonly every: 'day' | 'week' | 'month'
  /** Minutes after midnight. */
  readonly at: number
  readonly deliver: Deliver
}

export interface ScheduleRow extends ScheduleFacts {
  readonly doneUntil: Instant
  readonly nextAt: Instant
  readonly createdAt: Instant
  readonly updatedAt: Instant
}

const SCHEDULE_COLUMNS = `s.project_id as project, s.id, s.account_id as "accountId", s.scope, s.report, s.by_keys as by, s.every,
  s.at_minutes as at, s.deliver, s.done_until as "doneUntil", s.next_at as "nextAt", s.created_at as "createdAt",
  s.updated_at as "updatedAt"`

export async function scheduleById(
  session: Session,
  project: number,
  id: string,
): Promise<ScheduleRow | null> {
  const { rows } = await session.query(
    `select ${SCHEDULE_COLUMNS} from export_schedule s where s.project_id = $1 and s.id = $2`,
    [project, id],
  )
  return rows[0] ?? null
}

/** Made or replaced. */
export async function putScheduleRow(session: Session, row: ScheduleRow): Promise<ScheduleRow> {
  const { rows } = await session.query(
    `insert into export_schedule as s (project_id, id, account_id, scope, report, by_keys, every, at_minutes, deliver, done_until,
       next_at, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, ${instant(10)}, ${instant(11)}, ${instant(12)}, ${instant(13)})
     on conflict (project_id, id) do update set account_id = excluded.account_id, scope = excluded.scope,
       report = excluded.report, by_keys = excluded.by_keys, every = excluded.every, at_minutes = excluded.at_minutes,
       deliver = excluded.deliver, done_until = excluded.done_until, next_at = excluded.next_at,
       updated_at = excluded.updated_at
     returning ${SCHEDULE_COLUMNS}`,
    [
      row.project,
      row.id,
      row.accountId,
      row.scope,
      row.report,
      row.by,
      row.every,
      row.at,
      JSON.stringify(row.deliver),
      row.doneUntil,
      row.nextAt,
      row.createdAt,
      row.updatedAt,
    ],
  )
  return rows[0]!
}

export async function deleteScheduleRow(session: Session, project: number, id: string): Promise<boolean> {
  const { rowCount } = await session.query('delete from export_schedule where project_id = $1 and id = $2', [
    project,
    id,
  ])
  return rowCount === 1
}

export interface SchedulePage {
  readonly project: number
  readonly accountId: string | null
  readonly after: string | null
  readonly limit: number
}

export async function listScheduleRows(session: Session, page: SchedulePage): Promise<ScheduleRow[]> {
  const { rows } = await session.query(
    `select ${SCHEDULE_COLUMNS} from export_schedule s
     where s.project_id = $1 and ($2::text is null or s.account_id = $2) and ($3::text is null or s.id > $3)
     order by s.id limit $4`,
    [page.project, page.accountId, page.after, page.limit],
  )
  return rows
}

/** Projects that have any. */
export async function projectsWithSchedules(session: Session): Promise<ReadonlySet<number>> {
  const { rows } = await session.query<{ project: number }>(
    'select distinct project_id as project from export_schedule',
  )
  return new Set(rows.map(({ project }) => project))
}

export interface DueSchedule extends ScheduleRow {
  readonly lane: number
  readonly pool: number
  readonly timeZone: string
  /** What time it is for the account. */
  readonly now: Instant
}

/** An account of a test project may have a clock of its own, ahead of the project's. */
const ACCOUNT_TIME = `greatest(${instant(2)}, case when a.test_clock is null or a.test_clock_stands
  then a.test_clock else greatest(a.test_clock, ${instant(3)}) end)`

export async function dueSchedules(
  session: Session,
  asked: {
    readonly project: number
    readonly now: Instant
    readonly realTime: Instant
    readonly limit: number
  },
): Promise<DueSchedule[]> {
  const { rows } = await session.query(
    `select ${SCHEDULE_COLUMNS}, a.lane, a.pool_id as pool, a.time_zone as "timeZone",
       ${toMilliseconds(ACCOUNT_TIME)} as now
     from export_schedule s join account a on a.project_id = s.project_id and a.account_id = s.account_id
     where s.project_id = $1 and s.next_at <= ${ACCOUNT_TIME}
     order by s.next_at, s.id limit $4`,
    [asked.project, asked.now, asked.realTime, asked.limit],
  )
  return rows
}

/** An occurrence, once: false where it happened already. */
export async function keepOccurrence(
  session: Session,
  occurrence: {
    readonly project: number
    readonly scheduleId: string
    readonly dueAt: Instant
    readonly exportId: string
  },
): Promise<boolean> {
  const { rowCount } = await session.query(
    `insert into export_occurrence (project_id, schedule_id, due_at, export_id) values ($1, $2, ${instant(3)}, $4)
     on conflict do nothing`,
    [occurrence.project, occurrence.scheduleId, occurrence.dueAt, occurrence.exportId],
  )
  return rowCount === 1
}

/** False where it was changed, or moved on by another process, since it was read. */
export async function moveScheduleOn(
  session: Session,
  schedule: ScheduleRow,
  to: { readonly doneUntil: Instant; readonly nextAt: Instant },
): Promise<boolean> {
  const { rowCount } = await session.query(
    `update export_schedule set done_until = ${instant(3)}, next_at = ${instant(4)}
     where project_id = $1 and id = $2 and next_at = ${instant(5)} and done_until = ${instant(6)}
       and updated_at = ${instant(7)}`,
    [
      schedule.project,
      schedule.id,
      to.doneUntil,
      to.nextAt,
      schedule.nextAt,
      schedule.doneUntil,
      schedule.updatedAt,
    ],
  )
  return rowCount === 1
}

/** Its calendar is another one: when its exports are due is found out anew. */
export async function lookAgainAtSchedules(
  session: Session,
  account: { readonly project: number; readonly id: string },
  now: Instant,
): Promise<void> {
  await session.query(
    `update export_schedule set next_at = least(next_at, ${instant(3)}) where project_id = $1 and account_id = $2`,
    [account.project, account.id, now],
  )
}
