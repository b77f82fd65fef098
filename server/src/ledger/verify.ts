/**
 * `scrip verify`: whether everything that is always true (rules.md) is true of what is stored. Reads
 * only; some pools at a time, each portion as of one instant, so that it may run beside the service.
 */
import type { Connection, Database } from '../database/database.ts'
import { POOLS_TO_VERIFY, RULES, type Rule } from '../database/verify.sql.ts'
import { placesOf } from './load.ts'
import type { Address } from './outcome.ts'

export interface Violation {
  /** The line of "What is always true". */
  readonly rule: number
  readonly sentence: string
  readonly pool: number
  /** The account that the pool belongs to. */
  readonly account: string
  /** A lot, a row, a hold, or a figure of the pool. */
  readonly place: string
  readonly found: string
  readonly expected: string
}

export interface VerifyOptions {
  readonly project?: number | null
  readonly accountId?: string | null
  /** Told after each portion how many pools were looked at. */
  readonly onProgress?: (pools: number) => void
}

const PORTION = 200
const QUERY_MS_MAX = 3_600_000

export async function* verify(database: Database, options: VerifyOptions = {}): AsyncGenerator<Violation> {
  const connection = await database.connect()
  // A connection that breaks fails the query under way; without a listener it would end the process.
  connection.on('error', () => {})
  try {
    let after: Address = { lane: -1, pool: 0 }
    let count = 0
    for (;;) {
      const { pools, violations } = await verifyPortion(connection, after, options)
      yield* violations
      count += pools.length
      options.onProgress?.(count)
      const last = pools.at(-1)
      if (last === undefined || pools.length < PORTION) return
      after = last
    }
  } finally {
    await connection.end()
  }
}

interface Portion {
  readonly pools: readonly Address[]
  readonly violations: readonly Violation[]
}

async function verifyPortion(
  connection: Connection,
  after: Address,
  options: VerifyOptions,
): Promise<Portion> {
  await connection.query('begin isolation level repeatable read read only')
  try {
    await connection.query('set local statement_timeout = 0')
    const { rows: pools } = await connection.query<Address>(POOLS_TO_VERIFY, [
      after.lane,
      after.pool,
      options.project ?? null,
      options.accountId ?? null,
      PORTION,
    ])
    const violations: Violation[] = []
    if (pools.length > 0)
      for (const rule of RULES) violations.push(...(await broken(connection, rule, pools)))
    return { pools, violations }
  } finally {
    await connection.query('commit')
  }
}

async function broken(connection: Connection, { rule, sentence, sql }: Rule, pools: readonly Address[]) {
  const query = { text: sql, values: placesOf(pools), query_timeout: QUERY_MS_MAX }
  const { rows } = await connection.query<Omit<Violation, 'rule' | 'sentence'>>(query)
  return rows.map((row) => ({ rule, sentence, ...row }))
}
