/** The exact cost of an action before it is confirmed. Holds nothing, writes nothing, keeps its price for 15 minutes. */
import {
  type Credits,
  type Instant,
  type Options,
  type PoolState,
  type Priced,
  type PriceLine,
  priceFrom,
  type Quantities,
  refuseAccess,
  remediesForAccess,
  remediesForCredits,
} from '@scrip/core'
import { type Ask, accountAsked, catalogOf, projectTime } from './ask.ts'
import { signQuote } from './quote-token.ts'
import { readPool } from './read-pool.ts'
import { type AnyRemedy, buyerOf, refusedWith, sayRemedies } from './refusal-facts.ts'
import { Refused } from './refused.ts'

const LIFE_MS = 15 * 60_000

export interface QuoteRequest {
  readonly accountId: string | null
  readonly action: string
  readonly quantities: Quantities
  readonly options: Options
  readonly userId: string | null
}

export interface Quote {
  readonly id: string
  readonly accountId: string | null
  readonly action: string
  readonly quantities: Quantities
  readonly options: Options
  readonly credits: Credits
  readonly lines: readonly PriceLine[]
  readonly catalogVersion: number
  readonly expiresAt: Instant
  /** null where the quote is for no account. */
  readonly standing: Standing | null
}

export interface Standing {
  readonly affordable: boolean
  readonly available: Credits
  readonly balance: Credits
  /** What the balance would be; null where it does not suffice. */
  readonly balanceAfter: Credits | null
  /** Why not, where it is not for want of credits. */
  readonly reason: string | null
  readonly remedies: readonly AnyRemedy[]
}

export async function quote(ask: Ask, request: QuoteRequest): Promise<Quote> {
  const accountId = accountAsked(ask, request.accountId)
  if (accountId === null) return quoteForNobody(ask, request)
  const { state } = await readPool(ask, accountId)
  return quoteFrom(ask, state, { ...request, accountId }, state.totals.available)
}

async function quoteForNobody(ask: Ask, request: QuoteRequest): Promise<Quote> {
  const now = projectTime(ask)
  const priced = priceFrom(catalogOf(ask, now), { terms: [] }, request, now)
  if ('refused' in priced) throw plainRefusal(priced.refused)
  return quoteOf(ask, { ...request, accountId: null }, priced, null)
}

function plainRefusal({
  code,
  detail,
  facts,
  path,
}: {
  code: Refused['code']
  detail: string
  facts: object
  path?: string
}) {
  return new Refused(code, detail, { ...facts }, path ?? null)
}

/** `available`: what is left for this one, where several are quoted together. */
export async function quoteFrom(
  ask: Ask,
  state: PoolState,
  request: QuoteRequest & { readonly accountId: string },
  available: Credits,
): Promise<Quote> {
  const catalog = catalogOf(ask, state.at)
  const priced = priceFrom(catalog, state, request, state.at)
  if ('refused' in priced) {
    throw await refusedWith(ask, state, priced.refused, { type: 'charge', ...request })
  }
  return quoteOf(ask, request, priced, await standingOf(ask, state, request, priced, available))
}

function quoteOf(
  ask: Ask,
  request: Pick<QuoteRequest, 'accountId' | 'action'>,
  priced: Priced,
  standing: Standing | null,
): Quote {
  const { credits, lines, quantities, options, catalogVersion, pricedAt } = priced
  const { accountId, action } = request
  const expiresAt = pricedAt + LIFE_MS
  const facts = { accountId, action, quantities, options, credits, lines, catalogVersion, expiresAt }
  const id = signQuote(ask.house.secret, { ...facts, pricedAt, project: ask.project.id })
  return { ...facts, id, standing }
}

async function standingOf(
  ask: Ask,
  state: PoolState,
  request: QuoteRequest & { readonly accountId: string },
  priced: Priced,
  available: Credits,
): Promise<Standing> {
  const { catalogs } = ask.project
  const { credits } = priced
  const balance = state.totals.available + state.totals.held
  const noAccess = refuseAccess(state, priced.action, catalogs.at(state.at))
  const affordable = noAccess === null && credits <= available
  const facts = {
    affordable,
    available: state.totals.available,
    balance,
    balanceAfter: affordable ? balance - credits : null,
  }
  if (affordable) return { ...facts, reason: null, remedies: [] }
  const buyer = await buyerOf(ask, state, request)
  const remedies =
    noAccess === null
      ? remediesForCredits(
          state,
          catalogs,
          { ...request, ...priced, action: request.action, required: credits },
          buyer,
        )
      : remediesForAccess(state, catalogs, priced.action.plans, buyer)
  return {
    ...facts,
    reason: noAccess?.code ?? 'insufficient_credits',
    remedies: sayRemedies(remedies, catalogs.at(state.at)),
  }
}
