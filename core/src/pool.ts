/**
 * What the rules know of a pool: plain, readonly data. The shell loads it, `decide` makes the next
 * one, the shell writes the difference. Nothing here is computed from a clock.
 */
import type { Credits, Instant, Money } from './amounts.ts'
import type { BudgetPeriod, Duration } from './calendar.ts'
import type { LotKind, PriceTier, Threshold } from './catalog/catalog.ts'
import type { Options, Price, PriceLine, Quantities } from './price/price.ts'
import type { PlanBought } from './purchase/purchase.ts'

/** Where a lot came from. At most one lot per subscription, period and cause (rule 6 of "What is always true"). */
export type LotOrigin =
  | { readonly type: 'refill'; readonly subscription: number; readonly period: number }
  | { readonly type: 'plan_change'; readonly subscription: number; readonly period: number }
  | { readonly type: 'trial'; readonly subscription: number }
  | { readonly type: 'starter'; readonly plan: string }
  | { readonly type: 'sign_up' }
  | { readonly type: 'grant' }
  | { readonly type: 'purchase'; readonly purchase: string; readonly line: number; readonly bonus: boolean }
  | { readonly type: 'grace'; readonly lot: number }

/** Credits that came in together. amount + returned − drawn − removed = remaining + held, none ever negative. */
export interface Lot {
  /** Its number in the pool; also the last tie-break of the spend order. */
  readonly number: number
  readonly grantedAt: Instant
  readonly accountId: string
  readonly kind: LotKind
  readonly priority: number
  readonly effectiveAt: Instant
  /** At this instant the credit is gone; null = never. */
  readonly expiresAt: Instant | null
  /** What was paid for the whole lot; null = nothing. */
  readonly paid: Money | null
  readonly origin: LotOrigin
  readonly amount: Credits
  readonly returned: Credits
  readonly drawn: Credits
  readonly removed: Credits
  readonly remaining: Credits
  readonly held: Credits
  /** Set once staff voided it or its payment was reversed: what comes back is taken at once. */
  readonly closed: 'voided' | 'reversed' | null
}

/** The part of a charge, hold or refund that touches one lot; positive. */
export interface Draw {
  readonly lot: number
  readonly credits: Credits
}

export interface SubjectRef {
  readonly type: string | null
  readonly id: string
  readonly name: string | null
}

/** Where in the pool's journal something stands: the two parts of its id. */
export interface Place {
  readonly at: Instant
  readonly number: number
}

/** Credits set aside for an action under way. Open holds only; an ended one is a row. */
export interface Hold extends Place {
  readonly accountId: string
  readonly userId: string | null
  readonly subject: SubjectRef | null
  readonly action: string
  readonly quantities: Quantities
  readonly options: Options
  readonly metadata: Metadata | null
  /** What it was priced by: the version and the instant whose terms apply to its captures. */
  readonly catalogVersion: number
  readonly pricedAt: Instant
  readonly expiresAt: Instant
  readonly timeoutMs: number
  /** What it set aside at first, lot by lot, in spend order. */
  readonly pinned: readonly Draw[]
  /** What is still set aside, in the same order. */
  readonly left: readonly Draw[]
  readonly amount: Credits
  /** Captured so far, with what went beyond the hold. */
  readonly captured: Credits
  /** What really happened so far, where captures said so. */
  readonly happened: { readonly quantities: Quantities; readonly options: Options } | null
  /** The charge its captures make; null before the first. */
  readonly charge: Place | null
  readonly status: 'open' | 'captured' | 'released' | 'expired'
  readonly endedAt: Instant | null
}

/** What the rules must know of a charge to refund it: all its rows added up. */
export interface ChargeFacts extends Place {
  readonly accountId: string
  readonly userId: string | null
  readonly subject: SubjectRef | null
  readonly action: string
  readonly quantities: Quantities
  readonly options: Options
  readonly catalogVersion: number
  readonly pricedAt: Instant
  /** When the charge, or the hold it captures, was made: the budget period it counts in. */
  readonly madeAt: Instant
  readonly hold: Place | null
  readonly charged: Credits
  readonly refunded: Credits
  /** In the order drawn, a lot possibly more than once (captures in steps). */
  readonly draws: readonly Draw[]
  /** Refunded so far, by lot number. */
  readonly refundedByLot: Readonly<Record<number, Credits>>
}

/** A run of equal calendar intervals: period n starts at anchor + (n − anchorIndex) × every. */
export interface Cycle {
  readonly anchor: Instant
  readonly anchorIndex: number
  readonly every: Duration
  /** The current period. */
  readonly index: number
  readonly start: Instant
  readonly end: Instant
}

export type SubscriptionStatus = 'scheduled' | 'trialing' | 'active' | 'past_due' | 'unpaid' | 'paused'

