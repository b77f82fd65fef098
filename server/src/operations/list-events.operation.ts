/** What webhooks carry, to read: newest first, or oldest first to follow along. */
import { type EventPage, type EventRow, giveEventPlaces, listEventRows } from '../database/events.sql.ts'
import { databaseFault } from '../database/fault.ts'
import { withFirstDay } from '../events/first-day.ts'
import type { Ask } from './ask.ts'

const PLACES_AT_ONCE = 5_000

/** What was told a moment ago is in it: what waits for its place gets it first, where the database can write. */
export async function listEvents(ask: Ask, page: Omit<EventPage, 'project'>): Promise<readonly EventRow[]> {
  const { pool } = ask.house.database
  try {
    while ((await giveEventPlaces(pool, PLACES_AT_ONCE)) >= PLACES_AT_ONCE);
  } catch (error) {
    if (databaseFault(error) === undefined) throw error
  }
  return withFirstDay(ask.house, ask.project, await listEventRows(pool, { ...page, project: ask.project.id }))
}
