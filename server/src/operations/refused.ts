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
  webhook_endpoint_not_found: { status: 404, title: 'No such webhook endpoint' },
  webhook_delivery_not_found: { status: 404, title: 'Nothing of the kind was sent there' },
  event_not_found: { status: 404, title: 'No such event' },
  catalog_version_not_found: { status: 404, title: 'No such version of the catalog' },
  billing_details_not_found: { status: 404, title: 'The account has no billing details yet' },
  seller_not_found: { status: 404, title: 'The project has no seller yet' },
  invoice_not_found: { status: 404, title: 'No such invoice' },
  invoice_not_issued: { status: 409, title: 'The invoice has no number and no document yet' },
  mail_not_found: { status: 404, title: 'No such mail' },
  mail_not_given_up: { status: 409, title: 'The mail was sent, or still is to be' },
  country_unknown: { status: 422, title: 'No such country' },
  region_unknown: { status: 422, title: 'No such state' },
  tax_id_invalid: { status: 422, title: 'This is no tax id of the country' },
  prefix_taken: { status: 422, title: 'Invoices and credit notes are numbered apart' },
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
  webhook_endpoint_limit_exceeded: { status: 422, title: 'More webhook endpoints than allowed' },
  webhook_endpoint_disabled: { status: 409, title: 'Nothing is sent to this endpoint' },
  url_not_allowed: { status: 422, title: 'Webhooks are not sent to this address' },
  event_type_unknown: { status: 422, title: 'No such type of event' },
  metadata_too_large: { status: 422, title: 'The metadata is too large' },
  span_too_long: { status: 422, title: 'The span is too long' },
  payment_method_not_found: { status: 422, title: 'No such saved means of payment' },
  top_up_not_found: { status: 404, title: 'No automatic top-up' },
  top_up_not_possible: { status: 422, title: 'This account cannot be topped up by itself' },
  top_up_cap_too_low: { status: 422, title: 'The limit is below the price of one top-up' },
  span_empty: { status: 422, title: 'The span is empty' },
  export_not_found: { status: 404, title: 'No such export' },
  export_not_ready: { status: 409, title: 'The file is not there yet' },
  export_forgotten: { status: 410, title: 'The file is not kept any more' },
  export_schedule_not_found: { status: 404, title: 'No such schedule of exports' },
  export_folder_closed: { status: 422, title: 'No folder is open for exports' },
  instant_in_the_future: { status: 422, title: 'This instant is still to come' },
  time_goes_forward: { status: 409, title: 'A test clock moves forward only' },
  gateway_not_found: { status: 404, title: 'No such gateway' },
  gateway_without_settings: { status: 422, title: 'This gateway needs no settings' },
  gateway_not_set_up: { status: 409, title: 'The project is not set up with this gateway' },
  gateway_event_not_found: { status: 404, title: 'No such event of a gateway' },
  secret_key_required: {
    status: 409,
    title: 'Secrets of a live project are sealed by a key of the operator',
  },
  sandbox_order_not_found: { status: 404, title: 'The sandbox knows no such order' },
  sandbox_act_not_possible: { status: 409, title: 'This cannot happen to the order now' },
  purchase_not_found: { status: 404, title: 'No such purchase' },
  payment_not_found: { status: 404, title: 'No such payment' },
  role_required: { status: 403, title: 'This member does not buy' },
  currency_fixed: { status: 409, title: 'The currency is fixed by what was bought' },
  purchase_state: { status: 409, title: 'The purchase is in another state' },
  gateway_decides: { status: 409, title: 'The gateway says what was paid' },
  refund_exceeds_payment: { status: 422, title: 'More than is left of the payment' },
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
