/** Rows of the journal ↔ entries of core: snake_case here, camelCase there, mapped in this one place. */
import type { Entry, EntryDetail, EntryType, Place, SubjectRef } from '@scrip/core'
import type { Column } from './columns.ts'
import { type OfPool, whichPool } from './ledger-rows.ts'

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
  { name: 'lot_numbers', type: 'bigints', of: (row) => row.item.draws.map((draw) => draw.lot) },
  { name: 'lot_amounts', type: 'bigints', of: (row) => row.item.draws.map((draw) => draw.credits) },
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
