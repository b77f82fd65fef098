/** What a charge and a hold are asked with: an action and how much of it, or a quote that says both. */
import type { Actor, Credits, LockedPrice, Metadata, Options, Quantities, SubjectRef } from '@scrip/core'
import { type Ask, mayKnow } from './ask.ts'
import { type QuoteFacts, readQuote } from './quote-token.ts'
import { Refused } from './refused.ts'

export interface SpendRequest {
  /** null: the quote's. */
  readonly accountId: string | null
  readonly action: string | null
  readonly quantities: Quantities
  readonly options: Options
  readonly quoteId: string | null
  readonly maxCredits: Credits | null
  readonly userId: string | null
  readonly subject: SubjectRef | null
  readonly metadata: Metadata | null
  readonly actor: Actor | null
}

export interface Spending {
  readonly accountId: string
  readonly action: string
  readonly quantities: Quantities
  readonly options: Options
  readonly quote: LockedPrice | null
  readonly maxCredits: Credits | null
  readonly userId: string | null
  readonly subject: SubjectRef | null
  readonly metadata: Metadata | null
  readonly actor: Actor | null
}

/** Whether the quote still holds is judged with the charge: a replay is answered however old it is. */
export function spendingOf(ask: Ask, request: SpendRequest): Spending {
  const { quoteId, action, quantities, options, ...rest } = request
  if (quoteId === null) {
    if (rest.accountId === null || action === null)
      throw new Refused('quote_invalid', 'Name an account and an action, or a quote.')
    return { ...rest, accountId: rest.accountId, action, quantities, options, quote: null }
  }
  const quote = quoteOf(ask, quoteId)
  const accountId = quote.accountId ?? rest.accountId
  if (accountId === null)
    throw new Refused('quote_invalid', 'The quote is for no account: name one.', {}, 'accountId')
  if (rest.accountId !== null && rest.accountId !== accountId) {
    throw new Refused('quote_invalid', 'The quote was made for another account.', {}, 'quoteId')
  }
  mayKnow(ask, accountId)
  return {
    ...rest,
    accountId,
    action: quote.action,
    quantities: quote.quantities,
    options: quote.options,
    quote: quote.locked,
  }
}

function quoteOf(ask: Ask, id: string): QuoteFacts & { readonly locked: LockedPrice } {
  const quote = readQuote(ask.house.secret, id)
  if (quote !== null && quote.project === ask.project.id) return quote
  throw new Refused('quote_invalid', 'There is no such quote.', {}, 'quoteId')
}
