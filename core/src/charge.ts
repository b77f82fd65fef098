/** A charge draws its full cost or nothing, in spend order. A cost of 0 makes a charge but moves nothing. */
import { countSpent } from './budget.ts'
import type { ChargeCommand, Spend } from './commands.ts'
import { type Draft, drawInOrder, negative, record } from './draft.ts'
import type { Entry, EntryDetail } from './pool.ts'
import type { Refusal } from './refusals.ts'
import { type Priced, priceOf, refuseSpend, spenderOf } from './spend.ts'

export function charge(draft: Draft, command: ChargeCommand): { entry: Entry } | { refused: Refusal } {
  const priced = priceOf(draft, command)
  if ('refused' in priced) return priced
  const refused = refuseSpend(draft, command, priced)
  if (refused !== null) return { refused }

  const { credits } = priced
  const draws = credits === 0 ? [] : drawInOrder(draft, credits, 'spend')
  countSpent(draft, spenderOf(command), credits)
  return {
    entry: record(
      draft,
      { type: 'charge', amount: -credits, draws: negative(draws), ...spendFacts(command, priced) },
      { available: -credits, used: credits, charged: credits, uses: credits > 0 ? 1 : 0 },
    ),
  }
}

/** What the row of a charge or hold says of who spent on what, and how the cost came about. */
export function spendFacts(command: Spend & (ChargeCommand | { type: 'hold' }), priced: Priced) {
  return {
    accountId: command.accountId,
    action: command.action,
    userId: command.userId ?? null,
    subject: command.subject ?? null,
    catalogVersion: priced.catalogVersion,
    command: command as ChargeCommand,
    detail: spendDetail(command, priced),
  }
}

function spendDetail(command: Spend, priced: Priced): EntryDetail {
  return {
    ...(isEmpty(priced.quantities) ? {} : { quantities: priced.quantities }),
    ...(isEmpty(priced.options) ? {} : { options: priced.options }),
    lines: priced.lines,
    ...(command.metadata ? { metadata: command.metadata } : {}),
    ...(command.quote ? { quoteId: command.quote.quoteId, pricedAt: command.quote.pricedAt } : {}),
    ...(command.actor ? { actor: command.actor } : {}),
  }
}

function isEmpty(record: object): boolean {
  for (const _ in record) return false
  return true
}
