/**
 * A refusal that helps (rules.md, "Insufficient credits"): every way out that would work, in the
 * order a customer would try them. Computed from the pool as it is, beside the ledger, since it
 * changes nothing. Where the one who asks may not buy, whom to ask stands in the place of buying.
 */

import { activePlans } from './access.ts'
import type { Credits, Instant, Money } from './amounts.ts'
import type { Action, Catalog, Pack, Plan } from './catalog/catalog.ts'
import { nextRefill } from './credits.ts'
import { decide } from './decide.ts'
import type { Catalogs } from './decision.ts'
import type { PoolState } from './pool.ts'
import { largestAffordable } from './price/largest-affordable.ts'
import type { Options, Quantities } from './price/price.ts'
import { priceOfCredits, pricePerCredit, smallestAllowed, topUpFor } from './purchase/credit-price.ts'
import { actionUnderTerms, termsAt } from './terms.ts'

export type Remedy =
  | {
      readonly kind: 'reduce'
      readonly quantity: string
      readonly max: number
      readonly credits: Credits
      readonly suffices: true
    }
  | {
      readonly kind: 'wait'
      readonly at: Instant
      readonly credits: Credits
      readonly availableAfter: Credits
      readonly suffices: boolean
    }
  | {
      readonly kind: 'buyPack'
      readonly pack: string
      readonly name: string
      readonly credits: Credits
      readonly price: Money
      readonly suffices: boolean
    }
  | {
      readonly kind: 'topUp'
      readonly credits: Credits
      readonly price: Money | null
      readonly suffices: true
    }
  | {
      readonly kind: 'changePlan' | 'choosePlan'
      readonly plan: string
      readonly name: string
      readonly credits: Credits
      readonly price: Money | null
      readonly suffices: boolean
    }
  | { readonly kind: 'resume' | 'updatePayment' }
  | {
      readonly kind: 'buyLifetime'
      readonly plan: string
      readonly name: string
      readonly credits: Credits
      readonly price: Money | null
    }
  | { readonly kind: 'askAdmin'; readonly admins: readonly Person[] }
  | { readonly kind: 'requestTopUp'; readonly credits: Credits }

export interface Person {
  readonly userId: string
  readonly name: string | null
  readonly email: string | null
}

export interface Wanted {
  readonly action: string
  readonly quantities: Quantities
  readonly options: Options
  readonly required: Credits
}

export interface Buyer {
  readonly currency: string
  /** Whether the one who asks may buy; a request that names nobody is the product's own. */
  readonly mayBuy: boolean
  readonly admins: readonly Person[]
  /** Whether staff sell: the manual gateway, or terms that say so. */
  readonly sellsThroughStaff: boolean
}

/** Ways out of `insufficient_credits`. `state` is the pool advanced to now. */
export function remediesForCredits(
  state: PoolState,
  catalogs: Catalogs,
  wanted: Wanted,
  buyer: Buyer,
): Remedy[] {
  const catalog = catalogs.at(state.at)
  const action = catalog.actions[wanted.action]
  const missing = wanted.required - state.totals.available
  const remedies: Remedy[] = action === undefined ? [] : reductions(state, action, wanted)
  const wait = waiting(state, catalogs, wanted.required)
  if (wait !== null) remedies.push(wait)
  return [...remedies, ...purchases(state, catalogs, missing, wanted.required, buyer)]
}

/** Ways out of `access_inactive` and `plan_required`: never a pack, since a pack is not access. */
export function remediesForAccess(
  state: PoolState,
  catalogs: Catalogs,
  plans: readonly string[],
  buyer: Buyer,
): Remedy[] {
  const catalog = catalogs.at(state.at)
  const status = state.subscription?.status
  if (status === 'paused') return [{ kind: 'resume' }]
  if (status === 'unpaid') return buyer.mayBuy ? [{ kind: 'updatePayment' }] : [askAdmin(buyer)]
  if (!buyer.mayBuy) return [askAdmin(buyer)]
  const offered = offeredPlans(catalog).filter((plan) => plans.length === 0 || plans.includes(plan.id))
  const chosen: Remedy[] = offered
    .filter((plan) => plan.every !== null)
    .map((plan) => ({ kind: 'choosePlan', ...planFacts(plan, buyer.currency), suffices: true }))
  const lifetime: Remedy[] = offered
    .filter((plan) => plan.every === null && plan.price !== 'custom' && plan.price.length > 0)
    .map((plan) => ({ kind: 'buyLifetime', ...planFacts(plan, buyer.currency) }))
  return [...chosen, ...lifetime]
}

function reductions(state: PoolState, action: Action, wanted: Wanted): Remedy[] {
  const priced = actionUnderTerms(action, state.terms, state.at)
  const remedies: Remedy[] = []
  for (const [name, asked] of Object.entries(wanted.quantities)) {
    const found = largestAffordable(
      priced,
      wanted.quantities,
      wanted.options,
      name,
      state.totals.available,
      asked - 1,
    )
    if (found === null) continue
    remedies.push({
      kind: 'reduce',
      quantity: name,
      max: found.quantity,
      credits: found.credits,
      suffices: true,
    })
  }
  return remedies
}

