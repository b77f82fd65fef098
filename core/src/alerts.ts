/**
 * Low, exhausted, restored, expiring (rules.md, "Alerts and running out"). They look at the balance,
 * since what is held is not spent yet; they are edges, judged once after all that is due at one
 * instant and once after each command, never between the rows of one.
 */
import { type Credits, type Instant, share } from './amounts.ts'
import { DAY_MS } from './calendar.ts'
import type { Threshold } from './catalog/catalog.ts'
import { balanceOf, catalogNow, type Draft, notify } from './draft.ts'
import { endNotices, expiryNotices } from './due.ts'
import type { AlertState, EntryType } from './pool.ts'

/** A new pool is not low: nothing is armed, and nothing came in that could run out. */
export const NO_ALERTS: AlertState = {
  reference: 0,
  bought: false,
  armed: [],
  sentAt: {},
  exhausted: false,
  fresh: false,
}

/**
 * Called for every addition that is new (no refund, no grace). 100 % is the highest balance since the
 * latest refill; in a pool without a subscription, since the latest purchase, or grant where nothing
 * was ever bought. A refill or a purchase ends the wait between two messages.
 */
export function additionSeen(draft: Draft, type: EntryType): void {
  const isRefill = type === 'refill' || type === 'trial'
  const isPurchase = type === 'purchase'
  const alerts = draft.alerts
  const resets = isRefill || (draft.subscription === null && (isPurchase || !alerts.bought))
  draft.alerts = {
    ...alerts,
    reference: resets ? 0 : alerts.reference,
    bought: alerts.bought || isPurchase,
    sentAt: isRefill || isPurchase ? {} : alerts.sentAt,
    fresh: true,
  }
}

export function thresholdKey(threshold: Threshold): string {
  return threshold.kind === 'absolute' ? String(threshold.credits) : `${threshold.percent}%`
}

/** Credits at or below which the threshold counts as reached. */
export function thresholdCredits(threshold: Threshold, reference: Credits): Credits {
  return threshold.kind === 'absolute' ? threshold.credits : share(reference, threshold.percent, 100)
}

export function judgeAlerts(draft: Draft): void {
  const balance = balanceOf(draft.totals)
  const { exhaustedBelow, alerts: configured } = catalogNow(draft)
  const before = draft.alerts
  const reference = Math.max(before.reference, balance)
  const crossed = crossedThresholds(draft.thresholds ?? configured.remaining, before, reference, balance)
  const runsOut = balance < exhaustedBelow && !before.exhausted && before.fresh
  const comesBack = balance >= exhaustedBelow && before.exhausted
  const isSame = reference === before.reference && crossed.armed === before.armed && !runsOut && !comesBack
  if (isSame) return
  draft.alerts = {
    ...before,
    reference,
    armed: crossed.armed,
    exhausted: runsOut || (before.exhausted && !comesBack),
    fresh: before.fresh && !runsOut,
  }
  if (comesBack) notify(draft, 'credits.restored', { balance })
  if (runsOut) notify(draft, 'credits.exhausted', { balance })
  else if (crossed.lowest !== null) sayLow(draft, crossed.keys, crossed.lowest, balance)
}

interface Crossed {
  /** Thresholds the balance is above now, or was above and has not fallen to: the same array where nothing changed. */
  readonly armed: readonly string[]
  readonly keys: readonly string[]
  readonly lowest: { readonly key: string; readonly credits: Credits } | null
}

function crossedThresholds(
  thresholds: readonly Threshold[],
  before: AlertState,
  reference: Credits,
  balance: Credits,
): Crossed {
  const armed: string[] = []
  const keys: string[] = []
  let lowest: Crossed['lowest'] = null
  for (const threshold of thresholds) {
    const key = thresholdKey(threshold)
    const credits = thresholdCredits(threshold, reference)
    if (balance > credits) armed.push(key)
    else if (before.armed.includes(key)) {
      keys.push(key)
      if (lowest === null || credits < lowest.credits) lowest = { key, credits }
    }
  }
  const isSame =
    armed.length === before.armed.length && armed.every((key, index) => key === before.armed[index])
  return { armed: isSame ? before.armed : armed, keys, lowest }
}

/** Several crossed at once are one message that names the lowest; at most one per threshold in 24 hours. */
function sayLow(
  draft: Draft,
  keys: readonly string[],
  lowest: { key: string; credits: Credits },
  balance: Credits,
): void {
  const last = draft.alerts.sentAt[lowest.key]
  if (last !== undefined && draft.at - last < DAY_MS) return
  const sentAt: Record<string, Instant> = { ...draft.alerts.sentAt }
  for (const key of keys) sentAt[key] = draft.at
  draft.alerts = { ...draft.alerts, sentAt }
  notify(draft, 'credits.low', { balance, threshold: lowest.key, thresholdCredits: lowest.credits })
}

/**
 * `credits.expiring`: once per lot and length, at its own instant and never later, whenever anybody
 * looks. `since` is what the pool had lived to before this step: a step repeated in one instant says nothing.
 */
export function sayWhatExpires(draft: Draft, since: Instant): void {
  const lengths = catalogNow(draft).alerts.expiring
  if (lengths.length === 0 || since === draft.at) return
  for (const lot of draft.lots) {
    if (lot.remaining === 0 || !expiryNotices(lot, draft.timeZone, lengths).includes(draft.at)) continue
    notify(draft, 'credits.expiring', { lot: lot.number, credits: lot.remaining, expiresAt: lot.expiresAt })
  }
}

/**
 * `subscription.expiring`: 60 and 30 days before a subscription with an end ends, each at its own instant and
 * never later. It is told of what stood before this instant: a plan that begins now is no news.
 */
export function sayWhatEnds(draft: Draft, since: Instant): void {
  const subscription = draft.subscription
  if (subscription === null || since === draft.at || !endNotices(subscription).includes(draft.at)) return
  notify(draft, 'subscription.expiring', { plan: subscription.plan, endsAt: subscription.endsAt })
}
