/**
 * The ledger: commands in, durable outcomes out. Many commands, one commit; see ARCHITECTURE.md,
 * "The ledger". The rules are core's; here is only the order of things: queue, load, decide, commit.
 */
import type { Changes, Command, Instant, PoolState } from '@scrip/core'
import { decide, peek } from '@scrip/core'
import type { Database } from '../database/database.ts'
import { DUE_POOLS } from '../database/ledger.sql.ts'
import type { Session } from '../database/transaction.ts'
import { openClockGuard } from './clock-guard.ts'
import { LedgerFault } from './faults.ts'
import { type Job, newJob } from './job.ts'
import { keysOf, openRecentKeys, type RecentKeys } from './keys.ts'
import { type LaneQueue, openLaneQueue } from './lane-queue.ts'
import { isBudget, type LoadedPool, loadPools, withFacts } from './load.ts'
import { type LedgerFigures, type Meter, openMeter } from './meter.ts'
import type { Address, Outcome } from './outcome.ts'
import { withSpentCommand } from './prepare.ts'
import { replay } from './same-request.ts'
import { settleBatch } from './settle.ts'
import { openStateCache } from './state-cache.ts'
import { TELLS_NOTHING, type ToldOf } from './told.ts'
import {
  type CatalogShelf,
  type CatalogSource,
  openCatalogShelf,
  openWorld,
  type Sabotage,
  type World,
} from './world.ts'

export interface LedgerOptions {
  readonly database: Database
  /** Reads a project's catalogs again; asked when a pool of it is first met, and when another process applied one. */
  readonly catalogs: CatalogSource
  /** The journal events that a project asks for; none by default. */
  readonly told?: ToldOf
  /** Connections that write, each with its share of the lanes; as many as the database is fastest with by default. */
  readonly writers?: number
  /** Records kept in memory between commits, over all writers; about 1 kB each. */
  readonly cacheWeightMax?: number
  readonly recentKeysBytesMax?: number
  readonly batchMax?: number
  /** Commands that may wait for one writer; more are refused with a fault. */
  readonly waitingMax?: number
  /** How long callers are kept waiting for a database that went away. */
  readonly patienceMs?: number
  /** How far this process's clock is ahead of the database's; the database's own measure by default. */
  readonly clockSkewMs?: () => Promise<number>
  /** For tests alone. */
  readonly sabotage?: Sabotage
}

export interface Ledger {
  /**
   * Does the command once it is durable, or says why not. Throws a `LedgerFault` when the world fails;
   * whether the command was done is then known by its key alone.
   */
  submit(address: Address, command: Command, now: Instant): Promise<Outcome>
  /** The same for many; those of one pool in their order. Each has its own outcome. */
  submitMany(
    asked: readonly { address: Address; command: Command; now: Instant }[],
  ): Promise<PromiseSettledResult<Outcome>[]>
  /** The pool as a command at `now` would find it; null where there is none. Writes nothing. */
  read(address: Address, now: Instant): Promise<PoolState | null>
  readMany(addresses: readonly Address[], now: (state: PoolState) => Instant): Promise<Map<number, PoolState>>
  /** What the command would do now. Writes nothing. */
  dryRun(address: Address, command: Command, now: Instant): Promise<Outcome>
  /** Books what is due by `now`, and says what it was. */
  advance(address: Address, now: Instant): Promise<{ readonly state: PoolState; readonly changes: Changes }>
  /** Pools with something due by `now`, the longest due first. */
  duePools(project: number, now: Instant, limit: number): Promise<readonly Address[]>
  figures(): LedgerFigures
  /** Accepts nothing more; resolves when everything accepted is finished. */
  close(): Promise<void>
}

const DEFAULTS = {
  cacheWeightMax: 80_000,
  recentKeysBytesMax: 4_000_000,
  batchMax: 1_000,
  waitingMax: 20_000,
  patienceMs: 5_000,
}

