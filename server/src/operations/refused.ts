/**
 * The "no"s that are not the rules of credits: what operations refuse because of who asks, or
 * because of what is there. The rules' own stand in core's table; the door's beside the routes.
 */
import type { RefusalCode } from '@scrip/core'

export const OPERATION_REFUSALS = {
  test_project_required: { status: 403, title: 'Only in a test project' },
  account_required: { status: 400, title: "Only an account's own key says whose credits these are" },
  quote_invalid: { status: 400, title: 'This quote was not made here' },
  project_not_found: { status: 404, title: 'No such project' },
  member_not_found: { status: 404, title: 'No such member' },
  transaction_not_found: { status: 404, title: 'No such transaction' },
  scope_not_visible: { status: 403, title: 'These rows are not its own' },
  key_not_found: { status: 404, title: 'No such key' },
  catalog_version_not_found: { status: 404, title: 'No such version of the catalog' },
  catalog_required: { status: 409, title: 'The project has no catalog yet' },
  catalog_invalid: { status: 422, title: 'The catalog contradicts itself' },
  catalog_conflict: { status: 409, title: 'The catalog does not fit what is there' },
  project_exists: { status: 409, title: 'There is such a project already' },
  id_fixed: { status: 409, title: 'The id stays' },
  account_exists: { status: 409, title: 'There is such an account already' },
  parent_not_possible: { status: 422, title: 'This account cannot be the parent' },
  pool_full: { status: 409, title: 'A pool is shared by a thousand accounts at most' },
  time_zone_unknown: { status: 422, title: 'No such time zone' },
  currency_unknown: { status: 422, title: 'The catalog has no prices in this currency' },
  members_exceeded: { status: 422, title: 'An account has a thousand members at most' },
  scope_not_held: { status: 403, title: 'A key gives no more than its maker has' },
  key_limit_exceeded: { status: 422, title: 'More live keys than allowed' },
  key_revoked: { status: 409, title: 'The key was revoked' },
  metadata_too_large: { status: 422, title: 'The metadata is too large' },
  span_too_long: { status: 422, title: 'The span is too long' },
  instant_in_the_future: { status: 422, title: 'This instant is still to come' },
  time_goes_forward: { status: 409, title: 'A test clock moves forward only' },
  nothing_due: { status: 409, title: 'Nothing of the kind is to come' },
} as const satisfies Record<string, { status: number; title: string }>

export type OperationCode = keyof typeof OPERATION_REFUSALS | RefusalCode

/** A "no" on its way out: a value to the rules, thrown here so that no caller can overlook it. */
export class Refused extends Error {
  readonly code: OperationCode
  readonly detail: string
  /** As they stand on the wire: credits, ISO instants. */
  readonly facts: Readonly<Record<string, unknown>>
  /** The field of the request it is about, where there is one. */
  readonly path: string | null

  constructor(
    code: OperationCode,
    detail: string,
    facts: Readonly<Record<string, unknown>> = {},
    path: string | null = null,
  ) {
    super(`${code}: ${detail}`)
    this.code = code
    this.detail = detail
    this.facts = facts
    this.path = path
  }
}
