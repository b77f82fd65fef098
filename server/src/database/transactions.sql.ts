import type { EntryType, Instant } from '@scrip/core'
import { toInstant } from './columns.ts'
import { ENTRY_SELECT, type EntryRow, entryFromRow } from './entry-rows.ts'
import type { JournalRow } from './journal.sql.ts'
import type { Session } from './transaction.ts'

export interface ProjectEntryPage {
  readonly project: number
  readonly types: readonly EntryType[] | null
  readonly moves: 'added' | 'removed' | 'any'
  readonly from: Instant | null
  readonly to: Instant | null
  readonly userId: string | null
  readonly subjectId: string | null
  readonly action: string | null
  readonly after: { readonly at: Instant; readonly pool: number; readonly number: number } | null
  readonly ascending: boolean
  readonly limit: number
}

const MOVES = { added: 'e.amount > 0', removed: 'e.amount < 0', any: 'e.amount <> 0' }

/** Rows of all pools of a project, by (at, pool, number). Meant for staff: no index spans pools. */
export async function listProjectEntries(
  session: Session,
  page: ProjectEntryPage,
): Promise<(JournalRow & { readonly pool: number })[]> {
  const [sign, order] = page.ascending ? ['>', 'asc'] : ['<', 'desc']
  const { rows } = await session.query<EntryRow>(
    `select ${ENTRY_SELECT} from entry e join pool p on p.lane = e.lane and p.pool_id = e.pool_id
     where p.project_id = $1 and ${MOVES[page.moves]}
       and ($2::text[] is null or e.type = any ($2))
       and ($3::bigint is null or e.at >= ${toInstant('$3::bigint')})
       and ($4::bigint is null or e.at < ${toInstant('$4::bigint')})
       and ($5::text is null or e.user_id = $5)
       and ($6::text is null or e.subject_id = $6)
       and ($7::text is null or e.action = $7)
       and ($8::bigint is null or (e.at, e.pool_id, e.number) ${sign} (${toInstant('$8::bigint')}, $9::bigint, $10::bigint))
     order by e.at ${order}, e.pool_id ${order}, e.number ${order} limit $11`,
    [
      page.project,
      page.types,
      page.from,
      page.to,
      page.userId,
      page.subjectId,
      page.action,
      page.after?.at ?? null,
      page.after?.pool ?? null,
      page.after?.number ?? null,
      page.limit,
    ],
  )
  return rows.map((row) => ({ entry: entryFromRow(row), recordedAt: row.recorded_at, pool: row.pool_id }))
}
