/** Charges, holds, captures, releases and refunds, as the rules tell them. Each answers null or the code of its refusal. */
import { beginningOf } from './naive-calendar.ts'
import { lotOf, settle } from './naive-lots.ts'
import {
  addRow,
  availableOf,
  catalogOf,
  type Draw,
  type Facts,
  firstInOrder,
  type NaiveCharge,
  type NaiveHold,
  type NaivePool,
  type Priced,
  type Spender,
  signed,
  sumOf,
  versionAt,
} from './naive-pool.ts'
import { costOfAsked, costOfHappened } from './naive-price.ts'
import { endHold } from './naive-time.ts'
import type { Capture, Refund, Spend } from './steps.ts'

const DAY = 86_400_000
const NOTHING_SAID: Facts = { quantities: {}, options: {} }
type Answer = string | null

function termsUnitAt(pool: NaivePool, at: number): number | null {
  let unit: number | null = null
  for (const terms of pool.terms.toSorted((left, right) => left.from - right.from))
    if (terms.from <= at) unit = terms.unit
  return unit
}

/** The price now, or the price that a quote locked. */
function priceNow(pool: NaivePool, spend: Spend): Priced | string {
  if (spend.action === 'soon') return 'action_not_available'
  if (spend.quote !== null) return spend.quote.expiresAt <= pool.now ? 'quote_expired' : spend.quote.price
  return priceOfFacts(pool, spend.action, spend)
}

export function priceOfFacts(pool: NaivePool, action: string, asked: Facts): Priced | string {
  const version = versionAt(pool, pool.now)
  const termsUnit = termsUnitAt(pool, pool.now)
  const cost = costOfAsked(action, asked, { prices: version.prices, termsUnit })
  if ('refused' in cost) return cost.refused
  return { action, credits: cost.credits, version, termsUnit, ...cost.facts }
}

function refuseSpend(pool: NaivePool, spend: Spend, credits: number): Answer {
  const { access, plans } = catalogOf(pool).actions[spend.action]!
  const active = activePlans(pool)
  if (access === 'plan' && active.length === 0) return 'access_inactive'
  if (plans.length > 0 && !plans.some((plan) => active.includes(plan))) return 'plan_required'
  if (spend.maxCredits !== null && credits > spend.maxCredits) return 'price_above_maximum'
  if (credits > 0 && !hasRoom(pool, spend.spender, credits)) return 'budget_exceeded'
  return credits > availableOf(pool) ? 'insufficient_credits' : null
}

function activePlans(pool: NaivePool): string[] {
  const status = pool.subscription?.status
  const hasAccess = status === 'active' || status === 'trialing' || status === 'past_due'
  return [...(pool.basePlan === null ? [] : [pool.basePlan]), ...(hasAccess ? [pool.subscription!.plan] : [])]
}

/** Every budget that matches must have room; what was spent in its period is added up from the rows. */
function hasRoom(pool: NaivePool, spender: Spender, credits: number): boolean {
  return pool.budgets.every((budget) => {
    const matches = (row: Spender) =>
      row.account === budget.account &&
      (budget.user === null || budget.user === row.user) &&
      (budget.subject === null || budget.subject === row.subject)
    if (!matches(spender)) return true
    const zone = pool.accounts.get(budget.account)!
    const since = budget.every === null ? 0 : beginningOf(budget.every, pool.now, zone)
    const rows = pool.rows.filter(
      (row) => row.spender !== null && matches(row.spender) && row.madeAt >= since,
    )
    const spent = rows.reduce((sum, row) => sum + row.held - row.amount, 0)
    return spent + credits <= budget.limit
  })
}

function draw(pool: NaivePool, credits: number): Draw[] {
  const draws = firstInOrder(pool, credits)
  for (const part of draws) lotOf(pool, part.lot).drawn += part.credits
  return draws
}

export function charge(pool: NaivePool, step: number, spend: Spend): Answer {
  const price = priceNow(pool, spend)
  if (typeof price === 'string') return price
  const refused = refuseSpend(pool, spend, price.credits)
  if (refused !== null) return refused
  const draws = draw(pool, price.credits)
  const { spender } = spend
  pool.charges.push({ step, madeAt: pool.now, spender, price, hold: null, draws, refunds: [] })
  addRow(pool, 'charge', { amount: -price.credits, draws: signed(draws, -1), spender })
  return null
}

