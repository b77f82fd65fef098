/**
 * Core's side of a scenario: `decide` with the shell's part played in memory. Keeps everything that
 * ever was, so that facts of the past can be handed in and every row be checked.
 */
import {
  type Catalogs,
  type ChargeFacts,
  type Command,
  type Decision,
  decide,
  type Entry,
  factsNeeded,
  type Hold,
  type Lot,
  type Notice,
  newPool,
  type Past,
  type Place,
  type PoolState,
  type PurchaseLine,
} from '@scrip/core'
import { beginningOf } from './naive-calendar.ts'
import type { Version } from './products.ts'
import type { Purchase, Quote, SetBudget, Step } from './steps.ts'

export type Decide = typeof decide

export interface CorePool {
  state: PoolState
  readonly decide: Decide
  readonly versions: { readonly from: number; readonly version: Version }[]
  readonly catalogs: Catalogs
  readonly entries: Entry[]
  readonly notices: Notice[]
  readonly lots: Map<number, Lot>
  /** The how-manieth lot of the pool a number is. */
  readonly ordinals: Map<number, number>
  readonly holds: Map<number, Hold>
  /** What each step made: the place of its charge or hold. */
  readonly made: Map<number, Place>
  readonly charges: Map<number, Entry[]>
  /** What each step bought: its lots, and what was paid. */
  readonly bought: Map<number, { readonly lots: readonly number[]; readonly paid: number }>
}

const NOWHERE: Place = { at: 0, number: 999_999_999 }
const NOTHING: Past = { charges: {}, lots: {}, holds: {} }

export function newCorePool(
  openedAt: number,
  zone: string,
  version: Version,
  rules: Decide = decide,
): CorePool {
  const versions = [{ from: 0, version }]
  const facts = { pool: 1, lane: 0, project: 1, ownerId: 'owner', timeZone: zone, openedAt }
  return {
    state: newPool(facts),
    decide: rules,
    versions,
    catalogs: catalogsOf(versions),
    entries: [],
    notices: [],
    lots: new Map(),
    ordinals: new Map(),
    holds: new Map(),
    made: new Map(),
    charges: new Map(),
    bought: new Map(),
  }
}

function catalogsOf(versions: readonly { readonly from: number; readonly version: Version }[]): Catalogs {
  const numbered = (index: number) => {
    const { from, version } = versions[index]!
    return { ...version.catalog, version: index + 1, appliedAt: from }
  }
  return {
    at: (instant) => numbered(versions.findLastIndex(({ from }) => from <= instant)),
    version: (number) => numbered(number - 1),
    nextChange: (instant) => versions.find(({ from }) => from > instant)?.from ?? null,
  }
}

/** What one step did: its refusal's code, and what came of it. */
export interface Done {
  readonly refused: string | null
  readonly decision: Decision
  readonly before: PoolState
}

export function playOnCore(pool: CorePool, step: Step, quote: Quote | null): Done {
  // What is due is booked first where the shell hands in what it read: a lot's number, a budget's sum.
  if (step.act.type === 'void' || step.act.type === 'budget') {
    keep(pool, pool.decide(pool.state, { type: 'advance', accountId: 'owner' }, step.at, pool.catalogs))
  }
  const command = commandOf(pool, step, quote)
  const before = pool.state
  const state = { ...before, past: pastFor(pool, command) }
  const decision = pool.decide(state, command, step.at, pool.catalogs)
  keep(pool, decision)
  const { outcome } = decision
  if ('entry' in outcome) remember(pool, step, outcome.entry)
  return { refused: 'refused' in outcome ? outcome.refused.code : null, decision, before }
}

function keep(pool: CorePool, { state, changes }: Decision): void {
  for (const lot of changes.lots.toSorted((left, right) => left.number - right.number)) {
    if (!pool.ordinals.has(lot.number)) pool.ordinals.set(lot.number, pool.ordinals.size + 1)
    pool.lots.set(lot.number, lot)
  }
  for (const hold of changes.holds) pool.holds.set(hold.number, hold)
  for (const entry of changes.entries) {
    pool.entries.push(entry)
    const isFirst = entry.type === 'charge' || (entry.type === 'capture' && entry.charge === null)
    const charge = isFirst ? entry.number : entry.charge?.number
    if (charge !== undefined) pool.charges.set(charge, [...(pool.charges.get(charge) ?? []), entry])
  }
  pool.notices.push(...changes.notices)
  pool.state = { ...state, past: NOTHING }
}

