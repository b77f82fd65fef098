/**
 * Automatic top-ups: when the balance is at or below a threshold, whole increments are bought on a saved
 * means of payment, as many as end above it with what is on its way. What could run away is bounded: one is
 * in flight per pool, a month has a cap in money, and a means of payment that was declined three times in a
 * row is left alone until another one is chosen or a payment succeeds. A top-up that is not made says why.
 */

import { assert, CREDITS_MAX, type Credits, type Instant } from '../amounts.ts'
import { addDuration } from '../calendar.ts'

export interface TopUpSetting {
  /** At or below which credits are bought; 0 or more. */
  readonly threshold: Credits
  /** One increment; above 0. */
  readonly amount: Credits
  /** What may be paid in one calendar month, in minor units, tax included. */
  readonly monthlyCap: number
}

export interface TopUpFacts {
  /** Available and held: what is held is not spent yet. */
  readonly balance: Credits
  /** Bought, being paid, and not there yet. */
  readonly pending: Credits
  /** Declines of this means of payment, one after the other. */
  readonly declines: number
  /** Automatic top-ups of this calendar month that were paid or may still be, in minor units. */
  readonly spent: number
}

export type TopUpRefusal = 'declined_too_often' | 'monthly_cap_reached'

export const DECLINES_MAX = 3

/** How much to buy now; 0 where none is due. The balance would end above the threshold, by less than one increment. */
export function topUpCredits(setting: TopUpSetting, facts: Pick<TopUpFacts, 'balance' | 'pending'>): Credits {
  const { threshold, amount } = setting
  assert(amount > 0 && threshold >= 0, 'a top-up has an amount and a threshold')
  const expected = facts.balance + facts.pending
  if (expected > threshold) return 0
  const credits = (Math.floor((threshold - expected) / amount) + 1) * amount
  assert(credits <= CREDITS_MAX, 'a top-up is an amount of credits')
  assert(expected + credits > threshold && expected + credits - amount <= threshold, 'it just ends above')
  return credits
}

/** Why it is not bought, though it is due. `total`: what it would cost, in minor units, tax included. */
export function refuseTopUp(setting: TopUpSetting, facts: TopUpFacts, total: number): TopUpRefusal | null {
  if (facts.declines >= DECLINES_MAX) return 'declined_too_often'
  return facts.spent + total > setting.monthlyCap ? 'monthly_cap_reached' : null
}

/** When the same means of payment may be asked again after so many declines in a row: an hour, then a day. */
export function restAfterDecline(at: Instant, declines: number): Instant {
  assert(declines > 0, 'a rest follows a decline')
  return addDuration(at, { count: declines === 1 ? 1 : 24, unit: 'hour' }, 1, 'UTC')
}
