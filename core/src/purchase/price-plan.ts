/**
 * What taking a plan costs now. A first period costs the plan's price; a change within a period that is
 * paid for costs that share of the difference which is left of the period, rounded up; what costs
 * nothing now is not bought but chosen as the subscription's plan.
 */
import { type Credits, type Instant, type Money, shareUp } from '../amounts.ts'
import type { Catalog, Plan } from '../catalog/catalog.ts'
import type { PoolState, Subscription } from '../pool.ts'
import { knownNames, type Refusal, refuse } from '../refusals.ts'
import { differenceOf, hasSameIntervals } from '../subscribe.ts'
import { priceOfCredits, pricePerCredit, topUpFor } from './credit-price.ts'
import type { PlanChange } from './purchase.ts'

export interface PlanBuyer {
  readonly catalog: Catalog
  readonly at: Instant
  readonly state: PoolState
  readonly accountId: string
  readonly currency: string
  /** Staff's price for the order instead of the catalog's. */
  readonly isOffered: boolean
}

type PeriodBuyer = Pick<PlanBuyer, 'catalog' | 'at' | 'state' | 'currency'>

export interface PlanPrice {
  readonly plan: Plan
  /** To pay now, in minor units; 0 where staff's price counts instead. */
  readonly price: number
  /** What each later period costs, where the catalog does not say it. */
  readonly recurringPrice: number | null
  /** Of a change within the present period. */
  readonly change: PlanChange | null
}

/** `credits`: the recurring amount, where another than the plan's is agreed. */
export function pricePlan(
  buyer: PlanBuyer,
  id: string,
  credits: Credits | null,
): PlanPrice | { refused: Refusal } {
  const { plans } = buyer.catalog
  const plan = Object.hasOwn(plans, id) ? plans[id] : undefined
  if (plan === undefined) {
    const offered = Object.keys(plans).filter((known) => !plans[known]!.retired)
    return refuse('plan_not_found', `The catalog has no plan “${id}”.`, knownNames(id, offered), 'plan')
  }
  const refused = plan.every === null ? refuseBasePlan(buyer, plan) : refuseSubscription(buyer, plan)
  if (refused !== null) return { refused }
  const change = changeOf(buyer, plan, credits)
  if (buyer.isOffered) return { plan, price: 0, recurringPrice: null, change }
  const period = periodPrice(buyer, plan, credits)
  if (period === null) return refusePrice(buyer, plan, credits)
  const price = change === null ? period : shareLeft(buyer, period)
  if (price === 0) {
    const detail = `${plan.name} costs nothing now: it is chosen as the plan, not bought.`
    return refuse('nothing_to_pay', detail, { plan: plan.id }, 'plan')
  }
  const isCatalogs = plan.price !== 'custom' && (credits === null || credits === plan.credits)
  return { plan, price, recurringPrice: isCatalogs || plan.every === null ? null : period, change }
}

function refuseBasePlan({ state, catalog, accountId }: PlanBuyer, plan: Plan): Refusal | null {
  const sharer = refuseSharer(state, accountId)
  if (sharer !== null) return sharer
  if (state.basePlan?.plan === plan.id) return alreadyOn(plan, null)
  if (plan.retired) return retired(plan)
  const present = state.basePlan === null ? undefined : catalog.plans[state.basePlan.plan]
  if (present === undefined || !isPriced(present) || isPriced(plan)) return null
  const detail = `${present.name} is for life; ${plan.name} would replace it for nothing.`
  return refuse('plan_not_replaceable', detail, { plan: present.id }, 'plan').refused
}

function refuseSubscription({ state, accountId }: PlanBuyer, plan: Plan): Refusal | null {
  const sharer = refuseSharer(state, accountId)
  if (sharer !== null) return sharer
  const current = state.subscription
  const isSame = current?.plan === plan.id
  if (plan.retired && !isSame) return retired(plan)
  if (current === null) return null
  const { status } = current
  if (isSame) {
    const owes = status === 'past_due' || status === 'unpaid' || status === 'trialing'
    return owes ? null : alreadyOn(plan, current.endsAt ?? current.cancelAt)
  }
  // What is owed is paid first: else the dearer plan would cost the difference to one nobody paid for.
  if (status === 'active' || status === 'trialing') return null
  const detail = `The plan cannot be changed while the subscription is ${status}.`
  return refuse('subscription_state', detail, { subscriptionStatus: status }, 'plan').refused
}

