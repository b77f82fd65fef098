/**
 * Bills of plans that were bought (rules.md, "Plans and subscriptions"): each later period of the bill is one
 * bill, for the present period alone, however long nobody looked. What is cancelled, ends at a fixed term, is
 * paused or unpaid is not billed, nor what the product bills itself. A means of payment that declines is asked
 * again a day, two and three days later and then no more, and only while the plan's grace lasts.
 */
import { assert, type Instant } from '../amounts.ts'
import { addDuration } from '../calendar.ts'
import type { Subscription } from '../pool.ts'
import { isOwed } from '../subscription-acts.ts'
import type { PlanPeriod } from './purchase.ts'

export const BILL_ATTEMPTS_MAX = 4

export interface PlanBillDue extends PlanPeriod {
  /** When its period began: the catalog, prices and terms of that instant apply. */
  readonly startsAt: Instant
}

/** The bill that is owed now; null where none is, or it is no longer asked for. */
export function planBillDue(subscription: Subscription | null): PlanBillDue | null {
  if (subscription === null || subscription.bill === null) return null
  const { status, number, bill, endsAt, cancelAt } = subscription
  if (status !== 'active' && status !== 'past_due') return null
  if (endsAt !== null || cancelAt !== null) return null
  const due = { subscription: number, period: bill.index }
  return isOwed(subscription, due) ? { ...due, startsAt: bill.start } : null
}

/** What became of the attempts at one bill so far, all of which were declined. */
export interface DeclinedBill {
  /** 1 or more. */
  readonly attempts: number
  readonly declinedAt: Instant
  /** Whether it is paid by hand: a checkout that nobody used is followed by another at once. */
  readonly isByHand: boolean
  /** Whether another means of payment was saved since. */
  readonly hasOther: boolean
}

/** When it is asked for again; null = not again. */
export function nextBillAttempt({ attempts, declinedAt, isByHand, hasOther }: DeclinedBill): Instant | null {
  assert(attempts > 0, 'an attempt was declined')
  // Another card is tried even after the last attempt; each is saved by somebody who paid with it.
  if (hasOther) return declinedAt
  if (attempts >= BILL_ATTEMPTS_MAX) return null
  return isByHand ? declinedAt : addDuration(declinedAt, { count: attempts, unit: 'day' }, 1, 'UTC')
}
