/**
 * A compiled catalog: what one version of a product's file says, checked as a whole, every default
 * filled in, credits in the project's smallest unit. `compile.ts` makes it; the rules read it.
 */
import type { Credits, Instant, Money, UnitPrice } from '../amounts.ts'
import type { Duration } from '../calendar.ts'
import type { Price, TierBand } from '../price/price.ts'

export type LotKind =
  | 'subscription'
  | 'trial'
  | 'promotional'
  | 'free'
  | 'admin_grant'
  | 'purchased'
  | 'lifetime'

export type LotGroup = 'subscription' | 'purchased'

export const LOT_KINDS: readonly LotKind[] = [
  'subscription',
  'trial',
  'promotional',
  'free',
  'admin_grant',
  'purchased',
  'lifetime',
]

/** Pinsearch's two practical groups: what a plan gives, and everything that sits outside the rollover cap. */
export function groupOf(kind: LotKind): LotGroup {
  return kind === 'subscription' || kind === 'trial' ? 'subscription' : 'purchased'
}

export type Rollover =
  | { readonly kind: 'reset' }
  | { readonly kind: 'keep' }
  | { readonly kind: 'window'; readonly window: Duration }
  | { readonly kind: 'bank'; readonly limit: Credits; readonly counts: 'carried' | 'total' }

export interface Trial {
  readonly length: Duration
  readonly credits: Credits
  /** Whether the subscription becomes active by itself at the trial's end; otherwise it ends there. */
  readonly converts: boolean
}

export interface Plan {
  readonly id: string
  readonly name: string
  readonly description: string | null
  /** One price per currency; empty = free; 'custom' = agreed per account. */
  readonly price: readonly Money[] | 'custom'
  /** The billing interval; null = a base plan, which never ends. */
  readonly every: Duration | null
  /** Credits of one refill; a base plan's starter credits, granted once per account as `lifetime` (a priced plan) or `free`. */
  readonly credits: Credits
  /** How often credits come; equals `every` unless said otherwise; null for a base plan. */
  readonly creditsEvery: Duration | null
  readonly rollover: Rollover
  readonly trial: Trial | null
  /** A fixed life instead of renewal by itself (9pic's Pro: 365 days). */
  readonly term: Duration | null
  readonly onEnd: 'keep' | 'expire'
  /** Whether a refill waits for the payment while past due. */
  readonly refill: 'onTime' | 'whenPaid'
  readonly pastDueDays: number
  readonly topUp: TopUp | null
  readonly retired: boolean
}

export interface Pack {
  readonly id: string
  readonly name: string
  readonly credits: Credits
  readonly price: readonly Money[]
  readonly expires: Expiry
  /** Plans that may buy it; empty = all. */
  readonly plans: readonly string[]
  readonly movesTo: string | null
}

/** never · after a length of time · as long as a lot of the current period's refill */
export type Expiry =
  | { readonly kind: 'never' }
  | { readonly kind: 'after'; readonly length: Duration }
  | { readonly kind: 'term' }

export interface PriceTier {
  readonly upTo: Credits | null
  readonly pricePerCredit: readonly UnitPrice[]
}

export interface TopUp {
  readonly pricePerCredit: readonly UnitPrice[]
  readonly minimum: Credits
  readonly maximum: Credits
  readonly step: Credits
  readonly tiers: readonly PriceTier[]
  /** Bonus credits by size of the top-up: the last entry whose `from` is reached counts. */
  readonly bonus: readonly { readonly from: Credits; readonly credits: Credits }[]
  readonly expires: Expiry
  readonly movesTo: string | null
  readonly suggestions: readonly Credits[]
}

export interface QuantityRule {
  readonly name: string | null
  readonly minimum: number
  readonly maximum: number
  readonly default: number | null
}

export interface OptionRule {
  readonly name: string | null
  /** Allowed values; null = any text (taken, recorded, not priced). */
  readonly values: readonly string[] | null
  readonly default: string | readonly string[] | null
  /** Whether several values may be given, as a list. */
  readonly many: boolean
}

