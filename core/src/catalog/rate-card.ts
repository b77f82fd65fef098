/** The rate card: all that a catalog sells and promises, in words that a product owner can sign off. */
import type { Action, Catalog, Plan } from './catalog.ts'
import {
  onEndWords,
  packWords,
  planCreditsWords,
  planNames,
  planPriceWords,
  rolloverWords,
  topUpWords,
  trialWords,
} from './plan-words.ts'
import {
  accessWords,
  alertWords,
  gatewayWords,
  newAccountWords,
  promotionWords,
  returnWords,
  spendOrderWords,
  taxWords,
} from './policy-words.ts'
import { priceWords } from './price-words.ts'
import { lengthWords } from './words.ts'

/** Plain text, a line for each rule; sections that a product does not have are left out. */
export function rateCard(catalog: Catalog): string {
  const sections = [
    [`${catalog.product}: rate card`, ...introduction(catalog)],
    section(
      'Plans',
      Object.values(catalog.plans).flatMap((plan) => planLines(catalog, plan)),
    ),
    section(
      'Packs',
      Object.values(catalog.packs).map((pack) => `  ${pack.name}: ${packWords(catalog, pack)}`),
    ),
    section('Any amount', catalog.topUp === null ? [] : indented(topUpWords(catalog, catalog.topUp))),
    section(
      'Actions',
      Object.values(catalog.actions).flatMap((action) => actionLines(catalog, action)),
    ),
    section('Promotions', indented(promotionWords(catalog))),
    section('Rules', indented(rules(catalog))),
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [title, ...lines]
}

function indented(lines: readonly string[], by = '  '): string[] {
  return lines.map((line) => `${by}${capital(line)}`)
}

function capital(line: string): string {
  return line.charAt(0).toUpperCase() + line.slice(1)
}

function introduction(catalog: Catalog): string[] {
  const { one, worth } = catalog.credit
  const stands = worth === null ? [] : [`One ${one} is worth ${worth}.`]
  return [...stands, `${capital(newAccountWords(catalog))}.`]
}

function planLines(catalog: Catalog, plan: Plan): string[] {
  const retired = plan.retired ? ' (retired: nobody can choose it)' : ''
  const lines = [`${planPriceWords(plan)}; ${planCreditsWords(catalog, plan)}`]
  if (plan.description !== null) lines.push(plan.description)
  if (plan.every !== null && plan.credits > 0) lines.push(rolloverWords(catalog, plan), onEndWords(plan))
  if (plan.trial !== null) lines.push(trialWords(catalog, plan.trial))
  if (plan.term !== null) lines.push(`does not renew by itself; ends after ${lengthWords(plan.term)}`)
  if (plan.topUp !== null) lines.push(...topUpWords(catalog, plan.topUp))
  return [`  ${plan.name}${retired}`, ...indented(lines, '    ')]
}

function actionLines(catalog: Catalog, action: Action): string[] {
  const lines = [...priceWords(catalog, action)]
  if (action.comingSoon && action.price !== null) lines.push('coming soon')
  if (action.trigger !== null) lines.push(`charged: ${action.trigger}`)
  if (action.hint !== null) lines.push(action.hint)
  if (action.plans.length > 0) lines.push(`for ${planNames(catalog, action.plans)} only`)
  if (action.access !== catalog.access)
    lines.push(action.access === 'plan' ? 'needs an active plan' : 'needs no plan')
  return [`  ${action.name}`, ...indented(lines, '    ')]
}

function rules(catalog: Catalog): string[] {
  return [
    accessWords(catalog),
    spendOrderWords(catalog),
    alertWords(catalog),
    returnWords(catalog),
    `tax: ${taxWords(catalog.taxes)}`,
    gatewayWords(catalog),
  ]
}
