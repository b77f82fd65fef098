/**
 * The answer of every write of the ledger, made from the row it left and from nothing else: so the
 * first answer and its replay, years later and from another process, are the same bytes.
 */
import {
  assert,
  type BudgetPeriod,
  type Credits,
  type Entry,
  formatCredits,
  type Hold,
  type Instant,
  type Lot,
  lotId,
  type Place,
  placeId,
  type Subscription,
  type Terms,
  type Threshold,
} from '@scrip/core'
import { sayPurchase, sayReversal } from './say-purchase.ts'
import { type AnswerBody, balances, type Saying, sayDraws, sayInstant, sayInstantOrNull } from './saying.ts'

export { type AnswerBody, type Saying, sayDraws, sayInstant, sayInstantOrNull }

/** By the row's type; a `grant` and its kin by the lot they made. */
export function answerOf(entry: Entry, saying: Saying): AnswerBody {
  switch (entry.type) {
    case 'charge':
      return sayCharge(entry, saying)
    case 'capture':
      return sayCapture(entry, saying)
    case 'refund':
      return sayRefund(entry, saying)
    case 'hold':
      return sayHoldMade(entry, saying)
    case 'release':
      return sayRelease(entry, saying)
    case 'grant':
      return sayGrant(entry, saying)
    case 'purchase':
      return entry.detail?.lots === undefined ? sayGrant(entry, saying) : sayPurchase(entry, saying)
    case 'reversal':
      return sayReversal(entry, saying)
    case 'scheduled':
      return sayScheduled(entry, saying)
    case 'void':
      return sayVoid(entry, saying)
    case 'subscription':
      return saySubscriptionAct(entry, saying)
    case 'setting':
      return saySetting(entry, saying)
    default:
      assert(false, `a command does not leave a row of type ${entry.type} as its own`)
  }
}

/** Who, what for and what of it: the same of every use. */
function aboutUse(entry: Entry) {
  return {
    accountId: entry.accountId,
    action: entry.action,
    userId: entry.userId,
    subject: entry.subject,
    metadata: entry.detail?.metadata ?? {},
  }
}

function linesOf(entry: Entry, decimals: number) {
  return (entry.detail?.lines ?? []).map((line) => ({
    ...line,
    credits: formatCredits(line.credits, decimals),
    ...(line.unit === undefined ? {} : { unit: formatCredits(line.unit, decimals) }),
  }))
}

function sayCharge(entry: Entry, saying: Saying): AnswerBody {
  const { decimals, pool } = saying
  return {
    id: placeId('chg', pool, entry),
    transactionId: placeId('txn', pool, entry),
    ...aboutUse(entry),
    credits: formatCredits(Math.abs(entry.amount), decimals),
    lines: linesOf(entry, decimals),
    draws: sayDraws(entry.draws, saying),
    quantities: entry.detail?.quantities ?? {},
    options: entry.detail?.options ?? {},
    quoteId: entry.detail?.quoteId ?? null,
    holdId: null,
    catalogVersion: entry.catalogVersion,
    at: sayInstant(entry.at),
    ...balances(entry, saying),
  }
}

function sayCapture(entry: Entry, saying: Saying): AnswerBody {
  const { decimals, pool } = saying
  const { detail } = entry
  // The first capture makes the charge: its own place is the charge's.
  const charge = entry.charge ?? entry
  return {
    id: placeId('chg', pool, charge),
    transactionId: placeId('txn', pool, entry),
    ...aboutUse(entry),
    credits: formatCredits(detail?.chargeCredits ?? Math.abs(entry.amount), decimals),
    captured: formatCredits(Math.abs(entry.amount), decimals),
    released: formatCredits(detail?.released ?? 0, decimals),
    beyondHold: formatCredits(detail?.beyond ?? 0, decimals),
    lines: linesOf(entry, decimals),
    draws: sayDraws(entry.draws, saying),
    holdId: placeIdOrNull('hold', pool, entry.hold),
    catalogVersion: entry.catalogVersion,
    at: sayInstant(entry.at),
    ...balances(entry, saying),
  }
}

function sayRefund(entry: Entry, saying: Saying): AnswerBody {
  const { decimals, pool } = saying
  return {
    id: placeId('txn', pool, entry),
    chargeId: placeIdOrNull('chg', pool, entry.charge),
    ...aboutUse(entry),
    credits: formatCredits(entry.amount, decimals),
    charged: formatCredits(entry.detail?.chargeCredits ?? 0, decimals),
    refunded: formatCredits(entry.detail?.chargeRefunded ?? 0, decimals),
    lines: linesOf(entry, decimals),
    draws: sayDraws(entry.draws, saying),
    reason: entry.detail?.reason ?? null,
    at: sayInstant(entry.at),
    ...balances(entry, saying),
  }
}

