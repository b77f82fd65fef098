import { createHash } from 'node:crypto'
import {
  type Action,
  type Credits,
  type Duration,
  decimalPrice,
  type Expiry,
  formatCredits,
  type Money,
  type Plan,
  type Price,
  type PriceTable,
  type PriceTier,
  type TopUp,
} from '@scrip/core'
import { Type } from 'typebox'
import { listActions } from '../operations/list-actions.operation.ts'
import { listPacks } from '../operations/list-packs.operation.ts'
import { listPlans } from '../operations/list-plans.operation.ts'
import { type Answer, answer, route } from './route.ts'
import { fields, nullable, OwnId, optional } from './schema.ts'

/** Prices, options and policies as data: their forms are those of the catalog, which has its own schema. */
const Data = Type.Unsafe<unknown>({})
const Query = fields({ accountId: optional(OwnId) })
const tag = 'Catalog'

/** Unchanged since the caller last asked: nothing but that is answered. */
function tagged(body: unknown, ifNoneMatch: string | null): Answer {
  const etag = `"${createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, 27)}"`
  const headers = { etag, 'cache-control': 'private, no-cache' }
  const isKnown = ifNoneMatch?.split(',').some((known) => known.trim().replace(/^W\//, '') === etag)
  return isKnown ? answer(304, undefined, headers) : answer(200, body, headers)
}

function sayPrice(price: Price | null, decimals: number) {
  if (price === null) return null
  const say = (units: Credits): number => formatCredits(units, decimals)
  const table = (credits: PriceTable): unknown =>
    typeof credits === 'number'
      ? say(credits)
      : Object.fromEntries(Object.entries(credits).map(([value, inner]) => [value, table(inner)]))
  return {
    minimum: say(price.minimum),
    parts: price.parts.map((part) => ({
      name: part.name,
      credits: table(part.credits),
      by: part.by,
      tiers:
        part.tiers === null
          ? null
          : {
              mode: part.tiers.mode,
              bands: part.tiers.bands.map(({ upTo, credits }) => ({ upTo, credits: say(credits) })),
            },
      per: part.per,
      each: part.each,
      when: part.when,
    })),
  }
}

function sayAction(action: Action, barred: string | null, decimals: number) {
  const { id, name, description, trigger, hint, quantities, options, access, plans, comingSoon } = action
  const facts = { id, name, description, trigger, hint, quantities, options, access, plans, comingSoon }
  return { ...facts, price: sayPrice(action.price, decimals), barred }
}

const ActionOut = fields({
  id: Type.String(),
  name: Type.String(),
  description: nullable(Type.String()),
  trigger: nullable(Type.String()),
  hint: nullable(Type.String()),
  quantities: Data,
  options: Data,
  access: Type.String(),
  plans: Type.Array(Type.String()),
  comingSoon: Type.Boolean(),
  price: Data,
  barred: nullable(
    Type.String({ description: 'The code of the refusal that the account would get for want of access.' }),
  ),
})

export const listActionsRoute = route({
  id: 'list-actions',
  method: 'GET',
  path: '/actions',
  tag,
  summary: 'What costs credits, priced for the account where one is named',
  query: Query,
  answers: { 200: fields({ data: Type.Array(ActionOut), catalogVersion: Type.Integer() }), 304: Type.Null() },
  run: async (ask, { query, ifNoneMatch }) => {
    const { catalog, actions } = await listActions(ask, query.accountId ?? null)
    const data = actions.map(({ action, barred }) => sayAction(action, barred, catalog.credit.decimals))
    return tagged({ data, catalogVersion: catalog.version }, ifNoneMatch)
  },
})

function sayLength(length: Duration | null): string | null {
  if (length === null) return null
  return length.count === 1 ? length.unit : `${length.count} ${length.unit}s`
}

function sayExpiry(expires: Expiry): string | null {
  if (expires.kind === 'never') return null
  return expires.kind === 'term' ? 'term' : sayLength(expires.length)
}

function pricesIn(prices: readonly Money[], currency: string | null): readonly Money[] {
  return currency === null ? prices : prices.filter((price) => price.currency === currency)
}

function sayPlan(plan: Plan, current: boolean | null, currency: string | null, decimals: number) {
  const { rollover, trial } = plan
  const say = (units: Credits): number => formatCredits(units, decimals)
  return {
    id: plan.id,
    name: plan.name,
    description: plan.description,
    price: plan.price === 'custom' ? 'custom' : pricesIn(plan.price, currency),
    every: sayLength(plan.every),
    credits: say(plan.credits),
    creditsEvery: sayLength(plan.creditsEvery),
    rollover: sayRollover(rollover, say),
    trial:
      trial === null
        ? null
        : { length: sayLength(trial.length), credits: say(trial.credits), converts: trial.converts },
    term: sayLength(plan.term),
    onEnd: plan.onEnd,
    retired: plan.retired,
    current,
  }
}

function sayRollover(rollover: Plan['rollover'], say: (units: Credits) => number) {
  switch (rollover.kind) {
    case 'window':
      return { kind: 'window', window: sayLength(rollover.window) }
    case 'bank':
      return { kind: 'bank', limit: say(rollover.limit), counts: rollover.counts }
    default:
      return { kind: rollover.kind }
  }
}

const PlanOut = fields({
  id: Type.String(),
  name: Type.String(),
  description: nullable(Type.String()),
  price: Data,
  every: nullable(Type.String()),
  credits: Type.Number(),
  creditsEvery: nullable(Type.String()),
  rollover: Data,
  trial: Data,
  term: nullable(Type.String()),
  onEnd: Type.String(),
  retired: Type.Boolean(),
  current: nullable(Type.Boolean()),
})

export const listPlansRoute = route({
  id: 'list-plans',
  method: 'GET',
  path: '/plans',
  tag,
  summary: 'Plans that are offered',
  query: Query,
  answers: { 200: fields({ data: Type.Array(PlanOut), catalogVersion: Type.Integer() }), 304: Type.Null() },
  run: async (ask, { query, ifNoneMatch }) => {
    const { catalog, plans, currency } = await listPlans(ask, query.accountId ?? null)
    const data = plans.map(({ plan, current }) => sayPlan(plan, current, currency, catalog.credit.decimals))
    return tagged({ data, catalogVersion: catalog.version }, ifNoneMatch)
  },
})

const PackOut = fields({
  id: Type.String(),
  name: Type.String(),
  credits: Type.Number(),
  price: Type.Array(fields({ amount: Type.Number(), currency: Type.String() })),
  expires: nullable(Type.String({ description: 'A length of time, or term; null = never.' })),
  movesTo: nullable(Type.String()),
})

function sayTopUp(
  topUp: TopUp,
  agreed: readonly PriceTier[] | null,
  currency: string | null,
  decimals: number,
) {
  const say = (units: Credits): number => formatCredits(units, decimals)
  const unitPrices = (prices: PriceTier['pricePerCredit']) =>
    prices
      .filter((price) => currency === null || price.currency === currency)
      .map((price) => ({ amount: decimalPrice(price), currency: price.currency }))
  const tiers = agreed ?? topUp.tiers
  return {
    pricePerCredit: unitPrices(tiers[0]?.pricePerCredit ?? topUp.pricePerCredit),
    tiers: tiers.map(({ upTo, pricePerCredit }) => ({
      upTo: upTo === null ? null : say(upTo),
      pricePerCredit: unitPrices(pricePerCredit),
    })),
    minimum: say(topUp.minimum),
    maximum: say(topUp.maximum),
    step: say(topUp.step),
    bonus: topUp.bonus.map(({ from, credits }) => ({ from: say(from), credits: say(credits) })),
    suggestions: topUp.suggestions.map(say),
    expires: sayExpiry(topUp.expires),
    movesTo: topUp.movesTo,
  }
}

export const listPacksRoute = route({
  id: 'list-packs',
  method: 'GET',
  path: '/packs',
  tag,
  summary: 'What can be bought once: packs, and top-ups of any allowed size',
  query: Query,
  answers: {
    200: fields({
      data: Type.Array(PackOut),
      topUp: Data,
      buysItself: Type.Boolean({ description: 'False where staff sell: then a top-up is requested.' }),
      catalogVersion: Type.Integer(),
    }),
    304: Type.Null(),
  },
  run: async (ask, { query, ifNoneMatch }) => {
    const { catalog, packs, topUp, agreed, buysItself, currency } = await listPacks(
      ask,
      query.accountId ?? null,
    )
    const { decimals } = catalog.credit
    const data = packs.map((pack) => ({
      id: pack.id,
      name: pack.name,
      credits: formatCredits(pack.credits, decimals),
      price: pricesIn(pack.price, currency),
      expires: sayExpiry(pack.expires),
      movesTo: pack.movesTo,
    }))
    const offered = topUp === null ? null : sayTopUp(topUp, agreed, currency, decimals)
    return tagged({ data, topUp: offered, buysItself, catalogVersion: catalog.version }, ifNoneMatch)
  },
})
