import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import pg from 'pg'
import type { Database } from './database.ts'
import type { EmbeddedStart, FromEmbedded, ToEmbedded } from './embedded.worker.ts'
import { ConfigurationFault, DatabaseFault } from './fault.ts'
import { type FolderLock, lockFolder } from './folder-lock.ts'
import { measureClockSkew, startupOptions, watchPool } from './sessions.ts'
import { embeddedMajor, syncFolder } from './template.ts'
import { valueParsers } from './value-parsers.ts'

export interface EmbeddedOptions {
  folder?: string | undefined
  memory?: boolean | undefined
  socket?: string | undefined
  onGone?: ((fault: DatabaseFault) => void) | undefined
  checkpointBytes?: number | undefined
  checkpointMs?: number | undefined
  vacuumMs?: number | undefined
  idleInTransactionMs?: number | undefined
  /** Room on the folder's disk, in bytes, with less of which writing is refused as a passing fault. */
  roomBytesMin?: number | undefined
  /** False is for the power-cut test alone, which must fail without fsync. */
  fsync?: boolean | undefined
}

export interface EmbeddedDatabase extends Database {
  /** How many fsync calls the database made since it was opened. */
  syncCount(): Promise<number>
}

/**
 * A batch of a thousand charges of as many accounts, right after a checkpoint, writes whole pages ahead:
 * about half of this.
 */
const ROOM_BYTES_MIN = 64 * 1024 * 1024

const socketName = '.s.PGSQL.5432'
/** What a socket's address has room for, on the narrowest system that Scrip runs on. */
const socketPathLengthMax = 100

/**
 * Opens PGlite in a thread of its own, behind a socket, and speaks to it with the same pool as to any
 * PostgreSQL. With a folder it holds the folder's lock until `close`; a process that ends without closing
 * leaves the lock to be taken over, as its thread may write until the very end.
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  if (options.memory === true) return openThread(options, null, undefined)
  if (options.folder === undefined) {
    throw new ConfigurationFault('No database is named: set DATABASE_URL, or give a folder for the data.')
  }
  const folder = resolve(options.folder)
  try {
    await makeFolder(folder)
    return await openFolder(options, folder)
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOSPC' ? diskFull(folder, error) : error
  }
}

/** Without room for so much as the lock; with a little more the database opens, and refuses to write. */
function diskFull(folder: string, cause: unknown): DatabaseFault {
  const message = `The disk with ${folder} is full. Make room on it and start again; nothing is lost.`
  return new DatabaseFault(message, { retryable: true, code: 'ENOSPC', cause })
}

async function openFolder(options: EmbeddedOptions, folder: string): Promise<EmbeddedDatabase> {
  const lock = await lockFolder(join(folder, 'scrip.lock'), options.socket)
  try {
    refuseOtherMajor(join(folder, 'database'))
    return await openThread(options, folder, lock)
  } catch (error) {
    lock.release()
    throw error
  }
}

/** With every folder above it that had to be made, so that a power cut does not lose the way to the data. */
async function makeFolder(folder: string): Promise<void> {
  const topmost = mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (topmost === undefined) return
  for (let made = folder; made !== dirname(topmost); made = dirname(made)) await syncFolder(dirname(made))
}

function refuseOtherMajor(dataFolder: string): void {
  if (!existsSync(dataFolder)) return
  const versionFile = join(dataFolder, 'PG_VERSION')
  const major = existsSync(versionFile) ? readFileSync(versionFile, 'utf8').trim() : undefined
  if (major === embeddedMajor) return
  throw new ConfigurationFault(
    major === undefined
      ? `${dataFolder} is not a data directory of Scrip (it has no PG_VERSION). Give another folder, or restore a backup there.`
      : `${dataFolder} was made by PostgreSQL ${major}, this Scrip has ${embeddedMajor} built in. Open it with the Scrip that made it, and move the data over with a backup.`,
  )
}

async function openThread(
  options: EmbeddedOptions,
  folder: string | null,
  lock: FolderLock | undefined,
): Promise<EmbeddedDatabase> {
  const socketFolder = makeSocketFolder(folder)
  const thread = new EmbeddedThread(
    {
      folder: folder === null ? null : join(folder, 'database'),
      socketPath: join(socketFolder, socketName),
      idleInTransactionMs: options.idleInTransactionMs ?? 60_000,
      checkpointBytes: options.checkpointBytes ?? 64 * 1024 * 1024,
      checkpointMs: options.checkpointMs ?? 5 * 60_000,
      vacuumMs: options.vacuumMs ?? 10_000,
      fsync: options.fsync ?? true,
      roomBytesMin: options.roomBytesMin ?? ROOM_BYTES_MIN,
    },
    options.onGone ?? endProcess,
  )
  const removeSocketFolder = (): void => rmSync(socketFolder, { recursive: true, force: true })
  try {
    await thread.ready
  } catch (error) {
    removeSocketFolder()
    throw error
  }
  return describe({ folder, socketFolder, thread }, () => {
    removeSocketFolder()
    lock?.release()
  })
}

