/**
 * Reading the journal: lists, single rows, balances as of an instant, usage by months. Totals stand in
 * every row, so what happened between two instants is the difference of two rows, however many lie between.
 */
import type { Entry, EntryType, Hold, Instant, Lot, Place, Totals } from '@scrip/core'
import { int8Array } from './array-literals.ts'
import { toInstant } from './columns.ts'
import { ENTRY_SELECT, type EntryRow, entryFromRow } from './entry-rows.ts'
import { LOT_AS_JSON, lotFromJson } from './ledger-rows.ts'
import type { Session } from './transaction.ts'

export interface PoolAddress {
  readonly lane: number
  readonly pool: number
}

/** A row with what only the database knows of it. */
export interface JournalRow {
  readonly entry: Entry
  readonly recordedAt: Instant
}

/** What an account sees of a pool it shares: its own rows. The owner's are those that nobody else made. */
export interface RowsOf {
  readonly accountId: string
  readonly isOwner: boolean
}

export interface EntryFilter {
  /** null = the rows of all accounts of the pool. */
  readonly of?: RowsOf | null
  /** null = all types. */
  readonly types?: readonly EntryType[] | null
  /** Rows that add, rows that remove, or rows that do either; null = also those that move no credits. */
  readonly moves?: 'added' | 'removed' | 'any' | null
  /** Half-open: from ≤ at < to. */
  readonly from?: Instant | null
  readonly to?: Instant | null
  readonly userId?: string | null
  readonly subjectId?: string | null
  readonly action?: string | null
}

export interface EntryPage extends EntryFilter {
  /** The last row of the page before; rows that arrive meanwhile move nothing. */
  readonly after?: Place | null
  readonly ascending: boolean
  readonly limit: number
}

/** Conditions with their parameters, numbered as they come; the first two are the pool's place. */
interface Where {
  readonly parameters: unknown[]
  /** `?` stands for the value. Nothing is added for null. */
  and(condition: string, value: unknown): Where
  plain(condition: string): Where
  /** The next parameter, as SQL names it. */
  parameter(value: unknown): string
  text(): string
}

function whereOf({ lane, pool }: PoolAddress, table: string): Where {
  const parameters: unknown[] = [lane, pool]
  const conditions = [`${table}.lane = $1`, `${table}.pool_id = $2`]
  const parameter = (value: unknown) => `$${parameters.push(value)}`
  const where: Where = {
    parameters,
    parameter,
    and(condition, value) {
      if (value !== null && value !== undefined) conditions.push(condition.replaceAll('?', parameter(value)))
      return where
    },
    plain(condition) {
      conditions.push(condition)
      return where
    },
    text: () => conditions.join(' and '),
  }
  return where
}

/** The rows of one pool that a filter lets through. */
export function filtered(address: PoolAddress, filter: EntryFilter): Where {
  const where = whereOf(address, 'e')
    .and('e.type = any (?::text[])', filter.types)
    .and(`e.at >= ${toInstant('?::bigint')}`, filter.from)
    .and(`e.at < ${toInstant('?::bigint')}`, filter.to)
    .and('e.user_id = ?', filter.userId)
    .and('e.subject_id = ?', filter.subjectId)
    .and('e.action = ?', filter.action)
  if (filter.moves === 'added') where.plain('e.amount > 0')
  if (filter.moves === 'removed') where.plain('e.amount < 0')
  if (filter.moves === 'any') where.plain('e.amount <> 0')
  if (filter.of?.isOwner === true) where.plain('not e.sharing')
  if (filter.of?.isOwner === false) where.plain('e.sharing').and('e.account_id = ?', filter.of.accountId)
  return where
}

/** One page by (at, number), newest first unless ascending: what follows `from entry e`. */
export function pageOf(
  address: PoolAddress,
  page: EntryPage,
): { readonly text: string; readonly parameters: unknown[] } {
  const where = filtered(address, page)
  const [sign, order] = page.ascending ? ['>', 'asc'] : ['<', 'desc']
  if (page.after != null) {
    const at = where.parameter(page.after.at)
    const number = where.parameter(page.after.number)
    where.plain(`(e.at, e.number) ${sign} (${toInstant(`${at}::bigint`)}, ${number}::bigint)`)
  }
  const limit = where.parameter(page.limit)
  const text = `where ${where.text()}
     order by e.lane ${order}, e.pool_id ${order}, e.at ${order}, e.number ${order} limit ${limit}`
  return { text, parameters: where.parameters }
}