function sayHoldMade(entry: Entry, saying: Saying): AnswerBody {
  const { decimals, pool } = saying
  const expiresAt = entry.detail?.expiresAt
  assert(expiresAt !== undefined, 'a hold says when it times out')
  return {
    id: placeId('hold', pool, entry),
    ...aboutUse(entry),
    status: 'open',
    credits: formatCredits(entry.held, decimals),
    captured: 0,
    left: formatCredits(entry.held, decimals),
    lines: linesOf(entry, decimals),
    draws: sayDraws(entry.draws, saying),
    quantities: entry.detail?.quantities ?? {},
    options: entry.detail?.options ?? {},
    leftOut: entry.detail?.leftOut ?? {},
    quoteId: entry.detail?.quoteId ?? null,
    chargeId: null,
    at: sayInstant(entry.at),
    expiresAt: sayInstant(expiresAt),
    endedAt: null,
    ...balances(entry, saying),
  }
}

function sayRelease(entry: Entry, saying: Saying): AnswerBody {
  const { decimals, pool } = saying
  return {
    holdId: placeIdOrNull('hold', pool, entry.hold),
    chargeId: placeIdOrNull('chg', pool, entry.charge),
    accountId: entry.accountId,
    released: formatCredits(Math.abs(entry.held), decimals),
    at: sayInstant(entry.at),
    ...balances(entry, saying),
  }
}

function sayGrant(entry: Entry, saying: Saying): AnswerBody {
  const [draw] = entry.draws
  assert(draw !== undefined, 'a grant names its lot')
  const { decimals, pool } = saying
  return {
    id: lotId(pool, draw.lot),
    transactionId: placeId('txn', pool, entry),
    accountId: entry.accountId,
    kind: entry.detail?.kind ?? null,
    credits: formatCredits(entry.amount, decimals),
    effectiveAt: sayInstant(entry.at),
    expiresAt: sayInstantOrNull(entry.detail?.expiresAt ?? null),
    reason: entry.detail?.reason ?? null,
    metadata: entry.detail?.metadata ?? {},
    at: sayInstant(entry.at),
    ...balances(entry, saying),
  }
}

/** A lot that starts later: no row and no part of the balance until then. */
function sayScheduled(entry: Entry, saying: Saying): AnswerBody {
  const { lot } = acknowledgementOf<{ lot: Lot }>(entry)
  const { decimals, pool } = saying
  return {
    id: lotId(pool, lot.number),
    transactionId: null,
    accountId: entry.accountId,
    kind: lot.kind,
    credits: formatCredits(lot.amount, decimals),
    effectiveAt: sayInstant(lot.effectiveAt),
    expiresAt: sayInstantOrNull(lot.expiresAt),
    reason: entry.detail?.reason ?? null,
    metadata: entry.detail?.metadata ?? {},
    at: sayInstant(entry.at),
    ...balances(entry, saying),
  }
}

/** Of one lot, or, for an adjustment, of as many as it took. */
function sayVoid(entry: Entry, saying: Saying): AnswerBody {
  const { decimals, pool } = saying
  const lot = (entry.detail?.answer as { lot?: Lot } | undefined)?.lot
  return {
    transactionId: placeId('txn', pool, entry),
    accountId: entry.accountId,
    lotId: lot === undefined ? null : lotId(pool, lot.number),
    closed: lot === undefined ? null : lot.closed,
    credits: formatCredits(entry.amount, decimals),
    draws: sayDraws(entry.draws, saying),
    reason: entry.detail?.reason ?? null,
    at: sayInstant(entry.at),
    ...balances(entry, saying),
  }
}

type Standing = {
  readonly subscription: Subscription | null
  readonly basePlan: { plan: string; since: Instant } | null
}

function saySubscriptionAct(entry: Entry, saying: Saying): AnswerBody {
  const standing = acknowledgementOf<Standing>(entry)
  return { accountId: entry.accountId, ...saySubscription(standing, saying), ...balances(entry, saying) }
}

