import { Readable } from 'node:stream'
import { formatCredits, groupOf, type Lot, lotId, type Totals } from '@scrip/core'
import { Type } from 'typebox'
import { sayInstant, sayInstantOrNull } from '../ledger/replay.ts'
import { accountZone } from '../operations/account-zone.ts'
import { type Ask, decimalsOf } from '../operations/ask.ts'
import { explainCredits } from '../operations/explain-credits.operation.ts'
import { listLots } from '../operations/list-lots.operation.ts'
import { type CreditsRead, readCredits } from '../operations/read-credits.operation.ts'
import { readCreditsAt } from '../operations/read-credits-at.ts'
import { readOwnCredits } from '../operations/read-own-credits.operation.ts'
import { type StreamedCredits, streamCredits } from '../operations/stream-credits.operation.ts'
import { CREDITS_OUT_FIELDS, LotOut, sayCredits, sayUnitPrice } from './credits.schema.ts'
import { pageOf, readPage } from './cursor.ts'
import { answer, route } from './route.ts'
import { fields, Instant, oneOf, optional, PageQuery, page } from './schema.ts'
import { AccountParams } from './subscription.route.ts'
import { endReading, openReading, optionalInstant } from './wire.ts'

/** As of an instant gone by there are the totals alone; what is only true of now is left out. */
const { status, plan, byGroup, nextRefill, nextExpiry, costPerCredit, ...TOTALS } = CREDITS_OUT_FIELDS
const CreditsOut = fields({
  ...TOTALS,
  status: optional(status),
  plan: optional(plan),
  byGroup: optional(byGroup),
  nextRefill: optional(nextRefill),
  nextExpiry: optional(nextExpiry),
  costPerCredit: optional(costPerCredit),
  lots: optional(Type.Array(LotOut)),
})
const tag = 'Credits'

function sayRead(ask: Ask, accountId: string, { credits, at, costPerCredit }: CreditsRead) {
  return {
    ...sayCredits(credits, decimalsOf(ask.project)),
    accountId,
    at: sayInstant(at),
    costPerCredit: sayUnitPrice(costPerCredit),
  }
}

export const readOwnCreditsRoute = route({
  id: 'read-own-credits',
  method: 'GET',
  path: '/account/credits',
  tag,
  summary: 'The balance of the account whose own key asks',
  answers: { 200: fields(CREDITS_OUT_FIELDS) },
  run: async (ask) => {
    const { accountId, read } = await readOwnCredits(ask)
    return answer(200, sayRead(ask, accountId, read))
  },
})

export const readCreditsRoute = route({
  id: 'read-credits',
  method: 'GET',
  path: '/accounts/{accountId}/credits',
  tag,
  summary: 'What an account has: now, or as of an instant',
  params: AccountParams,
  query: fields({
    at: optional(Instant),
    include: optional(Type.Array(oneOf(['lots'] as const), { maxItems: 1 })),
  }),
  answers: { 200: CreditsOut },
  run: async (ask, { params: { accountId }, query }) => {
    const reading = openReading(decimalsOf(ask.project))
    const at = optionalInstant(reading, 'at', query.at, await accountZone(ask, accountId, [query.at]))
    endReading(reading)
    if (at !== null)
      return answer(200, sayTotals(accountId, at, await readCreditsAt(ask, accountId, at), reading.decimals))
    const read = await readCredits(ask, accountId)
    const lots = query.include === undefined ? {} : { lots: lotsOf(read, reading.decimals) }
    return answer(200, { ...sayRead(ask, accountId, read), ...lots })
  },
})

function lotsOf({ state }: CreditsRead, decimals: number) {
  return [...state.lots, ...state.scheduled].map((lot) => sayLot(lot, state.pool, decimals))
}

function sayTotals(accountId: string, at: number, totals: Totals, decimals: number) {
  const say = (units: number): number => formatCredits(units, decimals)
  const { available, held, received, used, expired } = totals
  const balance = available + held
  return {
    accountId,
    at: sayInstant(at),
    balance: say(balance),
    available: say(available),
    held: say(held),
    received: say(received),
    used: say(used),
    removed: say(received - used - balance),
    expired: say(expired),
  }
}

