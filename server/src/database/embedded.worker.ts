import { existsSync, readFileSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import { openDiskRoom } from './disk-room.ts'
import { DurableFiles } from './durable-files.ts'
import { queryMessage, SessionServer } from './session-server.ts'
import { makeTemplate, templatePath, unpackTemplate } from './template.ts'
import { startUpkeep, type UpkeepLimits } from './upkeep.ts'

/**
 * The embedded database's own thread: PGlite, its files and its socket. The thread that decides never
 * waits for the disk.
 */
export interface EmbeddedStart extends UpkeepLimits {
  /** The data directory; null for one in memory. */
  readonly folder: string | null
  readonly socketPath: string
  readonly idleInTransactionMs: number
  readonly fsync: boolean
  /** With less than this left on the folder's disk, writing is refused; see disk-room.ts. */
  readonly roomBytesMin: number
}

export type FromEmbedded =
  | { readonly type: 'ready' }
  | { readonly type: 'closed' }
  | { readonly type: 'gone'; readonly reason: string }
  | { readonly type: 'syncCount'; readonly count: number }
  | { readonly type: 'room'; readonly hasRoom: boolean }

export type ToEmbedded = { readonly type: 'close' } | { readonly type: 'syncCount' }

const start = workerData as EmbeddedStart
const port = parentPort!
const say = (message: FromEmbedded): void => port.postMessage(message)

/** Everything that PGlite sets by itself but `-F`, which turns fsync off. */
const startParameters = PGlite.defaultStartParams.filter((parameter) => parameter !== '-F')

const durable = {
  fsync: 'on',
  wal_sync_method: 'fsync',
  full_page_writes: 'on',
  synchronous_commit: 'on',
}

const common = {
  timezone: 'UTC',
  datestyle: 'ISO',
  shared_buffers: '64MB',
  wal_buffers: '4MB',
  max_wal_size: '1GB',
  work_mem: '16MB',
}

/** Set once; from then on no answer leaves, so nothing is acknowledged that may be lost. */
let isGone = false

function reportGone(reason: string): void {
  if (isGone) return
  isGone = true
  say({ type: 'gone', reason })
}

/** Between its start and its close the engine has no reason to end, not even well. */
let isServing = false

/** PostgreSQL leaves its main function with these for its own ends: a start that lives on, an error within a statement. */
const innerExits = new Set([99, 100])

class WatchedFiles extends DurableFiles {
  override async init(database: PGlite, options: object): ReturnType<DurableFiles['init']> {
    return super.init(database, { ...options, ...exits })
  }
}

const exits = {
  onAbort: (what: unknown) => reportGone(`the database stopped (${String(what)})`),
  quit: (status: number, exit: unknown) => {
    if (isServing && !innerExits.has(status)) reportGone(`the database ended itself with status ${status}`)
    throw exit
  },
}

async function readTemplate(): Promise<Buffer> {
  const path = templatePath(import.meta.url)
  return existsSync(path) ? readFileSync(path) : makeTemplate()
}

// Before its files are opened: PGlite makes an empty folder at once and would run initdb in it.
if (start.folder !== null && !existsSync(start.folder))
  await unpackTemplate(await readTemplate(), start.folder)

const files =
  start.folder === null
    ? undefined
    : new WatchedFiles(start.folder, (error) =>
        reportGone(`the disk refused to keep data (${error.message})`),
      )

function settings(): string[] {
  const chosen = { ...common, ...(files === undefined || !start.fsync ? { fsync: 'off' } : durable) }
  return Object.entries(chosen).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

async function openEngine(): Promise<PGlite> {
  const startParams = [...startParameters, ...settings()]
  if (files === undefined) {
    const template = new Blob([new Uint8Array(await readTemplate())], { type: 'application/gzip' })
    return PGlite.create({ loadDataDir: template, startParams })
  }
  return PGlite.create({ fs: files, startParams })
}

const engine = await openEngine()

async function execute(messages: Uint8Array, answer: (bytes: Uint8Array) => void): Promise<void> {
  await engine
    .execProtocolRawStream(messages, { syncToFs: false, onRawData: answer })
    .catch((error) => reportGone(`a statement ended it (${String(error)})`))
  // Never answered, so that the turn is never acknowledged; the process ends on the report.
  if (isGone) await new Promise(() => {})
}

const room = openDiskRoom(start.folder, start.roomBytesMin, async (hasRoom) => {
  await execute(queryMessage(`set default_transaction_read_only = ${hasRoom ? 'off' : 'on'}`), () => {})
  say({ type: 'room', hasRoom })
})

const server = new SessionServer(
  {
    execute: async (messages, answer) => {
      if (!engine.isInTransaction()) await room.look()
      await execute(messages, answer)
    },
    inTransaction: () => engine.isInTransaction(),
  },
  { idleInTransactionMs: start.idleInTransactionMs },
)

const upkeep = startUpkeep(server, { ...start, hasRoom: () => room.hasRoom })

async function close(): Promise<void> {
  await upkeep.stop()
  if (files !== undefined) await server.query('CHECKPOINT')
  await server.close()
  isServing = false
  await engine.close()
  say({ type: 'closed' })
  port.close()
}

port.on('message', (message: ToEmbedded) => {
  if (message.type === 'close') void close()
  else say({ type: 'syncCount', count: files?.syncCount ?? 0 })
})

isServing = true
await server.listen(start.socketPath)
say({ type: 'ready' })