function refuseSharer({ ownerId }: PoolState, accountId: string): Refusal | null {
  if (accountId === ownerId) return null
  const detail = `The account uses the credits of ${ownerId}, whose plan and terms apply.`
  return refuse('pool_shared', detail, { owner: ownerId }, 'plan').refused
}

function alreadyOn(plan: Plan, endsAt: Instant | null): Refusal {
  const until = endsAt === null ? '' : ' until its term ends'
  const facts = endsAt === null ? { plan: plan.id } : { plan: plan.id, endsAt }
  return refuse('already_on_plan', `The account is on ${plan.name}${until}.`, facts, 'plan').refused
}

function retired(plan: Plan): Refusal {
  return refuse('plan_retired', `${plan.name} is no longer offered.`, {}, 'plan').refused
}

function refusePrice({ currency }: PlanBuyer, plan: Plan, recurring: Credits | null): { refused: Refusal } {
  if (plan.price !== 'custom' && (recurring ?? plan.credits) === plan.credits) {
    const allowed = plan.price.map((price) => price.currency)
    return refuse('currency_not_offered', `${plan.name} has no price in ${currency}.`, { currency, allowed })
  }
  const detail = `The price of ${plan.name} is agreed with staff.`
  return refuse('price_not_set', detail, { plan: plan.id }, 'plan')
}

function isPriced({ price }: Plan): boolean {
  return price === 'custom' || price.length > 0
}

/** What a whole period costs, in minor units: the plan's price, or, where the amount was agreed, so many credits. */
function periodPrice(buyer: PeriodBuyer, plan: Plan, recurring: Credits | null): number | null {
  const { catalog, state, at, currency } = buyer
  const credits = recurring ?? plan.credits
  if (plan.price !== 'custom' && credits === plan.credits) {
    if (plan.price.length === 0) return 0
    return priceIn(plan.price, currency)
  }
  const topUp = plan.topUp ?? topUpFor(state, catalog)
  const unit = pricePerCredit(state, topUp, at, credits, currency)
  if (unit === null || credits === 0) return null
  return priceOfCredits(unit, credits, catalog.credit.decimals)?.amount ?? null
}

function priceIn(prices: readonly Money[], currency: string): number | null {
  return prices.find((price) => price.currency === currency)?.amount ?? null
}

/** null: a new period starts, and the whole of it is to be paid. */
function changeOf(buyer: PlanBuyer, plan: Plan, recurring: Credits | null): PlanChange | null {
  const { state, catalog, at } = buyer
  const current = state.subscription
  if (current === null || current.plan === plan.id || current.status !== 'active') return null
  if (presentPrice(buyer, current) === null || !hasSameIntervals(current, plan)) return null
  return {
    credits: differenceOf(current, catalog, plan, recurring, at),
    subscription: current.number,
    period: current.bill!.index,
  }
}

/** The share of the difference that is left of the bill's period, rounded up. */
function shareLeft(buyer: PlanBuyer, period: number): number {
  const current = buyer.state.subscription!
  const { start, end } = current.bill!
  const more = Math.max(0, period - (presentPrice(buyer, current) ?? 0))
  return shareUp(more, Math.max(0, end - Math.max(buyer.at, start)), end - start)
}

/** What was paid for the present period; null where none was: then the whole of the new one is to be paid. */
export function presentPrice(buyer: PeriodBuyer, current: Subscription): number | null {
  if (current.price !== null) return current.price.currency === buyer.currency ? current.price.amount : null
  const plan = buyer.catalog.plans[current.plan]
  if (plan === undefined || !isPriced(plan)) return null
  return periodPrice(buyer, plan, current.credits)
}
