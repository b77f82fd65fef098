/** The journal for files: of each row only what a line of a file says, many rows at a time. */
import type { EntryType, Instant, Place } from '@scrip/core'
import { type EntryFilter, type EntryPage, type PoolAddress, pageOf } from './journal.sql.ts'
import type { Session } from './transaction.ts'

export interface EntryLine {
  readonly at: Instant
  readonly number: number
  readonly type: EntryType
  readonly accountId: string
  readonly amount: number
  readonly balance: number
  readonly action: string | null
  readonly userId: string | null
  readonly subjectType: string | null
  readonly subjectId: string | null
  readonly subjectName: string | null
  /** Where the charge begins that it belongs to; null of one that begins one itself. */
  readonly chargeAt: Instant | null
  readonly chargeNumber: number | null
  readonly reason: string | null
  /** As JSON. */
  readonly metadata: string | null
}

/** One page by (at, number), newest first unless ascending. */
export async function entryLines(
  session: Session,
  address: PoolAddress,
  page: EntryPage,
): Promise<EntryLine[]> {
  const { text, parameters } = pageOf(address, page)
  const { rows } = await session.query<EntryLine>(
    `select e.at, e.number, e.type, e.account_id as "accountId", e.amount, e.balance_after as balance, e.action,
       e.user_id as "userId", e.subject_type as "subjectType", e.subject_id as "subjectId",
       e.subject_name as "subjectName", e.charge_at as "chargeAt", e.charge_number as "chargeNumber",
       e.detail->>'reason' as reason, (e.detail->'metadata')::text as metadata
     from entry e ${text}`,
    parameters,
  )
  return rows
}

const PAGE_ROWS = 2_000

/**
 * Every row of the filter, page by page: no transaction stays open while a slow reader reads. The next page
 * is read while one is written.
 */
export async function* entryLinePages(
  session: Session,
  address: PoolAddress,
  filter: EntryFilter & { readonly ascending: boolean },
): AsyncGenerator<readonly EntryLine[]> {
  const read = (after: Place | null) => entryLines(session, address, { ...filter, after, limit: PAGE_ROWS })
  let coming: Promise<EntryLine[]> | null = read(null)
  while (coming !== null) {
    const rows: EntryLine[] = await coming
    const last = rows.length < PAGE_ROWS ? undefined : rows.at(-1)
    coming = last === undefined ? null : read(last)
    // Where the reader goes away meanwhile, nobody waits for it.
    coming?.catch(() => undefined)
    yield rows
  }
}
