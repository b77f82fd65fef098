/**
 * Every code that the API answers, in order of precedence: first what the door itself says no to,
 * then the operations, then the rules (core's own table). Code, docs page and types are made from
 * this one table.
 */
import { REFUSALS } from '@scrip/core'
import { OPERATION_REFUSALS } from '../operations/refused.ts'
import type { Fault } from './faults.ts'

export const DOOR_REFUSALS = {
  stopping: { status: 503, title: 'The server is stopping' },
  overloaded: { status: 503, title: 'More work than can be taken now' },
  clock_unsafe: { status: 503, title: "The server's clock cannot be trusted" },
  database_unavailable: { status: 503, title: 'The database does not answer' },
  gateway_unavailable: { status: 503, title: 'The payment gateway does not answer' },
  gateway_refused: { status: 409, title: 'The payment gateway refuses this' },
  webhook_refused: { status: 400, title: "This webhook is not the gateway's" },
  rate_limited: { status: 429, title: 'Too many requests' },
  route_not_found: { status: 404, title: 'No such address' },
  method_not_allowed: { status: 405, title: 'This address is asked by other methods' },
  key_in_url: { status: 400, title: 'A key does not belong into an address' },
  key_required: { status: 401, title: 'A key is needed' },
  key_invalid: { status: 401, title: 'This key is not known' },
  scope_required: { status: 403, title: "The key's scopes do not allow this" },
  account_key_forbidden: { status: 403, title: "A customer's key reads and quotes, nothing else" },
  body_too_large: { status: 413, title: 'The body is too large' },
  content_type_unsupported: { status: 415, title: 'This content type is not taken here' },
  request_malformed: { status: 400, title: 'The request is malformed' },
  cursor_invalid: { status: 400, title: 'This cursor is not one of this list' },
  internal_error: { status: 500, title: 'This is our fault' },
} as const satisfies Record<string, { status: number; title: string }>

export const PROBLEMS = { ...DOOR_REFUSALS, ...OPERATION_REFUSALS, ...REFUSALS }

export type ProblemCode = keyof typeof PROBLEMS

/** What the door refuses before any operation runs. Thrown, and written as problem+json. */
export class DoorRefusal extends Error {
  readonly code: keyof typeof DOOR_REFUSALS
  readonly detail: string
  readonly facts: Readonly<Record<string, unknown>>

  constructor(
    code: keyof typeof DOOR_REFUSALS,
    detail: string,
    facts: Readonly<Record<string, unknown>> = {},
  ) {
    super(`${code}: ${detail}`)
    this.code = code
    this.detail = detail
    this.facts = facts
  }
}

/** A request that is not well-formed, with every fault found. */
export class Malformed extends Error {
  readonly faults: readonly Fault[]

  constructor(faults: readonly Fault[]) {
    super(`malformed: ${faults.map((fault) => `${fault.path} ${fault.code}`).join(', ')}`)
    this.faults = faults
  }
}
