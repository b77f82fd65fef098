import { formatCredits, lotId, parseDuration, placeId } from '@scrip/core'
import { type Static, Type } from 'typebox'
import { sayNotice } from '../events/say-event.ts'
import { sayInstant } from '../ledger/replay.ts'
import { accountZone } from '../operations/account-zone.ts'
import { type Ask, accountAsked, decimalsOf } from '../operations/ask.ts'
import { moveTestClock } from '../operations/move-test-clock.operation.ts'
import { readTestClock } from '../operations/read-test-clock.operation.ts'
import { releaseTestClock } from '../operations/release-test-clock.operation.ts'
import type { Happening, Move } from '../operations/test-clock.ts'
import { Malformed } from './problems.ts'
import { answer, route } from './route.ts'
import { fields, Instant, InstantOut, nullable, OwnId, oneOf, optional } from './schema.ts'
import { parseInstant } from './wire.ts'

const Query = fields({ accountId: optional(OwnId) })
const tag = 'Test clock'

export const readTestClockRoute = route({
  id: 'read-test-clock',
  method: 'GET',
  path: '/test-clock',
  tag,
  summary: 'What time it is in a test project, or for one account of it',
  query: Query,
  answers: { 200: fields({ now: InstantOut, stands: Type.Boolean() }) },
  run: async (ask, { query }) => {
    const { now, stands } = await readTestClock(ask, accountAsked(ask, query.accountId))
    return answer(200, { now: sayInstant(now), stands })
  },
})

const MoveBody = fields({
  now: optional(Instant),
  advance: optional(
    Type.String({ minLength: 1, maxLength: 40, description: 'A length of time such as `1 month`.' }),
  ),
  to: optional(oneOf(['nextRefill', 'nextExpiry'] as const)),
  accountId: optional(nullable(OwnId)),
})

/** A row or a notice that time made: what rows say beside the envelope is null for a notice. */
const Happened = fields({
  id: Type.String(),
  type: Type.String(),
  timestamp: InstantOut,
  accountId: nullable(Type.String()),
  credits: nullable(Type.Number()),
  balanceAfter: nullable(Type.Number()),
  data: Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: {} }),
})

export const moveTestClockRoute = route({
  id: 'move-test-clock',
  method: 'POST',
  path: '/test-clock',
  tag,
  summary: 'Put the clock forward; when the answer comes, everything due has happened',
  body: MoveBody,
  answers: { 200: fields({ now: InstantOut, events: Type.Array(Happened) }) },
  run: async (ask, { body }) => {
    const accountId = body.accountId ?? null
    const { now, events } = await moveTestClock(ask, accountId, await readMove(ask, body))
    const decimals = decimalsOf(ask.project)
    return answer(200, { now: sayInstant(now), events: events.map((event) => sayHappening(event, decimals)) })
  },
})

async function readMove(ask: Ask, body: Static<typeof MoveBody>): Promise<Move> {
  const given = (['now', 'advance', 'to'] as const).filter((name) => body[name] !== undefined)
  if (given.length !== 1) {
    throw fault('', 'one of now, advance and to', given.length === 0 ? 'none' : given.join(', '))
  }
  if (body.to !== undefined) return { to: body.to }
  if (body.advance !== undefined) {
    const advance = parseDuration(body.advance)
    if (advance === null) throw fault('advance', 'a length of time such as 7 days or 1 month', body.advance)
    return { advance }
  }
  const zone = body.accountId == null ? 'UTC' : await accountZone(ask, body.accountId, [body.now])
  const now = parseInstant(body.now as string, zone)
  if (now === null) throw fault('now', 'an instant that exists, such as 2026-11-20T12:00:00Z', body.now)
  return { now }
}

function fault(path: string, expected: string, found: unknown): Malformed {
  return new Malformed([{ path, code: 'malformed', expected, found }])
}

function sayHappening(event: Happening, decimals: number) {
  if ('notice' in event) {
    return { ...sayNotice(event.notice, event.pool, decimals), credits: null, balanceAfter: null }
  }
  const { entry, pool } = event
  const { available, held } = entry.totals
  return {
    id: placeId('txn', pool, entry),
    type: entry.type,
    timestamp: sayInstant(entry.at),
    accountId: entry.accountId,
    credits: formatCredits(entry.amount, decimals),
    balanceAfter: formatCredits(available + held, decimals),
    data: {
      ...(entry.detail?.kind === undefined ? {} : { kind: entry.detail.kind }),
      ...(entry.detail?.plan === undefined ? {} : { plan: entry.detail.plan }),
      ...(entry.detail?.expiresAt === undefined ? {} : { expiresAt: sayInstant(entry.detail.expiresAt) }),
      lots: entry.draws.map(({ lot }) => lotId(pool, lot)),
    },
  }
}

export const releaseTestClockRoute = route({
  id: 'release-test-clock',
  method: 'DELETE',
  path: '/test-clock',
  tag,
  summary: 'Give a test project, or one account of it, back to real time once that has caught up',
  query: Query,
  answers: { 200: fields({ now: InstantOut, stands: Type.Boolean() }) },
  run: async (ask, { query }) => {
    const now = await releaseTestClock(ask, query.accountId ?? null)
    return answer(200, { now: sayInstant(now), stands: false })
  },
})
