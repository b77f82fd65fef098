import { type Static, Type } from 'typebox'
import { sayHold } from '../ledger/replay.ts'
import { decimalsOf } from '../operations/ask.ts'
import { capture } from '../operations/capture.operation.ts'
import { extendHold } from '../operations/extend-hold.operation.ts'
import { hold } from '../operations/hold.operation.ts'
import { readHold } from '../operations/read-hold.operation.ts'
import { release } from '../operations/release.operation.ts'
import { answer, route } from './route.ts'
import { said } from './said.ts'
import {
  Actor,
  CatalogKey,
  Credits,
  fields,
  nullable,
  Options,
  optional,
  Quantities,
  Reason,
  ScripId,
} from './schema.ts'
import {
  Capture,
  Hold,
  HoldChanged,
  HoldMade,
  Released,
  readActor,
  readSpend,
  spendBody,
} from './spend.schema.ts'
import { endReading, openReading, optionalCredits, type Reading } from './wire.ts'

const TimeoutSeconds = Type.Integer({ minimum: 1, maximum: 2_592_000, description: '1 second to 30 days.' })

export const holdRoute = route({
  id: 'hold',
  method: 'POST',
  path: '/holds',
  tag: 'Spending',
  summary: 'Set credits aside for an action under way',
  body: spendBody({ timeoutSeconds: optional(TimeoutSeconds), atMost: optional(CatalogKey) }),
  answers: { 201: HoldMade },
  run: async (ask, { body }) => {
    const { timeoutSeconds, atMost, ...spend } = body
    const reading = openReading(decimalsOf(ask.project))
    const request = readSpend(reading, spend)
    endReading(reading)
    const timeoutMs = timeoutSeconds === undefined ? null : timeoutSeconds * 1000
    return said(201, await hold(ask, { ...request, timeoutMs, atMost: atMost ?? null }))
  },
})

const HoldParams = fields({ holdId: ScripId })
export const WHO_AND_WHY = { reason: optional(nullable(Reason)), actor: optional(nullable(Actor)) }

export function readWhoAndWhy(body: { reason?: string | null; actor?: Static<typeof Actor> | null }) {
  return { reason: body.reason ?? null, actor: readActor(body.actor) }
}

/** By credits, or by what really happened; both at once contradict each other. */
export const AMOUNT_FIELDS = {
  credits: optional(Credits),
  quantities: optional(Quantities),
  options: optional(Options),
}

export function readAmount(
  reading: Reading,
  body: {
    credits?: number
    quantities?: Record<string, number>
    options?: Record<string, string | string[]>
  },
) {
  const credits = optionalCredits(reading, 'credits', body.credits)
  if (credits !== null && (body.quantities !== undefined || body.options !== undefined)) {
    const expected = 'credits, or quantities and options: not both'
    reading.faults.push({ path: 'credits', code: 'not_allowed', expected, found: body.credits })
  }
  return { credits, quantities: body.quantities ?? null, options: body.options ?? null }
}

export const readHoldRoute = route({
  id: 'read-hold',
  method: 'GET',
  path: '/holds/{holdId}',
  tag: 'Spending',
  summary: 'One hold, as it stands',
  params: HoldParams,
  answers: { 200: Hold },
  run: async (ask, { params }) => {
    const { hold: found, pool } = await readHold(ask, params.holdId)
    return answer(200, sayHold(found, { pool, decimals: decimalsOf(ask.project) }))
  },
})

export const extendHoldRoute = route({
  id: 'extend-hold',
  method: 'PATCH',
  path: '/holds/{holdId}',
  tag: 'Spending',
  summary: 'Give a hold more or less time, counted from now',
  params: HoldParams,
  body: fields({ timeoutSeconds: TimeoutSeconds, ...WHO_AND_WHY }),
  answers: { 200: HoldChanged },
  run: async (ask, { params, body }) => {
    const request = { ...readWhoAndWhy(body), timeoutMs: body.timeoutSeconds * 1000 }
    return said(200, await extendHold(ask, params.holdId, request))
  },
})

export const captureRoute = route({
  id: 'capture',
  method: 'POST',
  path: '/holds/{holdId}/captures',
  tag: 'Spending',
  summary: 'Take what was held: all, a part, or what really happened',
  params: HoldParams,
  body: fields({
    ...AMOUNT_FIELDS,
    final: optional(Type.Boolean({ default: true })),
    beyondHold: optional(Type.Boolean({ default: false })),
    ...WHO_AND_WHY,
  }),
  answers: { 201: Capture },
  run: async (ask, { params, body }) => {
    const reading = openReading(decimalsOf(ask.project))
    const amount = readAmount(reading, body)
    endReading(reading)
    const { final = true, beyondHold = false } = body
    return said(
      201,
      await capture(ask, params.holdId, { ...amount, final, beyondHold, ...readWhoAndWhy(body) }),
    )
  },
})

export const releaseRoute = route({
  id: 'release',
  method: 'POST',
  path: '/holds/{holdId}/release',
  tag: 'Spending',
  summary: 'Give back what a hold still sets aside',
  params: HoldParams,
  body: fields(WHO_AND_WHY),
  answers: { 200: Released },
  run: async (ask, { params, body }) => said(200, await release(ask, params.holdId, readWhoAndWhy(body))),
})
