/**
 * Every "no" of the rules, in order of precedence: where several apply, the first of the table is
 * answered. A refusal is a value; what was refused changed nothing that time had not already done.
 * The HTTP status and title of each code stand here so that code, docs and types stay equal.
 */
import { nearestFirst } from './catalog/edit-distance.ts'
import { oneOf } from './price/refusal.ts'

export const REFUSALS = {
  account_not_found: { status: 404, title: 'No such account' },
  pool_shared: { status: 409, title: 'The account shares its parent’s credits' },
  hold_not_found: { status: 404, title: 'No such hold' },
  charge_not_found: { status: 404, title: 'No such charge' },
  lot_not_found: { status: 404, title: 'No such lot' },
  subscription_not_found: { status: 404, title: 'No such subscription' },
  budget_not_found: { status: 404, title: 'No such budget' },
  idempotency_key_reused: { status: 409, title: 'This key was used for another request' },
  action_not_found: { status: 404, title: 'No such action' },
  plan_not_found: { status: 404, title: 'No such plan' },
  pack_not_found: { status: 404, title: 'No such pack' },
  promotion_not_found: { status: 404, title: 'No such promotion' },
  action_not_available: { status: 422, title: 'This action is not available yet' },
  quote_expired: { status: 409, title: 'This quote has expired' },
  quote_already_used: { status: 409, title: 'This quote was already used' },
  hold_ended: { status: 409, title: 'The hold has ended' },
  unknown_quantity: { status: 422, title: 'Unknown quantity' },
  unknown_option: { status: 422, title: 'Unknown option' },
  quantity_required: { status: 422, title: 'A quantity is missing' },
  option_required: { status: 422, title: 'An option is missing' },
  quantity_out_of_range: { status: 422, title: 'The quantity is out of range' },
  option_not_available: { status: 422, title: 'This option is not available' },
  kind_not_grantable: { status: 422, title: 'This kind comes from plans and purchases alone' },
  amount_too_large: { status: 422, title: 'The amount is too large' },
  timeout_out_of_range: { status: 422, title: 'The time-out is out of range' },
  access_inactive: { status: 402, title: 'No active plan' },
  plan_required: { status: 402, title: 'This needs another plan' },
  price_above_maximum: { status: 409, title: 'It costs more than the maximum given' },
  budget_exceeded: { status: 402, title: 'The budget does not suffice' },
  insufficient_credits: { status: 402, title: 'Not enough credits' },
  capture_exceeds_hold: { status: 422, title: 'More than is held' },
  nothing_to_refund: { status: 422, title: 'Nothing is left to refund' },
  refund_exceeds_charge: { status: 422, title: 'More than is left of the charge' },
  lot_closed: { status: 409, title: 'The lot is closed' },
  void_exceeds_lot: { status: 422, title: 'More than the lot has unheld' },
  plan_retired: { status: 422, title: 'The plan is retired' },
  plan_not_replaceable: { status: 409, title: 'The plan stays' },
  already_on_plan: { status: 409, title: 'Already on this plan' },
  trial_not_offered: { status: 422, title: 'The plan has no trial' },
  trial_already_used: { status: 409, title: 'The trial was used' },
  subscription_state: { status: 409, title: 'The subscription is in another state' },
  instant_in_the_past: { status: 422, title: 'This instant has passed' },
  life_is_empty: { status: 422, title: 'It would expire before it starts' },
  currency_not_offered: { status: 422, title: 'No price in this currency' },
  one_plan_per_purchase: { status: 422, title: 'One plan at most' },
  credits_not_sold: { status: 422, title: 'Credits are not sold by amount' },
  credits_out_of_range: { status: 422, title: 'This amount is not sold' },
  price_not_set: { status: 422, title: 'The price is agreed with staff' },
  nothing_to_pay: { status: 422, title: 'Nothing is to be paid' },
  promotion_not_running: { status: 422, title: 'The promotion does not run now' },
  promotion_not_applicable: { status: 422, title: 'The promotion does not apply' },
  promotion_used_up: { status: 409, title: 'The promotion was used' },
  credits_not_transferable: { status: 409, title: 'Credits do not move between accounts' },
} as const satisfies Record<string, { status: number; title: string }>

export type RefusalCode = keyof typeof REFUSALS

const PRECEDENCE: ReadonlyMap<string, number> = new Map(
  Object.keys(REFUSALS).map((code, index) => [code, index]),
)

/** Where several apply, the code with the lowest is answered. */
export function precedenceOf(code: RefusalCode): number {
  return PRECEDENCE.get(code)!
}

export interface Refusal {
  readonly code: RefusalCode
  /** One sentence with the numbers. */
  readonly detail: string
  /** The field of the request it is about, where there is one. */
  readonly path?: string
  /** Facts whose names stand in CREDIT_FACTS are in the smallest unit; the door shows them as credits. */
  readonly facts: Facts
}

/** By name; the answer's own fields are taken. */
export type Facts = Readonly<Record<string, unknown>> & {
  readonly [taken in 'type' | 'title' | 'status' | 'detail' | 'code' | 'requestId' | 'errors']?: never
}

/** The facts that are amounts of credits. */
export const CREDIT_FACTS: ReadonlySet<string> = new Set([
  'required',
  'available',
  'held',
  'missing',
  'limit',
  'spent',
  'left',
  'charged',
  'refunded',
  'maxCredits',
  'credits',
  'minimum',
  'maximum',
  'step',
  'nearest',
])

/** A slip is among the nearest; a list of all a large catalog's names would help nobody. */
const NAMES_MAX = 10

/** Of a name that nobody knows: what was given, and the known names, the nearest first. */
export function knownNames(found: string, known: readonly string[]): Facts {
  const allowed = nearestFirst(found, known).slice(0, NAMES_MAX)
  return { expected: oneOf(allowed), found, allowed }
}

export function refuse(
  code: RefusalCode,
  detail: string,
  facts: Facts = {},
  path?: string,
): { refused: Refusal } {
  return { refused: path === undefined ? { code, detail, facts } : { code, detail, facts, path } }
}

export function isRefused(value: object): value is { refused: Refusal } {
  return 'refused' in value
}
