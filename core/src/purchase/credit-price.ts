/**
 * Free amounts of credits: how many may be bought, and for how much. The plan's own top-up comes before
 * the catalog's; the account's own price per credit before both. By volume: the whole amount costs the
 * price of the tier it falls in.
 */
import { activePlans } from '../access.ts'
import { CREDITS_MAX, type Credits, type Instant, type Money, type UnitPrice } from '../amounts.ts'
import type { Catalog, PriceTier, TopUp } from '../catalog/catalog.ts'
import type { PoolState } from '../pool.ts'
import { type Refusal, refuse } from '../refusals.ts'
import { termsAt } from '../terms.ts'
import { totalPrice } from '../total-price.ts'
import { MONEY_MAX } from './money-shares.ts'

type Buyer = Pick<PoolState, 'basePlan' | 'subscription' | 'terms'>

/** What the account may top up by; null = the catalog sells no free amounts to it. */
export function topUpFor(state: Pick<Buyer, 'basePlan' | 'subscription'>, catalog: Catalog): TopUp | null {
  const own = activePlans(state)
    .map((plan) => catalog.plans[plan]?.topUp ?? null)
    .find((topUp) => topUp !== null)
  return own ?? catalog.topUp
}

/** What one credit costs the account in such an amount; null where nobody has set a price in the currency. */
export function pricePerCredit(
  state: Buyer,
  topUp: TopUp | null,
  at: Instant,
  credits: Credits,
  currency: string,
): UnitPrice | null {
  const own = inTier(termsAt(state.terms, at)?.pricePerCredit ?? [], credits, currency)
  if (own !== null || topUp === null) return own
  const inGeneral = topUp.pricePerCredit.find((price) => price.currency === currency) ?? null
  return inTier(topUp.tiers, credits, currency) ?? inGeneral
}

function inTier(tiers: readonly PriceTier[], credits: Credits, currency: string): UnitPrice | null {
  const tier = tiers.find(({ upTo }) => upTo === null || credits <= upTo)
  return tier?.pricePerCredit.find((price) => price.currency === currency) ?? null
}

/** Rounded half up, once; null where it is more money than can be counted. */
export function priceOfCredits(unit: UnitPrice, credits: Credits, decimals: number): Money | null {
  const price = totalPrice(unit, credits, decimals)
  return price.amount <= MONEY_MAX ? price : null
}

/** The last size that is reached counts. */
export function bonusFor({ bonus }: TopUp, credits: Credits): Credits {
  return bonus.findLast(({ from }) => credits >= from)?.credits ?? 0
}

/** Why this amount is not sold, with the nearest that are; null where it is. */
export function refuseAmount(topUp: TopUp, credits: Credits): Refusal | null {
  const { minimum, maximum, step } = topUp
  if (credits >= minimum && credits <= maximum && credits % step === 0) return null
  const nearest = nearestAllowed(topUp, credits)
  const said = nearest.join(' or ')
  return refuse('credits_out_of_range', `${credits} credits are not sold; ${said} are.`, {
    credits,
    minimum,
    maximum,
    step,
    nearest,
  }).refused
}

/** The allowed amounts on both sides of it; one where it is outside. */
function nearestAllowed({ minimum, maximum, step }: TopUp, credits: Credits): Credits[] {
  const most = maximum - (maximum % step)
  if (credits <= minimum) return [minimum]
  if (credits >= most) return [most]
  const below = credits - (credits % step)
  return [below, below + step]
}

/** The smallest allowed amount of at least `missing`; null where that is above the maximum. */
export function smallestAllowed({ minimum, maximum, step }: TopUp, missing: Credits): Credits | null {
  const credits = minimum + Math.max(0, Math.ceil((missing - minimum) / step)) * step
  return credits <= Math.min(maximum, CREDITS_MAX) ? credits : null
}
