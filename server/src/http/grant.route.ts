import { Type } from 'typebox'
import { accountZone } from '../operations/account-zone.ts'
import { adjust } from '../operations/adjust.operation.ts'
import { decimalsOf } from '../operations/ask.ts'
import { grant } from '../operations/grant.operation.ts'
import { voidLot } from '../operations/void-lot.operation.ts'
import { readWhoAndWhy, WHO_AND_WHY } from './hold.route.ts'
import { route } from './route.ts'
import { said } from './said.ts'
import {
  Credits,
  Draw,
  fields,
  Instant,
  InstantOut,
  Metadata,
  nullable,
  OwnId,
  oneOf,
  optional,
  ScripId,
  SignedCredits,
} from './schema.ts'
import { BALANCES, readMetadata } from './spend.schema.ts'
import { creditsIn, endReading, openReading, optionalCredits, optionalInstant } from './wire.ts'

const Granted = fields({
  id: Type.String(),
  transactionId: nullable(Type.String()),
  accountId: Type.String(),
  kind: nullable(Type.String()),
  credits: Type.Number(),
  effectiveAt: InstantOut,
  expiresAt: nullable(InstantOut),
  reason: nullable(Type.String()),
  metadata: Type.Record(Type.String(), Type.String()),
  at: InstantOut,
  ...BALANCES,
})

export const grantRoute = route({
  id: 'grant',
  method: 'POST',
  path: '/grants',
  tag: 'Credits',
  summary: 'Give an account free or promotional credits, now or later',
  body: fields({
    accountId: OwnId,
    credits: Credits,
    kind: optional(oneOf(['free', 'promotional', 'admin_grant'] as const)),
    effectiveAt: optional(nullable(Instant)),
    expiresAt: optional(nullable(Instant)),
    metadata: optional(Metadata),
    ...WHO_AND_WHY,
  }),
  answers: { 201: Granted },
  run: async (ask, { body }) => {
    const reading = openReading(decimalsOf(ask.project))
    const zone = await accountZone(ask, body.accountId, [body.effectiveAt, body.expiresAt])
    const request = {
      accountId: body.accountId,
      kind: body.kind ?? ('admin_grant' as const),
      credits: creditsIn(reading, 'credits', body.credits),
      effectiveAt: optionalInstant(reading, 'effectiveAt', body.effectiveAt, zone),
      expiresAt: optionalInstant(reading, 'expiresAt', body.expiresAt, zone),
      metadata: readMetadata(reading.faults, 'metadata', body.metadata),
      ...readWhoAndWhy(body),
    }
    endReading(reading)
    return said(201, await grant(ask, request))
  },
})

const Voided = fields({
  transactionId: Type.String(),
  accountId: Type.String(),
  lotId: nullable(Type.String()),
  closed: nullable(Type.String()),
  credits: Type.Number(),
  draws: Type.Array(Draw),
  reason: nullable(Type.String()),
  at: InstantOut,
  ...BALANCES,
})

export const voidLotRoute = route({
  id: 'void-lot',
  method: 'POST',
  path: '/lots/{lotId}/void',
  tag: 'Credits',
  summary: 'Take unheld credits of a lot away: a part, or all of it, which closes it',
  params: fields({ lotId: ScripId }),
  body: fields({ credits: optional(Credits), ...WHO_AND_WHY }),
  answers: { 200: Voided },
  run: async (ask, { params, body }) => {
    const reading = openReading(decimalsOf(ask.project))
    const credits = optionalCredits(reading, 'credits', body.credits)
    endReading(reading)
    return said(200, await voidLot(ask, params.lotId, { credits, ...readWhoAndWhy(body) }))
  },
})

/** Up is a grant by staff, down a void: one shape for both. */
const Adjusted = fields({
  id: optional(Type.String({ description: 'The lot, where credits were added.' })),
  transactionId: nullable(Type.String()),
  accountId: Type.String(),
  kind: optional(nullable(Type.String())),
  lotId: optional(nullable(Type.String())),
  credits: Type.Number({ description: 'Signed.' }),
  draws: optional(Type.Array(Draw)),
  reason: nullable(Type.String()),
  at: InstantOut,
  ...BALANCES,
})

export const adjustRoute = route({
  id: 'adjust',
  method: 'POST',
  path: '/adjustments',
  tag: 'Credits',
  summary: 'Correct a balance, up or down',
  body: fields({ accountId: OwnId, credits: SignedCredits, ...WHO_AND_WHY }),
  answers: { 201: Adjusted },
  run: async (ask, { body }) => {
    const reading = openReading(decimalsOf(ask.project))
    const credits = creditsIn(reading, 'credits', body.credits)
    if (body.credits === 0) {
      reading.faults.push({
        path: 'credits',
        code: 'out_of_range',
        expected: 'credits above or below 0',
        found: 0,
      })
    }
    endReading(reading)
    return said(201, await adjust(ask, { accountId: body.accountId, credits, ...readWhoAndWhy(body) }))
  },
})
