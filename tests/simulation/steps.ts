/** What a scenario is made of: plain data, so that it can be printed, cut down and played again. */
import type { Threshold } from '@scrip/core'
import type { Facts, Priced, Spender } from './naive-pool.ts'

export interface Quote {
  readonly price: Priced
  readonly pricedAt: number
  readonly expiresAt: number
}

/** A charge or a hold, its quote looked up. */
export interface Spend extends Facts {
  readonly spender: Spender
  readonly action: string
  readonly quote: Quote | null
  readonly maxCredits: number | null
  readonly timeoutMs: number | null
  readonly atMost: string | null
}

export interface Capture {
  /** The step that made the hold. */
  readonly hold: number
  readonly credits: number | null
  readonly facts: Facts | null
  readonly final: boolean
  readonly beyondHold: boolean
}

export interface Refund {
  /** The step that made the charge, or the hold whose captures it is. */
  readonly charge: number
  readonly credits: number | null
  readonly facts: Facts | null
}

export interface Grant {
  readonly kind: 'free' | 'promotional' | 'admin_grant' | 'purchased'
  readonly account: string
  readonly credits: number
  readonly effectiveAt: number | null
  readonly expiresAt: number | null
  readonly paid: number
}

export interface Purchase {
  readonly account: string
  readonly credits: number
  readonly bonus: number
  /** Days that they live; null for ever; `term` as long as the current refill. */
  readonly life: number | 'term' | null
  readonly paid: number
}

export interface Reverse {
  /** The step that bought. */
  readonly purchase: number
  readonly returned: number
  /** How many facts of the payment it was made from. */
  readonly facts: number
}

export interface Subscribe {
  readonly plan: string
  readonly credits: number | null
  readonly startsAt: number | null
  readonly endsAt: number | null
  readonly trial: boolean
  readonly when: 'now' | 'periodEnd' | null
}

export interface SetBudget {
  readonly name: string
  readonly account: string
  readonly user: string | null
  readonly subject: string | null
  readonly limit: number | null
  readonly every: 'day' | 'week' | 'month' | null
}

export type Act =
  | ({ readonly type: 'charge' | 'hold'; readonly quoteStep: number | null } & Omit<Spend, 'quote'>)
  | ({ readonly type: 'capture' } & Capture)
  | { readonly type: 'release'; readonly hold: number }
  | { readonly type: 'extend'; readonly hold: number; readonly timeoutMs: number }
  | ({ readonly type: 'refund' } & Refund)
  | ({ readonly type: 'grant' } & Grant)
  | ({ readonly type: 'purchase' } & Purchase)
  | ({ readonly type: 'reverse' } & Reverse)
  | { readonly type: 'void'; readonly lot: number; readonly credits: number | null }
  | { readonly type: 'adjust'; readonly credits: number }
  | ({ readonly type: 'subscribe' } & Subscribe)
  | { readonly type: 'cancel'; readonly when: 'now' | 'periodEnd' }
  | { readonly type: 'pause' | 'resume' | 'payment_failed' | 'payment_received' | 'advance' }
  | { readonly type: 'terms'; readonly from: number; readonly unit: number }
  | { readonly type: 'alerts'; readonly thresholds: readonly Threshold[] | null }
  | ({ readonly type: 'budget' } & SetBudget)
  /** What the shell does beside the pool: a new catalog, another account, a quote. */
  | { readonly type: 'apply'; readonly version: number }
  | { readonly type: 'share'; readonly account: string; readonly zone: string }
  | { readonly type: 'leave'; readonly account: string }
  | ({ readonly type: 'quote'; readonly action: string } & Facts)

/** One step: what is asked, and when. Its number is its name, also after others were left out. */
export interface Step {
  readonly number: number
  readonly at: number
  readonly act: Act
}