/** One page of the list. */
export async function listEntries(
  session: Session,
  address: PoolAddress,
  page: EntryPage,
): Promise<JournalRow[]> {
  const { text, parameters } = pageOf(address, page)
  const { rows } = await session.query<EntryRow>(`select ${ENTRY_SELECT} from entry e ${text}`, parameters)
  return rows.map(journalRow)
}

function journalRow(row: EntryRow): JournalRow {
  return { entry: entryFromRow(row), recordedAt: row.recorded_at }
}

/** null where nothing stands there. */
export async function entryAt(
  session: Session,
  { lane, pool }: PoolAddress,
  place: Place,
): Promise<JournalRow | null> {
  const { rows } = await session.query<EntryRow>(
    `select ${ENTRY_SELECT} from entry e
     where e.lane = $1 and e.pool_id = $2 and e.at = ${toInstant('$3::bigint')} and e.number = $4`,
    [lane, pool, place.at, place.number],
  )
  return rows[0] === undefined ? null : journalRow(rows[0])
}

/** A charge's first row, then its captures, releases and refunds in order; none where there is no such charge. */
export async function chargeRows(
  session: Session,
  address: PoolAddress,
  place: Place,
): Promise<JournalRow[]> {
  const first = await entryAt(session, address, place)
  const isCharge =
    first?.entry.type === 'charge' || (first?.entry.type === 'capture' && first.entry.charge === null)
  if (first === null || !isCharge) return []
  const { rows } = await session.query<EntryRow>(
    `select ${ENTRY_SELECT} from entry e where e.lane = $1 and e.pool_id = $2 and e.charge_number = $3 order by e.number`,
    [address.lane, address.pool, place.number],
  )
  return [first, ...rows.map(journalRow)]
}

const NOTHING: Totals = { available: 0, held: 0, received: 0, used: 0, charged: 0, expired: 0, uses: 0 }

/** The pool's totals as its last row at or before the instant left them. */
export async function totalsAt(session: Session, address: PoolAddress, at: Instant): Promise<Totals> {
  const [totals] = await totalsBefore(session, address, [at + 1])
  return totals ?? NOTHING
}

interface TotalsRow {
  readonly balance_after: number | null
  readonly held_after: number
  readonly received_after: number
  readonly used_after: number
  readonly charged_after: number
  readonly expired_after: number
  readonly uses_after: number
}

/**
 * The totals just before each instant: what happened in [a, b) is their difference. One look into the
 * index for each instant, whatever the number of rows.
 */
export async function totalsBefore(
  session: Session,
  { lane, pool }: PoolAddress,
  instants: readonly Instant[],
): Promise<Totals[]> {
  const { rows } = await session.query<TotalsRow>(
    `select e.* from unnest($3::bigint[]) with ordinality as asked(ms, place)
     left join lateral (
       select balance_after, held_after, received_after, used_after, charged_after, expired_after, uses_after
       from entry
       where lane = $1 and pool_id = $2 and at < ${toInstant('asked.ms')}
       order by lane desc, pool_id desc, at desc, number desc limit 1
     ) e on true
     order by asked.place`,
    [lane, pool, int8Array(instants)],
  )
  return rows.map(totalsFromRow)
}

function totalsFromRow(row: TotalsRow): Totals {
  if (row.balance_after === null) return NOTHING
  return {
    available: row.balance_after - row.held_after,
    held: row.held_after,
    received: row.received_after,
    used: row.used_after,
    charged: row.charged_after,
    expired: row.expired_after,
    uses: row.uses_after,
  }
}

export interface Usage {
  /** Charges less refunds. */
  readonly used: number
  readonly charged: number
  readonly refunded: number
  /** Usage transactions. */
  readonly uses: number
}

/** One use: a charge that cost something; of captures in steps, the one with which the charge began to cost. */
const USES = `count(*) filter (where e.amount < 0 and (e.type = 'charge'
  or (e.type = 'capture' and (e.detail->>'chargeCredits')::bigint = -e.amount)))`

export const USAGE = `coalesce(sum(-e.amount), 0)::bigint as used,
  coalesce(sum(-e.amount) filter (where e.type <> 'refund'), 0)::bigint as charged,
  coalesce(sum(e.amount) filter (where e.type = 'refund'), 0)::bigint as refunded,
  ${USES}::bigint as uses`

