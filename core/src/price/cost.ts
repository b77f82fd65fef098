/**
 * What an action costs (rules.md, "Prices and quotes"): a price is a list of parts, each giving at
 * most one line; the cost is their sum, and `minimum` adds a line for the difference.
 */
import { assert, CREDITS_MAX } from '../amounts.ts'
import type { Action } from '../catalog/catalog.ts'
import { precedenceOf } from '../refusals.ts'
import {
  judgeOptions,
  judgeQuantities,
  judgeValues,
  type Tense,
  withDefaultOptions,
  withDefaultQuantities,
} from './asked.ts'
import { minimumLine } from './components/minimum.ts'
import { pricePart } from './part.ts'
import type { Cost, Options, PriceLine, Quantities } from './price.ts'
import { type PriceRefusal, refusePrice } from './refusal.ts'

/**
 * The exact cost, or why there is none. Lines of 0 credits are left out. Refused: unknown names,
 * quantities out of their range, options that the table lacks, an action without a price.
 */
export function costOf(action: Action, quantities: Quantities, options: Options): Cost | PriceRefusal {
  return priceAs(action, quantities, options, 'asked')
}

/** What was charged or held, and what really came of it: only what is named there differs. */
export interface WhatWasCharged {
  readonly quantities: Quantities
  readonly options: Options
}

export interface WhatHappened {
  readonly quantities?: Quantities | undefined
  readonly options?: Options | undefined
}

/**
 * The cost of what succeeded: what happened, laid over what was charged. Only here may a quantity be
 * below its minimum and a list be empty. Nothing published, and nothing is paid: where nothing
 * happened at all the cost is 0, whatever flat parts and `minimum` say.
 */
export function costOfWhatHappened(
  action: Action,
  charged: WhatWasCharged,
  happened: WhatHappened,
): Cost | PriceRefusal {
  const quantities = { ...charged.quantities, ...happened.quantities }
  const options = { ...charged.options, ...happened.options }
  const cost = priceAs(action, quantities, options, 'happened')
  if ('refused' in cost || !nothingHappened(action, happened)) return cost
  return { ...cost, credits: 0, lines: [] }
}

/**
 * Every list that was given is empty, or every quantity is 0. A quantity whose default is 0 is an
 * extra (images looked at for a caption), so its being 0 says nothing about the act itself.
 */
function nothingHappened(action: Action, happened: WhatHappened): boolean {
  const lists = Object.values(happened.options ?? {}).filter((value) => typeof value !== 'string')
  if (lists.length > 0 && lists.every((list) => list.length === 0)) return true
  const quantities = Object.entries(happened.quantities ?? {})
  const essential = quantities.some(([name]) => action.quantities[name]?.default !== 0)
  return essential && quantities.every(([, quantity]) => quantity === 0)
}

function priceAs(action: Action, asked: Quantities, chosen: Options, tense: Tense): Cost | PriceRefusal {
  if (action.price === null)
    return refusePrice('action_not_available', 'action', 'an action with a price', action.id)
  const faults: PriceRefusal[] = []
  judgeQuantities(action, asked, tense, faults)
  judgeOptions(action, chosen, tense, faults)
  const quantities = withDefaultQuantities(action, asked)
  const options = withDefaultOptions(action, chosen)
  const lines: PriceLine[] = []
  let credits = 0
  const parts = action.price.parts
  for (let index = 0; index < parts.length; index++) {
    const line = pricePart(action, parts[index]!, index, quantities, options, faults)
    if (line === null) continue
    credits += line.credits
    lines.push(line)
  }
  if (credits > CREDITS_MAX)
    faults.push(refusePrice('amount_too_large', 'quantities', 'a cost below 10^15 units', credits))
  judgeValues(action, options, faults)
  if (faults.length > 0) return firstOf(faults)
  const lift = minimumLine(credits, action.price.minimum)
  if (lift !== null) lines.push(lift)
  assert(credits >= 0, 'a cost is never negative')
  return { credits: credits + (lift?.credits ?? 0), lines, quantities, options }
}

/** Of several faults the first by the table of refusals; of equals the one that was found first. */
function firstOf(faults: readonly PriceRefusal[]): PriceRefusal {
  return faults.reduce((first, fault) =>
    precedenceOf(fault.refused.code) < precedenceOf(first.refused.code) ? fault : first,
  )
}
