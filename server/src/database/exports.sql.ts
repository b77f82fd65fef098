import type { Instant } from '@scrip/core'
import { instant } from './instant.ts'
import type { Session } from './transaction.ts'

export type ExportReport = 'usage' | 'transactions'
export type ExportScope = 'account' | 'pool'
export type UsageKey = 'user' | 'action' | 'subject' | 'account'

/** Where a file goes by itself once it is there. */
export interface Deliver {
  readonly email?: readonly string[]
  readonly webhook?: true
  /** Below the folder that the operator gave for it. */
  readonly folder?: string
}

export interface ExportAsked {
  readonly project: number
  readonly id: string
  readonly accountId: string
  readonly lane: number
  readonly pool: number
  readonly scope: ExportScope
  readonly report: ExportReport
  readonly by: readonly UsageKey[]
  /** Half-open; null = from the first row on. */
  readonly from: Instant | null
  readonly to: Instant
  /** The account's, for the days in the file's name. */
  readonly timeZone: string
  readonly scheduleId: string | null
  /** Occurrences before this one that were left out. */
  readonly missed: number
  readonly deliver: Deliver | null
  readonly createdAt: Instant
}

export interface ExportRow extends ExportAsked {
  readonly status: 'waiting' | 'making' | 'ready' | 'failed' | 'forgotten'
  readonly delivery: 'waiting' | 'done' | 'failed' | null
  readonly parts: number
  readonly rows: number
  readonly bytes: number
  /** The last row that is in the file, in the words of its report; null before the first. */
  readonly reached: readonly (string | number)[] | null
  readonly attempts: number
  readonly failure: string | null
  readonly readyAt: Instant | null
  readonly forgetAt: Instant | null
}

const COLUMNS = `project_id as project, id, account_id as "accountId", lane, pool_id as pool, scope, report,
  by_keys as by, span_from as "from", span_to as "to", time_zone as "timeZone", schedule_id as "scheduleId", missed, deliver,
  created_at as "createdAt", status, delivery, part_count as parts, row_count as rows, byte_count as bytes, reached,
  attempts, failure, ready_at as "readyAt", forget_at as "forgetAt"`

export async function insertExport(session: Session, asked: ExportAsked): Promise<ExportRow> {
  const { rows } = await session.query(
    `insert into export (project_id, id, account_id, lane, pool_id, scope, report, by_keys, span_from, span_to, schedule_id,
       missed, deliver, created_at, time_zone)
     values ($1, $2, $3, $4, $5, $6, $7, $8, ${instant(9)}, ${instant(10)}, $11, $12, $13, ${instant(14)}, $15)
     returning ${COLUMNS}`,
    [
      asked.project,
      asked.id,
      asked.accountId,
      asked.lane,
      asked.pool,
      asked.scope,
      asked.report,
      asked.by,
      asked.from,
      asked.to,
      asked.scheduleId,
      asked.missed,
      asked.deliver === null ? null : JSON.stringify(asked.deliver),
      asked.createdAt,
      asked.timeZone,
    ],
  )
  return rows[0]!
}

export async function exportById(session: Session, project: number, id: string): Promise<ExportRow | null> {
  const { rows } = await session.query(`select ${COLUMNS} from export where id = $1 and project_id = $2`, [
    id,
    project,
  ])
  return rows[0] ?? null
}

export interface ExportPage {
  readonly project: number
  readonly accountId: string | null
  readonly scheduleId: string | null
  readonly after: { readonly createdAt: Instant; readonly id: string } | null
  readonly ascending: boolean
  readonly limit: number
}

export async function listExportRows(session: Session, page: ExportPage): Promise<ExportRow[]> {
  const [sign, order] = page.ascending ? ['>', 'asc'] : ['<', 'desc']
  const { rows } = await session.query(
    `select ${COLUMNS} from export where project_id = $1
       and ($2::text is null or account_id = $2) and ($3::text is null or schedule_id = $3)
       and ($4::bigint is null or (created_at, id) ${sign} (${instant(4)}, $5::text))
     order by created_at ${order}, id ${order} limit $6`,
    [
      page.project,
      page.accountId,
      page.scheduleId,
      page.after?.createdAt ?? null,
      page.after?.id ?? null,
      page.limit,
    ],
  )
  return rows
}

/** A process's turn at one export. Its writes are refused once another has the turn. */
export interface ExportTurn {
  readonly id: string
  readonly claim: string
}

/** The longest waiting one that nobody works at: never begun, or left by a process that died or stopped. */
export async function claimExport(session: Session, claim: string, forMs: number): Promise<ExportRow | null> {
  const { rows } = await session.query(
    `update export set claim = $1, claimed_until = now() + $2 * interval '1 millisecond', attempts = attempts + 1,
       status = case when status = 'waiting' then 'making' else status end
     where id = (
       select id from export
       where (status in ('waiting', 'making') or delivery = 'waiting') and (claimed_until is null or claimed_until <= now())
       order by claimed_until nulls first, recorded_at, id limit 1 for update skip locked)
     returning ${COLUMNS}`,
    [claim, forMs],
  )
  return rows[0] ?? null
}

