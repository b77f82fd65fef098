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
  const { accountId, action, quantities, options, quoteId } = request
  if (quoteId !== null) return spendingByQuote(ask, request, quoteId)
  if (accountId === null || action === null) {
    throw new Refused('quote_invalid', 'Name an account and an action, or a quote.')
  }
  return spending(request, { accountId, action, quantities, options, quote: null })
}

function spendingByQuote(ask: Ask, request: SpendRequest, quoteId: string): Spending {
  const { action, quantities, options, locked, accountId: quoted } = quoteOf(ask, quoteId)
  const accountId = quoted ?? request.accountId
  if (accountId === null)
    throw new Refused('quote_invalid', 'The quote is for no account: name one.', {}, 'accountId')
  if (request.accountId !== null && request.accountId !== accountId) {
    throw new Refused('quote_invalid', 'The quote was made for another account.', {}, 'quoteId')
  }
  mayKnow(ask, accountId)
  return spending(request, { accountId, action, quantities, options, quote: locked })
}

type Priced = Pick<Spending, 'accountId' | 'action' | 'quantities' | 'options' | 'quote'>

/** Field by field: what is spread or left over of another object is slow to make and to copy again. */
function spending(
  request: SpendRequest,
  { accountId, action, quantities, options, quote }: Priced,
): Spending {
  const { maxCredits, userId, subject, metadata, actor } = request
  return { accountId, action, quantities, options, quote, maxCredits, userId, subject, metadata, actor }
}

function quoteOf(ask: Ask, id: string): QuoteFacts & { readonly locked: LockedPrice } {
  const quote = readQuote(ask.house.secret, id)
  if (quote !== null && quote.project === ask.project.id) return quote
  throw new Refused('quote_invalid', 'There is no such quote.', {}, 'quoteId')
}
