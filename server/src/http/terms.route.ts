import type { CatalogError, Threshold } from '@scrip/core'
import { Type } from 'typebox'
import { sayBudget } from '../ledger/replay.ts'
import { accountZone } from '../operations/account-zone.ts'
import { accountOf, accountTime, catalogOf, decimalsOf } from '../operations/ask.ts'
import { listBudgets } from '../operations/list-budgets.operation.ts'
import { putBudget } from '../operations/put-budget.operation.ts'
import { putTerms } from '../operations/put-terms.operation.ts'
import { readBudget } from '../operations/read-budget.operation.ts'
import { removeBudget } from '../operations/remove-budget.operation.ts'
import { setAlerts } from '../operations/set-alerts.operation.ts'
import { readTerms } from '../operations/terms-document.ts'
import { readWhoAndWhy, WHO_AND_WHY } from './hold.route.ts'
import { Malformed } from './problems.ts'
import { answer, route } from './route.ts'
import { said } from './said.ts'
import { Credits, fields, Instant, InstantOut, line, nullable, OwnId, oneOf, optional } from './schema.ts'
import { AccountParams } from './subscription.route.ts'
import { creditsIn, endReading, openReading, optionalInstant, type Reading } from './wire.ts'

const UnitPrices = Type.Unsafe<unknown>({
  anyOf: [
    { type: 'string', maxLength: 40 },
    { type: 'array', items: { type: 'string', maxLength: 40 }, maxItems: 20 },
  ],
  'x-expects': 'a price such as 1.80 USD, or a list of one per currency',
})
const PriceDocument = Type.Unsafe<unknown>({ description: 'A price as a catalog writes it.' })

export const putTermsRoute = route({
  id: 'put-terms',
  method: 'PUT',
  path: '/accounts/{accountId}/terms',
  tag: 'Accounts',
  summary: 'What an account agreed for itself, from an instant on',
  params: AccountParams,
  body: fields({
    from: optional(nullable(Instant)),
    buysItself: optional(Type.Boolean()),
    pricePerCredit: optional(UnitPrices),
    tiers: optional(
      Type.Array(fields({ upTo: optional(Credits), pricePerCredit: UnitPrices }), {
        minItems: 1,
        maxItems: 100,
      }),
    ),
    actions: optional(
      Type.Unsafe<Record<string, unknown>>({
        type: 'object',
        additionalProperties: PriceDocument,
        maxProperties: 1000,
      }),
    ),
    ...WHO_AND_WHY,
  }),
  answers: {
    200: fields({
      accountId: Type.String(),
      from: InstantOut,
      buysItself: Type.Boolean(),
      pricePerCredit: nullable(
        Type.Array(
          fields({
            upTo: nullable(Type.Number()),
            prices: Type.Array(fields({ amount: Type.Number(), currency: Type.String() })),
          }),
        ),
      ),
      actions: Type.Array(Type.String({ description: 'Actions with a price of their own.' })),
    }),
  },
  run: async (ask, { params: { accountId }, body }) => {
    const account = await accountOf(ask, accountId)
    const now = accountTime(ask, account)
    const reading = openReading(decimalsOf(ask.project))
    const from = optionalInstant(reading, 'from', body.from, await accountZone(ask, accountId, [body.from]))
    endReading(reading)
    const { buysItself = true, pricePerCredit, tiers, actions = {} } = body
    const read = readTerms({ from, buysItself, pricePerCredit, tiers, actions }, catalogOf(ask, now))
    if ('errors' in read) throw new Malformed(read.errors.map(faultOf))
    return said(200, await putTerms(ask, accountId, { terms: read.terms, ...readWhoAndWhy(body) }))
  },
})

function faultOf({ path, code, message }: Pick<CatalogError, 'path' | 'code' | 'message'>) {
  const match = /^expected (.*), found (.*)$/s.exec(message)
  return { path, code, expected: match?.[1] ?? message, found: match?.[2] ?? null }
}

const ThresholdIn = Type.Unsafe<string | number>({
  anyOf: [
    { type: 'string', pattern: '^([1-9]|[1-9][0-9]|100)%$' },
    { type: 'number', minimum: 0, maximum: 999_999_999_999_999 },
  ],
  'x-expects': 'a number of credits, or a share such as 25%',
})

