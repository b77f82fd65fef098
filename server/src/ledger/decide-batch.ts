/**
 * Decides the commands of one pool in order, in memory. Nothing here is durable: the work is written
 * by one guarded commit or thrown away whole. One command's refusal or bug never touches its
 * neighbours: they are decided from the state before it.
 */
import {
  assert,
  type Catalogs,
  type Changes,
  decide,
  type Entry,
  type Hold,
  type Lot,
  type Notice,
  type PoolState,
} from '@scrip/core'
import { changesSeldomParts, type PoolChange } from '../database/ledger-rows.ts'
import type { Job } from './job.ts'
import { keyText, quoteIdOf } from './keys.ts'
import type { Outcome } from './outcome.ts'
import { replay } from './same-request.ts'

/** All versions of a project's catalog, and the newest one's number. */
export interface ProjectCatalogs extends Catalogs {
  readonly latest: number
}

/** What is told the caller once the work is durable. */
export type Answer =
  | { readonly job: Job; readonly outcome: Outcome }
  | { readonly job: Job; readonly bug: unknown }

/** One pool's part of a batch: what to write, and what to answer then. */
export interface PoolWork {
  readonly change: PoolChange
  readonly answers: readonly Answer[]
  readonly jobs: readonly Job[]
  /** Whether there is anything to write. */
  readonly isChanged: boolean
}

export function decidePool(before: PoolState, jobs: readonly Job[], catalogs: ProjectCatalogs): PoolWork {
  const written = emptyWritten()
  const answers: Answer[] = []
  const done = jobs.length > 1 ? new Map<string, Entry>() : null
  let state = before
  for (const job of jobs) {
    assert(!job.isDone(), 'a command is decided until it is answered, and never after')
    const again = replayWithin(done, job, state)
    if (again !== null) {
      answers.push({ job, outcome: again })
      continue
    }
    try {
      const decision = decide(state, job.command, job.now, catalogs)
      state = decision.state
      add(written, decision.changes)
      const { outcome } = decision
      if ('entry' in outcome) remember(written, done, job, outcome.entry)
      answers.push({ job, outcome: outcomeOf(decision.changes, state, outcome) })
    } catch (bug) {
      answers.push({ job, bug })
    }
  }
  const change = changeOf(before, state, catalogs.latest, written)
  return { change, answers, jobs, isChanged: isChanged(change) }
}

/** A repetition within the batch waits for the first, which is simply before it. */
function replayWithin(done: ReadonlyMap<string, Entry> | null, job: Job, state: PoolState): Outcome | null {
  if (done === null) return null
  for (const key of job.keys) {
    const entry = done.get(keyText(key))
    if (entry === undefined) continue
    const again = replay(job.command, key, entry)
    return 'refused' in again ? { ...again, state } : again
  }
  return null
}

const NO_HOLDS: readonly Hold[] = []
const NO_NAMES: ReadonlyMap<number, string> = new Map()

/** Most works are one charge: what is seldom there is made when it comes. */
interface Written {
  readonly entries: Entry[]
  readonly lots: Map<number, Lot>
  holds: Map<number, Hold> | null
  readonly notices: Notice[]
  operations: Map<number, string> | null
  quotes: Map<number, string> | null
}

function emptyWritten(): Written {
  return { entries: [], lots: new Map(), holds: null, notices: [], operations: null, quotes: null }
}

function add(written: Written, changes: Changes): void {
  for (const entry of changes.entries) written.entries.push(entry)
  for (const lot of changes.lots) written.lots.set(lot.number, lot)
  for (const hold of changes.holds) {
    written.holds ??= new Map()
    written.holds.set(hold.number, hold)
  }
  for (const notice of changes.notices) written.notices.push(notice)
}

function remember(
  written: Written,
  done: Map<string, Entry> | null,
  { command, keys }: Job,
  entry: Entry,
): void {
  if (done !== null) for (const key of keys) done.set(keyText(key), entry)
  if (command.key) {
    written.operations ??= new Map()
    written.operations.set(entry.number, command.type)
  }
  const quoteId = quoteIdOf(command)
  if (quoteId !== null) {
    written.quotes ??= new Map()
    written.quotes.set(entry.number, quoteId)
  }
}

function outcomeOf(
  changes: Changes,
  state: PoolState,
  outcome: ReturnType<typeof decide>['outcome'],
): Outcome {
  if ('entry' in outcome) return { entry: outcome.entry, replayed: false, state, changes }
  if ('refused' in outcome) return { refused: outcome.refused, state }
  return { nothing: true, state, changes }
}

function changeOf(before: PoolState, after: PoolState, catalogVersion: number, written: Written): PoolChange {
  return {
    before,
    after,
    catalogVersion,
    entries: written.entries,
    lots: [...written.lots.values()],
    holds: written.holds === null ? NO_HOLDS : [...written.holds.values()],
    notices: written.notices,
    operations: written.operations ?? NO_NAMES,
    quotes: written.quotes ?? NO_NAMES,
  }
}

/** That time went by is no change: `at` is written with what happens next. */
function isChanged(change: PoolChange): boolean {
  const { before, after } = change
  if (before === after) return false
  return (
    change.entries.length > 0 ||
    change.lots.length > 0 ||
    change.holds.length > 0 ||
    change.notices.length > 0 ||
    before.sequence !== after.sequence ||
    before.dueAt !== after.dueAt ||
    changesSeldomParts(change)
  )
}

/** The rows of a commit rise with the pool's own numbers, and nothing of it was there before. */
export function assertWritable({ before, after, entries }: PoolChange): void {
  let last = before.sequence - 1
  for (const entry of entries) {
    assert(entry.number > last, `pool ${after.pool}: the numbers of rows rise`)
    assert(entry.at >= before.at, `pool ${after.pool}: time does not go back`)
    last = entry.number
  }
  assert(after.sequence > last && after.pool === before.pool, `pool ${after.pool}: the sequence goes on`)
}
