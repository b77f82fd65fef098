/**
 * Rows of the ledger's tables ↔ the records of core: snake_case here, camelCase there, mapped in
 * this one place.
 */
import type { Entry, Hold, Lot, LotOrigin, Notice, PoolState } from '@scrip/core'
import { compareSpendOrder } from '@scrip/core'
import { type Column, toMilliseconds } from './columns.ts'

/** What a commit writes of one pool. */
export interface PoolChange {
  readonly before: PoolState
  readonly after: PoolState
  /** The version of the project's catalog by which it was decided. */
  readonly catalogVersion: number
  readonly entries: readonly Entry[]
  readonly lots: readonly Lot[]
  readonly holds: readonly Hold[]
  readonly notices: readonly Notice[]
  /** The commands' own rows that have a key, by number, and what they were asked as. */
  readonly operations: ReadonlyMap<number, string>
  /** Likewise those made with a quote, and its id. */
  readonly quotes: ReadonlyMap<number, string>
}

/** Something of a pool, with the pool's place in the batch. */
export interface OfPool<T> {
  readonly ord: number
  readonly change: PoolChange
  readonly item: T
}

type Ordered = Omit<OfPool<unknown>, 'item'>

export const whichPool: readonly Column<Ordered>[] = [
  { name: 'ord', type: 'int', of: (row) => row.ord },
  { name: 'lane', type: 'smallint', of: (row) => row.change.after.lane },
  { name: 'pool_id', type: 'bigint', of: (row) => row.change.after.pool },
]

export const POOL_GUARD: readonly Column<Ordered>[] = [
  ...whichPool,
  { name: 'version', type: 'bigint', of: (row) => row.change.before.version },
]

export const POOL_FIGURES: readonly Column<Ordered>[] = [
  { name: 'at', type: 'instant', of: (row) => row.change.after.at },
  { name: 'sequence', type: 'bigint', of: (row) => row.change.after.sequence },
  { name: 'available', type: 'bigint', of: (row) => row.change.after.totals.available },
  { name: 'held', type: 'bigint', of: (row) => row.change.after.totals.held },
  { name: 'received', type: 'bigint', of: (row) => row.change.after.totals.received },
  { name: 'used', type: 'bigint', of: (row) => row.change.after.totals.used },
  { name: 'charged', type: 'bigint', of: (row) => row.change.after.totals.charged },
  { name: 'expired', type: 'bigint', of: (row) => row.change.after.totals.expired },
  { name: 'uses', type: 'bigint', of: (row) => row.change.after.totals.uses },
  { name: 'due_at', type: 'instant', of: (row) => row.change.after.dueAt },
]

/** What of a pool changes with its plan, its terms and its alerts, and not with a charge; written only then. */
export type PoolProfile = Pick<PoolState, (typeof PROFILE_FIELDS)[number]>

const PROFILE_FIELDS = [
  'opened',
  'openedAt',
  'basePlan',
  'subscription',
  'once',
  'planCreditsEnded',
  'reversals',
  'terms',
  'thresholds',
] as const

export function profileOf(state: PoolState): PoolProfile {
  return Object.fromEntries(PROFILE_FIELDS.map((field) => [field, state[field]])) as unknown as PoolProfile
}

/** States are immutable, so what is the same object has not changed. */
function isSameProfile(left: PoolState, right: PoolState): boolean {
  for (const field of PROFILE_FIELDS) if (left[field] !== right[field]) return false
  return true
}

/** The parts of a pool that a charge seldom changes; null = as it was. */
export const POOL_SELDOM: readonly Column<Ordered>[] = [
  { name: 'alerts', type: 'json', of: ({ change }) => ifChanged(change.before.alerts, change.after.alerts) },
  {
    name: 'budgets',
    type: 'json',
    of: ({ change }) => ifChanged(change.before.budgets, change.after.budgets),
  },
  {
    name: 'profile',
    type: 'json',
    of: (row) => (keepsProfile(row) ? null : JSON.stringify(profileOf(row.change.after))),
  },
  {
    name: 'plan',
    type: 'text',
    of: ({ change: { after } }) => after.subscription?.plan ?? after.basePlan?.plan ?? null,
  },
  { name: 'base_plan', type: 'text', of: (row) => row.change.after.basePlan?.plan ?? null },
  { name: 'subscription_status', type: 'text', of: (row) => row.change.after.subscription?.status ?? null },
]

