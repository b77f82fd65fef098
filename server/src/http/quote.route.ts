import { formatCredits, type PriceLine } from '@scrip/core'
import { Type } from 'typebox'
import { sayInstant } from '../ledger/replay.ts'
import { decimalsOf } from '../operations/ask.ts'
import { type Quote, quote } from '../operations/quote.operation.ts'
import { quoteBatch } from '../operations/quote-batch.operation.ts'
import { answer, BATCH_BODY_LIMIT, route } from './route.ts'
import {
  CatalogKey,
  fields,
  InstantOut,
  Line,
  nullable,
  Options,
  OwnId,
  optional,
  Quantities,
} from './schema.ts'

/** A way out: its kind is an open list, and each kind has its own facts. */
const Remedy = Type.Unsafe<Record<string, unknown>>({
  type: 'object',
  required: ['kind', 'title'],
  properties: { kind: { type: 'string' }, title: { type: 'string' } },
  additionalProperties: true,
})

const QuoteOut = fields({
  id: Type.String({ description: 'A signed token; spend it with a charge or hold until it expires.' }),
  accountId: nullable(Type.String()),
  action: Type.String(),
  quantities: Type.Record(Type.String(), Type.Number()),
  options: Type.Unsafe<Record<string, string | string[]>>({ type: 'object', additionalProperties: {} }),
  credits: Type.Number(),
  lines: Type.Array(Line),
  catalogVersion: Type.Integer(),
  affordable: nullable(Type.Boolean()),
  reason: nullable(Type.String({ description: 'The code of the refusal that a charge would get now.' })),
  available: nullable(Type.Number()),
  balance: nullable(Type.Number()),
  balanceAfter: nullable(Type.Number()),
  remedies: Type.Array(Remedy),
  expiresAt: InstantOut,
})

const ITEM_FIELDS = { action: CatalogKey, quantities: optional(Quantities), options: optional(Options) }

export const quoteRoute = route({
  id: 'quote',
  method: 'POST',
  path: '/quotes',
  tag: 'Spending',
  summary: 'The exact cost of an action, line by line, before it is confirmed',
  writes: false,
  body: fields({ accountId: optional(OwnId), userId: optional(nullable(OwnId)), ...ITEM_FIELDS }),
  answers: { 200: QuoteOut },
  run: async (ask, { body }) => {
    const { accountId = null, userId = null, action, quantities = {}, options = {} } = body
    const made = await quote(ask, { accountId, userId, action, quantities, options })
    return answer(200, sayQuote(made, decimalsOf(ask.project)))
  },
})

export const quoteBatchRoute = route({
  id: 'quote-batch',
  method: 'POST',
  path: '/quotes/batch',
  tag: 'Spending',
  summary: 'Several quotes for one account, judged together',
  writes: false,
  bodyLimit: BATCH_BODY_LIMIT,
  body: fields({
    accountId: OwnId,
    userId: optional(nullable(OwnId)),
    items: Type.Array(fields(ITEM_FIELDS), { minItems: 1, maxItems: 1000 }),
  }),
  answers: {
    200: fields({
      data: Type.Array(QuoteOut),
      credits: Type.Number(),
      affordable: Type.Boolean(),
      available: Type.Number(),
      remedies: Type.Array(Remedy),
    }),
  },
  run: async (ask, { body }) => {
    const items = body.items.map(({ action, quantities = {}, options = {} }) => ({
      action,
      quantities,
      options,
    }))
    const { quotes, credits, affordable, available, remedies } = await quoteBatch(
      ask,
      body.accountId,
      body.userId ?? null,
      items,
    )
    const decimals = decimalsOf(ask.project)
    return answer(200, {
      data: quotes.map((made) => sayQuote(made, decimals)),
      credits: formatCredits(credits, decimals),
      available: formatCredits(available, decimals),
      affordable,
      remedies,
    })
  },
})

function sayQuote({ standing, ...made }: Quote, decimals: number) {
  const credits = (units: number | null | undefined): number | null =>
    units == null ? null : formatCredits(units, decimals)
  return {
    ...made,
    credits: formatCredits(made.credits, decimals),
    lines: sayLines(made.lines, decimals),
    affordable: standing?.affordable ?? null,
    reason: standing?.reason ?? null,
    available: credits(standing?.available),
    balance: credits(standing?.balance),
    balanceAfter: credits(standing?.balanceAfter),
    remedies: standing?.remedies ?? [],
    expiresAt: sayInstant(made.expiresAt),
  }
}

export function sayLines(lines: readonly PriceLine[], decimals: number) {
  return lines.map((line) => ({
    ...line,
    credits: formatCredits(line.credits, decimals),
    ...(line.unit === undefined ? {} : { unit: formatCredits(line.unit, decimals) }),
  }))
}