export interface Subscription extends Place {
  readonly plan: string
  readonly status: SubscriptionStatus
  /** The zone in which it began; it keeps it whatever the account's becomes. */
  readonly timeZone: string
  readonly startsAt: Instant
  /** What a bill covers, and what a refill covers. Absent before it starts and in a trial. */
  readonly bill: Cycle | null
  readonly refill: Cycle | null
  /** The last period whose refill was granted; −1 = none yet. */
  readonly refilledIndex: number
  readonly trialEndsAt: Instant | null
  /** Whether the trial turns into the plan by itself. */
  readonly converts: boolean
  /** The recurring amount agreed for this subscription, from its next refill on; null = the plan's. */
  readonly credits: Credits | null
  /** The price agreed for it; null = the plan's. */
  readonly price: Money | null
  /** Of one that was bought: its later bills are sent by us. Absent = the product bills it. */
  readonly bought?: PlanBought
  /** Where it ends by itself: a fixed term, or a given end. */
  readonly endsAt: Instant | null
  readonly cancelAt: Instant | null
  readonly change: {
    readonly plan: string
    readonly credits: Credits | null
    readonly price: Money | null
  } | null
  readonly pastDueSince: Instant | null
  readonly pausedAt: Instant | null
  readonly pausedFrom: 'active' | 'past_due' | 'trialing' | null
  /** The emptied lots of its period, as they were emptied: a pause stops their life too. Absent = none. */
  readonly emptied?: readonly Lot[]
  /** Of a paused one: the expiries its period's lots had, which run on with the rest of the period. */
  readonly frozen: readonly { readonly lot: number; readonly expiresAt: Instant }[]
}

/** What an account agreed for itself, from an instant on (rules.md, "Prices and quotes"). */
export interface Terms {
  /** Its number in the pool: what was decided before, in the same instant too, knew nothing of it. */
  readonly number: number
  readonly from: Instant
  readonly pricePerCredit: readonly PriceTier[] | null
  readonly actions: Readonly<Record<string, Price>>
  /** Whether it buys by itself, or asks staff. */
  readonly buysItself: boolean
}

/**
 * What was taken back of a purchase whose money was returned (rules.md, "Purchases"). What is spent or
 * held of it is unrecovered: it lowers as credits of that purchase come back, never by later credits.
 */
export interface Reversal {
  readonly purchase: string
  /** The lots that the purchase made, and those that came again from them as grace. */
  readonly lots: readonly number[]
  /** Taken back so far, lot by lot, in the order taken. */
  readonly taken: readonly Draw[]
  readonly unrecovered: Credits
  /** How many facts of the payment it was made from: an older reversal changes nothing. */
  readonly facts: number
  /** The base plan whose access ended with it; null = none. */
  readonly endedPlan: PoolState['basePlan']
}

/** Limits what an account, a user or a subject may spend (held + captured) per period, or in all. */
export interface Budget {
  readonly name: string
  readonly accountId: string
  readonly userId: string | null
  readonly subjectId: string | null
  readonly limit: Credits
  readonly every: BudgetPeriod | null
  /** The period counted now (0 where it counts in all) and what was spent in it. */
  readonly periodStart: Instant
  readonly spent: Credits
}

export interface AlertState {
  /** What 100 % is: the highest balance since the latest refill (or purchase, or grant). */
  readonly reference: Credits
  /** Whether anything was ever bought: then grants no longer set the reference anew. */
  readonly bought: boolean
  /** Thresholds the balance is or was above since they last fired. */
  readonly armed: readonly string[]
  /** When each threshold last sent a message. */
  readonly sentAt: Readonly<Record<string, Instant>>
  /** Whether running out was announced and not yet undone. */
  readonly exhausted: boolean
  /** Whether credits came in since running out was last announced: a refund is not new. */
  readonly fresh: boolean
}

export interface Totals {
  readonly available: Credits
  readonly held: Credits
  /** All grants; no refunds, no grace. */
  readonly received: Credits
  /** Charges less refunds. */
  readonly used: Credits
  /** Charges alone. */
  readonly charged: Credits
  /** What expired, less what came again as grace: a part of what was removed. */
  readonly expired: Credits
  /** Usage transactions: charges that cost something, a hold captured in steps being one. */
  readonly uses: number
}

export interface PoolState {
  readonly pool: number
  readonly lane: number
  readonly project: number
  /** Goes up by one with every commit that touches the pool: the guard. */
  readonly version: number
  /** The instant the pool has lived through; it never goes back. */
  readonly at: Instant
  /** The next number in the pool: of lots, rows, holds, subscriptions and notices alike. */
  readonly sequence: number
  readonly openedAt: Instant
  /** Whether the first day's credits and plan were given. */
  readonly opened: boolean
  /** The account it belongs to, whose plan, terms and calendar apply. */
  readonly ownerId: string
  readonly timeZone: string
  /** Every account that spends from it, the owner included. */
  readonly accounts: Readonly<Record<string, { readonly timeZone: string }>>
  readonly totals: Totals
  /** Open lots that are effective, in spend order. */
  readonly lots: readonly Lot[]
  /** Lots with a later effectiveAt: no row and no part of the balance yet. */
  readonly scheduled: readonly Lot[]
  readonly holds: readonly Hold[]
  /** `purchase`: the one that paid for it, where one did. */
  readonly basePlan: { readonly plan: string; readonly since: Instant; readonly purchase?: string } | null
  readonly subscription: Subscription | null
  /** What comes once per account and was given: 'trial', 'sign_up', 'starter:lifetime'. */
  readonly once: readonly string[]
  /**
   * When plan credits last ended with their plan (`onEnd: expire`), and from which number on lots are
   * later ones. An emptied lot is no part of the open state: it learns of its end when something comes back.
   */
  readonly planCreditsEnded: { readonly at: Instant; readonly before: number } | null
  /** Purchases of which something was taken back. */
  readonly reversals: readonly Reversal[]
  readonly terms: readonly Terms[]
  readonly alerts: AlertState
  /** The account's own thresholds; null = the catalog's. */
  readonly thresholds: readonly Threshold[] | null
  readonly budgets: readonly Budget[]
  /** The next instant at which something happens by itself; null = never. */
  readonly dueAt: Instant | null
  /** Facts of the past that this batch's commands asked for. */
  readonly past: Past
}

