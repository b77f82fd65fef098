/**
 * The second model of a pool, written from the rules alone: plain mutable lists, every figure
 * recomputed from scratch whenever it is asked for. Slow and obvious on purpose; it shares no rule
 * with core.
 */
import type { Catalog, Duration, LotKind, Threshold } from '@scrip/core'
import type { Version } from './products.ts'

export interface Draw {
  readonly lot: number
  readonly credits: number
}

export interface NaiveLot {
  /** The how-manieth lot of the pool it is. */
  readonly number: number
  readonly kind: LotKind
  readonly priority: number
  readonly effectiveAt: number
  expiresAt: number | null
  readonly paid: number
  readonly amount: number
  readonly type: string
  readonly account: string
  readonly isGrace: boolean
  /** Which period's it is: a pause keeps the rest of it. */
  readonly period: number | 'trial' | null
  /** The purchase that it came with, also of what came again. */
  readonly purchase: NaivePurchase | null
  isStarted: boolean
  isVoided: boolean
  isReversed: boolean
  drawn: number
  returned: number
  removed: number
  readonly toldBefore: Set<number>
}

export interface NaivePurchase {
  /** The step that bought. */
  readonly step: number
  readonly credits: number
  readonly paid: number
  /** What should be taken back in all, and what was, in the order taken. */
  target: number
  taken: Draw[]
  facts: number
}

export interface NaiveHold {
  /** The step of the scenario that made it. */
  readonly step: number
  readonly at: number
  readonly spender: Spender
  readonly price: Priced
  expiresAt: number
  left: Draw[]
  captured: number
  happened: Facts | null
  isOpen: boolean
}

export interface NaiveCharge {
  /** The step that made the charge, or the hold whose captures it is. */
  readonly step: number
  readonly madeAt: number
  readonly spender: Spender
  readonly price: Priced
  readonly hold: NaiveHold | null
  readonly draws: Draw[]
  readonly refunds: Draw[]
}

export interface Spender {
  readonly account: string
  readonly user: string | null
  readonly subject: string | null
}

export interface Facts {
  readonly quantities: Readonly<Record<string, number>>
  readonly options: Readonly<Record<string, string | readonly string[]>>
}

/** What an action was priced by: the version and the terms of an instant. */
export interface Priced extends Facts {
  readonly action: string
  readonly credits: number
  readonly version: Version
  readonly termsUnit: number | null
}

export interface NaiveCycle {
  readonly anchor: number
  readonly anchorIndex: number
  readonly every: Duration
  index: number
  start: number
  end: number
}

export interface NaiveSubscription {
  plan: string
  status: 'scheduled' | 'trialing' | 'active' | 'past_due' | 'unpaid' | 'paused'
  readonly zone: string
  startsAt: number
  trialEndsAt: number | null
  converts: boolean
  bill: NaiveCycle | null
  refill: NaiveCycle | null
  /** Which period of the pool's this is, and whether its refill was given. */
  period: number
  isRefilled: boolean
  credits: number | null
  endsAt: number | null
  cancelAt: number | null
  change: { plan: string; credits: number | null } | null
  pastDueSince: number | null
  pausedAt: number | null
  pausedFrom: 'active' | 'past_due' | 'trialing' | null
  readonly frozen: Map<NaiveLot, number>
}

export interface NaiveBudget {
  readonly name: string
  readonly account: string
  readonly user: string | null
  readonly subject: string | null
  limit: number
  every: 'day' | 'week' | 'month' | null
}

export interface NaiveRow {
  readonly at: number
  readonly type: string
  readonly account: string
  readonly amount: number
  readonly held: number
  readonly draws: readonly Draw[]
  readonly balance: number
  readonly available: number
  readonly spender: Spender | null
  readonly madeAt: number
}

export interface NaiveNotice {
  readonly at: number
  readonly type: string
  readonly facts: string
}

export interface NaivePool {
  now: number
  readonly zone: string
  readonly openedAt: number
  isOpened: boolean
  readonly accounts: Map<string, string>
  readonly versions: { readonly from: number; readonly version: Version }[]
  readonly lots: NaiveLot[]
  readonly holds: NaiveHold[]
  readonly charges: NaiveCharge[]
  readonly purchases: NaivePurchase[]
  basePlan: string | null
  subscription: NaiveSubscription | null
  /** How many periods there were so far. */
  periods: number
  readonly once: Set<string>
  readonly terms: { readonly from: number; readonly unit: number }[]
  thresholds: readonly Threshold[] | null
  reference: number
  wasBought: boolean
  armed: Set<string>
  readonly saidAt: Map<string, number>
  isExhausted: boolean
  isFresh: boolean
  readonly budgets: NaiveBudget[]
  readonly rows: NaiveRow[]
  readonly notices: NaiveNotice[]
}

