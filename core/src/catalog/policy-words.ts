/** What holds for the whole product, in words. */
import type { Catalog, LotKind, Promotion, TaxRule, Threshold } from './catalog.ts'
import { LOT_KINDS } from './catalog.ts'
import { planNames } from './plan-words.ts'
import {
  creditsWords,
  expiryWords,
  formatMoney,
  grouped,
  instantWords,
  lengthWords,
  listed,
} from './words.ts'

export function newAccountWords(catalog: Catalog): string {
  const { plan, credits, expires } = catalog.newAccounts
  const on = plan === null ? [] : [`the plan ${planNames(catalog, [plan])}`]
  const gift = credits === 0 ? [] : [`${creditsWords(catalog, credits)}, which ${expiryWords(expires)}`]
  const given = [...on, ...gift]
  return given.length === 0 ? 'a new account gets nothing' : `a new account gets ${listed(given)}`
}

export function accessWords({ access }: Catalog): string {
  return access === 'plan'
    ? 'actions need an active plan, also where they are free'
    : 'actions need no plan, unless they say so'
}

const KIND_WORDS: Readonly<Record<LotKind, string>> = {
  subscription: 'subscription',
  trial: 'trial',
  promotional: 'promotional',
  free: 'free',
  admin_grant: 'granted by staff',
  purchased: 'purchased',
  lifetime: 'lifetime',
}

/** `subscription and trial, then purchased and lifetime` */
export function spendOrderWords({ priorities }: Catalog): string {
  const byPriority = new Map<number, string[]>()
  for (const kind of [...LOT_KINDS].sort((left, right) => priorities[left] - priorities[right])) {
    byPriority.set(priorities[kind], [...(byPriority.get(priorities[kind]) ?? []), KIND_WORDS[kind]])
  }
  return `spent first: ${[...byPriority.values()].map((kinds) => listed(kinds)).join(', then ')}`
}

export function alertWords(catalog: Catalog): string {
  const { remaining, expiring } = catalog.alerts
  const low =
    remaining.length === 0
      ? []
      : [
          `when ${listed(
            remaining.map((one) => thresholdWords(catalog, one)),
            'or',
          )} remain`,
        ]
  const soon = expiring.length === 0 ? [] : [`${listed(expiring.map(lengthWords))} before credits expire`]
  const none =
    catalog.exhaustedBelow <= 1 ? 'none' : `fewer than ${creditsWords(catalog, catalog.exhaustedBelow)}`
  const out = `when ${none} remain, as run out`
  return `alerts ${listed([...low, ...soon, out])}`
}

function thresholdWords(catalog: Catalog, threshold: Threshold): string {
  return threshold.kind === 'absolute' ? creditsWords(catalog, threshold.credits) : `${threshold.percent} %`
}

export function returnWords({ returnAfterExpiry }: Catalog): string {
  return returnAfterExpiry === 'expire'
    ? 'what comes back after its expiry has expired'
    : `what comes back after its expiry lives ${lengthWords(returnAfterExpiry)} more`
}

export function taxWords(taxes: readonly TaxRule[]): string {
  if (taxes.length === 0) return 'no tax'
  return taxes.map(ruleWords).join('; ')
}

function ruleWords({ when, inclusive, lines }: TaxRule): string {
  const id = when.taxId === null ? null : `${when.taxId ? 'with' : 'without'} a tax id`
  const where = [when.currency, when.country, when.region, id].filter((part) => part !== null).join(', ')
  const rates = listed(lines.map(({ name, percent }) => `${name} ${percent} %`))
  return `${rates} ${inclusive ? 'included' : 'on top'}${where === '' ? '' : ` (${where})`}`
}

export function promotionWords(catalog: Catalog): readonly string[] {
  return Object.values(catalog.promotions).map((promotion) => promotionLine(catalog, promotion))
}

/** `SPRING: 25 % off Starter, from 2026-03-01 until 2026-04-01, once per account, 100 times in all` */
function promotionLine(catalog: Catalog, promotion: Promotion): string {
  const { code, percent, amount, packs, plans, minimum } = promotion
  const off = percent === null ? listed(amount.map(formatMoney), 'or') : `${percent} %`
  const names = [
    ...packs.map((pack) => catalog.packs[pack]?.name ?? pack),
    ...plans.map((plan) => planNames(catalog, [plan])),
  ]
  const what = names.length === 0 ? 'everything' : listed(names)
  const least = minimum.length === 0 ? [] : [`from ${listed(minimum.map(formatMoney), 'or')} on`]
  return `${code}: ${[`${off} off ${what}`, ...least, ...spanWords(promotion), ...useWords(promotion)].join(', ')}`
}

function spanWords({ from, until }: Promotion): string[] {
  const parts = [
    ...(from === null ? [] : [`from ${instantWords(from)}`]),
    ...(until === null ? [] : [`until ${instantWords(until)}`]),
  ]
  return parts.length === 0 ? [] : [parts.join(' ')]
}

function useWords({ uses, usesPerAccount }: Promotion): string[] {
  const times = (count: number) => (count === 1 ? 'once' : `${grouped(count)} times`)
  return [
    ...(usesPerAccount === null ? [] : [`${times(usesPerAccount)} per account`]),
    ...(uses === null ? [] : [`${times(uses)} in all`]),
  ]
}

export function gatewayWords({ gateway }: Catalog): string {
  const named = Object.keys(gateway).filter((currency) => currency !== '*')
  const ways = named.map((currency) => `${gateway[currency]} for ${currency}`)
  return `payments: ${listed([...ways, named.length === 0 ? `${gateway['*']}` : `${gateway['*']} for others`])}`
}
