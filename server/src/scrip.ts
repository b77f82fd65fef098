/** One running Scrip: the database, the ledger, who is who, and the HTTP server in front of them. */
import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { type Database, openDatabase } from './database/database.ts'
import { migrate } from './database/migrate.ts'
import { countProjects, settingOrMade } from './database/projects.sql.ts'
import { openAccounts } from './directory/accounts.ts'
import { openKeys } from './directory/keys.ts'
import { openProjects } from './directory/projects.ts'
import { openApp } from './http/app.ts'
import { openControlSocket } from './http/control-socket.ts'
import { EVERY_JOB } from './jobs/every-job.ts'
import { type RunningJobs, startJobs } from './jobs/jobs.ts'
import { openLedger } from './ledger/ledger.ts'
import { type MailerOptions, openMailer } from './mail/mailer.ts'
import type { Installation } from './operations/installation.ts'
import { resealSecrets } from './operations/reseal-secrets.ts'
import { openSecrets, readSecretKeys } from './secrets.ts'

export interface ScripOptions {
  /** `postgres://…`; without it the embedded database is used. */
  readonly url?: string | undefined
  /** The embedded database's folder. */
  readonly folder?: string | undefined
  /** The embedded database without a folder: nothing outlives the process. */
  readonly memory?: boolean | undefined
  /** An open, migrated database, which stays its owner's to close. */
  readonly database?: Database | undefined
  /** Signs quotes and cursors; by default made once and kept in the database. At least 32 characters. */
  readonly secret?: string | undefined
  /** Seals the secrets of gateways and webhooks at rest: 32 bytes in base64 (SCRIP_SECRET_KEY). */
  readonly secretKey?: string | undefined
  /** The one before it, until everything is sealed by the new one (SCRIP_SECRET_KEY_PREVIOUS). */
  readonly secretKeyPrevious?: string | undefined
  /** Below which scheduled exports may be put; without it none can be put into a folder. */
  readonly exportFolder?: string | undefined
  /** Webhooks may be sent to private addresses, and over plain http (SCRIP_WEBHOOK_ALLOW_PRIVATE). */
  readonly webhooksMayBePrivate?: boolean | undefined
  /** Where a terminal at this machine reaches it without a key. */
  readonly controlSocket?: string | undefined
  /** As the server is reached from outside, for links in answers; no trailing slash. */
  readonly publicUrl?: string | undefined
  /** true: to standard output; or what takes the lines, one JSON object each. */
  readonly log?: boolean | { write(line: string): void } | undefined
  /** Requests a minute of one customer's key from one address; null = not limited. */
  readonly accountKeyLimit?: number | null | undefined
  /** Requests under way above which new ones are answered 503. */
  readonly underWayMax?: number | undefined
  /** False: what time does by itself is left to other processes, or started later. */
  readonly jobs?: boolean | undefined
  /** False: a process that only works; it answers whether it lives and how it does. */
  readonly api?: boolean | undefined
  /** Connections that write. */
  readonly writers?: number | undefined
  /** The mail server, and who mails are from; without it they wait. */
  readonly mail?: MailerOptions | undefined
  /** The real clock, for tests of time. */
  readonly realTime?: (() => number) | undefined
}

export interface Scrip {
  readonly app: Awaited<ReturnType<typeof openApp>>
  readonly house: Installation
  /** In words: the folder, or host and database. */
  readonly location: string
  readonly controlSocket: string | null
  projectCount(): Promise<number>
  /** For who opened it with `jobs: false`; they stop when it closes. */
  startJobs(): void
  /** Serves on a port; 0 takes a free one. Answers with the address to reach it by. */
  listen(options: { readonly host?: string; readonly port: number }): Promise<string>
  /** Takes no more requests, finishes those it took, and lets go of everything. */
  close(): Promise<void>
}

const ACCOUNT_KEY_LIMIT = 600
const UNDER_WAY_MAX = 5_000

