import type pg from 'pg'
import { openEmbedded } from './embedded.ts'
import type { DatabaseFault } from './fault.ts'
import { openPostgres } from './postgres.ts'

/** One session with the database. When it breaks, its queries fail and it emits `end`; its owner connects again. */
export type Connection = pg.Client

/**
 * What the rest of the server knows of its database. Which of the two it is stays in this folder; `kind`
 * is for people and figures, never for a branch in a rule.
 */
export interface Database {
  readonly kind: 'embedded' | 'postgres'
  /** For messages to people: the folder, or host and database. Never a password. */
  readonly location: string
  /** For reading and for small writes. */
  readonly pool: pg.Pool
  /**
   * A session of its own, for a writer of the ledger. `settings` hold for its statements alone; it does
   * not `set` any itself, since the embedded database has one session for all.
   */
  connect(settings?: Readonly<Record<string, string>>): Promise<Connection>
  /**
   * On how many of them at once writing goes fastest: while one waits for a server, the next batch is
   * decided. The embedded database does one thing at a time, and two would only make smaller batches.
   */
  readonly writers: number
  /** How far this process's clock is ahead of the database's, in milliseconds; negative when it is behind. */
  clockSkewMs(): Promise<number>
  /** Lets outstanding queries finish. Connections from `connect` are ended by their owner first. */
  close(): Promise<void>
}

export interface OpenOptions {
  /** `postgres://…`. Without it the database is the embedded one. */
  url?: string | undefined
  /** The embedded database's folder; created where there is none. */
  folder?: string | undefined
  /** The embedded database without a folder: nothing outlives the process. */
  memory?: boolean | undefined
  /** The control socket that the folder's lock names, for whoever finds the folder taken. */
  socket?: string | undefined
  /** The embedded database went away under the process, which cannot go on. By default it says so and exits. */
  onGone?: ((fault: DatabaseFault) => void) | undefined
}

/**
 * Opens the database that the options name. Refuses with a `ConfigurationFault` what would not keep
 * credits safe (fsync off, a server too old, a folder that another process holds) and with a
 * `DatabaseFault` what cannot be reached.
 */
export function openDatabase(options: OpenOptions): Promise<Database> {
  if (options.url !== undefined) return openPostgres({ url: options.url })
  return openEmbedded(options)
}
