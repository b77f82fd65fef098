/**
 * Where the next page of a list begins: opaque, signed, and good for that list of that project only,
 * so that nobody pages where they may not look, and a mistyped one is told from an empty page.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Ask } from '../operations/ask.ts'
import { DoorRefusal } from './problems.ts'

export type CursorPart = string | number

const SIGNATURE_LENGTH = 22

/** `list`: the operation, with the account where it is an account's. */
export function sealCursor(ask: Ask, list: string, place: readonly CursorPart[]): string {
  const payload = Buffer.from(JSON.stringify(place)).toString('base64url')
  return sign(ask, list, payload) + payload
}

/** The place, or null without a cursor. Refused: what was not sealed here for this list. */
export function openCursor(ask: Ask, list: string, cursor: string | undefined): CursorPart[] | null {
  if (cursor === undefined) return null
  const [signature, payload] = [cursor.slice(0, SIGNATURE_LENGTH), cursor.slice(SIGNATURE_LENGTH)]
  const expected = Buffer.from(sign(ask, list, payload))
  const given = Buffer.from(signature)
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new DoorRefusal('cursor_invalid', 'This cursor was not given out by this list, or was changed.')
  }
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as CursorPart[]
}

function sign(ask: Ask, list: string, payload: string): string {
  const said = `cursor:${ask.project.id}:${list}:${payload}`
  return createHmac('sha256', ask.house.secret).update(said).digest('base64url').slice(0, SIGNATURE_LENGTH)
}

/** One more than the page is read, to know whether there is a next one. */
export function pageOf<T>(
  ask: Ask,
  list: string,
  rows: readonly T[],
  limit: number,
  placeOf: (row: T) => readonly CursorPart[],
): { readonly data: readonly T[]; readonly nextCursor: string | null } {
  const data = rows.slice(0, limit)
  const last = data.at(-1)
  const more = rows.length > limit && last !== undefined
  return { data, nextCursor: more ? sealCursor(ask, list, placeOf(last)) : null }
}

const LIMIT_DEFAULT = 50

export interface PageAsked {
  readonly limit: number
  readonly ascending: boolean
  readonly after: CursorPart[] | null
}

export function readPage(
  ask: Ask,
  list: string,
  query: { readonly limit?: number; readonly cursor?: string; readonly order?: 'asc' | 'desc' },
): PageAsked {
  return {
    limit: query.limit ?? LIMIT_DEFAULT,
    ascending: query.order === 'asc',
    after: openCursor(ask, list, query.cursor),
  }
}
