import type { Instant } from '@scrip/core'
import type { Session } from './transaction.ts'

export interface EventRow {
  /** 0 for what is told of the project beside its pools. */
  readonly pool: number
  readonly number: number
  readonly at: Instant
  readonly type: string
  readonly accountId: string | null
  readonly accountName: string | null
  readonly data: Readonly<Record<string, unknown>>
  /** The pool's figures after it; null for what is told of the project. */
  readonly balanceAfter: number | null
  readonly heldAfter: number | null
  /** In microseconds as text, because many rows share a millisecond and the place in the list must be exact. */
  readonly recorded: string
}

export interface EventPage {
  readonly project: number
  readonly type: string | null
  readonly accountId: string | null
  readonly after: { readonly recorded: string; readonly pool: number; readonly number: number } | null
  readonly ascending: boolean
  /** Leaves out rows before which a commit under way may still put others: whoever follows along misses none. */
  readonly settled: boolean
  readonly limit: number
}

const MICROSECONDS = `(extract(epoch from told.recorded_at) * 1000000)::bigint::text`

/** When the oldest transaction under way began: rows are stamped with that instant. */
const OLDEST_UNDER_WAY = `coalesce((select min(xact_start) from pg_stat_activity
  where pid <> pg_backend_pid() and datname = current_database()), 'infinity')`

/** By (recorded, pool, number). */
export async function listEventRows(session: Session, page: EventPage): Promise<EventRow[]> {
  const [sign, order] = page.ascending ? ['>', 'asc'] : ['<', 'desc']
  const where = (table: string, pool: string) => `($2::text is null or ${table}.type = $2)
    and ($3::text is null or ${table}.account_id = $3)
    and ($4::text is null or (${table}.recorded_at, ${pool}, ${table}.number) ${sign}
      (timestamptz 'epoch' + $4::bigint * interval '1 microsecond', $5::bigint, $6::bigint))
    and (not $7::boolean or ${table}.recorded_at < ${OLDEST_UNDER_WAY})`
  const { rows } = await session.query<EventRow>(
    `select told.pool, told.number, told.at, told.type, told."accountId", account.name as "accountName", told.data,
       after.balance_after as "balanceAfter", after.held_after as "heldAfter", ${MICROSECONDS} as recorded
     from (
       (select outbox.lane, outbox.pool_id as pool, outbox.number, outbox.at, outbox.type, outbox.account_id as "accountId",
          outbox.data, outbox.recorded_at
        from outbox join pool on pool.lane = outbox.lane and pool.pool_id = outbox.pool_id
        where pool.project_id = $1 and ${where('outbox', 'outbox.pool_id')}
        order by outbox.recorded_at ${order}, outbox.pool_id ${order}, outbox.number ${order} limit $8)
       union all
       (select null::smallint, 0::bigint, e.number, e.at, e.type, e.account_id, e.data, e.recorded_at
        from project_event e where e.project_id = $1 and ${where('e', '0::bigint')}
        order by e.recorded_at ${order}, e.number ${order} limit $8)
     ) told
     left join account on account.project_id = $1 and account.account_id = told."accountId"
     left join lateral (
       select balance_after, held_after from entry
       where entry.lane = told.lane and entry.pool_id = told.pool and (entry.at, entry.number) <= (told.at, told.number)
       order by entry.lane desc, entry.pool_id desc, entry.at desc, entry.number desc limit 1
     ) after on true
     order by told.recorded_at ${order}, told.pool ${order}, told.number ${order} limit $8`,
    [
      page.project,
      page.type,
      page.accountId,
      page.after?.recorded ?? null,
      page.after?.pool ?? null,
      page.after?.number ?? null,
      page.settled,
      page.limit,
    ],
  )
  return rows
}
