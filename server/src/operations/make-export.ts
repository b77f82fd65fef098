/**
 * Makes the file of an export: part by part, each kept with how far the file is in one transaction. A
 * process that dies has lost one part at most, and whoever has the turn next goes on behind the last.
 */
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Instant } from '@scrip/core'
import { type ExportRow, type ExportTurn, keepPart, markReady } from '../database/exports.sql.ts'
import { insertProjectEvent } from '../database/projects.sql.ts'
import { inTransaction } from '../database/transaction.ts'
import { type Project, timeOfClock } from '../directory/projects.ts'
import { sayInstant, sayInstantOrNull } from '../ledger/replay.ts'
import { nextExportPart, type Whose } from './export-parts.ts'
import type { Installation } from './installation.ts'
import { rowsOf } from './transaction-filter.ts'

/** How long a process may say nothing of an export before another takes it up. A part takes a second or two. */
export const TURN_MS = 60_000
const KEPT_MS = 30 * 86_400_000
/** Text that compresses well anyway; a higher level takes longer than the rows do to read. */
const COMPRESSION = { level: 1 }
const compress = promisify<Buffer, { level: number }, Buffer>(gzip)

/** `lost`: another process has the turn. `stopped`: the rest is left to whoever comes next. */
export type Made = 'ready' | 'lost' | 'stopped'

export async function makeExport(
  house: Installation,
  project: Project,
  row: ExportRow,
  turn: ExportTurn,
  signal: AbortSignal,
): Promise<Made> {
  const whose = await bookedSpan(house, row)
  let made = row
  let coming = nextExportPart(house, project, made, whose)
  for (;;) {
    const part = await coming
    if (signal.aborted) return 'stopped'
    const content = Buffer.from(part.text)
    const { rows, reached, isLast } = part
    const after = {
      ...made,
      parts: made.parts + 1,
      rows: made.rows + rows,
      bytes: made.bytes + content.length,
      reached: reached ?? made.reached,
    }
    if (!isLast) {
      // The next is read while this one is written; where this one is lost, nobody waits for it.
      coming = nextExportPart(house, project, after, whose)
      coming.catch(() => undefined)
    }
    const body = await compress(content, COMPRESSION)
    const kept = { part: after.parts, body, rows, bytes: content.length, reached }
    if (!(await inTransaction(house.database.pool, (session) => keepPart(session, turn, kept, TURN_MS)))) {
      return 'lost'
    }
    if (isLast) return (await finish(house, project, after, turn)) ? 'ready' : 'lost'
    made = after
  }
}

/** Everything due within the span is booked first: from then on no row of it is ever added or changed. */
async function bookedSpan(house: Installation, { accountId, scope, ...row }: ExportRow): Promise<Whose> {
  const { state } = await house.ledger.advance(row, row.to)
  // One that left the pool meanwhile sees its own rows in it.
  const asked = state.ownerId === accountId ? scope : 'account'
  return rowsOf({ state, account: { id: accountId } }, asked)
}

/** The file is ready and everybody is told, both or neither. */
function finish(house: Installation, project: Project, row: ExportRow, turn: ExportTurn): Promise<boolean> {
  const at = Math.max(timeOfClock(project, house.realTime()), row.createdAt)
  const ready = {
    at,
    delivers: row.deliver?.folder !== undefined || row.deliver?.email !== undefined,
    keptMs: KEPT_MS,
  }
  return inTransaction(house.database.pool, async (session) => {
    if (!(await markReady(session, turn, ready))) return false
    const event = { type: 'export.ready', at, accountId: row.accountId, data: readyData(house, row, at) }
    await insertProjectEvent(session, project.id, event)
    return true
  })
}

function readyData(house: Installation, row: ExportRow, readyAt: Instant): Readonly<Record<string, unknown>> {
  return {
    exportId: row.id,
    scheduleId: row.scheduleId,
    report: row.report,
    by: row.report === 'usage' ? row.by : null,
    from: sayInstantOrNull(row.from),
    to: sayInstant(row.to),
    rows: row.rows,
    bytes: row.bytes,
    missed: row.missed,
    readyAt: sayInstant(readyAt),
    url: `${house.publicUrl()}/api/v1/exports/${row.id}?format=csv`,
  }
}