export function changesSeldomParts({ before, after }: PoolChange): boolean {
  return before.alerts !== after.alerts || before.budgets !== after.budgets || !isSameProfile(before, after)
}

function keepsProfile({ change }: Ordered): boolean {
  return isSameProfile(change.before, change.after)
}

function ifChanged(before: unknown, after: unknown): string | null {
  return before === after ? null : JSON.stringify(after)
}

/** What is told of an entry, by its place alone. */
export interface ToldEntry {
  readonly entry: Entry
  readonly type: string
}

export const TOLD_COLUMNS: readonly Column<OfPool<ToldEntry>>[] = [
  ...(whichPool as readonly Column<OfPool<ToldEntry>>[]),
  { name: 'number', type: 'bigint', of: (row) => row.item.entry.number },
  { name: 'at', type: 'instant', of: (row) => row.item.entry.at },
  { name: 'type', type: 'text', of: (row) => row.item.type },
  { name: 'account_id', type: 'text', of: (row) => row.item.entry.accountId },
]

export interface PoolRow {
  readonly lane: number
  readonly pool_id: number
  readonly project_id: number
  readonly owner_id: string
  readonly version: number
  readonly at: number
  readonly sequence: number
  readonly available: number
  readonly held: number
  readonly received: number
  readonly used: number
  readonly charged: number
  readonly expired: number
  readonly uses: number
  readonly due_at: number | null
  readonly alerts: PoolState['alerts']
  readonly profile: Omit<PoolProfile, 'reversals'> & Partial<PoolProfile>
  readonly budgets: PoolState['budgets'] | null
  /** [account, time zone] of every account that spends from it. */
  readonly accounts: readonly (readonly [string, string])[] | null
  /** Open lots as LOT_AS_JSON lists them. */
  readonly lots: readonly (readonly unknown[])[] | null
  readonly holds: readonly Hold[] | null
}

export function poolFromRow(row: PoolRow): PoolState {
  const accounts: Record<string, { timeZone: string }> = {}
  for (const [account, timeZone] of row.accounts ?? []) accounts[account] = { timeZone }
  const lots = (row.lots ?? []).map(lotFromJson)
  return {
    pool: row.pool_id,
    lane: row.lane,
    project: row.project_id,
    version: row.version,
    at: row.at,
    sequence: row.sequence,
    ownerId: row.owner_id,
    timeZone: accounts[row.owner_id]?.timeZone ?? 'UTC',
    accounts,
    totals: {
      available: row.available,
      held: row.held,
      received: row.received,
      used: row.used,
      charged: row.charged,
      expired: row.expired,
      uses: row.uses,
    },
    lots: lots.filter((lot) => lot.effectiveAt <= row.at).sort(compareSpendOrder),
    scheduled: lots
      .filter((lot) => lot.effectiveAt > row.at)
      .sort((left, right) => left.number - right.number),
    holds: (row.holds ?? []).toSorted((left, right) => left.number - right.number),
    alerts: row.alerts,
    budgets: row.budgets ?? [],
    dueAt: row.due_at,
    past: NO_PAST,
    // Pools whose profile was last written before there were reversals say nothing of them.
    reversals: [],
    ...row.profile,
  }
}

export const NO_PAST: PoolState['past'] = { charges: {}, lots: {}, holds: {} }

/** A lot as a JSON list, in the order that `lotFromJson` reads. */
export const LOT_AS_JSON = `json_build_array(${[
  'l.number',
  toMilliseconds('l.granted_at'),
  'l.account_id',
  'l.kind',
  'l.priority',
  toMilliseconds('l.effective_at'),
  toMilliseconds('l.expires_at'),
  'l.paid_amount',
  'l.paid_currency',
  'l.origin',
  'l.origin_subscription',
  'l.origin_period',
  'l.origin_plan',
  'l.origin_purchase',
  'l.origin_line',
  'l.origin_bonus',
  'l.origin_lot',
  'l.amount',
  'l.returned',
  'l.drawn',
  'l.removed',
  'l.remaining',
  'l.held',
  'l.closed',
].join(', ')})`

