/** What a quote, a charge and a hold are asked with, and what charges and holds answer. */
import { type Static, type TSchema, Type } from 'typebox'
import type { SpendRequest } from '../operations/spend-request.ts'
import type { Fault } from './faults.ts'
import {
  Actor,
  CatalogKey,
  Credits,
  Draw,
  fields,
  InstantOut,
  Line,
  Metadata,
  nullable,
  Options,
  OwnId,
  optional,
  Quantities,
  Subject,
  SubjectOut,
} from './schema.ts'
import { optionalCredits, type Reading } from './wire.ts'

const QuoteId = Type.String({
  minLength: 40,
  maxLength: 20_000,
  pattern: '^quo_[0-9A-Za-z_.-]+$',
  'x-expects': "a quote's id",
})

const SPEND_FIELDS = {
  accountId: optional(OwnId),
  action: optional(CatalogKey),
  quantities: optional(Quantities),
  options: optional(Options),
  quoteId: optional(QuoteId),
  maxCredits: optional(Credits),
  userId: optional(nullable(OwnId)),
  subject: optional(nullable(Subject)),
  metadata: optional(Metadata),
  actor: optional(nullable(Actor)),
}

/** A quote says both; without one they are named. In the schema, so that what is missing is told beside all other faults. */
const NAMED_OR_QUOTED = { if: { required: ['quoteId'] }, else: { required: ['accountId', 'action'] } }

/** A charge's body, and what stands beside it in a hold or in an item of a batch. */
export function spendBody<T extends Record<string, TSchema>>(more: T) {
  return fields({ ...SPEND_FIELDS, ...more }, NAMED_OR_QUOTED)
}

export const SpendBody = spendBody({})
type SpendBody = Static<typeof SpendBody>

/** On a row of the ledger, all metadata together. */
const METADATA_BYTES_MAX = 2_000

/** `path`: where the body stands in the request, such as `items[3].`. */
export function readSpend(reading: Reading, body: SpendBody, path = ''): SpendRequest {
  if (body.quoteId !== undefined)
    for (const name of ['action', 'quantities', 'options'] as const)
      refuseBesideQuote(reading, body, path, name)
  return {
    accountId: body.accountId ?? null,
    action: body.action ?? null,
    quantities: body.quantities ?? {},
    options: body.options ?? {},
    quoteId: body.quoteId ?? null,
    maxCredits: optionalCredits(reading, `${path}maxCredits`, body.maxCredits),
    userId: body.userId ?? null,
    subject: readSubject(body.subject),
    metadata: readMetadata(reading.faults, `${path}metadata`, body.metadata),
    actor: readActor(body.actor),
  }
}

function refuseBesideQuote(
  reading: Reading,
  body: SpendBody,
  path: string,
  name: 'action' | 'quantities' | 'options',
): void {
  if (body[name] === undefined) return
  reading.faults.push({
    path: `${path}${name}`,
    code: 'not_allowed',
    expected: 'nothing beside quoteId, which says it',
    found: name,
  })
}

function readSubject(subject: Static<typeof Subject> | null | undefined) {
  return subject == null ? null : { type: subject.type ?? null, id: subject.id, name: subject.name ?? null }
}

export function readActor(actor: Static<typeof Actor> | null | undefined) {
  return actor == null ? null : { id: actor.id, name: actor.name ?? null }
}

export function readMetadata(
  faults: Fault[],
  path: string,
  metadata: Record<string, string> | undefined,
): Record<string, string> | null {
  if (metadata === undefined || Object.keys(metadata).length === 0) return null
  const bytes = Buffer.byteLength(JSON.stringify(metadata))
  if (bytes > METADATA_BYTES_MAX) {
    faults.push({
      path,
      code: 'too_long',
      expected: `at most ${METADATA_BYTES_MAX} bytes in all`,
      found: `${bytes} bytes`,
    })
  }
  return metadata
}

export const BALANCES = { balance: Type.Number(), available: Type.Number(), held: Type.Number() }

export const USE_FIELDS = {
  accountId: Type.String(),
  action: nullable(Type.String()),
  userId: nullable(Type.String()),
  subject: nullable(SubjectOut),
  metadata: Type.Record(Type.String(), Type.String()),
}

const QuantitiesOut = Type.Record(Type.String(), Type.Number())
/** A value or a list of values; written as it stands. */
const OptionsOut = Type.Unsafe<Record<string, string | string[]>>({
  type: 'object',
  additionalProperties: {},
  description: 'A value, or a list of values, by name.',
})

export const Charge = fields({
  id: Type.String(),
  transactionId: Type.String(),
  ...USE_FIELDS,
  credits: Type.Number(),
  lines: Type.Array(Line),
  draws: Type.Array(Draw),
  quantities: QuantitiesOut,
  options: OptionsOut,
  quoteId: nullable(Type.String()),
  holdId: nullable(Type.String()),
  catalogVersion: nullable(Type.Integer()),
  at: InstantOut,
  ...BALANCES,
})

export const Capture = fields({
  id: Type.String({ description: 'The charge that the captures of this hold make.' }),
  transactionId: Type.String(),
  ...USE_FIELDS,
  credits: Type.Number({ description: 'What the charge comes to with this capture.' }),
  captured: Type.Number({ description: 'What this capture took.' }),
  released: Type.Number(),
  beyondHold: Type.Number(),
  lines: Type.Array(Line, { description: 'What this capture took, line by line.' }),
  draws: Type.Array(Draw),
  holdId: nullable(Type.String()),
  catalogVersion: nullable(Type.Integer()),
  at: InstantOut,
  ...BALANCES,
})

export const Refund = fields({
  id: Type.String(),
  chargeId: nullable(Type.String()),
  ...USE_FIELDS,
  credits: Type.Number({ description: 'What this refund gave back.' }),
  charged: Type.Number(),
  refunded: Type.Number({ description: 'What was given back of the charge in all.' }),
  lines: Type.Array(Line, { description: 'What this refund gave back, line by line.' }),
  draws: Type.Array(Draw),
  reason: nullable(Type.String()),
  at: InstantOut,
  ...BALANCES,
})

const HOLD_FIELDS = {
  id: Type.String(),
  ...USE_FIELDS,
  status: Type.String({ description: 'open, captured, released or expired.' }),
  credits: Type.Number(),
  captured: Type.Number(),
  left: Type.Number(),
  draws: Type.Array(Draw),
  quantities: QuantitiesOut,
  options: OptionsOut,
  chargeId: nullable(Type.String()),
  at: InstantOut,
  expiresAt: InstantOut,
  endedAt: nullable(InstantOut),
}

export const Hold = fields(HOLD_FIELDS)

export const HoldMade = fields({
  ...HOLD_FIELDS,
  lines: Type.Array(Line),
  leftOut: QuantitiesOut,
  quoteId: nullable(Type.String()),
  ...BALANCES,
})

export const HoldChanged = fields({ ...HOLD_FIELDS, ...BALANCES })

export const Released = fields({
  holdId: nullable(Type.String()),
  chargeId: nullable(Type.String()),
  accountId: Type.String(),
  released: Type.Number(),
  at: InstantOut,
  ...BALANCES,
})
