/** What an action costs, said once more, action by action; no price list is read here. */
import type { Facts } from './naive-pool.ts'
import type { Prices } from './products.ts'

type Answer = { readonly credits: number; readonly facts: Facts } | { readonly refused: string }

const QUANTITY: Readonly<Record<string, string>> = {
  use: 'units',
  gated: 'units',
  pros: 'units',
  pages: 'pages',
  publish: 'posts',
  render: 'images',
}

export interface PricedBy {
  readonly prices: Prices
  /** What the account's terms say of `use`; null = nothing. */
  readonly termsUnit: number | null
}

/** Before the act there are least and largest quantities, and an empty list is a forgotten one. */
export function costOfAsked(action: string, asked: Facts, by: PricedBy): Answer {
  if (action === 'look') return { credits: 0, facts: asked }
  const least = action === 'publish' || action === 'render' ? 1 : 0
  const facts = withDefaults(action, asked)
  const quantity = facts.quantities[QUANTITY[action]!]
  if (quantity === undefined) return { refused: 'quantity_required' }
  if (facts.options.platforms?.length === 0) return { refused: 'option_required' }
  if (quantity < least || quantity > mostOf(action)) return { refused: 'quantity_out_of_range' }
  return { credits: priceOf(action, quantity, facts, by), facts }
}

/** After it there may be less than the least, down to none: what was said, laid over what was charged. */
export function costOfHappened(action: string, charged: Facts, said: Facts, by: PricedBy): Answer {
  if (action === 'look') return { credits: 0, facts: said }
  const facts = withDefaults(action, {
    quantities: { ...charged.quantities, ...said.quantities },
    options: { ...charged.options, ...said.options },
  })
  const quantity = facts.quantities[QUANTITY[action]!]
  if (quantity === undefined) return { refused: 'quantity_required' }
  if (quantity > mostOf(action)) return { refused: 'quantity_out_of_range' }
  return { credits: isNothing(action, said) ? 0 : priceOf(action, quantity, facts, by), facts }
}

function mostOf(action: string): number {
  if (action === 'publish') return 10
  return action === 'render' ? 8 : 1e12
}

function withDefaults(action: string, { quantities, options }: Facts): Facts {
  if (action !== 'render') return { quantities, options }
  return { quantities: { images: 1, ...quantities }, options: { size: 'small', ...options } }
}

function priceOf(
  action: string,
  quantity: number,
  { options }: Facts,
  { prices, termsUnit }: PricedBy,
): number {
  if (action === 'use' && termsUnit !== null) return quantity * termsUnit
  if (action === 'pages') return Math.ceil(quantity / 10) * prices.block
  if (action === 'publish') {
    return quantity * prices.post + (options.platforms?.includes('x') === true ? prices.surcharge : 0)
  }
  if (action === 'render') {
    return Math.max(prices.minimum, quantity * (options.size === 'large' ? prices.large : prices.small))
  }
  return quantity * prices.unit
}

/** Nothing published, nothing made: nothing is paid, whatever flat parts and minimum say. */
function isNothing(action: string, happened: Facts): boolean {
  if (action === 'publish' && happened.options.platforms?.length === 0) return true
  return happened.quantities[QUANTITY[action]!] === 0
}
