/**
 * The one connection of a writer. It breaks when the network or the server does; `recover` makes
 * another, trying for as long as a caller may be kept waiting.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Connection, Database } from '../database/database.ts'
import { LedgerFault } from './faults.ts'

export interface WriterSession {
  /** The open connection, made when there is none. Fails as `recover` does. */
  connection(): Promise<Connection>
  /** Throws the connection away: what it was doing is unknown, and nothing more is sent on it. */
  abandon(): void
  close(): Promise<void>
}

const FIRST_WAIT_MS = 20
const WAIT_MS_MAX = 500

/**
 * A prepared statement is planned once and meets tables of every size later, so that a scan of a whole
 * table is never worth having; and a commit is far too short to be compiled.
 */
export const SESSION_SETTINGS = {
  enable_seqscan: 'off',
  enable_mergejoin: 'off',
  enable_hashjoin: 'off',
  plan_cache_mode: 'force_generic_plan',
  jit: 'off',
}

export function openWriterSession(database: Database, patienceMs: number): WriterSession {
  let open: Connection | null = null

  const connect = async (): Promise<Connection> => {
    const connection = await database.connect(SESSION_SETTINGS)
    connection.on('error', () => {
      if (open === connection) open = null
    })
    return connection
  }

  return {
    async connection() {
      const since = performance.now()
      for (let waitMs = FIRST_WAIT_MS; open === null; waitMs = Math.min(2 * waitMs, WAIT_MS_MAX)) {
        try {
          open = await connect()
        } catch (error) {
          if (performance.now() - since + waitMs > patienceMs) {
            throw new LedgerFault('database_unavailable', 'The database cannot be reached.', error)
          }
          await delay(waitMs)
        }
      }
      return open
    },
    abandon() {
      open?.end().catch(() => {})
      open = null
    },
    async close() {
      await open?.end().catch(() => {})
      open = null
    },
  }
}
