/**
 * What the next version of a catalog changes, in sentences that an owner can agree to. A catalog edit
 * touches no lot: each sentence about a plan says from when on it holds for those who are on it.
 */
import type { Action, Catalog, Pack, Plan } from './catalog.ts'
import type { CatalogErrorCode, Keys } from './faults.ts'
import { pathOf } from './faults.ts'
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
import { everyWords, grouped, lengthWords, listed } from './words.ts'

export type ChangeSubject = 'plan' | 'pack' | 'action' | 'topUp' | 'policy'

export interface CatalogChange {
  /** Where in the file: `plans.creator.credits`. */
  readonly path: string
  readonly subject: ChangeSubject
  /** The plan's, pack's or action's id; null for the product as a whole. */
  readonly id: string | null
  /** `Creator: 200 → 250 credits a month.` */
  readonly sentence: string
  /** The plan whose subscribers are counted; null where the change is about nobody in particular. */
  readonly plan: string | null
  /** From when on it holds for them: `each from its next refill on. Nobody's present credits change.` */
  readonly effect: string | null
}

/** Why the next version cannot be applied to a project in use. */
export interface ApplyFault {
  readonly path: string
  readonly keys: Keys
  readonly code: CatalogErrorCode
  readonly message: string
}

export interface InUse {
  /** Plans that an account is on, subscribes to, or will change to. */
  readonly plans: readonly string[]
  /** Whether the project has had a lot: from then on the smallest unit is fixed. */
  readonly hasLots: boolean
}

/** Every change, in the order of the file; an empty list where the two say the same. */
export function diffCatalogs(from: Catalog, to: Catalog): readonly CatalogChange[] {
  return [
    ...diffPolicies(from, to),
    ...diffEach('plan', 'plans', from, to, PLAN_FIELDS, newPlan),
    ...diffEach('pack', 'packs', from, to, PACK_FIELDS, (catalog, pack) => packWords(catalog, pack)),
    ...diffEach('action', 'actions', from, to, ACTION_FIELDS, (catalog, action) =>
      priceSentence(catalog, action),
    ),
  ]
}

/** `Creator: 200 → 250 credits a month. 1,204 subscribers, each from its next refill on. …`; `count` null = not known. */
export function sayChange(change: CatalogChange, count: number | null): string {
  if (change.effect === null) return change.sentence
  if (change.plan === null || count === null) return `${change.sentence} ${capital(change.effect)}`
  if (count === 0) return `${change.sentence} No subscribers.`
  return `${change.sentence} ${grouped(count)} subscriber${count === 1 ? '' : 's'}, ${change.effect}`
}

/** What a project in use forbids: to remove a plan that somebody is on, and to change the smallest unit. */
export function applyFaults(from: Catalog, to: Catalog, inUse: InUse): readonly ApplyFault[] {
  const faults: ApplyFault[] = []
  const add = (keys: Keys, message: string) =>
    faults.push({ path: pathOf(keys), keys, code: 'contradiction', message })
  for (const plan of inUse.plans) {
    if (Object.hasOwn(to.plans, plan)) continue
    add(
      ['plans', plan],
      `expected ${plan}, which accounts are on (retired: true keeps others out), found nothing`,
    )
  }
  if (inUse.hasLots && from.credit.decimals !== to.credit.decimals) {
    const fixed = `expected ${from.credit.decimals} decimals, fixed since the first credits`
    add(['credit', 'decimals'], `${fixed}, found ${to.credit.decimals}`)
  }
  for (const plan of inUse.plans) {
    const [before, after] = [from.plans[plan], to.plans[plan]]
    if (!before || !after || (before.every === null) === (after.every === null)) continue
    const kinds =
      before.every === null
        ? ['a base plan', 'one that is subscribed to']
        : ['a plan with every', 'a base plan']
    add(
      ['plans', plan, 'every'],
      `expected ${plan} to stay ${kinds[0]}, which accounts are on, found ${kinds[1]}`,
    )
  }
  return faults
}

interface Field<T> {
  /** The key that is named as the place; empty where the words say several keys at once. */
  readonly key: string
  /** Its words, such that two values that differ read differently. */
  readonly words: (catalog: Catalog, thing: T) => string
  readonly effect?: string
}

const NEXT_REFILL = "each from its next refill on. Nobody's present credits change."
const NEXT_PERIOD = 'each from its next period on.'
const FROM_NOW = 'what was bought before stays as it is.'
const QUOTES_STAND = 'open quotes and holds keep their price.'

