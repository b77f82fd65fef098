/**
 * Rows of the ledger's tables ↔ the records of core: snake_case here, camelCase there, mapped in
 * this one place.
 */
import type {
  Draw,
  Entry,
  EntryDetail,
  EntryType,
  Hold,
  Lot,
  LotOrigin,
  Notice,
  Place,
  PoolState,
  SubjectRef,
} from '@scrip/core'
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

const whichPool: readonly Column<Ordered>[] = [
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
export interface PoolProfile {
  readonly opened: boolean
  readonly openedAt: number
  readonly basePlan: PoolState['basePlan']
  readonly subscription: PoolState['subscription']
  readonly once: PoolState['once']
  readonly terms: PoolState['terms']
  readonly thresholds: PoolState['thresholds']
}

export function profileOf(state: PoolState): PoolProfile {
  const { opened, openedAt, basePlan, subscription, once, terms, thresholds } = state
  return { opened, openedAt, basePlan, subscription, once, terms, thresholds }
}

/** States are immutable, so what is the same object has not changed. */
export function isSameProfile(left: PoolState, right: PoolState): boolean {
  return (
    left.opened === right.opened &&
    left.basePlan === right.basePlan &&
    left.subscription === right.subscription &&
    left.once === right.once &&
    left.terms === right.terms &&
    left.thresholds === right.thresholds
  )
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
  readonly profile: PoolProfile
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
export function isOpenLot(lot: Lot): boolean {
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

export const ENTRY_COLUMNS: readonly Column<OfPool<Entry>>[] = [
  ...(whichPool as readonly Column<OfPool<Entry>>[]),
  { name: 'at', type: 'instant', of: (row) => row.item.at },
  { name: 'number', type: 'bigint', of: (row) => row.item.number },
  { name: 'type', type: 'text', of: (row) => row.item.type },
  { name: 'account_id', type: 'text', of: (row) => row.item.accountId },
  // Null in the rows of the owner, which most are.
  {
    name: 'sharing',
    type: 'boolean',
    of: (row) => (row.item.accountId !== row.change.after.ownerId ? true : null),
  },
  { name: 'amount', type: 'bigint', of: (row) => row.item.amount },
  { name: 'held', type: 'bigint', of: (row) => row.item.held },
  { name: 'balance_after', type: 'bigint', of: (row) => row.item.totals.available + row.item.totals.held },
  { name: 'held_after', type: 'bigint', of: (row) => row.item.totals.held },
  { name: 'received_after', type: 'bigint', of: (row) => row.item.totals.received },
  { name: 'used_after', type: 'bigint', of: (row) => row.item.totals.used },
  { name: 'charged_after', type: 'bigint', of: (row) => row.item.totals.charged },
  { name: 'expired_after', type: 'bigint', of: (row) => row.item.totals.expired },
  { name: 'uses_after', type: 'bigint', of: (row) => row.item.totals.uses },
  { name: 'lot_numbers', type: 'bigints', of: (row) => listOf(row.item.draws, 'lot') },
  { name: 'lot_amounts', type: 'bigints', of: (row) => listOf(row.item.draws, 'credits') },
  { name: 'action', type: 'text', of: (row) => row.item.action },
  { name: 'user_id', type: 'text', of: (row) => row.item.userId },
  { name: 'subject_type', type: 'text', of: (row) => row.item.subject?.type ?? null },
  { name: 'subject_id', type: 'text', of: (row) => row.item.subject?.id ?? null },
  { name: 'subject_name', type: 'text', of: (row) => row.item.subject?.name ?? null },
  { name: 'charge_at', type: 'instant', of: (row) => row.item.charge?.at ?? null },
  { name: 'charge_number', type: 'bigint', of: (row) => row.item.charge?.number ?? null },
  { name: 'hold_at', type: 'instant', of: (row) => row.item.hold?.at ?? null },
  { name: 'hold_number', type: 'bigint', of: (row) => row.item.hold?.number ?? null },
  { name: 'made_at', type: 'instant', of: (row) => row.item.madeAt },
  { name: 'catalog_version', type: 'int', of: (row) => row.item.catalogVersion },
  // Only the command's own row carries its key: one effect per account, operation and key (rule 6).
  { name: 'idempotency_key', type: 'text', of: (row) => (operationOf(row) === null ? null : row.item.key) },
  { name: 'operation', type: 'text', of: operationOf },
  { name: 'quote_id', type: 'text', of: (row) => row.change.quotes.get(row.item.number) ?? null },
  { name: 'request_hash', type: 'text', of: (row) => row.item.requestHash },
  {
    name: 'detail',
    type: 'json',
    of: (row) => (row.item.detail === null ? null : JSON.stringify(row.item.detail)),
  },
]

function operationOf(row: OfPool<Entry>): string | null {
  return row.change.operations.get(row.item.number) ?? null
}

function listOf(draws: readonly Draw[], field: 'lot' | 'credits'): string {
  const [only] = draws
  if (only !== undefined && draws.length === 1) return `{${only[field]}}`
  return `{${draws.map((draw) => draw[field]).join(',')}}`
}

/** Every column of an entry that `entryFromRow` reads. */
export const ENTRY_SELECT = ENTRY_COLUMNS.filter((column) => column.name !== 'ord')
  .map((column) => `e.${column.name}`)
  .concat('e.recorded_at')
  .join(', ')

export interface EntryRow {
  readonly lane: number
  readonly pool_id: number
  readonly at: number
  readonly number: number
  readonly type: EntryType
  readonly account_id: string
  readonly amount: number
  readonly held: number
  readonly balance_after: number
  readonly held_after: number
  readonly received_after: number
  readonly used_after: number
  readonly charged_after: number
  readonly expired_after: number
  readonly uses_after: number
  readonly lot_numbers: readonly number[]
  readonly lot_amounts: readonly number[]
  readonly action: string | null
  readonly user_id: string | null
  readonly subject_type: string | null
  readonly subject_id: string | null
  readonly subject_name: string | null
  readonly charge_at: number | null
  readonly charge_number: number | null
  readonly hold_at: number | null
  readonly hold_number: number | null
  readonly made_at: number | null
  readonly catalog_version: number | null
  readonly idempotency_key: string | null
  readonly operation: string | null
  readonly quote_id: string | null
  readonly request_hash: string | null
  readonly detail: EntryDetail | null
  readonly recorded_at: number
}

export function entryFromRow(row: EntryRow): Entry {
  return {
    at: row.at,
    number: row.number,
    type: row.type,
    accountId: row.account_id,
    amount: row.amount,
    held: row.held,
    totals: {
      available: row.balance_after - row.held_after,
      held: row.held_after,
      received: row.received_after,
      used: row.used_after,
      charged: row.charged_after,
      expired: row.expired_after,
      uses: row.uses_after,
    },
    draws: row.lot_numbers.map((lot, index) => ({ lot, credits: row.lot_amounts[index] as number })),
    action: row.action,
    userId: row.user_id,
    subject: subjectFromRow(row),
    charge: placeOrNull(row.charge_at, row.charge_number),
    hold: placeOrNull(row.hold_at, row.hold_number),
    madeAt: row.made_at,
    catalogVersion: row.catalog_version,
    key: row.idempotency_key,
    requestHash: row.request_hash,
    detail: row.detail,
  }
}

function subjectFromRow(row: EntryRow): SubjectRef | null {
  if (row.subject_id === null) return null
  return { type: row.subject_type, id: row.subject_id, name: row.subject_name }
}

function placeOrNull(at: number | null, number: number | null): Place | null {
  return at === null || number === null ? null : { at, number }
}