export async function openScrip(options: ScripOptions): Promise<Scrip> {
  // Read before anything is opened, so that a start that is refused holds no folder.
  readSecretKeys(options.secretKey, options.secretKeyPrevious)
  const database = options.database ?? (await openOwnDatabase(options))
  const address = { url: options.publicUrl ?? '' }
  const house = await openHouse(database, options, () => address.url)
  let jobs: RunningJobs | null = null
  const app = await openApp(house, {
    hasApi: options.api ?? true,
    jobFigures: () => jobs?.figures() ?? [],
    publicUrl: options.publicUrl ?? '',
    log: options.log ?? false,
    accountKeyLimit: options.accountKeyLimit === undefined ? ACCOUNT_KEY_LIMIT : options.accountKeyLimit,
    underWayMax: options.underWayMax ?? UNDER_WAY_MAX,
  })
  await app.ready()
  // What does not work today works at the next start: until then the previous key is still needed.
  await resealSecrets(house).catch((error: unknown) =>
    app.log.error({ err: error }, 'secrets were not sealed again'),
  )
  const control =
    options.controlSocket === undefined ? null : await openControlSocket(options.controlSocket, app.routing)
  const start = (): void => {
    jobs ??= startJobs(house, EVERY_JOB, (job, error) => app.log.error({ err: error, job }, 'a job failed'))
  }
  if (options.jobs !== false) start()
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    await Promise.all([jobs?.stop(), control?.close().then(() => closeApp(app)) ?? closeApp(app)])
    await house.ledger.close()
    await house.keys.close()
    await house.mailer?.close()
    if (options.database === undefined) await database.close()
  }
  return {
    app,
    house,
    location: database.location,
    controlSocket: options.controlSocket ?? null,
    projectCount: () => countProjects(database.pool),
    startJobs: start,
    async listen({ host = '127.0.0.1', port }) {
      await app.listen({ host, port })
      const { port: taken } = app.server.address() as AddressInfo
      const url = `http://${host.includes(':') ? `[${host}]` : host}:${taken}`
      // An address that everything listens on is no address to go to.
      if (address.url === '') address.url = url.replace(/\/\/(0\.0\.0\.0|\[::\]):/, '//localhost:')
      return url
    },
    close() {
      closing ??= close()
      return closing
    },
  }
}

/** What was taken is finished; a connection that has nothing under way any more is not waited for. */
const SWEEP_EVERY_MS = 50
/** Whoever has not read its answer by then loses it; a repetition with its key gets it again. */
const PATIENCE_MS = 15_000

async function closeApp(app: Scrip['app']): Promise<void> {
  const sweep = setInterval(() => app.server.closeIdleConnections(), SWEEP_EVERY_MS)
  const end = setTimeout(() => app.server.closeAllConnections(), PATIENCE_MS)
  try {
    await app.close()
  } finally {
    clearInterval(sweep)
    clearTimeout(end)
  }
}

async function openOwnDatabase(options: ScripOptions): Promise<Database> {
  const { url, folder, memory, controlSocket } = options
  const database = await openDatabase({ url, folder, memory, socket: controlSocket })
  try {
    await migrate(database)
    return database
  } catch (error) {
    await database.close()
    throw error
  }
}

async function openHouse(
  database: Database,
  options: ScripOptions,
  publicUrl: () => string,
): Promise<Installation> {
  const realTime = options.realTime ?? Date.now
  const secret = await secretOf(database, options.secret)
  const projects = openProjects(database, realTime)
  const ledger = openLedger({
    database,
    catalogs: async (id) => (await projects.reload(id))?.catalogs ?? null,
    told: (id) => projects.told(id),
    ...(options.writers === undefined ? {} : { writers: options.writers }),
  })
  return {
    database,
    ledger,
    projects,
    accounts: openAccounts(database, realTime),
    keys: openKeys(database, realTime),
    secret,
    exportFolder: options.exportFolder ?? null,
    webhooksMayBePrivate: options.webhooksMayBePrivate ?? false,
    secrets: openSecrets({
      ...readSecretKeys(options.secretKey, options.secretKeyPrevious),
      own: secret,
    }),
    publicUrl,
    mailer: options.mail === undefined ? null : openMailer(options.mail),
    realTime,
  }
}

const SECRET_LENGTH_MIN = 32

async function secretOf(database: Database, given: string | undefined): Promise<Buffer> {
  if (given !== undefined) {
    if (given.length < SECRET_LENGTH_MIN)
      throw new Error(`The secret has at least ${SECRET_LENGTH_MIN} characters.`)
    return Buffer.from(given)
  }
  const made = randomBytes(32).toString('hex')
  return Buffer.from(await settingOrMade(database.pool, 'secret', made))
}
