/**
 * What a commit tells of the journal's rows beside the rules' own notices: rows that only point at an
 * entry, written for those projects that ask for them (`project.told`) and for no other.
 */
import type { Entry, EntryType } from '@scrip/core'
import type { OfPool, PoolChange, ToldEntry } from '../database/ledger-rows.ts'

/** Events that are told from the journal's row alone. Their order is a part of their ids: one is only ever added. */
export const JOURNAL_EVENTS = [
  'charge.created',
  'charge.refunded',
  'hold.created',
  'hold.captured',
  'hold.released',
  'hold.expired',
  'grant.created',
  'lot.voided',
  'credits.changed',
] as const

export type JournalEvent = (typeof JOURNAL_EVENTS)[number]

/** Which journal events a project's commits tell. A look-up in memory: it is asked for every pool of every batch. */
export type ToldOf = (project: number) => ReadonlySet<string>

const NOTHING: ReadonlySet<string> = new Set()

export const TELLS_NOTHING: ToldOf = () => NOTHING

const BY_TYPE: Partial<Record<EntryType, readonly JournalEvent[]>> = {
  charge: ['charge.created'],
  refund: ['charge.refunded'],
  hold: ['hold.created'],
  release: ['hold.released'],
  hold_expired: ['hold.expired'],
  grant: ['grant.created'],
  purchase: ['grant.created'],
  refill: ['grant.created'],
  trial: ['grant.created'],
  plan_change: ['grant.created'],
  starter: ['grant.created'],
  sign_up: ['grant.created'],
  void: ['lot.voided'],
  reversal: ['lot.voided'],
}

/** The first capture of a hold makes its charge; the ending of a hold captured whole gives nothing back. */
function eventsOf(entry: Entry): readonly JournalEvent[] {
  if (entry.type === 'capture')
    return entry.charge === null ? ['charge.created', 'hold.captured'] : ['hold.captured']
  if (entry.type === 'release' && entry.held === 0) return []
  return BY_TYPE[entry.type] ?? []
}

export function toldOf(changes: readonly PoolChange[], toldTypes: ToldOf): OfPool<ToldEntry>[] {
  const told: OfPool<ToldEntry>[] = []
  changes.forEach((change, ord) => {
    const types = toldTypes(change.after.project)
    if (types.size === 0) return
    for (const entry of change.entries) {
      for (const type of eventsOf(entry))
        if (types.has(type)) told.push({ ord, change, item: { entry, type } })
    }
    const moved = change.entries.findLast((entry) => entry.amount !== 0 || entry.held !== 0)
    if (moved !== undefined && types.has('credits.changed'))
      told.push({ ord, change, item: { entry: moved, type: 'credits.changed' } })
  })
  return told
}
