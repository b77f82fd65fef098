/** What webhooks carry, to read: newest first, or oldest first to follow along. */
import { type EventPage, type EventRow, listEventRows } from '../database/events.sql.ts'
import type { Ask } from './ask.ts'

export function listEvents(ask: Ask, page: Omit<EventPage, 'project' | 'settled'>): Promise<EventRow[]> {
  return listEventRows(ask.house.database.pool, { ...page, settled: page.ascending, project: ask.project.id })
}