function waiting(state: PoolState, catalogs: Catalogs, required: Credits): Remedy | null {
  const refill = nextRefill(state, catalogs)
  if (refill === null) return null
  const { at, credits, availableAfter } = refill
  return { kind: 'wait', at, credits, availableAfter, suffices: availableAfter >= required }
}

function purchases(
  state: PoolState,
  catalogs: Catalogs,
  missing: Credits,
  required: Credits,
  buyer: Buyer,
): Remedy[] {
  const catalog = catalogs.at(state.at)
  if (!buyer.mayBuy) return [askAdmin(buyer)]
  const buysItself = termsAt(state.terms, state.at)?.buysItself ?? true
  if (buyer.sellsThroughStaff || !buysItself) return [{ kind: 'requestTopUp', credits: missing }]
  return [
    smallestPack(state, catalog, missing, buyer),
    smallestTopUp(state, catalog, missing, buyer),
    cheapestPlan(state, catalogs, required, buyer),
  ].filter((remedy) => remedy !== null)
}

function askAdmin(buyer: Buyer): Remedy {
  return { kind: 'askAdmin', admins: buyer.admins }
}

/** The cheapest pack that covers what is missing; where none does, the largest, which says that it does not suffice. */
function smallestPack(state: PoolState, catalog: Catalog, missing: Credits, buyer: Buyer): Remedy | null {
  const plans = activePlans(state)
  const packs = Object.values(catalog.packs).flatMap((pack) => {
    const price = priceIn(pack.price, buyer.currency)
    const isOffered = pack.plans.length === 0 || pack.plans.some((plan) => plans.includes(plan))
    return price !== null && isOffered ? [{ pack, price }] : []
  })
  if (packs.length === 0) return null
  const enough = packs.filter(({ pack }) => pack.credits >= missing)
  const best =
    enough.length > 0
      ? least(enough, ({ price, pack }) => [price.amount, pack.credits])
      : least(packs, ({ pack }) => [-pack.credits, 0])
  return packRemedy(best.pack, best.price, missing)
}

function packRemedy(pack: Pack, price: Money, missing: Credits): Remedy {
  const { id, name, credits } = pack
  return { kind: 'buyPack', pack: id, name, credits, price, suffices: credits >= missing }
}

function smallestTopUp(state: PoolState, catalog: Catalog, missing: Credits, buyer: Buyer): Remedy | null {
  const topUp = topUpFor(state, catalog)
  const credits = topUp === null ? null : smallestAllowed(topUp, missing)
  if (credits === null) return null
  const unit = pricePerCredit(state, topUp, state.at, credits, buyer.currency)
  const price = unit === null ? null : priceOfCredits(unit, credits, catalog.credit.decimals)
  return { kind: 'topUp', credits, price, suffices: true }
}

/** The cheapest plan with which it would suffice at once: each is tried on a copy of the pool. */
function cheapestPlan(state: PoolState, catalogs: Catalogs, required: Credits, buyer: Buyer): Remedy | null {
  const plans = offeredPlans(catalogs.at(state.at)).filter(
    (plan) =>
      plan.every !== null &&
      plan.id !== state.subscription?.plan &&
      plan.price !== 'custom' &&
      priceIn(plan.price, buyer.currency) !== null &&
      availableOn(state, catalogs, plan) >= required,
  )
  if (plans.length === 0) return null
  const best = least(plans, (plan) => [planFacts(plan, buyer.currency).price?.amount ?? 0, -plan.credits])
  return { kind: 'changePlan', ...planFacts(best, buyer.currency), suffices: true }
}

function availableOn(state: PoolState, catalogs: Catalogs, plan: Plan): Credits {
  const command = { type: 'subscribe', accountId: state.ownerId, plan: plan.id, when: 'now' } as const
  const { state: after, outcome } = decide(state, command, state.at, catalogs)
  return 'refused' in outcome ? 0 : after.totals.available
}

function offeredPlans(catalog: Catalog): Plan[] {
  return Object.values(catalog.plans).filter((plan) => !plan.retired)
}

function planFacts(plan: Plan, currency: string) {
  const price = plan.price === 'custom' ? null : priceIn(plan.price, currency)
  return { plan: plan.id, name: plan.name, credits: plan.credits, price }
}

function priceIn(prices: readonly Money[], currency: string): Money | null {
  return prices.find((price) => price.currency === currency) ?? null
}

function least<T>(candidates: readonly T[], rank: (candidate: T) => readonly [number, number]): T {
  return candidates.reduce((best, candidate) => {
    const [a, b] = [rank(candidate), rank(best)]
    return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]) ? candidate : best
  })
}
