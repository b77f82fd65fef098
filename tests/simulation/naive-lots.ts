/** Lots come in, start, expire, are cut, and take back what was drawn from them. */
import type { LotKind } from '@scrip/core'
import { after } from './naive-calendar.ts'
import {
  addRow,
  catalogOf,
  firstInOrder,
  freeOf,
  type NaiveLot,
  type NaivePool,
  type NaivePurchase,
  signed,
  spendOrder,
  sumOf,
  tell,
} from './naive-pool.ts'

export interface Coming {
  readonly kind: LotKind
  readonly credits: number
  readonly type: string
  readonly expiresAt?: number | null
  readonly effectiveAt?: number | null
  readonly paid?: number
  readonly account?: string
  readonly period?: number | 'trial'
  readonly purchase?: NaivePurchase
}

export function addLot(pool: NaivePool, coming: Coming): void {
  const lot = newLot(pool, coming)
  if (lot.effectiveAt > pool.now) addRow(pool, 'scheduled', { account: lot.account })
  else start(pool, lot)
}

/** A lot in the list, and no row of it yet. */
export function newLot(pool: NaivePool, coming: Coming): NaiveLot {
  const effectiveAt = Math.max(coming.effectiveAt ?? pool.now, pool.now)
  const lot: NaiveLot = {
    number: pool.lots.length + 1,
    kind: coming.kind,
    priority: catalogOf(pool).priorities[coming.kind],
    effectiveAt,
    expiresAt: coming.expiresAt ?? null,
    paid: coming.paid ?? 0,
    amount: coming.credits,
    type: coming.type,
    account: coming.account ?? 'owner',
    isGrace: false,
    period: coming.period ?? null,
    purchase: coming.purchase ?? null,
    isStarted: false,
    isVoided: false,
    isReversed: false,
    drawn: 0,
    returned: 0,
    removed: 0,
    toldBefore: new Set(),
  }
  pool.lots.push(lot)
  return lot
}

/** New credits came in: what 100 % is, and which messages wait, may begin anew. */
function start(pool: NaivePool, lot: NaiveLot): void {
  lot.isStarted = true
  const credits = freeOf(pool, lot)
  sayComing(pool, lot)
  addRow(pool, lot.type, { account: lot.account, amount: credits, draws: [{ lot: lot.number, credits }] })
}

export function sayComing(pool: NaivePool, lot: NaiveLot): void {
  const isRefill = lot.type === 'refill' || lot.type === 'trial'
  const isPurchase = lot.type === 'purchase'
  if (isRefill) pool.reference = 0
  if (pool.subscription === null && (isPurchase || !pool.wasBought)) pool.reference = 0
  if (isRefill || isPurchase) pool.saidAt.clear()
  if (isPurchase) pool.wasBought = true
  pool.isFresh = true
}

export function startScheduled(pool: NaivePool): void {
  for (const lot of pool.lots) {
    if (lot.isStarted || lot.effectiveAt > pool.now) continue
    if (freeOf(pool, lot) > 0) start(pool, lot)
  }
}

export function isOver(pool: NaivePool, lot: NaiveLot): boolean {
  return lot.expiresAt !== null && lot.expiresAt <= pool.now
}

export function expireWhatIsOver(pool: NaivePool): void {
  let expired = 0
  for (const lot of pool.lots) {
    const credits = lot.isStarted && isOver(pool, lot) ? freeOf(pool, lot) : 0
    if (credits === 0) continue
    takeAway(pool, lot, credits, 'expired')
    expired += credits
  }
  if (expired > 0) tell(pool, 'credits.expired', String(expired))
}

function takeAway(pool: NaivePool, lot: NaiveLot, credits: number, type: string): void {
  lot.removed += credits
  addRow(pool, type, {
    account: lot.account,
    amount: -credits,
    draws: [{ lot: lot.number, credits: -credits }],
  })
}

/** Cuts lots to what they may be together, in spend order, as one row. */
export function cutTo(pool: NaivePool, limit: number): void {
  const group = spendOrder(pool).filter((lot) => lot.kind === 'subscription' || lot.kind === 'trial')
  const whole = group.reduce((sum, lot) => sum + freeOf(pool, lot), 0)
  const cut = firstInOrder(pool, Math.max(0, whole - limit), group)
  if (cut.length === 0) return
  for (const draw of cut) lotOf(pool, draw.lot).removed += draw.credits
  addRow(pool, 'rollover_excess', { amount: -sumOf(cut), draws: signed(cut, -1) })
}

export function lotOf(pool: NaivePool, number: number): NaiveLot {
  return pool.lots[number - 1]!
}

/** What is still to be taken back of the purchase: whatever comes back of it goes there first. */
function owedBy({ purchase }: NaiveLot): number {
  return purchase === null ? 0 : Math.max(0, purchase.target - sumOf(purchase.taken))
}

/** What came back to a lot: taken at once where it was voided; where it is over it expires, and comes again once. */
export function settle(pool: NaivePool, number: number, back: number): void {
  const lot = lotOf(pool, number)
  const owed = Math.min(back, owedBy(lot))
  if (owed > 0) {
    lot.purchase!.taken.push({ lot: number, credits: owed })
    takeAway(pool, lot, owed, 'reversal')
  }
  const credits = back - owed
  if (credits === 0) return
  if (lot.isVoided) {
    takeAway(pool, lot, credits, 'void')
    return
  }
  if (!isOver(pool, lot)) return
  takeAway(pool, lot, credits, 'expired')
  const life = catalogOf(pool).returnAfterExpiry
  if (lot.isGrace || life === 'expire') return
  const again: NaiveLot = {
    ...lot,
    number: pool.lots.length + 1,
    effectiveAt: pool.now,
    expiresAt: after(pool.now, life, 1, pool.zone),
    amount: credits,
    type: 'grace',
    isGrace: true,
    period: null,
    isStarted: true,
    drawn: 0,
    returned: 0,
    removed: 0,
    toldBefore: new Set(),
  }
  pool.lots.push(again)
  addRow(pool, 'grace', { account: lot.account, amount: credits, draws: [{ lot: again.number, credits }] })
}