function remember(pool: CorePool, { number, act }: Step, entry: Entry): void {
  if (act.type === 'charge' || act.type === 'hold')
    pool.made.set(number, { at: entry.at, number: entry.number })
  if (act.type === 'purchase') pool.bought.set(number, { lots: entry.detail?.lots ?? [], paid: act.paid })
}

/** The charge that a step made: itself, or what the captures of its hold make together. */
function chargePlace(pool: CorePool, step: number): Place {
  const place = pool.made.get(step)
  const hold = place === undefined ? undefined : pool.holds.get(place.number)
  return (hold === undefined ? place : hold.charge) ?? NOWHERE
}

function commandOf(pool: CorePool, { act, at, number }: Step, quote: Quote | null): Command {
  const asked = { accountId: 'account' in act ? act.account : 'owner' }
  switch (act.type) {
    case 'charge':
    case 'hold': {
      const { spender, quoteStep: _, ...spend } = act
      const subject = spender.subject === null ? null : { type: null, id: spender.subject, name: null }
      return {
        ...spend,
        accountId: spender.account,
        userId: spender.user,
        subject,
        quote: lockedBy(pool, quote),
      }
    }
    case 'capture': {
      const { hold, facts, credits, final, beyondHold } = act
      return {
        ...asked,
        ...facts,
        type: 'capture',
        hold: pool.made.get(hold) ?? NOWHERE,
        credits,
        final,
        beyondHold,
      }
    }
    case 'release':
    case 'extend':
      return { ...asked, ...act, hold: pool.made.get(act.hold) ?? NOWHERE }
    case 'refund':
      return {
        ...asked,
        ...act.facts,
        type: 'refund',
        charge: chargePlace(pool, act.charge),
        credits: act.credits,
      }
    case 'grant':
      return {
        ...asked,
        ...act,
        paid: act.paid > 0 ? { amount: act.paid, currency: 'USD' } : null,
        purchase: purchaseOf(pool, act.kind),
      }
    case 'purchase':
    case 'reverse':
      return buyingOf(pool, act, number)
    case 'void':
      return { ...asked, ...act, lot: numberOf(pool, act.lot) }
    case 'terms':
      return { ...asked, type: 'terms', terms: termsOf(act.from, act.unit) }
    case 'budget':
      return { ...asked, type: 'budget', name: act.name, ...budgetOf(pool, act, at) }
    case 'adjust':
    case 'subscribe':
    case 'cancel':
    case 'pause':
    case 'resume':
    case 'payment_failed':
    case 'payment_received':
    case 'advance':
    case 'alerts':
      return { ...asked, ...act }
    default:
      throw new Error(`${act.type} is the shell's`)
  }
}

const NO_PURCHASE = { lots: [], paid: 0 }

function buyingOf(
  pool: CorePool,
  act: Step['act'] & { type: 'purchase' | 'reverse' },
  number: number,
): Command {
  if (act.type === 'purchase') {
    const { account: accountId } = act
    return { type: 'purchase', accountId, purchase: `${number}`, currency: 'USD', lines: [lineOf(act)] }
  }
  const { lots, paid } = pool.bought.get(act.purchase) ?? NO_PURCHASE
  return { ...act, accountId: 'owner', purchase: `${act.purchase}`, lots, paid }
}

function lineOf({ credits, bonus, life, paid }: Purchase): PurchaseLine {
  const after = typeof life === 'number' ? { count: life, unit: 'day' as const } : null
  return {
    line: 0,
    kind: 'credits',
    plan: null,
    pack: null,
    remark: null,
    name: 'credits',
    credits,
    bonus,
    recurring: null,
    expires: after === null ? { kind: life === 'term' ? 'term' : 'never' } : { kind: 'after', length: after },
    movesTo: null,
    price: paid,
    discount: 0,
    tax: 0,
  }
}

function lockedBy(pool: CorePool, quote: Quote | null) {
  if (quote === null) return null
  const { price, pricedAt, expiresAt } = quote
  const catalogVersion = pool.versions.findLastIndex(({ from }) => from <= pricedAt) + 1
  return { quoteId: 'quote', credits: price.credits, lines: [], catalogVersion, pricedAt, expiresAt }
}

