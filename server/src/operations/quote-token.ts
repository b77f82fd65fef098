/**
 * A quote is a signed answer, not a row: everything it promised stands in its id, and nobody else can
 * make one. The signature comes first, so that the beginning of an id already tells quotes apart.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Credits, Instant, LockedPrice, Options, PriceLine, Quantities } from '@scrip/core'

export interface QuoteFacts {
  readonly project: number
  /** null: made for nobody in particular, and good for any account of the project. */
  readonly accountId: string | null
  readonly action: string
  readonly quantities: Quantities
  readonly options: Options
  readonly credits: Credits
  readonly lines: readonly PriceLine[]
  readonly catalogVersion: number
  readonly pricedAt: Instant
  readonly expiresAt: Instant
}

/** Longer ids than this do not fit an index; what is kept of those is their signature, which is as unique. */
const KEPT_MAX = 2_000
const SIGNATURE_LENGTH = 32

export function signQuote(secret: Buffer, facts: QuoteFacts): string {
  const {
    project,
    accountId,
    action,
    quantities,
    options,
    credits,
    lines,
    catalogVersion,
    pricedAt,
    expiresAt,
  } = facts
  // Two quotes of the same moment for the same thing are still two: each is spent once.
  const nonce = randomBytes(6).toString('base64url')
  const said = [
    nonce,
    project,
    accountId,
    action,
    quantities,
    options,
    credits,
    catalogVersion,
    pricedAt,
    expiresAt,
    lines.map(packLine),
  ]
  const payload = Buffer.from(JSON.stringify(said)).toString('base64url')
  return `quo_${signature(secret, payload)}.${payload}`
}

/** What the quote says, or null where it was not made here. */
export function readQuote(
  secret: Buffer,
  id: string,
): (QuoteFacts & { readonly locked: LockedPrice }) | null {
  const match = /^quo_([\w-]{32})\.([\w-]+)$/.exec(id)
  if (match === null) return null
  const [, given = '', payload = ''] = match
  if (!timingSafeEqual(Buffer.from(given), Buffer.from(signature(secret, payload)))) return null
  const said = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Packed
  const [
    ,
    project,
    accountId,
    action,
    quantities,
    options,
    credits,
    catalogVersion,
    pricedAt,
    expiresAt,
    packed,
  ] = said
  const lines = packed.map(unpackLine)
  const quoteId = id.length <= KEPT_MAX ? id : id.slice(0, 4 + SIGNATURE_LENGTH)
  const locked = { quoteId, credits, lines, catalogVersion, pricedAt, expiresAt }
  return {
    project,
    accountId,
    action,
    quantities,
    options,
    credits,
    lines,
    catalogVersion,
    pricedAt,
    expiresAt,
    locked,
  }
}

type PackedLine = [string, number, number | null, number | null, string | null]
type Packed = [
  string,
  number,
  string | null,
  string,
  Quantities,
  Options,
  Credits,
  number,
  Instant,
  Instant,
  PackedLine[],
]

function packLine({ name, credits, quantity, unit, per }: PriceLine): PackedLine {
  return [name, credits, quantity ?? null, unit ?? null, per ?? null]
}

function unpackLine([name, credits, quantity, unit, per]: PackedLine): PriceLine {
  return {
    name,
    credits,
    ...(quantity === null ? {} : { quantity }),
    ...(unit === null ? {} : { unit }),
    ...(per === null ? {} : { per }),
  }
}

function signature(secret: Buffer, payload: string): string {
  const digest = createHmac('sha256', secret).update('quote:').update(payload).digest('base64url')
  return digest.slice(0, SIGNATURE_LENGTH)
}
