/** What of the two models must be equal, written so that the first difference can be read. */
import type { Entry, Hold, Lot, Notice, Subscription } from '@scrip/core'
import type { CorePool } from './core-pool.ts'
import {
  availableOf,
  type Draw,
  freeOf,
  heldInAll,
  heldOf,
  type NaiveHold,
  type NaiveLot,
  type NaivePool,
  type NaiveRow,
  type NaiveSubscription,
  sumOf,
} from './naive-pool.ts'

/** The first difference in words, or null. `fromRow`, `fromNotice`: what was compared before. */
export function differenceOf(
  core: CorePool,
  naive: NaivePool,
  fromRow: number,
  fromNotice: number,
): string | null {
  return (
    firstDifference(
      'row',
      core.entries.slice(fromRow).map((row) => coreRow(core, row)),
      naive.rows.slice(fromRow).map(naiveRow),
    ) ??
    firstDifference('notice', noticesOfCore(core, fromNotice), noticesOfNaive(naive, fromNotice)) ??
    firstDifference('total', totalsOfCore(core), totalsOfNaive(naive)) ??
    firstDifference('lot', openLotsOfCore(core), openLotsOfNaive(naive)) ??
    firstDifference(
      'hold',
      core.state.holds.map((hold) => coreHold(core, hold)),
      naive.holds.filter(isOpen).map(naiveHold),
    ) ??
    firstDifference('plan', [subscriptionOfCore(core)], [subscriptionOfNaive(naive)])
  )
}

/** Every lot that ever was: compared once, at the end. */
export function lotDifferenceOf(core: CorePool, naive: NaivePool): string | null {
  const cores = [...core.lots.values()].map((lot) => coreLot(core, lot))
  return firstDifference('lot', cores.sort(), naive.lots.map((lot) => naiveLot(naive, lot)).sort())
}

function firstDifference(what: string, core: readonly string[], naive: readonly string[]): string | null {
  for (let index = 0; index < Math.max(core.length, naive.length); index++) {
    if (core[index] === naive[index]) continue
    return `${what} ${index}\n   core: ${core[index] ?? '(none)'}\n  naive: ${naive[index] ?? '(none)'}`
  }
  return null
}

function timeText(at: number | null | undefined): string {
  return at === null || at === undefined ? '-' : `@${at}`
}

/** Instants as one reads them. They are compared as numbers, since writing them out takes most of the time. */
export function readable(text: string): string {
  return text.replace(/@(\d+)/g, (_, at) => new Date(Number(at)).toISOString())
}

function drawsText(draws: readonly Draw[]): string {
  const byLot = new Map<number, number>()
  for (const { lot, credits } of draws) byLot.set(lot, (byLot.get(lot) ?? 0) + credits)
  return [...byLot].map(([lot, credits]) => `${lot}:${credits}`).join(' ')
}

export function coreRow(core: CorePool, row: Entry): string {
  const draws = row.draws.map((draw) => ({ lot: core.ordinals.get(draw.lot) ?? 0, credits: draw.credits }))
  const { available, held } = row.totals
  return `${timeText(row.at)} ${row.type} of ${row.accountId} ${row.amount} held ${row.held} [${drawsText(draws)}] → ${available + held}, ${available}`
}

function naiveRow(row: NaiveRow): string {
  return `${timeText(row.at)} ${row.type} of ${row.account} ${row.amount} held ${row.held} [${drawsText(row.draws)}] → ${row.balance}, ${row.available}`
}

export function coreNotice(core: CorePool, { at, type, data }: Notice): string {
  const facts = {
    'credits.low': `${data.balance} ${data.threshold}`,
    'credits.exhausted': `${data.balance}`,
    'credits.restored': `${data.balance}`,
    'credits.expired': `${data.credits}`,
    'credits.expiring': `${core.ordinals.get(data.lot as number)} ${data.credits}`,
    'subscription.refilled': `${data.credits}`,
    'subscription.expiring': `${data.plan} ${timeText(data.endsAt as number)}`,
  }[type]
  return `${timeText(at)} ${type} ${facts ?? ''}`
}

function noticesOfCore(core: CorePool, from: number): string[] {
  return core.notices
    .slice(from)
    .map((notice) => coreNotice(core, notice))
    .sort()
}

function noticesOfNaive(naive: NaivePool, from: number): string[] {
  return naive.notices
    .slice(from)
    .map(({ at, type, facts }) => `${timeText(at)} ${type} ${facts}`)
    .sort()
}

