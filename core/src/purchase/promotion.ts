/**
 * Promotion codes: what is decided without counting. How often a code was used is counted where the
 * purchase is written, in the same commit, so that a race cannot exceed it.
 */
import type { Instant } from '../amounts.ts'
import type { Catalog, Promotion } from '../catalog/catalog.ts'
import { formatMoney } from '../catalog/words.ts'
import { type Refusal, refuse } from '../refusals.ts'
import { millionths, shareOfMoney, spread, WHOLE } from './money-shares.ts'
import type { LineKind } from './purchase.ts'

/** What a promotion looks at of a line; the price is in minor units. */
export interface DiscountableLine {
  readonly kind: LineKind
  readonly plan: string | null
  readonly pack: string | null
  readonly price: number
}

export interface PromotionFacts {
  readonly at: Instant
  readonly currency: string
  readonly lines: readonly DiscountableLine[]
}

/** The code as the catalog has it, however the customer's letters are; null where it has none such. */
export function findPromotion({ promotions }: Catalog, code: string): Promotion | null {
  const asked = code.trim().toUpperCase()
  return Object.values(promotions).find((known) => known.code.toUpperCase() === asked) ?? null
}

/** Why the code takes nothing off this order; null where it does. Uses are not counted here. */
export function refusePromotion(promotion: Promotion, facts: PromotionFacts): Refusal | null {
  const { code, from, until, amount, percent, minimum } = promotion
  const about = { promotion: code }
  if (from !== null && facts.at < from)
    return refuse('promotion_not_running', `${code} has not begun yet.`, { ...about, from }, 'promotion')
      .refused
  if (until !== null && facts.at >= until)
    return refuse('promotion_not_running', `${code} is over.`, { ...about, until }, 'promotion').refused
  const eligible = facts.lines.filter((line) => isFor(promotion, line))
  const price = eligible.reduce((sum, line) => sum + line.price, 0)
  const isPriced = percent !== null || amount.some(({ currency }) => currency === facts.currency)
  if (price === 0 || !isPriced) {
    const why = isPriced ? 'for what is ordered' : `in ${facts.currency}`
    return refuse('promotion_not_applicable', `${code} takes nothing off ${why}.`, about, 'promotion').refused
  }
  const least = minimum.find(({ currency }) => currency === facts.currency)
  if (least !== undefined && price < least.amount) {
    const detail = `${code} counts from ${formatMoney(least)} on.`
    return refuse('promotion_not_applicable', detail, { ...about, minimumPrice: least }, 'promotion').refused
  }
  return null
}

/** What it takes off each line, in minor units: never more than the line's price. */
export function discountsOf(promotion: Promotion, { currency, lines }: PromotionFacts): number[] {
  const weights = lines.map((line) => (isFor(promotion, line) ? line.price : 0))
  if (promotion.percent !== null) {
    const rate = millionths(promotion.percent)
    return weights.map((price) => shareOfMoney(price, rate, WHOLE))
  }
  const sum = weights.reduce((total, weight) => total + weight, 0)
  const off = promotion.amount.find((money) => money.currency === currency)?.amount ?? 0
  return spread(Math.min(off, sum), weights)
}

/** Without packs and plans, it is for all that the catalog prices; a custom line was agreed with staff. */
function isFor({ packs, plans }: Promotion, { kind, pack, plan }: DiscountableLine): boolean {
  if (kind === 'custom') return false
  if (packs.length === 0 && plans.length === 0) return true
  return (pack !== null && packs.includes(pack)) || (plan !== null && plans.includes(plan))
}
