/** What can be bought once: packs, and top-ups of any allowed size, at the account's own price. */
import { activePlans, type Catalog, type Pack, type PriceTier, type TopUp } from '@scrip/core'
import type { Ask } from './ask.ts'
import { offerFor } from './offer.ts'

export interface PacksOffered {
  readonly catalog: Catalog
  readonly packs: readonly Pack[]
  readonly topUp: TopUp | null
  /** The account's agreed prices per credit; null = the catalog's. */
  readonly agreed: readonly PriceTier[] | null
  /** Whether it buys by itself, or asks staff. */
  readonly buysItself: boolean
  readonly currency: string | null
}

export async function listPacks(ask: Ask, accountId: string | null): Promise<PacksOffered> {
  const { catalog, state, terms, currency } = await offerFor(ask, accountId)
  const plans = state === null ? null : activePlans(state)
  const isOffered = (pack: Pack): boolean =>
    plans === null || pack.plans.length === 0 || pack.plans.some((plan) => plans.includes(plan))
  const ownTopUp = (plans ?? [])
    .map((plan) => catalog.plans[plan]?.topUp ?? null)
    .find((topUp) => topUp !== null)
  const gateway =
    currency === null ? catalog.gateway['*'] : (catalog.gateway[currency] ?? catalog.gateway['*'])
  return {
    catalog,
    packs: Object.values(catalog.packs).filter(isOffered),
    topUp: ownTopUp ?? catalog.topUp,
    agreed: terms?.pricePerCredit ?? null,
    buysItself: (terms?.buysItself ?? true) && gateway !== 'manual',
    currency,
  }
}