export function newNaivePool(openedAt: number, zone: string, version: Version): NaivePool {
  return {
    now: openedAt,
    zone,
    openedAt,
    isOpened: false,
    accounts: new Map([['owner', zone]]),
    versions: [{ from: 0, version }],
    lots: [],
    holds: [],
    charges: [],
    purchases: [],
    basePlan: null,
    subscription: null,
    periods: 0,
    once: new Set(),
    terms: [],
    thresholds: null,
    reference: 0,
    wasBought: false,
    armed: new Set(),
    saidAt: new Map(),
    isExhausted: false,
    isFresh: false,
    budgets: [],
    rows: [],
    notices: [],
  }
}

export function versionAt(pool: NaivePool, at: number): Version {
  let live = pool.versions[0]!
  for (const candidate of pool.versions) if (candidate.from <= at) live = candidate
  return live.version
}

export function catalogOf(pool: NaivePool): Catalog {
  return versionAt(pool, pool.now).catalog
}

export function heldOf(pool: NaivePool, lot: NaiveLot): number {
  let held = 0
  for (const hold of pool.holds) {
    for (const draw of hold.left) if (draw.lot === lot.number) held += draw.credits
  }
  return held
}

export function freeOf(pool: NaivePool, lot: NaiveLot): number {
  return lot.amount + lot.returned - lot.drawn - lot.removed - heldOf(pool, lot)
}

export function availableOf(pool: NaivePool): number {
  let available = 0
  for (const lot of pool.lots) if (lot.isStarted) available += freeOf(pool, lot)
  return available
}

export function heldInAll(pool: NaivePool): number {
  let held = 0
  for (const hold of pool.holds) for (const draw of hold.left) held += draw.credits
  return held
}

/** Lower priority, sooner expiry (never last), free before paid, older, lower number. */
export function spendOrder(pool: NaivePool): NaiveLot[] {
  const key = (lot: NaiveLot) => [
    lot.priority,
    lot.expiresAt ?? Number.POSITIVE_INFINITY,
    lot.paid > 0 ? 1 : 0,
    lot.effectiveAt,
    lot.number,
  ]
  const ordered = pool.lots.filter((lot) => lot.isStarted).map((lot) => ({ lot, key: key(lot) }))
  ordered.sort((left, right) => {
    const index = left.key.findIndex((value, place) => value !== right.key[place])
    return index < 0 ? 0 : left.key[index]! - right.key[index]!
  })
  return ordered.map(({ lot }) => lot)
}

/** Which lots would give `credits`, in spend order; fewer where there is less. */
export function firstInOrder(pool: NaivePool, credits: number, lots = spendOrder(pool)): Draw[] {
  const draws: Draw[] = []
  let missing = credits
  for (const lot of lots) {
    const part = Math.min(missing, freeOf(pool, lot))
    if (part > 0) draws.push({ lot: lot.number, credits: part })
    missing -= part
  }
  return draws
}

export function sumOf(draws: readonly Draw[]): number {
  return draws.reduce((sum, draw) => sum + draw.credits, 0)
}

export interface RowFacts {
  readonly account?: string
  readonly amount?: number
  readonly held?: number
  readonly draws?: readonly Draw[]
  readonly spender?: Spender
  readonly madeAt?: number
}

/** Call after the lists have changed: the row's balance is what they come to. */
export function addRow(pool: NaivePool, type: string, facts: RowFacts): void {
  const available = availableOf(pool)
  pool.rows.push({
    at: pool.now,
    type,
    account: facts.spender?.account ?? facts.account ?? 'owner',
    amount: facts.amount ?? 0,
    held: facts.held ?? 0,
    draws: facts.draws ?? [],
    balance: available + heldInAll(pool),
    available,
    spender: facts.spender ?? null,
    madeAt: facts.madeAt ?? pool.now,
  })
}

export function tell(pool: NaivePool, type: string, facts = ''): void {
  pool.notices.push({ at: pool.now, type, facts })
}

export function signed(draws: readonly Draw[], sign: 1 | -1): Draw[] {
  return draws.map((draw) => ({ lot: draw.lot, credits: sign * draw.credits }))
}