/** How an account stands with its plans. */
export function saySubscription(
  { subscription, basePlan }: Standing,
  { pool, decimals }: Saying,
): AnswerBody {
  const of = <T>(read: (subscription: Subscription) => T): T | null =>
    subscription === null ? null : read(subscription)
  return {
    id: of((it) => placeId('sub', pool, it)),
    plan: subscription?.plan ?? basePlan?.plan ?? null,
    status: of((it) => it.status),
    basePlan: basePlan === null ? null : { plan: basePlan.plan, since: sayInstant(basePlan.since) },
    startsAt: of((it) => sayInstant(it.startsAt)),
    periodStart: of((it) => sayInstantOrNull(it.bill?.start ?? null)),
    periodEnd: of((it) => sayInstantOrNull(it.bill?.end ?? null)),
    nextRefillAt: of((it) => sayInstantOrNull(it.refill?.end ?? null)),
    trialEndsAt: of((it) => sayInstantOrNull(it.trialEndsAt)),
    converts: of((it) => it.converts),
    credits: of((it) => (it.credits === null ? null : formatCredits(it.credits, decimals))),
    price: of((it) => it.price),
    endsAt: of((it) => sayInstantOrNull(it.endsAt)),
    cancelAt: of((it) => sayInstantOrNull(it.cancelAt)),
    nextPlan: of((it) => it.change?.plan ?? null),
    pastDueSince: of((it) => sayInstantOrNull(it.pastDueSince)),
    pausedAt: of((it) => sayInstantOrNull(it.pausedAt)),
    timeZone: of((it) => it.timeZone),
  }
}

function saySetting(entry: Entry, saying: Saying): AnswerBody {
  const answer = acknowledgementOf<Record<string, unknown>>(entry)
  if ('hold' in answer) return { ...sayHold(answer.hold as Hold, saying), ...balances(entry, saying) }
  if ('terms' in answer) return { accountId: entry.accountId, ...sayTerms(answer.terms as Terms, saying) }
  if ('thresholds' in answer) {
    return {
      accountId: entry.accountId,
      ...sayAlerts(answer.thresholds as readonly Threshold[] | null, saying),
    }
  }
  assert('budget' in answer, 'a setting says what it set')
  const { name, budget } = answer as { name: string; budget: BudgetFacts | null }
  return budget === null ? { accountId: entry.accountId, name, removed: true } : sayBudget(budget, saying)
}

export function sayHold(hold: Hold, saying: Saying): AnswerBody {
  const { decimals, pool } = saying
  const left = hold.left.reduce((sum, draw) => sum + draw.credits, 0)
  return {
    id: placeId('hold', pool, hold),
    accountId: hold.accountId,
    action: hold.action,
    userId: hold.userId,
    subject: hold.subject,
    metadata: hold.metadata ?? {},
    status: hold.status,
    credits: formatCredits(hold.amount, decimals),
    captured: formatCredits(hold.captured, decimals),
    left: formatCredits(left, decimals),
    draws: sayDraws(hold.pinned, saying),
    quantities: hold.quantities,
    options: hold.options,
    chargeId: placeIdOrNull('chg', pool, hold.charge),
    at: sayInstant(hold.at),
    expiresAt: sayInstant(hold.expiresAt),
    endedAt: sayInstantOrNull(hold.endedAt),
  }
}

function sayTerms(terms: Terms, { decimals }: Saying): AnswerBody {
  return {
    from: sayInstant(terms.from),
    buysItself: terms.buysItself,
    pricePerCredit:
      terms.pricePerCredit?.map(({ upTo, pricePerCredit }) => ({
        upTo: upTo === null ? null : formatCredits(upTo, decimals),
        prices: pricePerCredit.map(({ micros, currency }) => ({ amount: micros / 1_000_000, currency })),
      })) ?? null,
    actions: Object.keys(terms.actions),
  }
}

function sayAlerts(thresholds: readonly Threshold[] | null, { decimals }: Saying): AnswerBody {
  const remaining = thresholds?.map((threshold) =>
    threshold.kind === 'relative' ? `${threshold.percent}%` : formatCredits(threshold.credits, decimals),
  )
  return { remaining: remaining ?? null }
}

export interface BudgetFacts {
  readonly name: string
  readonly accountId: string
  readonly userId: string | null
  readonly subjectId: string | null
  readonly limit: Credits
  readonly every: BudgetPeriod | null
  readonly periodStart: Instant
  readonly spent: Credits
}

export function sayBudget(budget: BudgetFacts, { decimals }: Saying): AnswerBody {
  return {
    accountId: budget.accountId,
    name: budget.name,
    userId: budget.userId,
    subjectId: budget.subjectId,
    limit: formatCredits(budget.limit, decimals),
    every: budget.every,
    spent: formatCredits(budget.spent, decimals),
    left: formatCredits(Math.max(0, budget.limit - budget.spent), decimals),
    periodStart: budget.every === null ? null : sayInstant(budget.periodStart),
  }
}

function acknowledgementOf<T>(entry: Entry): T {
  const answer = entry.detail?.answer
  assert(answer !== undefined, `the row of type ${entry.type} says what it answered`)
  return answer as T
}

function placeIdOrNull(prefix: 'chg' | 'hold', pool: number, place: Place | null): string | null {
  return place === null ? null : placeId(prefix, pool, place)
}
