import { formatCredits } from '@scrip/core'
import { Type } from 'typebox'
import type { KeyRecord } from '../database/keys.sql.ts'
import { sayInstant, sayInstantOrNull } from '../ledger/replay.ts'
import { type Ask, decimalsOf } from '../operations/ask.ts'
import { SCOPES } from '../operations/caller.ts'
import { createKey } from '../operations/create-key.operation.ts'
import { listKeys } from '../operations/list-keys.operation.ts'
import { remembered } from '../operations/remembered.ts'
import { revokeKey } from '../operations/revoke-key.operation.ts'
import { rotateKey } from '../operations/rotate-key.operation.ts'
import { verifyKey } from '../operations/verify-key.operation.ts'
import { pageOf, readPage } from './cursor.ts'
import { answer, route } from './route.ts'
import {
  fields,
  Instant,
  InstantOut,
  line,
  nullable,
  OwnId,
  oneOf,
  optional,
  PageQuery,
  page,
  ScripId,
} from './schema.ts'
import { endReading, openReading, optionalInstant } from './wire.ts'

const ScopeWord = oneOf(SCOPES as readonly ['read', 'spend', 'refund', 'sell', 'grant', 'keys', 'admin'])
const Permission = Type.String({
  minLength: 1,
  maxLength: 100,
  pattern: '^[!-~]+$',
  'x-expects': 'a word of visible ASCII characters',
})

const KEY_FIELDS = {
  id: Type.String(),
  prefix: Type.String({ description: 'Its first characters, by which it is named.' }),
  name: nullable(Type.String()),
  accountId: nullable(Type.String()),
  userId: nullable(Type.String()),
  scopes: Type.Array(Type.String()),
  permissions: Type.Array(Type.String()),
  createdAt: InstantOut,
  lastUsedAt: nullable(InstantOut),
  revokedAt: nullable(InstantOut),
  expiresAt: nullable(InstantOut),
}

const KeyOut = fields(KEY_FIELDS)
const KeyShown = fields({ ...KEY_FIELDS, key: Type.String({ description: 'The key itself: shown once.' }) })

function sayKey(key: KeyRecord) {
  return {
    id: key.id,
    prefix: key.prefix,
    name: key.name,
    accountId: key.accountId,
    userId: key.userId,
    scopes: key.scopes,
    permissions: key.permissions,
    createdAt: sayInstant(key.createdAt),
    lastUsedAt: sayInstantOrNull(key.lastUsedAt),
    revokedAt: sayInstantOrNull(key.revokedAt),
    expiresAt: sayInstantOrNull(key.expiresAt),
  }
}

const tag = 'Keys'

export const createKeyRoute = route({
  id: 'create-key',
  method: 'POST',
  path: '/keys',
  tag,
  summary: "Make a key: a project's with scopes, or a customer's own with permissions",
  body: fields({
    name: optional(nullable(line(200))),
    scopes: optional(Type.Array(ScopeWord, { maxItems: 7 })),
    accountId: optional(nullable(OwnId)),
    userId: optional(nullable(OwnId)),
    permissions: optional(Type.Array(Permission, { maxItems: 100 })),
    expiresAt: optional(nullable(Instant)),
  }),
  answers: { 201: KeyShown },
  run: (ask, { body }) => {
    const request = readKey(ask, body)
    return remembered(ask, 'create-key', request.accountId ?? '', async (session) => {
      const { key, text } = await createKey(ask, session, request)
      return { status: 201, body: { ...sayKey(key), key: text } }
    })
  },
})

type KeyBody = {
  name?: string | null
  scopes?: KeyRecord['scopes'][number][]
  accountId?: string | null
  userId?: string | null
  permissions?: string[]
  expiresAt?: string | null
}

function readKey(ask: Ask, body: KeyBody) {
  const reading = openReading(0)
  const { accountId = null, scopes = [], permissions = [] } = body
  const expiresAt = optionalInstant(reading, 'expiresAt', body.expiresAt, 'UTC')
  const refuse = (path: string, expected: string, found: unknown): void => {
    reading.faults.push({ path, code: 'not_allowed', expected, found })
  }
  if (accountId !== null && scopes.length > 0)
    refuse('scopes', "none: a customer's key reads and quotes", scopes.join(', '))
  if (accountId === null && scopes.length === 0) refuse('scopes', 'at least one scope', null)
  if (accountId === null && permissions.length > 0)
    refuse('permissions', "none: they are of a customer's key", permissions.length)
  if (expiresAt !== null && expiresAt <= ask.house.realTime())
    refuse('expiresAt', 'an instant to come', body.expiresAt)
  endReading(reading)
  return {
    name: body.name ?? null,
    scopes: [...new Set(scopes)],
    accountId,
    userId: body.userId ?? null,
    permissions,
    expiresAt,
  }
}

