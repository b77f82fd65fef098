/** What an account has: what a charge now would find. */
import {
  type CreditsView,
  type Instant,
  type PoolState,
  termsAt,
  type UnitPrice,
  viewCredits,
} from '@scrip/core'
import { accountById } from '../database/accounts.sql.ts'
import { type Ask, catalogOf } from './ask.ts'
import { readPool } from './read-pool.ts'

export interface CreditsRead {
  readonly state: PoolState
  readonly credits: CreditsView
  readonly at: Instant
  readonly costPerCredit: UnitPrice | null
}

export async function readCredits(ask: Ask, accountId: string): Promise<CreditsRead> {
  const { state } = await readPool(ask, accountId)
  catalogOf(ask, state.at)
  const credits = viewCredits(state, ask.project.catalogs)
  return { state, credits, at: state.at, costPerCredit: await costPerCredit(ask, state) }
}

/** What one more credit costs in the account's currency: by its terms, its plan's top-up or the catalog's; null where none is set. */
async function costPerCredit(ask: Ask, state: PoolState): Promise<UnitPrice | null> {
  const catalog = ask.project.catalogs.at(state.at)
  const plan = state.subscription?.plan ?? state.basePlan?.plan
  const topUp = (plan === undefined ? null : catalog.plans[plan]?.topUp) ?? catalog.topUp
  const [tier] = termsAt(state.terms, state.at)?.pricePerCredit ?? topUp?.tiers ?? []
  const prices = tier?.pricePerCredit ?? topUp?.pricePerCredit ?? []
  if (prices.length === 0) return null
  const owner = await accountById(ask.house.database.pool, ask.project.id, state.ownerId)
  const currency = owner?.currency ?? catalog.currencies[0]
  return prices.find((price) => price.currency === currency && price.micros > 0) ?? null
}
