/**
 * An event's id: where it stands in its pool, and, for what is told of a journal's row, as which event,
 * since one row may be told as several. The same whoever tells it and however often.
 */
import { type Instant, parsePlaceId, placeId } from '@scrip/core'
import { JOURNAL_EVENTS } from '../ledger/told.ts'

const DIGITS = '123456789abcdefghjkmnpqrstvwxyz'

export interface EventPlace {
  readonly pool: number
  readonly at: Instant
  readonly number: number
  /** The journal event that it is; null = a notice, or told beside the pools. */
  readonly type: string | null
}

export function eventId({ pool, type, ...place }: EventPlace): string {
  const index = (JOURNAL_EVENTS as readonly string[]).indexOf(type ?? '')
  return placeId('evt', pool, place) + (index < 0 ? '' : DIGITS[index])
}

const PLAIN_LENGTH = placeId('evt', 0, { at: 0, number: 0 }).length

/** null for what is no event's id. */
export function parseEventId(id: string): EventPlace | null {
  const place = parsePlaceId('evt', id.slice(0, PLAIN_LENGTH))
  if (place === null || id.length > PLAIN_LENGTH + 1) return null
  const digit = id.slice(PLAIN_LENGTH)
  if (digit === '') return { ...place, type: null }
  const type = JOURNAL_EVENTS[DIGITS.indexOf(digit)]
  return type === undefined ? null : { ...place, type }
}