export const setAlertsRoute = route({
  id: 'set-alerts',
  method: 'PUT',
  path: '/accounts/{accountId}/alerts',
  tag: 'Accounts',
  summary: "An account's own thresholds; null brings the catalog's back",
  params: AccountParams,
  body: fields({ remaining: nullable(Type.Array(ThresholdIn, { maxItems: 20 })), ...WHO_AND_WHY }),
  answers: {
    200: fields({
      accountId: Type.String(),
      remaining: nullable(Type.Array(Type.Unsafe<string | number>({}))),
    }),
  },
  run: async (ask, { params: { accountId }, body }) => {
    const reading = openReading(decimalsOf(ask.project))
    const thresholds =
      body.remaining?.map((one, index) => readThreshold(reading, one, `remaining[${index}]`)) ?? null
    endReading(reading)
    return said(200, await setAlerts(ask, accountId, { thresholds, ...readWhoAndWhy(body) }))
  },
})

function readThreshold(reading: Reading, given: string | number, path: string): Threshold {
  return typeof given === 'string'
    ? { kind: 'relative', percent: Number.parseInt(given, 10) }
    : { kind: 'absolute', credits: creditsIn(reading, path, given) }
}

const BudgetParams = fields({ accountId: OwnId, name: OwnId })
const BudgetOut = fields({
  accountId: Type.String(),
  name: Type.String(),
  userId: nullable(Type.String()),
  subjectId: nullable(Type.String()),
  limit: Type.Number(),
  every: nullable(Type.String()),
  spent: Type.Number(),
  left: Type.Number(),
  periodStart: nullable(InstantOut),
})
const BUDGETS = '/accounts/{accountId}/budgets'
const tag = 'Budgets'

export const putBudgetRoute = route({
  id: 'put-budget',
  method: 'PUT',
  path: `${BUDGETS}/{name}`,
  tag,
  summary: 'Limit what an account, a user or a subject may spend',
  params: BudgetParams,
  body: fields({
    limit: Credits,
    every: optional(nullable(oneOf(['day', 'week', 'month'] as const))),
    userId: optional(nullable(OwnId)),
    subjectId: optional(nullable(line(200))),
    ...WHO_AND_WHY,
  }),
  answers: { 200: BudgetOut },
  run: async (ask, { params: { accountId, name }, body }) => {
    const reading = openReading(decimalsOf(ask.project))
    const limit = creditsIn(reading, 'limit', body.limit)
    endReading(reading)
    const { every = null, userId = null, subjectId = null } = body
    return said(
      200,
      await putBudget(ask, accountId, name, { limit, every, userId, subjectId, ...readWhoAndWhy(body) }),
    )
  },
})

export const readBudgetRoute = route({
  id: 'read-budget',
  method: 'GET',
  path: `${BUDGETS}/{name}`,
  tag,
  summary: 'One limit, with what is spent of it',
  params: BudgetParams,
  answers: { 200: BudgetOut },
  run: async (ask, { params: { accountId, name } }) => {
    const decimals = decimalsOf(ask.project)
    return answer(200, sayBudget(await readBudget(ask, accountId, name), { pool: 0, decimals }))
  },
})

export const listBudgetsRoute = route({
  id: 'list-budgets',
  method: 'GET',
  path: BUDGETS,
  tag,
  summary: 'All limits of an account',
  params: AccountParams,
  answers: { 200: fields({ data: Type.Array(BudgetOut) }) },
  run: async (ask, { params: { accountId } }) => {
    const decimals = decimalsOf(ask.project)
    const budgets = await listBudgets(ask, accountId)
    return answer(200, { data: budgets.map((budget) => sayBudget(budget, { pool: 0, decimals })) })
  },
})

export const removeBudgetRoute = route({
  id: 'remove-budget',
  method: 'DELETE',
  path: `${BUDGETS}/{name}`,
  tag,
  summary: 'Take a limit away',
  params: BudgetParams,
  answers: { 200: fields({ accountId: Type.String(), name: Type.String(), removed: Type.Boolean() }) },
  run: async (ask, { params: { accountId, name } }) =>
    said(200, await removeBudget(ask, accountId, name, { reason: null, actor: null })),
})