export interface PartMade {
  /** From 1. */
  readonly part: number
  readonly body: Buffer
  readonly rows: number
  readonly bytes: number
  readonly reached: readonly (string | number)[] | null
}

/** The part and how far the file is with it, in one transaction; false where another has the turn. */
export async function keepPart(
  session: Session,
  { id, claim }: ExportTurn,
  made: PartMade,
  forMs: number,
): Promise<boolean> {
  const { rowCount } = await session.query(
    `update export set part_count = $3, row_count = row_count + $4, byte_count = byte_count + $5,
       reached = coalesce($6, reached), attempts = 0, failure = null,
       claimed_until = now() + $7 * interval '1 millisecond'
     where id = $1 and claim = $2 and status = 'making' and part_count = $3 - 1`,
    [id, claim, made.part, made.rows, made.bytes, made.reached && JSON.stringify(made.reached), forMs],
  )
  if (rowCount !== 1) return false
  await session.query('insert into export_part (export_id, part, body) values ($1, $2, $3)', [
    id,
    made.part,
    made.body,
  ])
  return true
}

/** The file is there; what is to be put somewhere is put there next. */
export async function markReady(
  session: Session,
  { id, claim }: ExportTurn,
  ready: { readonly at: Instant; readonly delivers: boolean; readonly keptMs: number },
): Promise<boolean> {
  const { rowCount } = await session.query(
    `update export set status = 'ready', ready_at = ${instant(3)}, attempts = 0, failure = null,
       delivery = case when $4 then 'waiting' end, forget_at = now() + $5 * interval '1 millisecond'
     where id = $1 and claim = $2 and status = 'making'`,
    [id, claim, ready.at, ready.delivers, ready.keptMs],
  )
  return rowCount === 1
}

export async function markDelivered(session: Session, { id, claim }: ExportTurn): Promise<void> {
  await session.query(
    "update export set delivery = 'done', failure = null where id = $1 and claim = $2 and delivery = 'waiting'",
    [id, claim],
  )
}

/** Gives the turn away: to whoever comes next, after a while. */
export async function giveTurnAway(
  session: Session,
  { id, claim }: ExportTurn,
  left: { readonly afterMs: number; readonly failure: string | null; readonly takesBack: boolean },
): Promise<void> {
  await session.query(
    `update export set claimed_until = now() + $3 * interval '1 millisecond', failure = coalesce($4, failure),
       attempts = attempts - case when $5 then 1 else 0 end
     where id = $1 and claim = $2`,
    [id, claim, left.afterMs, left.failure, left.takesBack],
  )
}

/** Tried often enough: it stays visible with its reason. */
export async function giveUp(session: Session, { id, claim }: ExportTurn, failure: string): Promise<void> {
  await session.query(
    `update export set failure = $3,
       status = case when status = 'making' then 'failed' else status end,
       delivery = case when status = 'ready' then 'failed' else delivery end
     where id = $1 and claim = $2`,
    [id, claim, failure],
  )
}

/** One piece of the file, compressed; null after the last. */
export async function exportPart(session: Session, id: string, part: number): Promise<Buffer | null> {
  const { rows } = await session.query<{ body: Buffer }>(
    'select body from export_part where export_id = $1 and part = $2',
    [id, part],
  )
  return rows[0]?.body ?? null
}

/** The account's files go, with the names in them. */
export async function forgetExportsOf(session: Session, project: number, accountId: string): Promise<void> {
  // The exports first: whoever makes one of them waits here, and finds that its turn is over.
  await session.query(
    `update export set status = case when status in ('waiting', 'making') then 'failed' else 'forgotten' end,
       failure = case when status in ('waiting', 'making') then 'The personal data were erased.' else failure end,
       delivery = case when delivery = 'waiting' then 'failed' else delivery end, claim = null
     where project_id = $1 and account_id = $2 and status in ('waiting', 'making', 'ready')`,
    [project, accountId],
  )
  await session.query(
    `delete from export_part where export_id in (select id from export where project_id = $1 and account_id = $2)`,
    [project, accountId],
  )
}

/** Old files go; that they were made stays. Answers how many it was. */
export async function forgetOldExports(session: Session, limit: number): Promise<number> {
  const { rows } = await session.query<{ count: number }>(
    `with old as (
       update export set status = 'forgotten' where id in (
         select id from export where status = 'ready' and delivery is distinct from 'waiting' and forget_at <= now()
         order by forget_at limit $1 for update skip locked)
       returning id),
     gone as (delete from export_part where export_id in (select id from old) returning 1)
     select count(*) as count from old`,
    [limit],
  )
  return rows[0]!.count
}