export const USAGE_TYPES = ['charge', 'capture', 'refund'] as const

/** The usage of a whole pool between each instant and the next, from its totals. */
export async function usageOfPool(
  session: Session,
  address: PoolAddress,
  boundaries: readonly Instant[],
): Promise<Usage[]> {
  const totals = await totalsBefore(session, address, boundaries)
  return totals.slice(1).map((after, index) => {
    const before = totals[index] as Totals
    const used = after.used - before.used
    const charged = after.charged - before.charged
    return { used, charged, refunded: charged - used, uses: after.uses - before.uses }
  })
}

/** The same for one account of a shared pool, added up from its own rows. */
export async function usageOfAccount(
  session: Session,
  address: PoolAddress,
  of: RowsOf,
  boundaries: readonly Instant[],
): Promise<Usage[]> {
  const usage: Usage[] = []
  for (let index = 1; index < boundaries.length; index++) {
    const span = { from: boundaries[index - 1] as Instant, to: boundaries[index] as Instant }
    const where = filtered(address, { ...span, of, types: USAGE_TYPES })
    const { rows } = await session.query<Usage>(
      `select ${USAGE} from entry e where ${where.text()}`,
      where.parameters,
    )
    usage.push(rows[0] as Usage)
  }
  return usage
}

export type BreakdownKey = 'action' | 'user' | 'subject' | 'account'

const BREAKDOWN_COLUMNS: Readonly<Record<BreakdownKey, string>> = {
  action: 'e.action',
  user: 'e.user_id',
  subject: 'e.subject_id',
  account: 'e.account_id',
}

export interface BreakdownRow extends Usage {
  /** null = rows that name none. */
  readonly key: string | null
  /** Of a subject: the name it had last. Of an action its name stands in the catalog. */
  readonly name: string | null
}

/** Who or what used how much, the most first. */
export async function usageBreakdown(
  session: Session,
  address: PoolAddress,
  by: BreakdownKey,
  filter: EntryFilter,
  limit: number,
): Promise<BreakdownRow[]> {
  const where = filtered(address, { ...filter, types: USAGE_TYPES })
  const name =
    by === 'subject' ? '(array_agg(e.subject_name order by e.at desc, e.number desc))[1]' : 'null::text'
  const count = where.parameter(limit)
  const { rows } = await session.query<BreakdownRow>(
    `select ${BREAKDOWN_COLUMNS[by]} as key, ${name} as name, ${USAGE}
     from entry e where ${where.text()} group by 1 order by used desc, key limit ${count}`,
    where.parameters,
  )
  return rows
}

/** null where no hold stands there. */
export async function holdAt(session: Session, address: PoolAddress, place: Place): Promise<Hold | null> {
  const where = whereOf(address, 'h')
    .and('h.number = ?', place.number)
    .and(`h.at = ${toInstant('?::bigint')}`, place.at)
  const { rows } = await session.query<{ data: Hold }>(
    `select h.data from hold h where ${where.text()}`,
    where.parameters,
  )
  return rows[0]?.data ?? null
}

export interface LotPage {
  /** Only lots of which something is left, or that have not started. */
  readonly open?: boolean
  /** The number of the last lot of the page before. */
  readonly after?: number | null
  readonly ascending: boolean
  readonly limit: number
}

export async function listLots(session: Session, address: PoolAddress, page: LotPage): Promise<Lot[]> {
  const [sign, order] = page.ascending ? ['>', 'asc'] : ['<', 'desc']
  const where = whereOf(address, 'l').and(`l.number ${sign} ?::bigint`, page.after)
  if (page.open === true) where.plain('l.open')
  const limit = where.parameter(page.limit)
  const { rows } = await session.query<{ lot: unknown[] }>(
    `select ${LOT_AS_JSON} as lot from lot l where ${where.text()} order by l.number ${order} limit ${limit}`,
    where.parameters,
  )
  return rows.map((row) => lotFromJson(row.lot))
}

/** null where the pool has no lot of that number. */
export async function lotByNumber(
  session: Session,
  address: PoolAddress,
  number: number,
): Promise<Lot | null> {
  const where = whereOf(address, 'l').and('l.number = ?', number)
  const { rows } = await session.query<{ lot: unknown[] }>(
    `select ${LOT_AS_JSON} as lot from lot l where ${where.text()}`,
    where.parameters,
  )
  return rows[0] === undefined ? null : lotFromJson(rows[0].lot)
}
