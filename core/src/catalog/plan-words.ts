/** Plans, packs and top-ups in words: the rate card and the list of changes say them the same way. */
import type { Money } from '../amounts.ts'
import type { Catalog, Pack, Plan, TopUp, Trial } from './catalog.ts'
import {
  creditsNumber,
  creditsWords,
  everyWords,
  expiryWords,
  formatMoney,
  formatUnitPrice,
  lengthWords,
  listed,
} from './words.ts'

function pricesWords(prices: readonly Money[]): string {
  return listed(prices.map(formatMoney), 'or')
}

/** `$19.00 a month`, `$200.00 for 365 days`, `free`, `by agreement` */
export function planPriceWords(plan: Plan): string {
  if (plan.price === 'custom') return 'price by agreement'
  if (plan.price.length === 0) return 'free'
  return `${pricesWords(plan.price)}${periodWords(plan)}`
}

function periodWords(plan: Plan): string {
  if (plan.every === null) return ' once'
  const isOneTerm = plan.term !== null && lengthWords(plan.term) === lengthWords(plan.every)
  return isOneTerm ? ` for ${lengthWords(plan.every)}` : ` ${everyWords(plan.every)}`
}

/** `200 credits a month`, `500 credits once`, `no credits` */
export function planCreditsWords(catalog: Catalog, plan: Plan): string {
  if (plan.credits === 0) return `no ${catalog.credit.many}`
  const amount = creditsWords(catalog, plan.credits)
  return plan.creditsEvery === null ? `${amount} once` : `${amount} ${everyWords(plan.creditsEvery)}`
}

export function rolloverWords(catalog: Catalog, { rollover }: Plan): string {
  switch (rollover.kind) {
    case 'reset':
      return 'unused credits expire when the next ones come'
    case 'keep':
      return 'unused credits never expire'
    case 'window':
      return `credits live for their period and ${lengthWords(rollover.window)} more`
    case 'bank': {
      const whole = rollover.counts === 'total' ? ' with the new ones' : ''
      return `unused credits carry over, up to ${creditsNumber(catalog, rollover.limit)}${whole}`
    }
  }
}

export function trialWords(catalog: Catalog, trial: Trial | null): string {
  if (trial === null) return 'no trial'
  const end = trial.converts ? 'then it goes on as the plan' : 'then it ends'
  return `trial of ${lengthWords(trial.length)} with ${creditsWords(catalog, trial.credits)}, ${end}`
}

export function onEndWords({ onEnd }: Plan): string {
  return onEnd === 'keep' ? 'its credits stay when it ends' : 'its credits expire when it ends'
}

/** `50 credits for $9.00; they never expire` */
export function packWords(catalog: Catalog, pack: Pack): string {
  const forPlans = pack.plans.length === 0 ? '' : `; for ${planNames(catalog, pack.plans)} only`
  return `${creditsWords(catalog, pack.credits)} for ${pricesWords(pack.price)}; they ${expiryWords(pack.expires)}${forPlans}${movesWords(catalog, pack.movesTo)}`
}

/** The sentences of a top-up: its price, its sizes, its bonus, its life. */
export function topUpWords(catalog: Catalog, topUp: TopUp | null): readonly string[] {
  if (topUp === null) return ['no top-up']
  const { one } = catalog.credit
  const price = topUp.pricePerCredit.length === 0 ? [] : [`${unitPricesWords(topUp.pricePerCredit)} a ${one}`]
  const tiers = topUp.tiers.map(
    ({ upTo, pricePerCredit }) =>
      `${unitPricesWords(pricePerCredit)} a ${one} ${upTo === null ? 'for more' : `up to ${creditsNumber(catalog, upTo)}`}`,
  )
  const bonus = topUp.bonus.map(
    ({ from, credits }) => `${creditsNumber(catalog, credits)} more from ${creditsNumber(catalog, from)} on`,
  )
  const life = `they ${expiryWords(topUp.expires)}${movesWords(catalog, topUp.movesTo)}`
  return [...price, ...tiers, sizeWords(catalog, topUp), ...bonus, life]
}

function sizeWords(catalog: Catalog, topUp: TopUp): string {
  const steps =
    topUp.step === 10 ** catalog.credit.decimals ? '' : ` in steps of ${creditsNumber(catalog, topUp.step)}`
  const most = topUp.maximum > 1e14 ? '' : `, ${creditsNumber(catalog, topUp.maximum)} at most`
  return `${creditsWords(catalog, topUp.minimum)} at least${most}${steps}`
}

function unitPricesWords(prices: TopUp['pricePerCredit']): string {
  return listed(prices.map(formatUnitPrice), 'or')
}

function movesWords(catalog: Catalog, plan: string | null): string {
  return plan === null ? '' : `; the account moves to ${planNames(catalog, [plan])}`
}

/** Plans by their names, as customers know them. */
export function planNames(catalog: Catalog, ids: readonly string[]): string {
  return listed(ids.map((id) => (Object.hasOwn(catalog.plans, id) ? catalog.plans[id]!.name : id)))
}