function purchaseOf(pool: CorePool, kind: string) {
  return kind === 'purchased' ? { id: `purchase ${pool.entries.length}`, line: 1, bonus: false } : null
}

function termsOf(from: number, unit: number) {
  const part = { name: null, credits: unit, by: [], tiers: null, per: 'units', each: 1, when: null }
  return { from, pricePerCredit: null, actions: { use: { parts: [part], minimum: 0 } }, buysItself: true }
}

/** What was spent in the period is a fact that the shell adds up. */
function budgetOf(pool: CorePool, asked: SetBudget, at: number) {
  if (asked.limit === null) return { budget: null, spent: 0 }
  const zone = pool.state.accounts[asked.account]?.timeZone ?? 'UTC'
  const now = Math.max(pool.state.at, at)
  const since = asked.every === null ? 0 : beginningOf(asked.every, now, zone)
  const counted = ['charge', 'hold', 'capture', 'release', 'hold_expired', 'refund']
  let spent = 0
  for (const entry of pool.entries) {
    const isTheirs =
      entry.accountId === asked.account &&
      (asked.user === null || entry.userId === asked.user) &&
      (asked.subject === null || entry.subject?.id === asked.subject)
    if (isTheirs && counted.includes(entry.type) && (entry.madeAt ?? entry.at) >= since)
      spent += entry.held - entry.amount
  }
  return {
    budget: { limit: asked.limit, every: asked.every, userId: asked.user, subjectId: asked.subject },
    spent,
  }
}

function numberOf(pool: CorePool, ordinal: number): number {
  for (const [number, candidate] of pool.ordinals) if (candidate === ordinal) return number
  return NOWHERE.number
}

function pastFor(pool: CorePool, command: Command): Past {
  const needs = factsNeeded(command)
  const facts = needs.charge === undefined ? null : chargeFacts(pool, needs.charge)
  const numbers = [
    ...(facts?.draws.map((draw) => draw.lot) ?? []),
    ...(needs.lot === undefined ? [] : [needs.lot]),
    ...withGrace(pool, needs.lotsWithGrace ?? []),
  ]
  const lots = numbers.flatMap((number) => pool.lots.get(number) ?? [])
  const hold = needs.hold === undefined ? undefined : pool.holds.get(needs.hold.number)
  return {
    charges: facts === null ? {} : { [facts.number]: facts },
    lots: Object.fromEntries(lots.map((lot) => [lot.number, lot])),
    holds: hold === undefined || hold.status === 'open' ? {} : { [hold.number]: hold },
  }
}

function withGrace({ lots }: CorePool, numbers: readonly number[]): number[] {
  const isTheirs = ({ origin }: Lot) => origin.type === 'grace' && numbers.includes(origin.lot)
  return [...numbers, ...[...lots.values()].filter(isTheirs).map(({ number }) => number)]
}

function chargeFacts(pool: CorePool, place: Place): ChargeFacts | null {
  const rows = pool.charges.get(place.number)
  const first = rows?.[0]
  if (rows === undefined || first === undefined) return null
  const taken = rows.filter((row) => row.type === 'charge' || row.type === 'capture')
  const given = rows.filter((row) => row.type === 'refund')
  const hold = first.hold === null ? null : (pool.holds.get(first.hold.number) ?? null)
  const what = hold ?? first.detail
  const refundedByLot: Record<number, number> = {}
  for (const { lot, credits } of given.flatMap((row) => row.draws)) {
    refundedByLot[lot] = (refundedByLot[lot] ?? 0) + credits
  }
  return {
    at: first.at,
    number: first.number,
    accountId: first.accountId,
    userId: first.userId,
    subject: first.subject,
    action: first.action!,
    quantities: { ...what?.quantities, ...hold?.happened?.quantities },
    options: { ...what?.options, ...hold?.happened?.options },
    catalogVersion: first.catalogVersion!,
    pricedAt: hold?.pricedAt ?? first.detail?.pricedAt ?? first.at,
    madeAt: hold?.at ?? first.at,
    hold: first.hold,
    charged: -taken.reduce((sum, row) => sum + row.amount, 0),
    refunded: given.reduce((sum, row) => sum + row.amount, 0),
    draws: taken.flatMap((row) => row.draws.map((draw) => ({ lot: draw.lot, credits: -draw.credits }))),
    refundedByLot,
  }
}
