/** The catalog as one account (or nobody in particular) is offered it: its own prices, its own terms. */
import { type Catalog, type PoolState, type Terms, termsAt } from '@scrip/core'
import { accountById } from '../database/accounts.sql.ts'
import { type Ask, accountAsked, catalogOf, projectTime } from './ask.ts'
import { readPool } from './read-pool.ts'

export interface Offer {
  readonly catalog: Catalog
  /** null: offered to nobody in particular. */
  readonly state: PoolState | null
  readonly terms: Terms | null
  readonly currency: string | null
}

export async function offerFor(ask: Ask, account: string | null): Promise<Offer> {
  const accountId = accountAsked(ask, account)
  if (accountId === null)
    return { catalog: catalogOf(ask, projectTime(ask)), state: null, terms: null, currency: null }
  const { state } = await readPool(ask, accountId)
  const catalog = catalogOf(ask, state.at)
  const owner = await accountById(ask.house.database.pool, ask.project.id, state.ownerId)
  const currency = owner?.currency ?? catalog.currencies[0] ?? null
  return { catalog, state, terms: termsAt(state.terms, state.at), currency }
}
