import type { SessionServer } from './session-server.ts'

/**
 * What PostgreSQL's background processes do, which PGlite has none of: without checkpoints its
 * write-ahead log grows without end, without vacuum every change of a balance leaves its old row behind
 * and the counter of transactions one day comes round and stops the database.
 */
export interface UpkeepLimits {
  /** A checkpoint is due when so much was written ahead, or so long after the last one. */
  readonly checkpointBytes: number
  readonly checkpointMs: number
  /** How often tables are looked at. */
  readonly vacuumMs: number
}

export interface UpkeepOptions extends UpkeepLimits {
  /** Vacuum writes ahead as much as it reads, so it waits for room; a checkpoint makes some. */
  readonly hasRoom: () => boolean
}

export interface Upkeep {
  /** Lets what is under way finish. */
  stop(): Promise<void>
}

const lookMs = 1_000

export function startUpkeep(server: SessionServer, limits: UpkeepOptions): Upkeep {
  let checkpointedAt = performance.now()
  let vacuumedAt = performance.now()
  let turnsSeen = 0

  async function look(): Promise<void> {
    if (server.turnCount === turnsSeen) return
    const now = performance.now()
    if (now - vacuumedAt > limits.vacuumMs && limits.hasRoom()) {
      vacuumedAt = now
      await vacuumWhatIsDue(server)
    }
    if (now - checkpointedAt > limits.checkpointMs || (await writtenAhead(server)) > limits.checkpointBytes) {
      await server.query('checkpoint')
      checkpointedAt = performance.now()
      turnsSeen = server.turnCount
    }
  }

  let looking = Promise.resolve()
  const timer = setInterval(() => {
    looking = looking.then(look)
  }, lookMs)
  return {
    stop: () => {
      clearInterval(timer)
      return looking
    },
  }
}

async function writtenAhead(server: SessionServer): Promise<number> {
  const [bytes] = firstColumn(
    await server.query(
      'select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn)::int8 from pg_control_checkpoint()',
    ),
  )
  return Number(bytes)
}

/**
 * The tables with a fifth of their rows dead, new or changed since the last time, as autovacuum would
 * choose them; and any whose oldest row is 150 million transactions old. One statement for each, so that
 * a charge waits for one table at most.
 */
const dueTables = `
  select format('%I.%I', n.nspname, c.relname)
  from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_stat_all_tables s on s.relid = c.oid
  where c.relkind in ('r', 'm') and (
    s.n_dead_tup > 1000 + s.n_live_tup / 5 or s.n_ins_since_vacuum > 10000 + s.n_live_tup / 5
    or s.n_mod_since_analyze > 1000 + s.n_live_tup / 5 or age(c.relfrozenxid) > 150000000)`

async function vacuumWhatIsDue(server: SessionServer): Promise<void> {
  for (const table of firstColumn(await server.query(dueTables)))
    await server.query(`vacuum (analyze) ${table}`)
}

const row = 'D'.charCodeAt(0)

/** The first column of every row of an answer: D, length, number of columns, length of the column, its text. */
function firstColumn(answer: Buffer): string[] {
  const texts: string[] = []
  for (let at = 0; at < answer.length; at += 1 + answer.readInt32BE(at + 1)) {
    if (answer[at] === row) texts.push(answer.toString('utf8', at + 11, at + 11 + answer.readInt32BE(at + 7)))
  }
  return texts
}
