/** What whoever watches an installation wants to know: what waits and for how long, what fails, how much is done. */
import { databaseFault } from '../database/fault.ts'
import { type WaitingFigures, waitingFigures } from '../database/figures.sql.ts'
import type { LedgerFigures } from '../ledger/meter.ts'
import type { Installation } from './installation.ts'

export interface Figures {
  /** null where the database does not answer in time: then nothing is known of what waits. */
  readonly waiting: WaitingFigures | null
  readonly ledger: LedgerFigures
  /** Connections to the database: how many there are, and who waits for one. */
  readonly connections: { readonly open: number; readonly idle: number; readonly asking: number }
}

/** A watcher asks every few seconds, and must hear of a database that hangs. */
const PATIENCE_MS = 3_000

export async function readFigures({ database, ledger }: Installation): Promise<Figures> {
  const { pool } = database
  const waiting = await answeredInTime(waitingFigures(pool))
  const { totalCount: open, idleCount: idle, waitingCount: asking } = pool
  return { waiting, ledger: ledger.figures(), connections: { open, idle, asking } }
}

async function answeredInTime<T>(answer: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, null)
  })
  try {
    return await Promise.race([answer.catch(nullWhereDown), late])
  } finally {
    clearTimeout(timer)
  }
}

function nullWhereDown(error: unknown): null {
  if (databaseFault(error) === undefined) throw error
  return null
}
