import type { Hold } from '@scrip/core'
import { instant } from './instant.ts'
import type { Session } from './transaction.ts'

export interface HoldFilter {
  readonly project: number
  /** null = every account of the project. */
  readonly pool: { readonly lane: number; readonly pool: number } | null
  readonly accountId: string | null
  readonly status: Hold['status'] | null
  readonly subjectId: string | null
  readonly after: { readonly at: number; readonly pool: number; readonly number: number } | null
  readonly ascending: boolean
  readonly limit: number
}

export interface HoldRow {
  readonly pool: number
  readonly data: Hold
}

export async function listHoldRows(session: Session, filter: HoldFilter): Promise<HoldRow[]> {
  const [sign, order] = filter.ascending ? ['>', 'asc'] : ['<', 'desc']
  const { rows } = await session.query<HoldRow>(
    `select hold.pool_id as pool, hold.data from hold
     join pool on pool.lane = hold.lane and pool.pool_id = hold.pool_id
     where pool.project_id = $1
       and ($2::int is null or (hold.lane = $2 and hold.pool_id = $3::bigint))
       and ($4::text is null or hold.account_id = $4)
       and ($5::text is null or hold.status = $5)
       and ($6::text is null or hold.subject_id = $6)
       and ($7::bigint is null or (hold.at, hold.pool_id, hold.number) ${sign} (${instant(7)}, $8::bigint, $9::bigint))
     order by hold.at ${order}, hold.pool_id ${order}, hold.number ${order} limit $10`,
    [
      filter.project,
      filter.pool?.lane ?? null,
      filter.pool?.pool ?? null,
      filter.accountId,
      filter.status,
      filter.subjectId,
      filter.after?.at ?? null,
      filter.after?.pool ?? null,
      filter.after?.number ?? null,
      filter.limit,
    ],
  )
  return rows
}
