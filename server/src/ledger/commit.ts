/** Writes the works of a batch in one statement, and says which pools went through. */
import { assert } from '@scrip/core'
import { int8Array } from '../database/array-literals.ts'
import { openArrayWriter } from '../database/binary-arrays.ts'
import { encodeColumns } from '../database/columns.ts'
import type { Connection } from '../database/database.ts'
import { ENTRY_COLUMNS } from '../database/entry-rows.ts'
import {
  askedColumns,
  checkStatement,
  commitStatement,
  KEY_COLUMNS,
  type KeyAsked,
  type SabotagedStatement,
  type Statement,
} from '../database/ledger.sql.ts'
import {
  changesSeldomParts,
  holdRecord,
  LOT_FIGURES,
  newLotRecord,
  noticeRecord,
  type OfPool,
  type PoolChange,
  TOLD_COLUMNS,
} from '../database/ledger-rows.ts'
import { assertWritable, type PoolWork } from './decide-batch.ts'
import { keyText } from './keys.ts'
import { placesOf } from './load.ts'
import { type ToldOf, toldOf } from './told.ts'

/** A key that was used before: of which work, and where its row stands. */
export interface FoundKey {
  readonly ord: number
  /** As `keyText` writes it. */
  readonly text: string
  readonly at: number
  readonly number: number
}

export interface Committed {
  /** The indexes of the works that were written. */
  readonly went: ReadonlySet<number>
  readonly found: readonly FoundKey[]
}

type FoundRow = readonly [
  ord: number,
  key: string,
  accountId: string,
  operation: string,
  at: number,
  number: number,
]

export interface CommitStatements {
  readonly lean: Statement
  readonly seldom: Statement
  readonly leanTold: Statement
  readonly seldomTold: Statement
  readonly check: Statement
}

export function commitStatements(sabotage: SabotagedStatement): CommitStatements {
  const statement = (name: string, seldom: boolean, told: boolean): Statement => ({
    name,
    text: commitStatement(seldom, sabotage, told),
  })
  return {
    lean: statement('commit_lean', false, false),
    seldom: statement('commit_seldom', true, false),
    leanTold: statement('commit_lean_told', false, true),
    seldomTold: statement('commit_seldom_told', true, true),
    check: { name: 'commit_check', text: checkStatement() },
  }
}

/** A batch, ready to be sent. Encoding is apart from sending, so that a bug in it is never taken for a lost answer. */
export interface EncodedCommit {
  readonly statement: Statement
  readonly values: unknown[]
}

/** What a batch takes on the wire, roughly, beside its rows; and a pool, and a row. */
const BATCH_BYTES = 2_000
const ROW_BYTES = 500

export function encodeCommit(
  works: readonly PoolWork[],
  batch: number,
  statements: CommitStatements,
  toldTypes: ToldOf,
): EncodedCommit {
  const changes = works.map((work) => work.change)
  for (const change of changes) assertWritable(change)
  const lots = itemsOf(changes, (change) => change.lots)
  const fresh = lots.filter(({ change, item }) => item.number >= change.before.sequence)
  const known = lots.filter(({ change, item }) => item.number < change.before.sequence)
  const holds = itemsOf(changes, (change) => change.holds)
  const notices = itemsOf(changes, (change) => change.notices)
  const seldom = fresh.length + holds.length + notices.length > 0 || changes.some(changesSeldomParts)
  const entries = itemsOf(changes, (change) => change.entries)
  const told = toldOf(changes, toldTypes)
  const writer = openArrayWriter(BATCH_BYTES + ROW_BYTES * (changes.length + entries.length))
  const values: unknown[] = [
    batch,
    ...catalogsDecidedBy(changes),
    ...encodeColumns(
      writer,
      askedColumns(seldom),
      changes.map((change, ord) => ({ ord, change })),
    ),
    ...encodeColumns(writer, KEY_COLUMNS, keysAsked(works)),
    ...encodeColumns(writer, LOT_FIGURES, known),
    ...encodeColumns(writer, ENTRY_COLUMNS, entries),
  ]
  if (seldom)
    values.push(jsonOf(fresh, newLotRecord), jsonOf(holds, holdRecord), jsonOf(notices, noticeRecord))
  if (told.length === 0) return { statement: seldom ? statements.seldom : statements.lean, values }
  values.push(...encodeColumns(writer, TOLD_COLUMNS, told))
  return { statement: seldom ? statements.seldomTold : statements.leanTold, values }
}

/** Each project once: a batch is decided in one go, so by one version of each project's catalog. */
function catalogsDecidedBy(changes: readonly PoolChange[]): [string, string] {
  const versions = new Map(changes.map((change) => [change.after.project, change.catalogVersion]))
  for (const { after, catalogVersion } of changes) {
    assert(versions.get(after.project) === catalogVersion, 'a batch is decided by one version of a catalog')
  }
  return [int8Array([...versions.keys()]), int8Array([...versions.values()])]
}

export async function sendCommit(connection: Connection, encoded: EncodedCommit): Promise<Committed> {
  const { rows } = await connection.query({ ...encoded.statement, values: encoded.values })
  const [row] = rows as { went: number[]; found: FoundRow[] | null }[]
  return { went: new Set(row?.went), found: (row?.found ?? []).map(foundKey) }
}

export interface Checked {
  /** By pool: the version it has now, and that of its project's catalog. */
  readonly pools: ReadonlyMap<number, { readonly version: number; readonly catalogVersion: number }>
  readonly found: readonly FoundKey[]
}

/** For works that write nothing: whether what they were decided on is still true, and which keys were used. */
export async function checkWorks(
  connection: Connection,
  statements: CommitStatements,
  works: readonly PoolWork[],
): Promise<Checked> {
  const values = [
    ...placesOf(works.map((work) => work.change.before)),
    ...encodeColumns(openArrayWriter(BATCH_BYTES + ROW_BYTES * works.length), KEY_COLUMNS, keysAsked(works)),
  ]
  const { rows } = await connection.query({ ...statements.check, values })
  const [row] = rows as { pools: [number, number, number][] | null; found: FoundRow[] | null }[]
  return {
    pools: new Map(
      (row?.pools ?? []).map(([pool, version, catalogVersion]) => [pool, { version, catalogVersion }]),
    ),
    found: (row?.found ?? []).map(foundKey),
  }
}

function foundKey([ord, key, accountId, operation, at, number]: FoundRow): FoundKey {
  return { ord, text: keyText({ key, accountId, operation }), at, number }
}

/** Every key of the batch, of refused commands too: a key is looked up before anything else. */
function keysAsked(works: readonly PoolWork[]): KeyAsked[] {
  const asked: KeyAsked[] = []
  works.forEach(({ jobs }, ord) => {
    for (const { address, keys } of jobs) for (const key of keys) asked.push({ ord, address, key })
  })
  return asked
}

function itemsOf<T>(changes: readonly PoolChange[], of: (change: PoolChange) => readonly T[]): OfPool<T>[] {
  const items: OfPool<T>[] = []
  changes.forEach((change, ord) => {
    for (const item of of(change)) items.push({ ord, change, item })
  })
  return items
}

function jsonOf<T>(items: readonly OfPool<T>[], record: (item: OfPool<T>) => object): string {
  return JSON.stringify(items.map(record))
}
