/**
 * Access and credits are two things: one can hold credits and be unable to spend them. Access is
 * active while a base plan or a subscription is; a pack is never access.
 */
import type { Action, Catalog } from './catalog/catalog.ts'
import type { PoolState } from './pool.ts'
import { type Refusal, refuse } from './refusals.ts'

type Plans = Pick<PoolState, 'basePlan' | 'subscription'>

/** The plans that give access now. */
export function activePlans(state: Plans): string[] {
  const plans: string[] = []
  if (state.basePlan !== null) plans.push(state.basePlan.plan)
  const status = state.subscription?.status
  const isActive = status === 'active' || status === 'trialing' || status === 'past_due'
  if (state.subscription !== null && isActive) plans.push(state.subscription.plan)
  return plans
}

/** Why the account may not use the action at all, whatever its credits; null where it may. */
export function refuseAccess(state: Plans, action: Action, catalog: Catalog): Refusal | null {
  const plans = activePlans(state)
  if (action.access === 'plan' && plans.length === 0) {
    const status = state.subscription?.status
    const why = status === undefined ? 'the account has no plan' : `the subscription is ${status}`
    return refuse('access_inactive', `${action.name} needs an active plan; ${why}.`, { action: action.id })
      .refused
  }
  if (action.plans.length > 0 && !action.plans.some((plan) => plans.includes(plan))) {
    const names = action.plans.map((plan) => catalog.plans[plan]?.name ?? plan)
    return refuse('plan_required', `${action.name} is part of ${names.join(', ')}.`, {
      action: action.id,
      plans: action.plans,
    }).refused
  }
  return null
}
