import { type Static, Type } from 'typebox'
import { decimalsOf } from '../operations/ask.ts'
import { charge } from '../operations/charge.operation.ts'
import { chargeBatch } from '../operations/charge-batch.operation.ts'
import type { Done } from '../operations/submit.ts'
import { problemAnswer } from './problem-answer.ts'
import { answer, BATCH_BODY_LIMIT, route } from './route.ts'
import { bodyOf, said } from './said.ts'
import { fields, optional } from './schema.ts'
import { Charge, readSpend, SpendBody, spendBody } from './spend.schema.ts'
import { endReading, openReading } from './wire.ts'

export const chargeRoute = route({
  id: 'charge',
  method: 'POST',
  path: '/charges',
  tag: 'Spending',
  summary: 'Spend credits on an action, at once',
  body: SpendBody,
  answers: { 201: Charge },
  run: async (ask, { body }) => {
    const reading = openReading(decimalsOf(ask.project))
    const request = readSpend(reading, body)
    endReading(reading)
    return said(201, await charge(ask, request))
  },
})

const IdempotencyKey = Type.String({ minLength: 1, maxLength: 255, pattern: '^[ -~]+$' })

const BatchBody = fields({
  items: Type.Array(spendBody({ idempotencyKey: optional(IdempotencyKey) }), {
    minItems: 1,
    maxItems: 1000,
  }),
})

/** A charge, or a problem: the outcome of one item, with the status it would have had alone. */
const BatchOutcome = Type.Unsafe<unknown>({
  type: 'object',
  required: ['status'],
  properties: {
    status: { type: 'integer' },
    replayed: { type: 'boolean' },
    charge: Charge,
    problem: { type: 'object', additionalProperties: true },
  },
})

export const chargeBatchRoute = route({
  id: 'charge-batch',
  method: 'POST',
  path: '/charges/batch',
  tag: 'Spending',
  summary: 'Up to a thousand charges, each with its own outcome, in order',
  description:
    'Each item may carry its own idempotencyKey. The answer is 200 with one outcome per item: its status, and the charge or the problem.',
  body: BatchBody,
  bodyLimit: BATCH_BODY_LIMIT,
  answers: { 200: fields({ data: Type.Array(BatchOutcome) }) },
  run: async (ask, { body }) => {
    const reading = openReading(decimalsOf(ask.project))
    const items = (body as Static<typeof BatchBody>).items.map(({ idempotencyKey, ...spend }, index) => ({
      request: readSpend(reading, spend, `items[${index}].`),
      idempotencyKey: idempotencyKey ?? null,
    }))
    endReading(reading)
    const outcomes = await chargeBatch(ask, items)
    return answer(200, { data: outcomes.map(sayOutcome) })
  },
})

function sayOutcome(outcome: PromiseSettledResult<Done>) {
  if (outcome.status === 'fulfilled') {
    return { status: 201, replayed: outcome.value.replayed, charge: bodyOf(outcome.value) }
  }
  const { problem, bug } = problemAnswer(outcome.reason, '', '')
  // One item's bug is answered as such; the others stand.
  if (bug !== undefined) return { status: 500, problem: { code: problem.code, title: problem.title } }
  const { requestId: _, type: __, ...told } = problem
  return { status: problem.status, problem: told }
}
