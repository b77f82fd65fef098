import { formatCredits, placeId } from '@scrip/core'
import { Type } from 'typebox'
import { sayDraws, sayInstant } from '../ledger/replay.ts'
import { type Ask, decimalsOf } from '../operations/ask.ts'
import { explainCharge } from '../operations/explain-charge.operation.ts'
import { type ChargeRead, readCharge } from '../operations/read-charge.operation.ts'
import { sayLines } from './quote.route.ts'
import { answer, route } from './route.ts'
import { Draw, fields, InstantOut, Line, nullable, ScripId } from './schema.ts'
import { USE_FIELDS } from './spend.schema.ts'

const PART_FIELDS = {
  transactionId: Type.String(),
  credits: Type.Number(),
  draws: Type.Array(Draw),
  at: InstantOut,
}

const CapturePart = fields({ ...PART_FIELDS, lines: Type.Array(Line) })

const CHARGE_READ = {
  id: Type.String(),
  ...USE_FIELDS,
  credits: Type.Number({ description: 'Charged in all.' }),
  refunded: Type.Number(),
  net: Type.Number({ description: 'Charged less refunded.' }),
  lines: Type.Array(Line),
  draws: Type.Array(Draw),
  quantities: Type.Record(Type.String(), Type.Number()),
  options: Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: {} }),
  quoteId: nullable(Type.String()),
  holdId: nullable(Type.String()),
  catalogVersion: nullable(Type.Integer()),
  captures: Type.Array(CapturePart),
  refunds: Type.Array(fields(PART_FIELDS)),
  at: InstantOut,
}

function sayCharge(ask: Ask, read: ChargeRead) {
  const decimals = decimalsOf(ask.project)
  const { pool, first, captures, refunds } = read
  const say = (units: number): number => formatCredits(units, decimals)
  const part = (entry: ChargeRead['first']) => ({
    transactionId: placeId('txn', pool, entry),
    credits: say(Math.abs(entry.amount)),
    draws: sayDraws(entry.draws, { pool, decimals }),
    at: sayInstant(entry.at),
  })
  return {
    id: placeId('chg', pool, first),
    accountId: first.accountId,
    action: first.action,
    userId: first.userId,
    subject: first.subject,
    metadata: first.detail?.metadata ?? {},
    credits: say(read.charged),
    refunded: say(read.refunded),
    net: say(read.charged - read.refunded),
    lines: sayLines(read.lines, decimals),
    draws: sayDraws(
      (captures.length > 0 ? captures : [first]).flatMap(({ draws }) => draws),
      { pool, decimals },
    ),
    quantities: first.detail?.quantities ?? {},
    options: first.detail?.options ?? {},
    quoteId: first.detail?.quoteId ?? null,
    holdId: first.hold === null ? null : placeId('hold', pool, first.hold),
    catalogVersion: first.catalogVersion,
    captures: captures.map((entry) => ({
      ...part(entry),
      lines: sayLines(entry.detail?.lines ?? [], decimals),
    })),
    refunds: refunds.map(part),
    at: sayInstant(first.at),
  }
}

const ChargeParams = fields({ chargeId: ScripId })
const tag = 'Spending'

export const readChargeRoute = route({
  id: 'read-charge',
  method: 'GET',
  path: '/charges/{chargeId}',
  tag,
  summary: 'One charge, with its captures and refunds',
  params: ChargeParams,
  answers: { 200: fields(CHARGE_READ) },
  run: async (ask, { params }) => answer(200, sayCharge(ask, await readCharge(ask, params.chargeId))),
})

export const explainChargeRoute = route({
  id: 'explain-charge',
  method: 'GET',
  path: '/charges/{chargeId}/explanation',
  tag,
  summary: 'How a charge came about, in words',
  params: ChargeParams,
  answers: { 200: fields({ ...CHARGE_READ, sentences: Type.Array(Type.String()) }) },
  run: async (ask, { params }) => {
    const explained = await explainCharge(ask, params.chargeId)
    return answer(200, { ...sayCharge(ask, explained), sentences: explained.sentences })
  },
})
