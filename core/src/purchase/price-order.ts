/**
 * Prices an order (rules.md, "Purchases" and "Prices and quotes"): what is asked for becomes lines with
 * their price, discount and tax, by the catalog and the account's own terms as they are at this instant.
 * Nothing of it comes from the customer but what is wanted. Later catalogs do not change it.
 */
import { activePlans } from '../access.ts'
import { CREDITS_MAX, type Credits, type Instant, type Money } from '../amounts.ts'
import type { Catalog, Expiry, Pack, Promotion } from '../catalog/catalog.ts'
import type { PoolState } from '../pool.ts'
import { type Facts, isRefused, knownNames, type Refusal, type RefusalCode, refuse } from '../refusals.ts'
import { bonusFor, priceOfCredits, pricePerCredit, refuseAmount, topUpFor } from './credit-price.ts'
import { MONEY_MAX, spread } from './money-shares.ts'
import { presentPrice, pricePlan } from './price-plan.ts'
import { discountsOf, refusePromotion } from './promotion.ts'
import type { OrderLine, PlanPeriod, PricedOrder, PurchaseLine } from './purchase.ts'
import { type Place, taxesOf, taxRuleFor } from './tax.ts'

export interface OrderContext {
  readonly catalog: Catalog
  readonly at: Instant
  /** The pool advanced to `at`. */
  readonly state: PoolState
  readonly accountId: string
  /** The account's currency; null = the catalog's first. */
  readonly currency: string | null
  readonly place: Place
  readonly promotion: Promotion | null
  /** Staff's price for all of the order, before tax, instead of the catalog's; then any amount is sold. */
  readonly offered: Money | null
}

/** What the customer should know before paying: a pack is never access, and the account has none. */
export type OrderWarning = 'no_access'

export function priceOrder(
  lines: readonly OrderLine[],
  context: OrderContext,
): { order: PricedOrder; warnings: readonly OrderWarning[] } | { refused: Refusal } {
  const currency = context.currency ?? context.catalog.currencies[0]!
  const wrong = refuseOrder(lines, context, currency)
  if (wrong !== null) return { refused: wrong }
  const bare: BareLine[] = []
  for (const [index, line] of lines.entries()) {
    const priced = priceLine(line, context, currency)
    if (isRefused(priced))
      return { refused: { ...priced.refused, path: pathOf(index, line, priced.refused) } }
    bare.push(priced)
  }
  const offered = context.offered === null ? bare : withOffer(bare, context.offered.amount)
  const tooLarge = refuseTotals(offered, context.state)
  if (tooLarge !== null) return { refused: tooLarge }
  const order = discountAndTax(offered, context, currency)
  return isRefused(order) ? order : { order, warnings: warningsOf(order, context) }
}

/**
 * The bill for a later period of a plan, at what was agreed or the plan's price; null where there is nothing
 * to pay, or no price in the account's currency. The context is that of the period's start.
 */
export function priceRenewal(bill: PlanPeriod, context: OrderContext): PricedOrder | null {
  const { state, catalog } = context
  const { subscription } = state
  const currency = context.currency ?? catalog.currencies[0]!
  if (subscription === null || !catalog.currencies.includes(currency)) return null
  const plan = catalog.plans[subscription.plan]
  const price = presentPrice({ ...context, currency }, subscription)
  if (plan === undefined || price === null || price === 0) return null
  const { id, name } = plan
  const recurring = subscription.credits
  const line: BareLine = { ...NOTHING, kind: 'plan', plan: id, name, recurring, price, renewal: bill }
  const order = discountAndTax([line], { ...context, promotion: null }, currency)
  return isRefused(order) ? null : order
}

/** A line before discount and tax. */
type BareLine = Omit<PurchaseLine, 'line' | 'discount' | 'tax'>

