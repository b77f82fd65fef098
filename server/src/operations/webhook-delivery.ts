/** Deliveries with the events that they carry. */
import type { DeliveryRow } from '../database/deliveries.sql.ts'
import { type EventRow, eventPositionOf, eventRowsAt } from '../database/events.sql.ts'
import type { Session } from '../database/transaction.ts'
import { parseEventId } from '../events/event-id.ts'
import { withFirstDay } from '../events/first-day.ts'
import type { Ask } from './ask.ts'
import { Refused } from './refused.ts'

export interface DeliveryOfEvent {
  readonly delivery: DeliveryRow
  readonly event: EventRow
}

export async function withEvents(ask: Ask, deliveries: readonly DeliveryRow[]): Promise<DeliveryOfEvent[]> {
  if (deliveries.length === 0) return []
  const positions = deliveries.map(({ position }) => position)
  const found = await eventRowsAt(ask.house.database.pool, ask.project.id, positions)
  const rows = await withFirstDay(ask.house, ask.project, found)
  const events = new Map(rows.map((row) => [row.position, row]))
  return deliveries.flatMap((delivery) => {
    const event = events.get(delivery.position)
    return event === undefined ? [] : [{ delivery, event }]
  })
}

/** Where the event of an id stands in the project's stream. */
export async function positionOfEvent(ask: Ask, session: Session, id: string): Promise<number> {
  const place = parseEventId(id)
  const position = place === null ? null : await eventPositionOf(session, ask.project.id, place)
  if (position === null) throw new Refused('event_not_found', `There is no event ${id}.`)
  return position
}