const PLAN_FIELDS: readonly Field<Plan>[] = [
  { key: 'name', words: (_, plan) => `called ${plan.name}` },
  { key: 'description', words: (_, plan) => `described as “${plan.description ?? ''}”` },
  { key: 'price', words: (_, plan) => planPriceWords(plan), effect: NEXT_PERIOD },
  {
    key: 'every',
    words: (_, plan) => (plan.every === null ? 'without periods' : `billed ${everyWords(plan.every)}`),
    effect: NEXT_PERIOD,
  },
  { key: 'credits', words: planCreditsWords, effect: NEXT_REFILL },
  { key: 'rollover', words: rolloverWords, effect: NEXT_REFILL },
  {
    key: 'trial',
    words: (catalog, plan) => trialWords(catalog, plan.trial),
    effect: 'those on trial keep theirs.',
  },
  {
    key: 'term',
    words: (_, plan) => (plan.term === null ? 'renews by itself' : `ends after ${lengthWords(plan.term)}`),
    effect: NEXT_PERIOD,
  },
  { key: 'onEnd', words: (_, plan) => onEndWords(plan), effect: 'each when it ends.' },
  {
    key: 'refill',
    words: (_, plan) => (plan.refill === 'onTime' ? 'refills come on time' : 'refills wait for the payment'),
  },
  { key: 'pastDueDays', words: (_, plan) => `${plan.pastDueDays} days of access while past due` },
  { key: 'topUp', words: (catalog, plan) => topUpWords(catalog, plan.topUp).join(', '), effect: FROM_NOW },
  { key: 'retired', words: (_, plan) => (plan.retired ? 'retired' : 'open to everybody') },
]

const PACK_FIELDS: readonly Field<Pack>[] = [
  { key: 'name', words: (_, pack) => `called ${pack.name}` },
  { key: '', words: (catalog, pack) => packWords(catalog, pack), effect: FROM_NOW },
]

const ACTION_FIELDS: readonly Field<Action>[] = [
  { key: 'name', words: (_, action) => `called ${action.name}` },
  { key: 'description', words: (_, action) => `described as “${action.description ?? ''}”` },
  { key: 'trigger', words: (_, action) => `charged: ${action.trigger ?? 'when it is used'}` },
  { key: 'hint', words: (_, action) => `with the hint “${action.hint ?? ''}”` },
  { key: 'price', words: priceSentence, effect: QUOTES_STAND },
  { key: 'quantities', words: (_, action) => quantityWords(action) },
  { key: 'options', words: (_, action) => optionWords(action) },
  {
    key: 'access',
    words: (_, action) => (action.access === 'plan' ? 'needs an active plan' : 'needs no plan'),
  },
  {
    key: 'plans',
    words: (catalog, action) =>
      action.plans.length === 0 ? 'for all plans' : `for ${planNames(catalog, action.plans)} only`,
  },
  { key: 'comingSoon', words: (_, action) => (action.comingSoon ? 'coming soon' : 'available') },
]

const POLICIES: readonly Field<Catalog>[] = [
  { key: 'product', words: (catalog) => `product ${catalog.product}` },
  {
    key: 'keyPrefix',
    words: (catalog) => `customers' keys begin with ${catalog.keyPrefix}`,
    effect: 'keys made before keep theirs.',
  },
  { key: 'currency', words: (catalog) => `currencies ${listed(catalog.currencies)}` },
  {
    key: 'credit',
    words: ({ credit }) =>
      `${credit.one}, ${credit.many}, ${credit.decimals} decimals, worth ${credit.worth ?? 'nothing named'}`,
  },
  { key: 'access', words: (catalog) => accessWords(catalog) },
  {
    key: 'newAccounts',
    words: (catalog) => newAccountWords(catalog),
    effect: 'accounts that are there get nothing more and lose nothing.',
  },
  { key: 'topUp', words: (catalog) => topUpWords(catalog, catalog.topUp).join(', '), effect: FROM_NOW },
  {
    key: 'spendOrder',
    words: (catalog) => spendOrderWords(catalog),
    effect: 'credits that are there keep their place.',
  },
  { key: 'alerts', words: (catalog) => alertWords(catalog) },
  { key: 'returnAfterExpiry', words: (catalog) => returnWords(catalog) },
  { key: 'taxes', words: (catalog) => taxWords(catalog.taxes), effect: FROM_NOW },
  {
    key: 'promotions',
    words: (catalog) => `promotions ${promotionWords(catalog).join('; ') || 'none'}`,
    effect: FROM_NOW,
  },
  { key: 'gateway', words: (catalog) => gatewayWords(catalog) },
  {
    key: 'subjects',
    words: ({ subjects }) =>
      `subjects ${listed(Object.values(subjects).map(({ name, link }) => `${name} (${link ?? 'no link'})`)) || 'unnamed'}`,
  },
  { key: 'roles', words: ({ roles }) => `roles ${listed(Object.values(roles))}` },
  {
    key: 'support',
    words: ({ support }) =>
      `support ${[support.email, support.subject, ...support.ask].filter((one) => one !== null).join(', ') || 'unnamed'}`,
  },
  { key: 'theme', words: ({ theme }) => `logo ${theme.logo ?? 'none'}, colour ${theme.color ?? 'none'}` },
]