export function hold(pool: NaivePool, step: number, spend: Spend): Answer {
  const whole = priceNow(pool, spend)
  if (typeof whole === 'string') return whole
  const timeout = spend.timeoutMs ?? 3_600_000
  if (timeout < 1_000 || timeout > 30 * DAY) return 'timeout_out_of_range'
  const price = spend.atMost === null ? whole : atMost(pool, spend, whole, spend.atMost)
  const refused = refuseSpend(pool, spend, price.credits)
  if (refused !== null) return refused
  const left = firstInOrder(pool, price.credits)
  const made: NaiveHold = {
    step,
    at: pool.now,
    spender: spend.spender,
    price,
    expiresAt: pool.now + timeout,
    left,
    captured: 0,
    happened: null,
    isOpen: true,
  }
  pool.holds.push(made)
  addRow(pool, 'hold', { held: sumOf(left), draws: left, spender: spend.spender })
  return null
}

/** The largest quantity not above the one asked for that is affordable: each is tried. */
function atMost(pool: NaivePool, spend: Spend, whole: Priced, name: string): Priced {
  const available = availableOf(pool)
  // A hold for nothing helps nobody: one is the least.
  const least = Math.max(1, catalogOf(pool).actions[spend.action]!.quantities[name]?.minimum ?? 0)
  for (let quantity = whole.quantities[name] ?? 0; quantity >= least; quantity--) {
    const asked = { quantities: { ...whole.quantities, [name]: quantity }, options: whole.options }
    const cost = costOfAsked(whole.action, asked, {
      prices: whole.version.prices,
      termsUnit: whole.termsUnit,
    })
    if (!('refused' in cost) && cost.credits <= available)
      return { ...whole, ...asked, credits: cost.credits }
  }
  return whole
}

function openHold(pool: NaivePool, step: number): NaiveHold | string {
  const found = pool.holds.find((candidate) => candidate.step === step)
  if (found === undefined) return 'hold_not_found'
  return found.isOpen ? found : 'hold_ended'
}

export function capture(pool: NaivePool, asked: Capture): Answer {
  const found = openHold(pool, asked.hold)
  if (typeof found === 'string') return found
  const happened = asked.facts === null ? found.happened : addUp(found.happened, asked.facts)
  const credits = creditsOf(found, asked, happened)
  if (typeof credits === 'string') return credits
  const beyond = Math.max(0, credits - sumOf(found.left))
  if (beyond > 0 && !asked.beyondHold) return 'capture_exceeds_hold'
  if (beyond > availableOf(pool)) return 'insufficient_credits'
  const taken = takeFromHold(pool, found, credits - beyond)
  const extra = draw(pool, beyond)
  found.captured += credits
  found.happened = happened
  chargeOf(pool, found).draws.push(...taken, ...extra)
  const draws = signed([...taken, ...extra], -1)
  const { spender, at: madeAt } = found
  addRow(pool, 'capture', { amount: -credits, held: beyond - credits, draws, spender, madeAt })
  if (asked.final) endHold(pool, found, 'release')
  return null
}

function creditsOf(found: NaiveHold, asked: Capture, happened: Facts | null): number | string {
  if (asked.facts === null) return asked.credits ?? sumOf(found.left)
  const { action, version, termsUnit } = found.price
  const by = { prices: version.prices, termsUnit }
  const cost = costOfHappened(action, found.price, happened ?? NOTHING_SAID, by)
  return 'refused' in cost ? cost.refused : Math.max(0, cost.credits - found.captured)
}

function overlay(charged: Facts, happened: Facts | null): Facts {
  return {
    quantities: { ...charged.quantities, ...happened?.quantities },
    options: { ...charged.options, ...happened?.options },
  }
}

