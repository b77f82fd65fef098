/** What costs credits, with its price as data, as the account would pay it. */
import { type Action, actionUnderTerms, type Catalog, refuseAccess } from '@scrip/core'
import type { Ask } from './ask.ts'
import { offerFor } from './offer.ts'

export interface ActionOffered {
  readonly action: Action
  /** Why the account could not use it now, whatever its credits; null where it could, or for nobody. */
  readonly barred: string | null
}

export async function listActions(
  ask: Ask,
  accountId: string | null,
): Promise<{ readonly catalog: Catalog; readonly actions: ActionOffered[] }> {
  const { catalog, state } = await offerFor(ask, accountId)
  const actions = Object.values(catalog.actions).map((action) => ({
    action: state === null ? action : actionUnderTerms(action, state.terms, state.at),
    barred: state === null ? null : (refuseAccess(state, action, catalog)?.code ?? null),
  }))
  return { catalog, actions }
}
