/**
 * A story is what the customers of one product do in a year, written down before any of it happens:
 * accounts, and for each its acts in order. It is told by `tell.ts` through the real operations.
 */
import type { Instant, LotKind, Options, Quantities, SubjectRef, TermsCommand } from '@scrip/core'
import type { Dice } from './dice.ts'

export interface Story {
  /** The folder of the product's catalog. */
  readonly product: string
  /** Later versions of its catalog, in order, each with its file and the instant it is applied. */
  readonly laterCatalogs: readonly { readonly file: string; readonly at: Instant }[]
  /** A parent stands before those that share its credits. */
  readonly accounts: readonly AccountStory[]
}

export interface AccountStory {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly timeZone: string
  readonly currency?: string
  /** The account whose pool it shares. */
  readonly parentId?: string
  readonly openedAt: Instant
  readonly members: readonly Member[]
  /** In the order of their instants. */
  readonly acts: readonly Act[]
  /** What staff grant when credits run out, after so many refusals; null = it waits for its refill. */
  readonly whenEmpty: { readonly refusals: number; readonly credits: number; readonly reason: string } | null
}

export interface Member {
  readonly userId: string
  readonly name: string
  readonly email: string
  readonly role: 'admin' | 'billing' | 'member'
}

export type Act = { readonly at: Instant } & (
  | Charge
  | Hold
  | {
      readonly does: 'grant'
      readonly kind: LotKind
      readonly credits: number
      readonly reason: string
      readonly expiresAt?: Instant
    }
  | {
      readonly does: 'subscribe'
      readonly plan: string
      readonly trial?: boolean
      readonly when?: 'now' | 'periodEnd'
      readonly credits?: number
    }
  | { readonly does: 'cancel'; readonly when: 'now' | 'periodEnd' }
  | { readonly does: 'pause' | 'resume' | 'paymentFailed' | 'paymentReceived' }
  | { readonly does: 'terms'; readonly terms: TermsCommand['terms'] }
  | {
      readonly does: 'budget'
      readonly name: string
      readonly limit: number
      readonly every: 'month'
      readonly userId?: string
    }
)

export interface Spend {
  readonly action: string
  readonly quantities?: Quantities
  readonly options?: Options
  readonly userId?: string
  readonly subject?: SubjectRef
}

interface Charge extends Spend {
  readonly does: 'charge'
  /** Part of it failed afterwards, or all. */
  readonly refund?: { readonly afterMs: number; readonly credits?: number; readonly reason: string }
}

/** Set aside, then taken by what really happened, in one step or in several. */
interface Hold extends Spend {
  readonly does: 'hold'
  /** The quantity of which the largest affordable number is held. */
  readonly atMost?: string
  readonly steps: readonly Step[]
}

export interface Step {
  readonly afterMs: number
  /** What succeeded since the step before; `all` that is left; `nothing` releases the rest. */
  readonly took: 'all' | 'nothing' | { readonly quantities: Quantities }
  readonly final: boolean
}

export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** What a year of a demo is: its first and its last instant. */
export interface Span {
  readonly from: Instant
  readonly to: Instant
}

/** Zones of the demo's customers, with their hours from UTC, near enough to put acts into their day. */
const ZONES: readonly (readonly [zone: string, hours: number])[] = [
  ['Europe/Berlin', 1],
  ['Europe/London', 0],
  ['America/New_York', -5],
  ['America/Los_Angeles', -8],
  ['Asia/Kolkata', 5.5],
  ['Australia/Sydney', 10],
]

export function pickZone(dice: Dice): string {
  return dice.pick(ZONES)[0]
}

/** The instants at which somebody uses a product: weekdays by day more than at night, a share of it at weekends. */
export function usesIn(
  dice: Dice,
  span: Span,
  timeZone: string,
  perWeek: (at: Instant) => number,
): readonly Instant[] {
  const hours = ZONES.find(([zone]) => zone === timeZone)?.[1] ?? 0
  const instants: Instant[] = []
  for (let day = Math.ceil(span.from / DAY) * DAY; day < span.to; day += DAY) {
    const weekday = new Date(day).getUTCDay()
    const share = weekday === 0 || weekday === 6 ? 0.07 : 0.172
    for (let left = dice.count(perWeek(day) * share); left > 0; left--) {
      const local = 7 * HOUR + Math.floor((dice.throw() + dice.throw()) * 6.5 * HOUR)
      instants.push(day + local - hours * HOUR)
    }
  }
  return instants.filter((at) => at > span.from && at < span.to).sort((left, right) => left - right)
}

export function inOrder(acts: readonly Act[]): readonly Act[] {
  return [...acts].sort((left, right) => left.at - right.at)
}

/** A size for each customer: many small ones and a few large. */
export function sizeOf(dice: Dice, typical: number): number {
  return typical * 0.3 * 2 ** (dice.throw() * 3.2)
}
