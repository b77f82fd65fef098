import type pg from 'pg'

/**
 * An idle connection that breaks is reported to the pool, which drops it and makes another; without a
 * listener Node would end the process instead.
 */
export function watchPool(pool: pg.Pool): void {
  pool.on('error', () => {})
}

/** As the parameter `options` of a connection's start; a blank within a value is escaped. */
export function startupOptions(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value.replaceAll(/[\\ ]/g, '\\$&')}`)
    .join(' ')
}

/** The reading is taken for the middle of the round trip, so its error is at most half of that. */
export async function measureClockSkew(pool: pg.Pool): Promise<number> {
  const before = Date.now()
  const { rows } = await pool.query<{ now: string }>(
    'select (extract(epoch from clock_timestamp()) * 1000)::numeric(20, 0)::text as now',
  )
  const after = Date.now()
  return Math.round((before + after) / 2 - Number(rows[0]!.now))
}