function refuseOrder(
  lines: readonly OrderLine[],
  { catalog, offered }: OrderContext,
  currency: string,
): Refusal | null {
  const notOffered = (code: string, path: string) =>
    refuse(
      'currency_not_offered',
      `Nothing is sold in ${code} here.`,
      { currency: code, allowed: catalog.currencies },
      path,
    ).refused
  if (!catalog.currencies.includes(currency)) return notOffered(currency, 'currency')
  if (offered !== null && offered.currency !== currency) return notOffered(offered.currency, 'price')
  if (lines.length === 0) return refuse('nothing_to_pay', 'The order has no lines.', {}, 'lines').refused
  const plans = lines.flatMap((line, index) => ('plan' in line ? [index] : []))
  if (plans.length <= 1) return null
  const detail = 'A purchase is for one plan at most.'
  return refuse('one_plan_per_purchase', detail, {}, `lines[${plans[1]}].plan`).refused
}

function pathOf(index: number, line: OrderLine, { path }: Refusal): string {
  return `lines[${index}].${path ?? Object.keys(line)[0]}`
}

function priceLine(
  line: OrderLine,
  context: OrderContext,
  currency: string,
): BareLine | { refused: Refusal } {
  if ('plan' in line) return planLine(line.plan, line.credits ?? null, context, currency)
  if ('pack' in line) return packLine(line.pack, context, currency)
  if ('credits' in line) return creditsLine(line.credits, context, currency)
  return customLine(line.custom, currency)
}

const NOTHING = {
  plan: null,
  pack: null,
  remark: null,
  credits: 0,
  bonus: 0,
  recurring: null,
  expires: { kind: 'never' } as Expiry,
  movesTo: null,
} as const

function planLine(
  id: string,
  recurring: Credits | null,
  context: OrderContext,
  currency: string,
): BareLine | { refused: Refusal } {
  const priced = pricePlan({ ...context, currency, isOffered: context.offered !== null }, id, recurring)
  if (isRefused(priced)) return priced
  const { plan, price, recurringPrice, change } = priced
  return {
    ...NOTHING,
    kind: 'plan',
    plan: plan.id,
    name: plan.name,
    recurring,
    price,
    ...(recurringPrice === null ? {} : { recurringPrice }),
    ...(change === null ? {} : { change }),
  }
}

function packLine(id: string, context: OrderContext, currency: string): BareLine | { refused: Refusal } {
  const { packs } = context.catalog
  const pack = Object.hasOwn(packs, id) ? packs[id] : undefined
  if (pack === undefined) {
    const facts = knownNames(id, Object.keys(packs))
    return refuse('pack_not_found', `The catalog has no pack “${id}”.`, facts, 'pack')
  }
  const others = refusePackPlan(pack, context)
  if (others !== null) return { refused: others }
  const price = pack.price.find((money) => money.currency === currency)
  if (price === undefined && context.offered === null) {
    const allowed = pack.price.map((money) => money.currency)
    return refuse('currency_not_offered', `${pack.name} has no price in ${currency}.`, { currency, allowed })
  }
  const { credits, expires, movesTo, name } = pack
  return { ...NOTHING, kind: 'pack', pack: id, name, credits, expires, movesTo, price: price?.amount ?? 0 }
}

function refusePackPlan(pack: Pack, { state, catalog }: OrderContext): Refusal | null {
  const plans = activePlans(state)
  if (pack.plans.length === 0 || pack.plans.some((plan) => plans.includes(plan))) return null
  const names = pack.plans.map((plan) => catalog.plans[plan]?.name ?? plan)
  const facts = { pack: pack.id, plans: pack.plans }
  return refuse('plan_required', `${pack.name} is sold with ${names.join(', ')}.`, facts, 'pack').refused
}

function creditsLine(
  credits: Credits,
  { catalog, state, at, offered }: OrderContext,
  currency: string,
): BareLine | { refused: Refusal } {
  const topUp = topUpFor(state, catalog)
  const wrong = topUp === null || offered !== null ? null : refuseAmount(topUp, credits)
  if (wrong !== null) return { refused: wrong }
  const unit = pricePerCredit(state, topUp, at, credits, currency)
  if (unit === null && offered === null) return refuseUnpriced(topUp === null, currency)
  const price = unit === null ? { amount: 0 } : priceOfCredits(unit, credits, catalog.credit.decimals)
  if (price === null) return refuseAmountOf('The price')
  return {
    ...NOTHING,
    kind: 'credits',
    name: catalog.credit.many,
    credits,
    bonus: topUp === null || offered !== null ? 0 : bonusFor(topUp, credits),
    expires: topUp?.expires ?? NOTHING.expires,
    movesTo: topUp?.movesTo ?? null,
    price: price.amount,
  }
}