function diffPolicies(from: Catalog, to: Catalog): CatalogChange[] {
  return POLICIES.flatMap(({ key, words, effect }) => {
    const [before, after] = [words(from, from), words(to, to)]
    if (before === after) return []
    const sentence = `${capital(changeWords(before, after))}.`
    const subject = key === 'topUp' ? 'topUp' : 'policy'
    return [{ path: key, subject, id: null, sentence, plan: null, effect: effect ?? null }]
  })
}

interface Sold {
  readonly plans: Plan
  readonly packs: Pack
  readonly actions: Action
}

function diffEach<K extends keyof Sold>(
  subject: 'plan' | 'pack' | 'action',
  section: K,
  from: Catalog,
  to: Catalog,
  fields: readonly Field<Sold[K]>[],
  describe: (catalog: Catalog, thing: Sold[K]) => string,
): CatalogChange[] {
  const before = from[section] as Readonly<Record<string, Sold[K]>>
  const after = to[section] as Readonly<Record<string, Sold[K]>>
  const changes: CatalogChange[] = []
  const add = (id: string, keys: Keys, sentence: string, effect: string | null) =>
    changes.push({
      path: pathOf([section, id, ...keys]),
      subject,
      id,
      sentence,
      plan: subject === 'plan' ? id : null,
      effect,
    })
  for (const id of Object.keys(before)) {
    if (!Object.hasOwn(after, id)) add(id, [], `${before[id]!.name} is removed.`, null)
  }
  for (const [id, thing] of Object.entries(after)) {
    if (!Object.hasOwn(before, id)) {
      add(id, [], `New: ${thing.name}, ${describe(to, thing)}.`, null)
      continue
    }
    for (const { key, words, effect } of fields) {
      const [old, now] = [words(from, before[id]!), words(to, thing)]
      if (old !== now)
        add(id, key === '' ? [] : [key], `${thing.name}: ${changeWords(old, now)}.`, effect ?? null)
    }
  }
  return changes
}

/** `200 credits a month` and `250 credits a month` are `200 → 250 credits a month`: what is equal is said once. */
function changeWords(before: string, after: string): string {
  const [old, now] = [before.split(' '), after.split(' ')]
  let start = 0
  while (start < old.length && start < now.length && old[start] === now[start]) start++
  let end = 0
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end++
  const differs = (words: string[]) => words.slice(start, words.length - end)
  if (differs(old).length !== 1 || differs(now).length !== 1) return `${before} → ${after}`
  return [...now.slice(0, start), ...differs(old), '→', ...now.slice(start)].join(' ')
}

function newPlan(catalog: Catalog, plan: Plan): string {
  return `${planPriceWords(plan)}; ${planCreditsWords(catalog, plan)}`
}

function priceSentence(catalog: Catalog, action: Action): string {
  return priceWords(catalog, action)
    .map((line) => line.trim())
    .join(', ')
}

function quantityWords(action: Action): string {
  const words = Object.entries(action.quantities).map(
    ([name, rule]) =>
      `${rule.name ?? name} from ${rule.minimum} to ${rule.maximum}, else ${rule.default ?? 'asked for'}`,
  )
  return `quantities: ${words.join('; ') || 'none'}`
}

function optionWords(action: Action): string {
  const words = Object.entries(action.options).map(([name, rule]) => {
    const values = rule.values === null ? 'anything' : rule.values.join(' or ')
    return `${rule.name ?? name} ${rule.many ? 'any of ' : ''}${values}, else ${rule.default?.length ? rule.default : 'nothing'}`
  })
  return `options: ${words.join('; ') || 'none'}`
}

function capital(line: string): string {
  return line.charAt(0).toUpperCase() + line.slice(1)
}