function sayLot(lot: Lot, pool: number, decimals: number) {
  const say = (units: number): number => formatCredits(units, decimals)
  return {
    id: lotId(pool, lot.number),
    accountId: lot.accountId,
    kind: lot.kind,
    group: groupOf(lot.kind),
    origin: lot.origin.type,
    originLotId: lot.origin.type === 'grace' ? lotId(pool, lot.origin.lot) : null,
    priority: lot.priority,
    amount: say(lot.amount),
    returned: say(lot.returned),
    used: say(lot.drawn),
    removed: say(lot.removed),
    remaining: say(lot.remaining),
    held: say(lot.held),
    grantedAt: sayInstant(lot.grantedAt),
    effectiveAt: sayInstant(lot.effectiveAt),
    expiresAt: sayInstantOrNull(lot.expiresAt),
    paid: lot.paid,
    closed: lot.closed,
    number: lot.number,
  }
}

export const streamCreditsRoute = route({
  id: 'stream-credits',
  method: 'GET',
  path: '/accounts/{accountId}/credits/stream',
  tag,
  summary: 'The same as server-sent events, whenever it changes',
  description: 'Each event is named `credits` and carries what GET …/credits answers.',
  params: AccountParams,
  answers: { 200: Type.String({ description: 'text/event-stream' }) },
  run: async (ask, { params: { accountId }, stopped }) => {
    const told = await streamCredits(ask, accountId, stopped)
    return answer(200, Readable.from(eventsOf(ask, accountId, told)), {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // A proxy that gathers the answer would hold back what is to be seen at once.
      'x-accel-buffering': 'no',
    })
  },
})

async function* eventsOf(
  ask: Ask,
  accountId: string,
  told: AsyncIterable<StreamedCredits>,
): AsyncIterable<string> {
  for await (const read of told) {
    if (read === 'unchanged') yield ': nothing new\n\n'
    else yield `event: credits\ndata: ${JSON.stringify(sayRead(ask, accountId, read))}\n\n`
  }
}

const Explained = fields({
  accountId: Type.String(),
  at: Type.String({ format: 'date-time' }),
  balance: Type.Number(),
  available: Type.Number(),
  held: Type.Number(),
  received: Type.Number(),
  used: Type.Number(),
  removed: Type.Number(),
  sentence: Type.String(),
  lots: Type.Array(fields({ lot: LotOut, sentence: Type.String() })),
  earlier: fields({ received: Type.Number(), gone: Type.Number(), sentence: Type.String() }),
})

export const explainCreditsRoute = route({
  id: 'explain-credits',
  method: 'GET',
  path: '/accounts/{accountId}/credits/explanation',
  tag,
  summary: 'Why the balance is what it is, lot by lot, in words and numbers',
  params: AccountParams,
  answers: { 200: Explained },
  run: async (ask, { params: { accountId } }) => {
    const { state, sentence, lots, earlier } = await explainCredits(ask, accountId)
    const decimals = decimalsOf(ask.project)
    return answer(200, {
      ...sayTotals(accountId, state.at, state.totals, decimals),
      sentence,
      lots: lots.map((told) => ({ lot: sayLot(told.lot, state.pool, decimals), sentence: told.sentence })),
      earlier: {
        received: formatCredits(earlier.received, decimals),
        gone: formatCredits(earlier.gone, decimals),
        sentence: earlier.sentence,
      },
    })
  },
})

export const listLotsRoute = route({
  id: 'list-lots',
  method: 'GET',
  path: '/accounts/{accountId}/lots',
  tag,
  summary: 'Credits that came in together, and what is left of them',
  params: AccountParams,
  query: fields({ open: optional(Type.Boolean()), ...PageQuery }),
  answers: { 200: page(LotOut) },
  run: async (ask, { params: { accountId }, query }) => {
    const list = `list-lots:${accountId}`
    const { limit, ascending, after } = readPage(ask, list, query)
    const asked = {
      open: query.open ?? false,
      after: (after?.[0] as number) ?? null,
      ascending,
      limit: limit + 1,
    }
    const { lots, pool } = await listLots(ask, accountId, asked)
    const { data, nextCursor } = pageOf(ask, list, lots, limit, (lot) => [lot.number])
    return answer(200, { data: data.map((lot) => sayLot(lot, pool, decimalsOf(ask.project))), nextCursor })
  },
})