export const listKeysRoute = route({
  id: 'list-keys',
  method: 'GET',
  path: '/keys',
  tag,
  summary: 'Keys by their public part, newest first',
  query: fields({ accountId: optional(OwnId), ...PageQuery }),
  answers: { 200: page(KeyOut) },
  run: async (ask, { query }) => {
    const { limit, ascending, after } = readPage(ask, 'list-keys', query)
    const place = after === null ? null : { createdAt: after[0] as number, id: after[1] as string }
    const rows = await listKeys(ask, {
      accountId: query.accountId ?? null,
      after: place,
      ascending,
      limit: limit + 1,
    })
    const { data, nextCursor } = pageOf(ask, 'list-keys', rows, limit, (key) => [key.createdAt, key.id])
    return answer(200, { data: data.map(sayKey), nextCursor })
  },
})

const KeyParams = fields({ keyId: ScripId })

export const revokeKeyRoute = route({
  id: 'revoke-key',
  method: 'DELETE',
  path: '/keys/{keyId}',
  tag,
  summary: 'End a key, everywhere within a second',
  params: KeyParams,
  answers: { 200: KeyOut },
  run: (ask, { params: { keyId } }) =>
    remembered(ask, `revoke-key:${keyId}`, '', async (session) => {
      const key = await revokeKey(ask, session, keyId)
      ask.house.keys.forget(key.prefix)
      return { status: 200, body: sayKey(key) }
    }).then((wrote) => forgotten(ask, wrote)),
})

/** Forgotten once more after the commit: a request in between may have cached the key as it was. */
function forgotten<T extends { readonly body: unknown }>(ask: Ask, wrote: T): T {
  const { prefix, previous } = wrote.body as { prefix: string; previous?: { prefix: string } }
  ask.house.keys.forget(previous?.prefix ?? prefix)
  return wrote
}

const OVERLAP_DEFAULT_SECONDS = 86_400

export const rotateKeyRoute = route({
  id: 'rotate-key',
  method: 'POST',
  path: '/keys/{keyId}/rotate',
  tag,
  summary: "Make a key's successor; both work until the old one's time is over",
  params: KeyParams,
  body: fields({ overlapSeconds: optional(Type.Integer({ minimum: 0, maximum: 2_592_000 })) }),
  answers: { 201: fields({ ...KEY_FIELDS, key: Type.String(), previous: KeyOut }) },
  run: (ask, { params: { keyId }, body }) =>
    remembered(ask, `rotate-key:${keyId}`, '', async (session) => {
      const overlapMs = (body.overlapSeconds ?? OVERLAP_DEFAULT_SECONDS) * 1000
      const { key, text, previous } = await rotateKey(ask, session, keyId, overlapMs)
      return { status: 201, body: { ...sayKey(key), key: text, previous: sayKey(previous) } }
    }).then((wrote) => forgotten(ask, wrote)),
})

export const verifyKeyRoute = route({
  id: 'verify-key',
  method: 'POST',
  path: '/keys/verify',
  tag,
  summary: 'Whose key this is, and whether it carries a permission',
  writes: false,
  body: fields({
    key: Type.String({ minLength: 1, maxLength: 200 }),
    permission: optional(nullable(Permission)),
  }),
  answers: {
    200: fields({
      valid: Type.Boolean(),
      reason: nullable(Type.String({ description: 'unknown, revoked, expired or permission_missing.' })),
      permission: nullable(Type.String({ description: 'The permission that is missing.' })),
      keyId: nullable(Type.String()),
      accountId: nullable(Type.String()),
      userId: nullable(Type.String()),
      permissions: Type.Array(Type.String()),
      credits: nullable(
        fields({
          balance: Type.Number(),
          available: Type.Number(),
          held: Type.Number(),
          status: Type.String(),
        }),
      ),
    }),
  },
  run: async (ask, { body: { key: text, permission = null } }) => {
    const verified = await verifyKey(ask, text, permission)
    const { key } = verified
    const credits = verified.valid ? verified.credits : null
    const say = (units: number): number => formatCredits(units, decimalsOf(ask.project))
    return answer(200, {
      valid: verified.valid,
      reason: verified.valid ? null : verified.reason,
      permission: !verified.valid && verified.reason === 'permission_missing' ? permission : null,
      keyId: key?.id ?? null,
      accountId: key?.accountId ?? null,
      userId: key?.userId ?? null,
      permissions: key?.permissions ?? [],
      credits:
        credits === null
          ? null
          : {
              balance: say(credits.balance),
              available: say(credits.available),
              held: say(credits.held),
              status: credits.status,
            },
    })
  },
})
