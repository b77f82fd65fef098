/** Several quotes for one account, judged together: each price locked, the sum affordable or not. */
import { type Credits, type PoolState, remediesForCredits } from '@scrip/core'
import { type Ask, accountAsked } from './ask.ts'
import { type Quote, type QuoteRequest, quoteFrom } from './quote.operation.ts'
import { readPool } from './read-pool.ts'
import { type AnyRemedy, buyerOf, sayRemedies } from './refusal-facts.ts'

export interface QuotesTogether {
  readonly quotes: readonly Quote[]
  readonly credits: Credits
  readonly affordable: boolean
  readonly available: Credits
  readonly remedies: readonly AnyRemedy[]
}

type Item = Pick<QuoteRequest, 'action' | 'quantities' | 'options'>

export async function quoteBatch(
  ask: Ask,
  account: string,
  userId: string | null,
  items: readonly Item[],
): Promise<QuotesTogether> {
  const accountId = accountAsked(ask, account) as string
  const { state } = await readPool(ask, accountId)
  const { available } = state.totals
  const quotes: Quote[] = []
  let credits = 0
  for (const item of items) {
    const made = await quoteFrom(ask, state, { ...item, accountId, userId }, available)
    quotes.push(made)
    credits += made.credits
  }
  const blocked = quotes.find(
    ({ standing }) => standing?.reason != null && standing.reason !== 'insufficient_credits',
  )
  const affordable = blocked === undefined && credits <= available
  const remedies = affordable
    ? []
    : (blocked?.standing?.remedies ?? (await waysToAfford(ask, state, accountId, userId, credits)))
  return { quotes, credits, affordable, available, remedies }
}

/** For the sum: no single quantity could be reduced, so the ways are time and money. */
async function waysToAfford(
  ask: Ask,
  state: PoolState,
  accountId: string,
  userId: string | null,
  required: Credits,
): Promise<AnyRemedy[]> {
  const buyer = await buyerOf(ask, state, { accountId, userId })
  const wanted = { action: '', quantities: {}, options: {}, required }
  const { catalogs } = ask.project
  return sayRemedies(remediesForCredits(state, catalogs, wanted, buyer), catalogs.at(state.at))
}