interface OpenParts {
  readonly folder: string | null
  readonly socketFolder: string
  readonly thread: EmbeddedThread
}

function describe({ folder, socketFolder, thread }: OpenParts, onClosed: () => void): EmbeddedDatabase {
  const config: pg.ClientConfig = {
    host: socketFolder,
    port: 5432,
    user: 'postgres',
    database: 'postgres',
    application_name: 'scrip',
    types: valueParsers,
    connectionTimeoutMillis: 10_000,
  }
  const pool = new pg.Pool({ ...config, max: 4, idleTimeoutMillis: 0 })
  watchPool(pool)
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    await pool.end()
    await thread.close()
    onClosed()
  }
  return {
    kind: 'embedded',
    location: folder ?? 'memory',
    pool,
    connect: async (settings = {}) => {
      const client = new pg.Client({ ...config, options: startupOptions(settings) })
      client.on('error', () => {})
      await client.connect()
      return client
    },
    writers: 1,
    clockSkewMs: () => measureClockSkew(pool),
    syncCount: () => thread.syncCount(),
    close: () => {
      closing ??= close()
      return closing
    },
  }
}

/** In the data folder where its path is short enough for a socket's address, else in the temporary folder. */
function makeSocketFolder(folder: string | null): string {
  const own = folder === null ? undefined : join(folder, 'socket')
  if (own === undefined || Buffer.byteLength(join(own, socketName)) > socketPathLengthMax) {
    return mkdtempSync(join(tmpdir(), 'scrip-'))
  }
  rmSync(own, { recursive: true, force: true })
  mkdirSync(own, { mode: 0o700 })
  chmodSync(own, 0o700)
  return own
}

function endProcess(fault: DatabaseFault): void {
  process.stderr.write(`${fault.message}\n`)
  process.exit(1)
}

function tellRoom(hasRoom: boolean): void {
  process.stderr.write(
    hasRoom
      ? 'The disk has room again: writing goes on.\n'
      : 'The disk is nearly full: writing is refused until there is room, reading goes on.\n',
  )
}

/** The thread with the embedded database, from its start to its end. */
class EmbeddedThread {
  readonly ready: Promise<void>
  readonly #worker: Worker
  readonly #ended: Promise<void>
  readonly #onGone: (fault: DatabaseFault) => void
  readonly #syncCounts: ((count: number) => void)[] = []
  #state: 'starting' | 'ready' | 'gone' | 'closed' = 'starting'
  #settleReady: { resolve: () => void; reject: (fault: DatabaseFault) => void } | undefined

  constructor(start: EmbeddedStart, onGone: (fault: DatabaseFault) => void) {
    this.#onGone = onGone
    this.#worker = startWorker(start)
    this.ready = new Promise((resolve, reject) => {
      this.#settleReady = { resolve, reject }
    })
    this.#ended = new Promise((resolve) => this.#worker.once('exit', () => resolve()))
    this.#worker.on('message', (message: FromEmbedded) => this.#hear(message))
    this.#worker.on('error', (error) => this.#fail(String(error)))
    this.#worker.on('exit', () => this.#fail('its thread ended'))
  }

  syncCount(): Promise<number> {
    return new Promise((resolve) => {
      this.#syncCounts.push(resolve)
      this.#say({ type: 'syncCount' })
    })
  }

  async close(): Promise<void> {
    if (this.#state === 'ready') this.#say({ type: 'close' })
    await this.#ended
  }

  #say(message: ToEmbedded): void {
    this.#worker.postMessage(message)
  }

  #hear(message: FromEmbedded): void {
    if (message.type === 'ready') {
      this.#state = 'ready'
      this.#settleReady?.resolve()
    } else if (message.type === 'syncCount') this.#syncCounts.shift()?.(message.count)
    else if (message.type === 'gone') this.#fail(message.reason)
    else if (message.type === 'room') tellRoom(message.hasRoom)
    else this.#state = 'closed'
  }

  /** Once: what follows the first failure is its consequence. */
  #fail(reason: string): void {
    if (this.#state === 'gone' || this.#state === 'closed') return
    const fault = new DatabaseFault(`The embedded database is gone: ${reason}. Start Scrip again.`, {
      retryable: false,
    })
    const wasReady = this.#state === 'ready'
    this.#state = 'gone'
    void this.#worker.terminate()
    if (wasReady) this.#onGone(fault)
    else this.#settleReady?.reject(fault)
  }
}

/** From source the thread registers tsx itself, which reads TypeScript; a release has it compiled. */
function startWorker(start: EmbeddedStart): Worker {
  const isSource = import.meta.url.endsWith('.ts')
  const url = new URL(isSource ? './embedded.worker.ts' : './embedded.worker.js', import.meta.url)
  if (!isSource) return new Worker(url, { workerData: start, execArgv: [] })
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx/esm/api')).href.replace(
    '.cjs',
    '.mjs',
  )
  const program = `import { register } from '${tsx}'; register(); await import('${url.href}')`
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`), {
    workerData: start,
    execArgv: ['--conditions=source'],
  })
}
