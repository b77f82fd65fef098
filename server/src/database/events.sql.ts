/**
 * The stream of a project's events. What commits and operations have to say waits in `outbox` and
 * `project_event`, and is given its place later, by one at a time: a place is there for all to see
 * before the next is given out, so whoever goes on after a place misses nothing, in whatever order the
 * transactions ended that wrote it.
 */
import type { Instant } from '@scrip/core'
import type pg from 'pg'
import { toInstant } from './columns.ts'
import { ENTRY_SELECT, type EntryRow } from './entry-rows.ts'
import { inTransaction, type Session } from './transaction.ts'

export interface EventRow {
  readonly position: number
  readonly lane: number | null
  /** 0 for what is told of the project beside its pools. */
  readonly pool: number
  readonly number: number
  readonly at: Instant
  readonly type: string
  readonly accountId: string | null
  readonly accountName: string | null
  /** null: it is told from the journal's row. */
  readonly data: Readonly<Record<string, unknown>> | null
  readonly entry: EntryRow | null
  /** The pool's figures after it; null for what is no account's, and before the pool's first row. */
  readonly balanceAfter: number | null
  readonly heldAfter: number | null
}

/**
 * What is ready to be told. Of `credits.changed` the newest of each pool, and only where the pool's last is a
 * second old: what came before it in that second is thrown away, since the last state wins.
 */
const TAKE = `with ready as (
  select o.ctid as place from outbox o
  where o.type <> 'credits.changed' or not exists (
    select from credits_told t where t.pool_id = o.pool_id and t.told_at > now() - interval '1 second')
  order by o.recorded_at limit $2
), taken as (
  delete from outbox o using ready where o.ctid = ready.place returning o.*
), ranked as (
  select t.*, row_number() over (partition by t.pool_id, t.type order by t.number desc) as rank from taken t
), beside as (
  delete from project_event where number in (select number from project_event order by number limit $2) returning *
), told as (
  select p.project_id, r.lane, r.pool_id, r.number, r.at, r.type, r.account_id, r.data, r.recorded_at
  from ranked r join pool p on p.lane = r.lane and p.pool_id = r.pool_id
  where r.type <> 'credits.changed' or r.rank = 1
  union all
  select project_id, null, 0, number, at, type, account_id, data, recorded_at from beside
), placed as (
  insert into event (project_id, position, lane, pool_id, number, at, type, account_id, data)
  select project_id, $1::bigint + row_number() over (order by recorded_at, pool_id, number, type),
    lane, pool_id, number, at, type, account_id, data
  from told
  returning 1
), marked as (
  insert into credits_told (pool_id, told_at) select pool_id, now() from told where type = 'credits.changed'
  on conflict (pool_id) do update set told_at = excluded.told_at
)
update event_position set last = last + (select count(*) from placed)
returning (select count(*) from taken) + (select count(*) from beside) as taken`

/** Gives places to what waits, up to `limit` of either kind, and says how many it was. */
export async function giveEventPlaces(pool: pg.Pool, limit: number): Promise<number> {
  const { rows } = await pool.query<{ waits: boolean }>(
    'select exists (select from outbox) or exists (select from project_event) as waits',
  )
  if (rows[0]?.waits !== true) return 0
  return inTransaction(pool, async (session) => {
    // In a statement of its own: the next one sees all that the one before us gave out.
    const last = (await session.query<{ last: number }>('select last from event_position for no key update'))
      .rows[0]!.last
    return (await session.query<{ taken: number }>(TAKE, [last, limit])).rows[0]!.taken
  })
}

/** The place of the newest event; 0 before the first. */
export async function lastEventPosition(session: Session): Promise<number> {
  return (await session.query<{ last: number }>('select last from event_position')).rows[0]!.last
}

export interface EventPage {
  readonly project: number
  readonly type: string | null
  readonly accountId: string | null
  readonly after: number | null
  readonly ascending: boolean
  readonly limit: number
}

export function listEventRows(session: Session, page: EventPage): Promise<EventRow[]> {
  const [sign, order] = page.ascending ? ['>', 'asc'] : ['<', 'desc']
  return eventRows(
    session,
    `select * from event where project_id = $1 and ($2::text is null or type = $2)
       and ($3::text is null or account_id = $3) and ($4::bigint is null or position ${sign} $4)
     order by position ${order} limit $5`,
    [page.project, page.type, page.accountId, page.after, page.limit],
    order,
  )
}

/** Events by their places, oldest first; places that are none are absent. */
export function eventRowsAt(
  session: Session,
  project: number,
  positions: readonly number[],
): Promise<EventRow[]> {
  const chosen = 'select * from event where project_id = $1 and position = any ($2::bigint[])'
  return eventRows(session, chosen, [project, positions], 'asc')
}

/** Where an event stands, by what its id says of it; null where there is none in this project. */
export async function eventPositionOf(
  session: Session,
  project: number,
  event: {
    readonly pool: number
    readonly number: number
    readonly at: Instant
    readonly type: string | null
  },
): Promise<number | null> {
  const { rows } = await session.query<{ position: number }>(
    `select position from event where pool_id = $2 and number = $3 and project_id = $1
       and at = ${toInstant('$4::bigint')} and case when $5::text is null then data is not null else type = $5 end`,
    [project, event.pool, event.number, event.at, event.type],
  )
  return rows[0]?.position ?? null
}

/**
 * With the journal's row where that is what is told, and else with the pool's figures after it: of what is
 * told of an account beside its pool, those of the account's pool at that instant.
 */
async function eventRows(
  session: Session,
  chosen: string,
  values: readonly unknown[],
  order: string,
): Promise<EventRow[]> {
  const { rows } = await session.query<TellingRow>(
    `select told.position, told.lane as event_lane, told.pool_id as event_pool, told.number as event_number,
       told.at as event_at, told.type as event_type, told.account_id as event_account, account.name as account_name,
       told.data, ${ENTRY_SELECT}
     from (${chosen}) told
     left join account on account.project_id = told.project_id and account.account_id = told.account_id
     left join lateral (
       select * from entry
       where entry.lane = coalesce(told.lane, account.lane)
         and entry.pool_id = case when told.lane is null then account.pool_id else told.pool_id end
         and (entry.at, entry.number) <= (told.at, case when told.lane is null then ${NUMBER_MAX} else told.number end)
       order by entry.lane desc, entry.pool_id desc, entry.at desc, entry.number desc limit 1
     ) e on true
     order by told.position ${order}`,
    [...values],
  )
  return rows.map(eventFromRow)
}

const NUMBER_MAX = '9223372036854775807'

interface TellingRow extends EntryRow {
  readonly position: number
  readonly event_lane: number | null
  readonly event_pool: number
  readonly event_number: number
  readonly event_at: number
  readonly event_type: string
  readonly event_account: string | null
  readonly account_name: string | null
  readonly data: Readonly<Record<string, unknown>> | null
}

function eventFromRow(row: TellingRow): EventRow {
  const { balance_after: balance, held_after: held } = row as Partial<EntryRow>
  return {
    position: row.position,
    lane: row.event_lane,
    pool: row.event_pool,
    number: row.event_number,
    at: row.event_at,
    type: row.event_type,
    accountId: row.event_account,
    accountName: row.account_name,
    data: row.data,
    entry: row.data === null ? row : null,
    balanceAfter: balance ?? null,
    heldAfter: held ?? null,
  }
}
