/** Plans that are offered, with what they give and cost. */
import { activePlans, type Catalog, type Plan } from '@scrip/core'
import type { Ask } from './ask.ts'
import { offerFor } from './offer.ts'

export interface PlanOffered {
  readonly plan: Plan
  /** Whether the account is on it; null for nobody. */
  readonly current: boolean | null
}

/** A retired plan is shown to whoever is on it, and to nobody else. */
export async function listPlans(
  ask: Ask,
  accountId: string | null,
): Promise<{ readonly catalog: Catalog; readonly plans: PlanOffered[]; readonly currency: string | null }> {
  const { catalog, state, currency } = await offerFor(ask, accountId)
  const own = state === null ? [] : [...activePlans(state), state.subscription?.plan]
  const plans = Object.values(catalog.plans)
    .filter((plan) => !plan.retired || own.includes(plan.id))
    .map((plan) => ({ plan, current: state === null ? null : own.includes(plan.id) }))
  return { catalog, plans, currency }
}