export interface Action {
  readonly id: string
  readonly name: string
  readonly description: string | null
  /** When it is charged, in words. */
  readonly trigger: string | null
  /** What a customer should know before. */
  readonly hint: string | null
  /** null only where comingSoon. */
  readonly price: Price | null
  readonly quantities: Readonly<Record<string, QuantityRule>>
  readonly options: Readonly<Record<string, OptionRule>>
  /** Whether an active plan is needed, even where it is free. */
  readonly access: 'open' | 'plan'
  /** Plans it is for; empty = all. */
  readonly plans: readonly string[]
  readonly comingSoon: boolean
}

export type Threshold =
  | { readonly kind: 'absolute'; readonly credits: Credits }
  | { readonly kind: 'relative'; readonly percent: number }

export interface TaxRule {
  readonly when: {
    readonly currency: string | null
    readonly country: string | null
    readonly region: string | null
    /** true: for customers with a tax id; false: for those without one; null: for both. */
    readonly taxId: boolean | null
  }
  readonly inclusive: boolean
  readonly lines: readonly { readonly name: string; readonly percent: number }[]
}

/** A code that makes a purchase cheaper: by a share of the price, or by an amount in each currency. */
export interface Promotion {
  /** As the catalog writes it; customers may write it in small letters. */
  readonly code: string
  /** Up to 100, with at most four decimals; null = by `amount`. */
  readonly percent: number | null
  readonly amount: readonly Money[]
  /** How often in all, and how often by one account; null = as often as one likes. */
  readonly uses: number | null
  readonly usesPerAccount: number | null
  /** It counts in [from, until); null = from ever, for ever. */
  readonly from: Instant | null
  readonly until: Instant | null
  /** What it is for; both empty = everything but custom lines. */
  readonly packs: readonly string[]
  readonly plans: readonly string[]
  /** The least price, before the discount, of what it is for; empty = none. */
  readonly minimum: readonly Money[]
}

export interface Subject {
  readonly id: string
  readonly name: string
  /** A URL with {id}; null = no link. */
  readonly link: string | null
}

export interface Catalog {
  /** Which version of the project's catalog this is, counted from 1; 0 where it was not applied. */
  readonly version: number
  /** From which instant on it is live; 0 where it was not applied. */
  readonly appliedAt: Instant
  readonly product: string
  readonly keyPrefix: string
  /** Currencies prices may be in, the first being the default. */
  readonly currencies: readonly string[]
  readonly credit: {
    readonly one: string
    readonly many: string
    readonly decimals: number
    readonly worth: string | null
  }
  readonly access: 'open' | 'plan'
  readonly newAccounts: { readonly plan: string | null; readonly credits: Credits; readonly expires: Expiry }
  readonly plans: Readonly<Record<string, Plan>>
  readonly packs: Readonly<Record<string, Pack>>
  readonly topUp: TopUp | null
  readonly actions: Readonly<Record<string, Action>>
  readonly alerts: { readonly remaining: readonly Threshold[]; readonly expiring: readonly Duration[] }
  readonly exhaustedBelow: Credits
  readonly returnAfterExpiry: Duration | 'expire'
  /** Priority by kind: lower is spent first. */
  readonly priorities: Readonly<Record<LotKind, number>>
  readonly subjects: Readonly<Record<string, Subject>>
  readonly taxes: readonly TaxRule[]
  /** By code. */
  readonly promotions: Readonly<Record<string, Promotion>>
  /** One gateway per currency, '*' being the one for all others. */
  readonly gateway: Readonly<Record<string, string>>
  readonly roles: Readonly<Record<string, string>>
  readonly support: {
    readonly email: string | null
    readonly subject: string | null
    readonly ask: readonly string[]
  }
  readonly theme: { readonly logo: string | null; readonly color: string | null }
}

export type { TierBand }