function totalsOfCore({ state }: CorePool): string[] {
  const { available, held, received, used, charged, expired, uses } = state.totals
  return [
    `at ${timeText(state.at)}`,
    `available ${available} held ${held} received ${received} used ${used} charged ${charged} expired ${expired} uses ${uses}`,
  ]
}

const INCOMING = ['grant', 'purchase', 'refill', 'trial', 'plan_change', 'starter', 'sign_up']

function totalsOfNaive(naive: NaivePool): string[] {
  const rows = (types: readonly string[]) =>
    naive.rows.reduce((sum, row) => (types.includes(row.type) ? sum + row.amount : sum), 0)
  const charged = -rows(['charge', 'capture']) + 0
  const used = charged - rows(['refund'])
  const expired = -rows(['expired']) - rows(['grace']) + 0
  const uses = naive.charges.filter((charge) => sumOf(charge.draws) > 0).length
  return [
    `at ${timeText(naive.now)}`,
    `available ${availableOf(naive)} held ${heldInAll(naive)} received ${rows(INCOMING)} used ${used} charged ${charged} expired ${expired} uses ${uses}`,
  ]
}

function coreHold(core: CorePool, { at, expiresAt, left, captured }: Hold): string {
  const draws = left.map((draw) => ({ lot: core.ordinals.get(draw.lot) ?? 0, credits: draw.credits }))
  return `${timeText(at)} – ${timeText(expiresAt)} [${drawsText(draws)}] captured ${captured}`
}

function naiveHold({ at, expiresAt, left, captured }: NaiveHold): string {
  return `${timeText(at)} – ${timeText(expiresAt)} [${drawsText(left)}] captured ${captured}`
}

function isOpen(hold: NaiveHold): boolean {
  return hold.isOpen
}

interface LotFigures {
  readonly kind: string
  readonly priority: number
  readonly effectiveAt: number
  readonly expiresAt: number | null
  readonly amount: number
  readonly returned: number
  readonly drawn: number
  readonly removed: number
}

/** An empty lot has no life that could be told apart: its end shows when something comes back to it. */
function lotText(number: number, lot: LotFigures, free: number, held: number, isClosed: boolean): string {
  const { kind, priority, effectiveAt, expiresAt, amount, returned, drawn, removed } = lot
  const life = free + held === 0 ? 'empty' : `${timeText(effectiveAt)} – ${timeText(expiresAt)}`
  const figures = `${amount} + ${returned} − ${drawn} − ${removed} = ${free} + ${held}`
  return `${number} ${kind} ${priority} ${life}: ${figures}${isClosed ? ' closed' : ''}`
}

export function coreLot(core: CorePool, lot: Lot): string {
  return lotText(core.ordinals.get(lot.number) ?? 0, lot, lot.remaining, lot.held, lot.closed !== null)
}

function naiveLot(naive: NaivePool, lot: NaiveLot): string {
  return lotText(lot.number, lot, freeOf(naive, lot), heldOf(naive, lot), lot.isVoided || lot.isReversed)
}

function openLotsOfCore(core: CorePool): string[] {
  return [...core.state.lots, ...core.state.scheduled].map((lot) => coreLot(core, lot)).sort()
}

function openLotsOfNaive(naive: NaivePool): string[] {
  const open = naive.lots.filter((lot) => freeOf(naive, lot) + heldOf(naive, lot) > 0)
  return open.map((lot) => naiveLot(naive, lot)).sort()
}

function subscriptionText(basePlan: string | null, sub: Subscription | NaiveSubscription | null): string {
  if (sub === null) return `${basePlan}, none`
  const { plan, status, bill, refill, trialEndsAt, endsAt, cancelAt, change, credits } = sub
  const trial = status === 'trialing' ? timeText(trialEndsAt) : '-'
  return `${basePlan}, ${plan} ${status} bill ${timeText(bill?.end)} refill ${timeText(refill?.end)} trial ${trial} ends ${timeText(endsAt)} cancel ${timeText(cancelAt)} next ${change?.plan ?? '-'} of ${credits ?? 'its plan'}`
}

function subscriptionOfCore({ state }: CorePool): string {
  return subscriptionText(state.basePlan?.plan ?? null, state.subscription)
}

function subscriptionOfNaive(naive: NaivePool): string {
  return subscriptionText(naive.basePlan, naive.subscription)
}