function refuseUnpriced(isNotSold: boolean, currency: string): { refused: Refusal } {
  return isNotSold
    ? refuse('credits_not_sold', 'Credits are not sold by amount here.')
    : refuse('currency_not_offered', `A credit has no price in ${currency}.`, { currency })
}

function customLine(
  { amount, remark }: { readonly amount: Money; readonly remark: string },
  currency: string,
): BareLine | { refused: Refusal } {
  if (amount.currency !== currency) {
    const facts: Facts = { currency: amount.currency, allowed: [currency] }
    return refuse('currency_not_offered', `The order is in ${currency}.`, facts, 'custom.amount')
  }
  return { ...NOTHING, kind: 'custom', name: remark, remark, price: amount.amount }
}

/** Staff's price in parts as large as the catalog's prices; where it has none, the first line has it. */
function withOffer(lines: readonly BareLine[], amount: number): BareLine[] {
  const parts = spread(
    amount,
    lines.map(({ price }) => price),
  )
  return lines.map((line, index) => ({
    ...line,
    price: parts[index]!,
    ...(line.kind === 'plan' ? { recurringPrice: parts[index]! } : {}),
  }))
}

function refuseTotals(lines: readonly BareLine[], { totals }: PoolState): Refusal | null {
  const price = lines.reduce((sum, line) => sum + line.price, 0)
  const credits = lines.reduce((sum, line) => sum + line.credits + line.bonus, 0)
  if (price > MONEY_MAX) return refuseAmountOf('The price').refused
  const room = CREDITS_MAX - Math.max(totals.received, totals.available + totals.held)
  return credits > room ? refuseAmountOf('The credits').refused : null
}

function refuseAmountOf(what: string): { refused: Refusal } {
  const code: RefusalCode = 'amount_too_large'
  return refuse(code, `${what} would leave the range in which every number is exact.`)
}

function discountAndTax(
  bare: readonly BareLine[],
  context: OrderContext,
  currency: string,
): PricedOrder | { refused: Refusal } {
  const { promotion, at, catalog, place } = context
  const facts = { at, currency, lines: bare }
  const refused = promotion === null ? null : refusePromotion(promotion, facts)
  if (refused !== null) return { refused }
  const discounts = promotion === null ? bare.map(() => 0) : discountsOf(promotion, facts)
  const net = bare.map(({ price }, index) => price - discounts[index]!)
  const { taxes, inclusive, byLine } = taxesOf(taxRuleFor(catalog, currency, place), net)
  const lines = bare.map((line, index) => ({
    ...line,
    line: index,
    discount: discounts[index]!,
    tax: byLine[index]!,
  }))
  const sum = (of: (line: PurchaseLine) => number) => lines.reduce((total, line) => total + of(line), 0)
  const [price, discount, tax] = [
    sum((line) => line.price),
    sum((line) => line.discount),
    sum((line) => line.tax),
  ]
  const total = price - discount + (inclusive ? 0 : tax)
  if (total > MONEY_MAX) return refuseAmountOf('The total')
  return {
    currency,
    lines,
    credits: sum(({ credits, bonus }) => credits + bonus),
    price,
    discount,
    taxes,
    taxInclusive: inclusive,
    tax,
    total,
    catalogVersion: catalog.version,
  }
}

function warningsOf({ lines, credits }: PricedOrder, { catalog, state }: OrderContext): OrderWarning[] {
  const givesAccess = lines.some(({ plan, movesTo }) => plan !== null || movesTo !== null)
  const needsAccess =
    catalog.access === 'plan' || Object.values(catalog.actions).some(({ access }) => access === 'plan')
  const hasNone = activePlans(state).length === 0 && !givesAccess
  return credits > 0 && needsAccess && hasNone ? ['no_access'] : []
}