export function lotFromJson(values: readonly unknown[]): Lot {
  const number = (index: number) => values[index] as number
  const text = (index: number) => values[index] as string
  const paid = values[7] as number | null
  return {
    number: number(0),
    grantedAt: number(1),
    accountId: text(2),
    kind: values[3] as Lot['kind'],
    priority: number(4),
    effectiveAt: number(5),
    expiresAt: values[6] as number | null,
    paid: paid === null ? null : { amount: paid, currency: text(8) },
    origin: originFromJson(values),
    amount: number(17),
    returned: number(18),
    drawn: number(19),
    removed: number(20),
    remaining: number(21),
    held: number(22),
    closed: values[23] as Lot['closed'],
  }
}

function originFromJson(values: readonly unknown[]): LotOrigin {
  const type = values[9] as LotOrigin['type']
  switch (type) {
    case 'refill':
    case 'plan_change':
      return { type, subscription: values[10] as number, period: values[11] as number }
    case 'trial':
      return { type, subscription: values[10] as number }
    case 'starter':
      return { type, plan: values[12] as string }
    case 'purchase':
      return {
        type,
        purchase: values[13] as string,
        line: values[14] as number,
        bonus: values[15] as boolean,
      }
    case 'grace':
      return { type, lot: values[16] as number }
    case 'sign_up':
    case 'grant':
      return { type }
  }
}

/** Something is left of the lot, or it waits for its start: then it is part of the state that is loaded. */
function isOpenLot(lot: Lot): boolean {
  return lot.remaining + lot.held > 0
}

/** The figures of a lot that may change in its life. */
export const LOT_FIGURES: readonly Column<OfPool<Lot>>[] = [
  ...(whichPool as readonly Column<OfPool<Lot>>[]),
  { name: 'number', type: 'bigint', of: (row) => row.item.number },
  { name: 'returned', type: 'bigint', of: (row) => row.item.returned },
  { name: 'drawn', type: 'bigint', of: (row) => row.item.drawn },
  { name: 'removed', type: 'bigint', of: (row) => row.item.removed },
  { name: 'remaining', type: 'bigint', of: (row) => row.item.remaining },
  { name: 'held', type: 'bigint', of: (row) => row.item.held },
  { name: 'expires_at', type: 'instant', of: (row) => row.item.expiresAt },
  { name: 'closed', type: 'text', of: (row) => row.item.closed },
  { name: 'open', type: 'boolean', of: (row) => isOpenLot(row.item) },
]

/** A new lot as a JSON record with the names of its columns; instants as epoch milliseconds. */
export function newLotRecord({ ord, change, item }: OfPool<Lot>): Record<string, unknown> {
  const { origin } = item
  return {
    ord,
    lane: change.after.lane,
    pool_id: change.after.pool,
    number: item.number,
    granted_at: item.grantedAt,
    account_id: item.accountId,
    kind: item.kind,
    priority: item.priority,
    effective_at: item.effectiveAt,
    expires_at: item.expiresAt,
    paid_amount: item.paid?.amount ?? null,
    paid_currency: item.paid?.currency ?? null,
    origin: origin.type,
    origin_subscription: 'subscription' in origin ? origin.subscription : null,
    origin_period: 'period' in origin ? origin.period : null,
    origin_plan: 'plan' in origin ? origin.plan : null,
    origin_purchase: 'purchase' in origin ? origin.purchase : null,
    origin_line: 'line' in origin ? origin.line : null,
    origin_bonus: 'bonus' in origin ? origin.bonus : null,
    origin_lot: 'lot' in origin ? origin.lot : null,
    amount: item.amount,
    returned: item.returned,
    drawn: item.drawn,
    removed: item.removed,
    remaining: item.remaining,
    held: item.held,
    closed: item.closed,
    open: isOpenLot(item),
  }
}

export function holdRecord({ ord, change, item }: OfPool<Hold>): Record<string, unknown> {
  return {
    ord,
    lane: change.after.lane,
    pool_id: change.after.pool,
    number: item.number,
    at: item.at,
    account_id: item.accountId,
    status: item.status,
    expires_at: item.expiresAt,
    subject_id: item.subject?.id ?? null,
    amount: item.amount,
    captured: item.captured,
    open: item.status === 'open',
    data: item,
  }
}

export function noticeRecord({ ord, change, item }: OfPool<Notice>): Record<string, unknown> {
  return {
    ord,
    lane: change.after.lane,
    pool_id: change.after.pool,
    number: item.number,
    at: item.at,
    type: item.type,
    account_id: item.accountId,
    data: item.data,
  }
}
