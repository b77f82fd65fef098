import pg from 'pg'
import type { Database } from './database.ts'
import { ConfigurationFault, DatabaseFault, databaseFault } from './fault.ts'
import { measureClockSkew, startupOptions, watchPool } from './sessions.ts'
import { valueParsers } from './value-parsers.ts'

export interface PostgresOptions {
  url: string
  poolSizeMax?: number
}

const versionMin = 150_000
const statementTimeoutMs = 30_000
const connectionTimeoutMs = 10_000
const idleInTransactionTimeoutMs = 60_000

/**
 * A connection that is lost without a word (a cable, a firewall) is noticed by its unanswered bytes, so
 * that a ledger writer does not wait for hours. `synchronous_commit` is ours to set: a role or database
 * default of `off` would acknowledge what a crash then loses.
 */
const sessionSettings = {
  synchronous_commit: 'on',
  timezone: 'UTC',
  datestyle: 'ISO',
  client_encoding: 'UTF8',
  standard_conforming_strings: 'on',
  default_transaction_isolation: 'read committed',
}

/** Opens PostgreSQL 15 or newer. Refuses what rules.md's last line ("what was acknowledged is there") rules out. */
export async function openPostgres(options: PostgresOptions): Promise<Database> {
  const location = readLocation(options.url)
  const config = clientConfig(options.url)
  const pool = new pg.Pool({
    ...config,
    max: options.poolSizeMax ?? 10,
    idleTimeoutMillis: 60_000,
    maxLifetimeSeconds: 3600,
  })
  watchPool(pool)
  try {
    refuseUnsafe(await readServerSettings(pool))
  } catch (error) {
    await pool.end()
    throw asOpeningFault(error, location)
  }
  return {
    kind: 'postgres',
    location,
    pool,
    connect: (settings) => connect(clientConfig(options.url, settings)),
    writers: 2,
    clockSkewMs: () => measureClockSkew(pool),
    close: () => pool.end(),
  }
}

const urlOptions = /([?&])options=([^&]*)&?/

/** node-postgres lets the URL's `options` win over the configuration's, so they are joined here. */
function clientConfig(url: string, settings: Readonly<Record<string, string>> = {}): pg.ClientConfig {
  const own = urlOptions.exec(url)?.[2]
  return {
    connectionString: url.replace(urlOptions, '$1'),
    options: `${own === undefined ? '' : decodeURIComponent(own)} ${startupOptions({ ...settings, ...sessionSettings })}`,
    application_name: 'scrip',
    types: valueParsers,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: connectionTimeoutMs,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + 5_000,
    idle_in_transaction_session_timeout: idleInTransactionTimeoutMs,
  }
}

async function connect(config: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(config)
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    throw databaseFault(error) ?? error
  }
  return client
}

export interface ServerSettings {
  readonly version: number
  readonly fsync: string
  readonly fullPageWrites: string
  readonly encoding: string
  readonly readOnly: string
  readonly inRecovery: boolean
}

async function readServerSettings(pool: pg.Pool): Promise<ServerSettings> {
  const { rows } = await pool.query<ServerSettings>(`
    select current_setting('server_version_num')::int as version,
           current_setting('fsync') as fsync,
           current_setting('full_page_writes') as "fullPageWrites",
           current_setting('server_encoding') as encoding,
           current_setting('default_transaction_read_only') as "readOnly",
           pg_is_in_recovery() as "inRecovery"`)
  return rows[0]!
}

/** The first reason not to start; said with its mend. */
export function refuseUnsafe(settings: ServerSettings): void {
  const refuse = (reason: string): never => {
    throw new ConfigurationFault(reason)
  }
  if (settings.version < versionMin) {
    refuse(
      `PostgreSQL ${Math.floor(settings.version / 10_000)} is too old: Scrip needs 15 or newer. Upgrade the server, or point DATABASE_URL to another.`,
    )
  }
  if (settings.fsync !== 'on') {
    refuse(
      'The server runs with fsync=off: a power cut would lose credits that were acknowledged. Set fsync=on in postgresql.conf and restart the server.',
    )
  }
  if (settings.fullPageWrites !== 'on') {
    refuse(
      'The server runs with full_page_writes=off: a power cut could tear pages of the ledger. Set full_page_writes=on in postgresql.conf and reload it.',
    )
  }
  if (settings.encoding !== 'UTF8') {
    refuse(
      `The database is encoded in ${settings.encoding}: names in other scripts would be refused. Create it anew with ENCODING 'UTF8'.`,
    )
  }
  if (settings.inRecovery) {
    refuse(
      'The server is a standby and takes no writes. Point DATABASE_URL to the primary, or promote this server.',
    )
  }
  if (settings.readOnly === 'on') {
    refuse(
      'The database is read-only (default_transaction_read_only=on). Set it to off for this database or role.',
    )
  }
}

/** Host, port and database as node-postgres reads them, never the password. */
function readLocation(url: string): string {
  const { host, port, database } = parseUrl(url)
  return host.startsWith('/')
    ? `PostgreSQL ${database} at ${host}`
    : `PostgreSQL ${database} at ${host}:${port}`
}

function parseUrl(url: string): pg.Client {
  try {
    if (/^postgres(ql)?:\/\//.test(url)) return new pg.Client({ connectionString: url })
  } catch {}
  throw new ConfigurationFault(
    'DATABASE_URL is not a URL of PostgreSQL. It looks like postgres://user:password@host:5432/database.',
  )
}

/** SQLSTATEs of a server that is there but lets nobody in: no retry mends them. */
const refusedEntry: Readonly<Record<string, string>> = {
  '28P01': 'the password in DATABASE_URL is wrong',
  '28000': 'the server lets this role not in (pg_hba.conf)',
  '3D000': 'there is no such database: create it first',
  '42501': 'the role in DATABASE_URL may not connect',
}

function asOpeningFault(error: unknown, location: string): unknown {
  if (error instanceof ConfigurationFault) return error
  const code = (error as { code?: string }).code
  const reason = code === undefined ? undefined : refusedEntry[code]
  if (reason !== undefined) return new ConfigurationFault(`Cannot open ${location}: ${reason}.`)
  if (databaseFault(error) === undefined && code !== 'ENOTFOUND') return error
  const detail =
    error instanceof AggregateError ? error.errors.map(String).join(', ') : (error as Error).message
  return new DatabaseFault(
    `Cannot reach ${location} (${detail || code}). Check that the server runs and that DATABASE_URL names it.`,
    { retryable: true, code, cause: error },
  )
}
