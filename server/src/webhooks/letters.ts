/**
 * What is sent of each event: made from the stream's row, the same for every endpoint and every try. Kept
 * for a while, since many endpoints are sent the same.
 */
import { eventRowsAt } from '../database/events.sql.ts'
import { withFirstDay } from '../events/first-day.ts'
import { sayEventRow } from '../events/say-event.ts'
import { decimalsOf } from '../operations/ask.ts'
import type { Installation } from '../operations/installation.ts'
import type { Letter } from './signing.ts'

const KEPT_MAX = 5_000

export interface Letters {
  /** By place, those that there are. */
  of(project: number, positions: readonly number[]): Promise<ReadonlyMap<number, Letter>>
}

type Loaded = Promise<ReadonlyMap<number, Letter>>

export function openLetters(house: Installation): Letters {
  // Positions are the installation's, so that they need no project beside them.
  const kept = new Map<number, Loaded>()
  return {
    async of(project, positions) {
      const missing = positions.filter((position) => !kept.has(position))
      const loading = missing.length === 0 ? null : loadLetters(house, project, missing)
      if (loading !== null) for (const position of missing) kept.set(position, loading)
      loading?.catch(() => {
        for (const position of missing) kept.delete(position)
      })
      const letters = new Map<number, Letter>()
      for (const position of positions) {
        const letter = (await kept.get(position))?.get(position)
        if (letter !== undefined) letters.set(position, letter)
      }
      for (const oldest of kept.keys()) {
        if (kept.size <= KEPT_MAX) break
        kept.delete(oldest)
      }
      return letters
    },
  }
}

async function loadLetters(house: Installation, project: number, positions: readonly number[]): Loaded {
  const found = await house.projects.find(project)
  const rows = await eventRowsAt(house.database.pool, project, positions)
  if (found === null) return new Map()
  const told = await withFirstDay(house, found, rows)
  const decimals = decimalsOf(found)
  return new Map(
    told.map((row) => {
      const event = sayEventRow(row, decimals)
      return [row.position, { id: event.id, body: JSON.stringify(event) }]
    }),
  )
}
