/** Which rows of the journal a list of transactions shows. */
import type { EntryType, Instant, PoolState } from '@scrip/core'
import type { EntryFilter, RowsOf } from '../database/journal.sql.ts'
import { Refused } from './refused.ts'

export type View = 'all' | 'usage' | 'additions' | 'removals'

export interface TransactionsAsked {
  readonly view: View
  readonly from: Instant | null
  readonly to: Instant | null
  readonly userId: string | null
  readonly subjectId: string | null
  readonly action: string | null
  readonly types: readonly EntryType[] | null
}

const USAGE: readonly EntryType[] = ['charge', 'capture']
/** What is neither a use nor an addition: expired, cut, voided, reversed. */
const REMOVALS: readonly EntryType[] = ['expired', 'rollover_excess', 'void', 'reversal']

/** The three views are parts of one list and add up to it: usage, additions (with refunds), removals. */
export function filterOf(asked: TransactionsAsked): EntryFilter {
  const { view, types, from, to, userId, subjectId, action } = asked
  const facts = { from, to, userId, subjectId, action }
  switch (view) {
    case 'all':
      return { ...facts, moves: 'any', types }
    case 'usage':
      return { ...facts, moves: 'removed', types: both(USAGE, types) }
    case 'additions':
      return { ...facts, moves: 'added', types }
    case 'removals':
      return { ...facts, moves: 'removed', types: both(REMOVALS, types) }
  }
}

function both(view: readonly EntryType[], types: readonly EntryType[] | null): readonly EntryType[] {
  return types === null ? view : view.filter((type) => types.includes(type))
}

export type Scope = 'account' | 'pool'

interface Whose {
  readonly state: Pick<PoolState, 'ownerId'>
  readonly account: { readonly id: string }
}

/** Whose rows are shown: a parent sees every row of its pool, an account that shares it only its own. */
export function rowsOf({ state, account }: Whose, scope: Scope | null): RowsOf | null {
  const isOwner = state.ownerId === account.id
  if (scope === 'pool' && !isOwner) {
    throw new Refused(
      'scope_not_visible',
      'Only the account that owns the pool sees all its rows.',
      {},
      'scope',
    )
  }
  if (isOwner && scope !== 'account') return null
  return { accountId: account.id, isOwner }
}