export function openLedger(given: LedgerOptions): Ledger {
  const options = { ...DEFAULTS, writers: given.database.writers, ...given }
  const { database, writers } = options
  const recentKeys = openRecentKeys(options.recentKeysBytesMax)
  const shelf = openCatalogShelf(options.catalogs)
  const meter = openMeter()
  const lanes = Array.from({ length: writers }, () => openWriter(options, shelf, recentKeys, meter))
  let isClosing = false

  const enqueue = (address: Address, command: Command, now: Instant): Promise<Outcome> => {
    if (isClosing) return Promise.reject(new LedgerFault('closing', 'Scrip is stopping.'))
    const known = recentReplay(recentKeys, address, command)
    if (known !== null) return Promise.resolve(known)
    const { job, outcome } = newJob(address, command, now)
    lanes[address.lane % writers]?.queue.add(job)
    return outcome
  }

  const submit = (address: Address, command: Command, now: Instant): Promise<Outcome> => {
    // What was spent is counted from the books, so everything due must be in them first: the lane keeps
    // the order, and a budget waits for what is before it.
    if (isBudget(command)) {
      enqueue(address, { type: 'advance', accountId: command.accountId }, now).catch(() => {})
    }
    return enqueue(address, command, now)
  }

  const readMany = async (
    session: Session,
    addresses: readonly Address[],
    now: (state: PoolState) => Instant,
  ) => {
    const states = new Map<number, PoolState>()
    for (const [pool, { state, catalogVersion }] of await loadPools(session, addresses)) {
      const catalogs = await shelf.atLeast(state.project, catalogVersion)
      states.set(pool, peek(state, now(state), catalogs))
    }
    return states
  }

  return {
    submit,
    submitMany: (asked) =>
      Promise.allSettled(asked.map(({ address, command, now }) => submit(address, command, now))),
    read: async (address, now) =>
      (await readMany(database.pool, [address], () => now)).get(address.pool) ?? null,
    readMany: (addresses, now) => readMany(database.pool, addresses, now),
    dryRun: (address, command, now) => tryOut(database.pool, shelf, address, command, now),
    async advance(address, now) {
      const outcome = await enqueue(address, { type: 'advance', accountId: '' }, now)
      if (!('nothing' in outcome)) throw new Error('to advance a pool is never refused')
      return { state: outcome.state, changes: outcome.changes }
    },
    async duePools(project, now, limit) {
      const { rows } = await database.pool.query<Address>(DUE_POOLS, [project, now, limit])
      return rows
    },
    figures: () => meter.figures(lanes.reduce((sum, { queue }) => sum + queue.waiting(), 0)),
    async close() {
      isClosing = true
      await Promise.all(lanes.map(({ queue }) => queue.idle()))
      await Promise.all(lanes.map(({ world }) => world.session.close()))
    },
  }
}

type FilledOptions = LedgerOptions & typeof DEFAULTS & { readonly writers: number }

function openWriter(
  options: FilledOptions,
  catalogs: CatalogShelf,
  recentKeys: RecentKeys,
  meter: Meter,
): { readonly world: World; readonly queue: LaneQueue } {
  const { database, patienceMs, batchMax, waitingMax, sabotage = {}, told = TELLS_NOTHING } = options
  const cache = openStateCache(Math.floor(options.cacheWeightMax / options.writers))
  const world = openWorld({ database, cache, recentKeys, catalogs, sabotage, told, patienceMs })
  const measureSkewMs = options.clockSkewMs ?? (() => database.clockSkewMs())
  const clock = openClockGuard({ measureSkewMs, elapsedMs: () => performance.now() })
  const settle = async (jobs: readonly Job[]) => {
    meter.settled(jobs.length)
    const unsafe = await clock.check().catch(asUnavailable)
    const fault = unsafe ?? (await settleBatch(world, jobs))
    if (unsafe !== null) for (const job of jobs) job.fail(unsafe)
    if (fault !== null) queue.failWaiting(fault)
  }
  const queue = openLaneQueue({ settle, batchMax, waitingMax })
  return { world, queue }
}

function asUnavailable(error: unknown): LedgerFault {
  return new LedgerFault('database_unavailable', 'The database cannot be reached.', error)
}

function recentReplay(recentKeys: RecentKeys, address: Address, command: Command): Outcome | null {
  for (const key of keysOf(command)) {
    const entry = recentKeys.get(address, key)
    if (entry === undefined) continue
    const again = replay(command, key, entry)
    return 'refused' in again ? null : again
  }
  return null
}

/** Decides on the state of this instant and throws the decision away. */
async function tryOut(
  session: Session,
  shelf: CatalogShelf,
  address: Address,
  command: Command,
  now: Instant,
): Promise<Outcome> {
  const { state, catalogVersion } = await loadOne(session, address)
  const catalogs = await shelf.atLeast(state.project, catalogVersion)
  const asked = await withSpentCommand(session, state, command, now)
  const [known = state] = await withFacts(session, [{ state, commands: [asked] }])
  // The facts were read after the state: they are of one instant only where nothing was written between.
  if ((await loadOne(session, address)).state.version !== state.version) {
    return tryOut(session, shelf, address, command, now)
  }
  const { state: after, changes, outcome } = decide(known, asked, now, catalogs)
  if ('entry' in outcome) return { entry: outcome.entry, replayed: false, state: after, changes }
  if ('refused' in outcome) return { refused: outcome.refused, state: after }
  return { nothing: true, state: after, changes }
}

async function loadOne(session: Session, address: Address): Promise<LoadedPool> {
  const loaded = (await loadPools(session, [address])).get(address.pool)
  if (loaded === undefined) throw new Error(`there is no pool ${address.pool} in lane ${address.lane}`)
  return loaded
}
