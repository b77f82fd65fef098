/**
 * What can be asked of a pool. Every command names the account it is for; amounts are in the
 * smallest unit, checked at the door. `key` with `requestHash` makes it happen once.
 */
import type { Credits, Instant, Money } from './amounts.ts'
import type { BudgetPeriod } from './calendar.ts'
import type { LotKind, Threshold } from './catalog/catalog.ts'
import type { Actor, Metadata, Place, SubjectRef, Terms } from './pool.ts'
import type { Options, PriceLine, Quantities } from './price/price.ts'
import type { PlanPeriod, PurchaseLine } from './purchase/purchase.ts'

interface Asked {
  readonly accountId: string
  readonly key?: string | null
  readonly requestHash?: string | null
  readonly actor?: Actor | null
  readonly reason?: string | null
}

/** What a quote promised: the price locked until it expires. Verified and decoded by the shell. */
export interface LockedPrice {
  readonly quoteId: string
  readonly credits: Credits
  readonly lines: readonly PriceLine[]
  readonly catalogVersion: number
  readonly pricedAt: Instant
  readonly expiresAt: Instant
}

export interface Spend extends Asked {
  readonly action: string
  readonly quantities: Quantities
  readonly options: Options
  readonly quote?: LockedPrice | null
  /** Refused above this: what the caller is ready to pay. */
  readonly maxCredits?: Credits | null
  readonly userId?: string | null
  readonly subject?: SubjectRef | null
  readonly metadata?: Metadata | null
}

export interface ChargeCommand extends Spend {
  readonly type: 'charge'
}

export interface HoldCommand extends Spend {
  readonly type: 'hold'
  /** 1 s to 30 days; 1 hour unless said. */
  readonly timeoutMs?: number | null
  /** The quantity of which the largest affordable number is held. */
  readonly atMost?: string | null
}

/** By credits, or by what really happened; neither = all that is left. */
interface ByCreditsOrFacts {
  readonly credits?: Credits | null
  readonly quantities?: Quantities | null
  readonly options?: Options | null
}

export interface CaptureCommand extends Asked, ByCreditsOrFacts {
  readonly type: 'capture'
  readonly hold: Place
  readonly final: boolean
  readonly beyondHold: boolean
}

export interface ReleaseCommand extends Asked {
  readonly type: 'release'
  readonly hold: Place
}

export interface ExtendCommand extends Asked {
  readonly type: 'extend'
  readonly hold: Place
  /** From now on; 1 s to 30 days after the hold was made. */
  readonly timeoutMs: number
}

export interface RefundCommand extends Asked, ByCreditsOrFacts {
  readonly type: 'refund'
  readonly charge: Place
}

export interface GrantCommand extends Asked {
  readonly type: 'grant'
  /** Staff and `POST /grants` make free, promotional and admin_grant; purchased comes from a paid purchase alone. */
  readonly kind: LotKind
  readonly credits: Credits
  readonly effectiveAt?: Instant | null
  readonly expiresAt?: Instant | null
  readonly paid?: Money | null
  readonly purchase?: { readonly id: string; readonly line: number; readonly bonus: boolean } | null
  readonly metadata?: Metadata | null
}

export interface VoidCommand extends Asked {
  readonly type: 'void'
  readonly lot: number
  /** A part of what is unheld; absent = all of it, and the lot is closed. */
  readonly credits?: Credits | null
}

/** Down: voids parts of lots in spend order. Up is a grant. */
export interface AdjustDownCommand extends Asked {
  readonly type: 'adjust'
  readonly credits: Credits
}

export interface SubscribeCommand extends Asked {
  readonly type: 'subscribe'
  readonly plan: string
  readonly credits?: Credits | null
  readonly price?: Money | null
  readonly startsAt?: Instant | null
  readonly endsAt?: Instant | null
  readonly trial?: boolean
  readonly when?: 'now' | 'periodEnd' | null
}

export interface CancelCommand extends Asked {
  readonly type: 'cancel'
  readonly when: 'now' | 'periodEnd'
}

export interface SubscriptionActCommand extends Asked {
  readonly type: 'pause' | 'resume' | 'payment_failed' | 'payment_received'
  /** Of a payment that failed: the bill it was for. Where that is paid by now, nothing fails. */
  readonly bill?: PlanPeriod
}

export interface TermsCommand extends Asked {
  readonly type: 'terms'
  /** `from` null = from now on. */
  readonly terms: Omit<Terms, 'from' | 'number'> & { readonly from: Instant | null }
}

export interface AlertsCommand extends Asked {
  readonly type: 'alerts'
  /** null = the catalog's again. */
  readonly thresholds: readonly Threshold[] | null
}

export interface BudgetCommand extends Asked {
  readonly type: 'budget'
  readonly name: string
  /** null removes it. */
  readonly budget: {
    readonly limit: Credits
    readonly every: BudgetPeriod | null
    readonly userId: string | null
    readonly subjectId: string | null
  } | null
  /** What was spent in the period that contains now: a fact the shell looks up (`factsNeeded`). */
  readonly spent: Credits
}

/**
 * A purchase was paid: all its effects in one decision, once (`key` is the purchase's id). Never refused
 * for what arose after the money was paid; what can no longer apply is said in the row's detail.
 */
export interface PurchaseCommand extends Asked {
  readonly type: 'purchase'
  readonly purchase: string
  readonly lines: readonly PurchaseLine[]
  /** ISO 4217, of the lines' prices. */
  readonly currency: string
  readonly userId?: string | null
  readonly metadata?: Metadata | null
}

/** Takes back what a purchase's money was returned for, or gives it again when less is. Figures are cumulative. */
export interface ReverseCommand extends Asked {
  readonly type: 'reverse'
  readonly purchase: string
  /** The numbers of all lots that its purchase made (`detail.lots` of that row). */
  readonly lots: readonly number[]
  /** Money returned in all and money paid, in minor units. */
  readonly returned: number
  readonly paid: number
  /** How many facts of the payment that was made from (`PurchasePayment.facts`): an older one changes nothing. */
  readonly facts: number
}

/** Books what is due and nothing else. */
export interface AdvanceCommand extends Asked {
  readonly type: 'advance'
}

export type Command =
  | ChargeCommand
  | HoldCommand
  | CaptureCommand
  | ReleaseCommand
  | ExtendCommand
  | RefundCommand
  | GrantCommand
  | VoidCommand
  | AdjustDownCommand
  | SubscribeCommand
  | CancelCommand
  | SubscriptionActCommand
  | TermsCommand
  | AlertsCommand
  | BudgetCommand
  | PurchaseCommand
  | ReverseCommand
  | AdvanceCommand

export type CommandType = Command['type']

export interface FactsNeeded {
  readonly charge?: Place
  readonly lot?: number
  readonly hold?: Place
  readonly budget?: true
  /** These lots, and the grace lots that came from them. */
  readonly lotsWithGrace?: readonly number[]
}

/** Which rows of the past the shell must load into `state.past` before this command is decided. */
export function factsNeeded(command: Command): FactsNeeded {
  switch (command.type) {
    case 'refund':
      return { charge: command.charge }
    case 'void':
      return { lot: command.lot }
    case 'capture':
    case 'release':
    case 'extend':
      return { hold: command.hold }
    case 'budget':
      return { budget: true }
    case 'reverse':
      return { lotsWithGrace: command.lots }
    default:
      return {}
  }
}
