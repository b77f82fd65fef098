/**
 * What a charge and a hold have in common: what it costs, and every reason why not, in the order of
 * the table of refusals. Quotes lock the price alone; access, budgets and credits are judged here.
 */

import { refuseAccess } from './access.ts'
import type { Credits, Instant } from './amounts.ts'
import { refuseBudget } from './budget.ts'
import type { Action, Catalog } from './catalog/catalog.ts'
import type { Spend } from './commands.ts'
import type { Draft } from './draft.ts'
import { costOf } from './price/cost.ts'
import type { Options, PriceLine, Quantities } from './price/price.ts'
import { oneOf, type PriceRefusal } from './price/refusal.ts'
import { knownNames, type Refusal, refuse } from './refusals.ts'
import { actionUnderTerms } from './terms.ts'

/** A spend that has a price: what it was priced by goes into its row. */
export interface Priced {
  readonly action: Action
  readonly credits: Credits
  readonly lines: readonly PriceLine[]
  readonly quantities: Quantities
  readonly options: Options
  readonly catalogVersion: number
  readonly pricedAt: Instant
}

export type Asked = Pick<Spend, 'action' | 'quantities' | 'options'>

/** The price by the catalog and terms of the pool's time, or the price its quote locked. */
export function priceOf(draft: Draft, command: Spend): Priced | { refused: Refusal } {
  const { quote } = command
  if (quote != null) {
    if (quote.expiresAt <= draft.at) {
      return refuse('quote_expired', 'Quotes live for 15 minutes; ask for another one.', {
        expiredAt: quote.expiresAt,
      })
    }
    return lockedPrice(draft, command)
  }
  const catalog = draft.catalogs.at(draft.at)
  return priceFrom(catalog, draft, command, draft.at)
}

function lockedPrice(draft: Draft, command: Spend): Priced | { refused: Refusal } {
  const quote = command.quote!
  const action = findAction(draft.catalogs.version(quote.catalogVersion), command.action)
  if ('refused' in action) return action
  return {
    action,
    credits: quote.credits,
    lines: quote.lines,
    quantities: command.quantities,
    options: command.options,
    catalogVersion: quote.catalogVersion,
    pricedAt: quote.pricedAt,
  }
}

/** The price of an action by one version of the catalog and the terms live at `pricedAt`. */
export function priceFrom(
  catalog: Catalog,
  state: Pick<Draft, 'terms'>,
  asked: Asked,
  pricedAt: Instant,
): Priced | { refused: Refusal } {
  const found = findAction(catalog, asked.action)
  if ('refused' in found) return found
  const action = actionUnderTerms(found, state.terms, pricedAt)
  const cost = costOf(action, asked.quantities, asked.options)
  if ('refused' in cost) return { refused: explainPriceRefusal(cost) }
  return {
    action,
    credits: cost.credits,
    lines: cost.lines,
    quantities: cost.quantities,
    options: cost.options,
    catalogVersion: catalog.version,
    pricedAt,
  }
}

export function findAction(catalog: Catalog, id: string): Action | { refused: Refusal } {
  const action = Object.hasOwn(catalog.actions, id) ? catalog.actions[id]! : null
  if (action === null) {
    const offered = Object.keys(catalog.actions).filter((known) => !catalog.actions[known]!.comingSoon)
    return refuse('action_not_found', `The catalog has no action “${id}”.`, knownNames(id, offered), 'action')
  }
  if (action.comingSoon) {
    return refuse('action_not_available', `${action.name} is coming soon.`, { action: id }, 'action')
  }
  return action
}

export function explainPriceRefusal({ refused }: PriceRefusal): Refusal {
  const { code, path, expected, found, allowed } = refused
  const detail =
    allowed === undefined ? `${path}: expected ${expected}.` : `${path}: expected ${oneOf(allowed)}.`
  const facts = { expected, found: found ?? null, ...(allowed === undefined ? {} : { allowed }) }
  return { code, detail, facts, path }
}

/** Every reason why a priced spend may not be made now; null where it may. */
export function refuseSpend(draft: Draft, command: Spend, priced: Priced): Refusal | null {
  const catalog = draft.catalogs.at(draft.at)
  const present = Object.hasOwn(catalog.actions, command.action)
    ? catalog.actions[command.action]!
    : priced.action
  return refuseAccess(draft, present, catalog) ?? refuseCredits(draft, command, priced.credits)
}

function refuseCredits(draft: Draft, command: Spend, credits: Credits): Refusal | null {
  const { maxCredits } = command
  if (maxCredits != null && credits > maxCredits) {
    return refuse('price_above_maximum', `It costs ${credits}, more than the maximum of ${maxCredits}.`, {
      required: credits,
      maxCredits,
    }).refused
  }
  return refuseBudget(draft, spenderOf(command), credits) ?? refuseInsufficient(draft, credits)
}

export function refuseInsufficient(draft: Pick<Draft, 'totals'>, credits: Credits): Refusal | null {
  const { available, held } = draft.totals
  if (credits <= available) return null
  return refuse('insufficient_credits', `This needs ${credits} credits; ${available} are available.`, {
    required: credits,
    available,
    held,
    missing: credits - available,
  }).refused
}

export function spenderOf(command: Spend) {
  return { accountId: command.accountId, userId: command.userId ?? null, subject: command.subject ?? null }
}