/** What is not part of a pool's open state but was loaded for a command, and kept true by what follows it. */
export interface Past {
  readonly charges: Readonly<Record<number, ChargeFacts>>
  readonly lots: Readonly<Record<number, Lot>>
  readonly holds: Readonly<Record<number, Hold>>
}

export type Metadata = Readonly<Record<string, string>>

export interface Actor {
  readonly id: string
  readonly name: string | null
}

/** What a row is. The first group moves credits and is what lists show; the second writes down an act. */
export type EntryType =
  | 'charge'
  | 'capture'
  | 'refund'
  | 'grant'
  | 'purchase'
  | 'refill'
  | 'trial'
  | 'plan_change'
  | 'starter'
  | 'sign_up'
  | 'grace'
  | 'expired'
  | 'rollover_excess'
  | 'void'
  | 'reversal'
  | 'hold'
  | 'release'
  | 'hold_expired'
  | 'scheduled'
  | 'subscription'
  | 'setting'

/** What a row says beside its columns. Small: it is written with every charge. */
export interface EntryDetail {
  readonly quantities?: Quantities
  readonly options?: Options
  readonly lines?: readonly PriceLine[]
  readonly metadata?: Metadata
  readonly reason?: string
  readonly actor?: Actor
  readonly kind?: LotKind
  readonly plan?: string
  readonly quoteId?: string
  /** With a quote: the instant whose terms priced it. */
  readonly pricedAt?: Instant
  /** Of a capture: what the hold still held and gave back; what went beyond it. */
  readonly released?: Credits
  readonly beyond?: Credits
  /** Of a capture or refund: what the charge comes to with it, and what was refunded of it in all. */
  readonly chargeCredits?: Credits
  readonly chargeRefunded?: Credits
  readonly expiresAt?: Instant
  /** Of a hold for at most: how much of each quantity was left out. */
  readonly leftOut?: Quantities
  /** What is available and held once all that follows from the act in the same instant is done, where that differs from the row's totals. */
  readonly after?: { readonly available: Credits; readonly held: Credits }
  /** Of a purchase and what is taken back of it: its id. */
  readonly purchase?: string
  /** Of a purchase: the numbers of all lots it made, those of its plan included. */
  readonly lots?: readonly number[]
  /** Of a purchase: what was paid for and can no longer apply. */
  readonly unapplied?: readonly Unapplied[]
  /** Of a reversal: what is spent or held and could not be taken. */
  readonly unrecovered?: Credits
  /** Of an act that is not about one amount: what it answered. */
  readonly answer?: unknown
}

/** A line that was paid for and has no effect, or not all of it: staff decide what becomes of the money. */
export interface Unapplied {
  readonly line: number
  readonly why:
    | 'plan_not_found'
    | 'plan_not_replaceable'
    | 'already_on_plan'
    | 'subscription_ended'
    | 'amount_too_large'
}

/** One row of the pool's journal. Rows with an amount are its transactions. Never changed, never deleted. */
export interface Entry extends Place {
  readonly type: EntryType
  readonly accountId: string
  /** Signed: + adds to the balance, − removes. */
  readonly amount: Credits
  /** Signed change of what is held. */
  readonly held: Credits
  /** The pool's totals with this row. */
  readonly totals: Totals
  /** Signed as the amount (as `held` where there is no amount); their sum is the amount. */
  readonly draws: readonly Draw[]
  readonly action: string | null
  readonly userId: string | null
  readonly subject: SubjectRef | null
  /** The charge a capture or refund belongs to; the hold a capture, release or time-out belongs to. */
  readonly charge: Place | null
  readonly hold: Place | null
  /** When the charge or hold was made, where that is not `at`: the budget period it counts in. */
  readonly madeAt: Instant | null
  readonly catalogVersion: number | null
  readonly key: string | null
  readonly requestHash: string | null
  readonly detail: EntryDetail | null
}

/** A message to send after the commit: decided in it, so none is lost and none is sent for what was rolled back. */
export interface Notice extends Place {
  readonly type: string
  readonly accountId: string
  readonly data: Readonly<Record<string, unknown>>
}