/** Steps add up: numbers are summed, lists joined. */
function addUp(before: Facts | null, now: Facts): Facts {
  const quantities = { ...before?.quantities }
  for (const [name, number] of Object.entries(now.quantities))
    quantities[name] = (quantities[name] ?? 0) + number
  const options = { ...before?.options }
  for (const [name, value] of Object.entries(now.options)) {
    const earlier = options[name]
    const isList = typeof value !== 'string' && Array.isArray(earlier)
    options[name] = isList ? [...earlier, ...value.filter((one) => !earlier.includes(one))] : value
  }
  return { quantities, options }
}

function takeFromHold(pool: NaivePool, found: NaiveHold, credits: number): Draw[] {
  const taken: Draw[] = []
  const left: Draw[] = []
  let missing = credits
  for (const pinned of found.left) {
    const part = Math.min(missing, pinned.credits)
    missing -= part
    if (part > 0) taken.push({ lot: pinned.lot, credits: part })
    if (part < pinned.credits) left.push({ lot: pinned.lot, credits: pinned.credits - part })
    lotOf(pool, pinned.lot).drawn += part
  }
  found.left = left
  return taken
}

/** All captures of a hold are one charge. */
function chargeOf(pool: NaivePool, found: NaiveHold): NaiveCharge {
  const before = pool.charges.find((candidate) => candidate.hold === found)
  if (before !== undefined) return before
  const { step, at: madeAt, spender, price } = found
  const made: NaiveCharge = { step, madeAt, spender, price, hold: found, draws: [], refunds: [] }
  pool.charges.push(made)
  return made
}

export function release(pool: NaivePool, step: number): Answer {
  const found = openHold(pool, step)
  if (typeof found === 'string') return found
  endHold(pool, found, 'release')
  return null
}

export function extend(pool: NaivePool, step: number, timeoutMs: number): Answer {
  const found = openHold(pool, step)
  if (typeof found === 'string') return found
  const isInRange = (length: number) => length >= 1_000 && length <= 30 * DAY
  if (!isInRange(timeoutMs) || !isInRange(pool.now + timeoutMs - found.at)) return 'timeout_out_of_range'
  found.expiresAt = pool.now + timeoutMs
  addRow(pool, 'setting', { account: found.spender.account })
  return null
}

export function refund(pool: NaivePool, asked: Refund): Answer {
  const found = pool.charges.find((candidate) => candidate.step === asked.charge)
  if (found === undefined) return 'charge_not_found'
  const left = sumOf(found.draws) - sumOf(found.refunds)
  const credits = creditsBack(found, asked, left)
  if (typeof credits === 'string') return credits
  const back = lastDrawnFirst(found, credits)
  found.refunds.push(...back)
  for (const part of back) lotOf(pool, part.lot).returned += part.credits
  addRow(pool, 'refund', { amount: credits, draws: back, spender: found.spender, madeAt: found.madeAt })
  for (const part of back) settle(pool, part.lot, part.credits)
  return null
}

function creditsBack(found: NaiveCharge, asked: Refund, left: number): number | string {
  if (asked.facts === null) {
    if (left === 0) return 'nothing_to_refund'
    const credits = asked.credits ?? left
    return credits > left ? 'refund_exceeds_charge' : credits
  }
  const { action, version, termsUnit } = found.price
  const charged = overlay(found.price, found.hold?.happened ?? null)
  const cost = costOfHappened(action, charged, asked.facts, { prices: version.prices, termsUnit })
  return 'refused' in cost ? cost.refused : Math.max(0, left - cost.credits)
}

function lastDrawnFirst(found: NaiveCharge, credits: number): Draw[] {
  const room = (lot: number) =>
    sumOf(found.draws.filter((one) => one.lot === lot)) -
    sumOf(found.refunds.filter((one) => one.lot === lot))
  const back = new Map<number, number>()
  let missing = credits
  for (const drawn of found.draws.toReversed()) {
    const part = Math.min(missing, drawn.credits, room(drawn.lot) - (back.get(drawn.lot) ?? 0))
    if (part <= 0) continue
    back.set(drawn.lot, (back.get(drawn.lot) ?? 0) + part)
    missing -= part
  }
  return [...back].map(([lot, part]) => ({ lot, credits: part }))
}
