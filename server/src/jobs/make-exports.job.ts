/**
 * Makes the files that were asked for and puts them where they go, one at a time. What fails is tried
 * again after a longer and longer while, and holds up no other; in the end it stays with its reason.
 */
import { randomUUID } from 'node:crypto'
import {
  claimExport,
  type ExportRow,
  type ExportTurn,
  exportById,
  forgetOldExports,
  giveTurnAway,
  giveUp,
  markDelivered,
} from '../database/exports.sql.ts'
import { inTransaction } from '../database/transaction.ts'
import type { Installation } from '../operations/installation.ts'
import { mailExport } from '../operations/mail-export.ts'
import { type Made, makeExport, TURN_MS } from '../operations/make-export.ts'
import { putExport } from '../operations/put-export.ts'
import type { Job } from './job.ts'

const FORGOTTEN_AT_ONCE = 20
/** With rests that double from a minute to an hour: about half a day. */
const ATTEMPTS_MAX = 16
const REST_MS = 60_000
const REST_MAX_MS = 3_600_000

export const makeExports: Job = {
  name: 'make-exports',
  everyMs: 2_000,
  async run(house, signal) {
    const { pool } = house.database
    const forgotten = await inTransaction(pool, (session) => forgetOldExports(session, FORGOTTEN_AT_ONCE))
    const claim = randomUUID()
    const row = await claimExport(pool, claim, TURN_MS)
    if (row === null) return forgotten === FORGOTTEN_AT_ONCE
    await workAt(house, row, { id: row.id, claim }, signal)
    return true
  },
}

async function workAt(
  house: Installation,
  row: ExportRow,
  turn: ExportTurn,
  signal: AbortSignal,
): Promise<void> {
  const { pool } = house.database
  try {
    const made = row.status === 'making' ? await make(house, row, turn, signal) : 'ready'
    if (made === 'stopped') {
      await giveTurnAway(pool, turn, { afterMs: 0, failure: null, takesBack: true })
    }
    if (made === 'ready') await deliver(house, row, turn)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    if (row.attempts >= ATTEMPTS_MAX) await giveUp(pool, turn, reason)
    else {
      const afterMs = Math.min(REST_MS * 2 ** (row.attempts - 1), REST_MAX_MS)
      await giveTurnAway(pool, turn, { afterMs, failure: reason, takesBack: false })
    }
  }
}

async function make(
  house: Installation,
  row: ExportRow,
  turn: ExportTurn,
  signal: AbortSignal,
): Promise<Made> {
  const project = await house.projects.find(row.project)
  if (project === null) throw new Error(`there is no project ${row.project}`)
  return makeExport(house, project, row, turn, signal)
}

async function deliver(house: Installation, { project, id }: ExportRow, turn: ExportTurn): Promise<void> {
  // As it is now: it has the parts that were made a moment ago.
  const row = await exportById(house.database.pool, project, id)
  if (row?.delivery !== 'waiting') return
  if (row.deliver?.email !== undefined) return mailExport(house, row, turn, row.deliver.email)
  await putExport(house, row, row.deliver?.folder ?? '')
  await markDelivered(house.database.pool, turn)
}
