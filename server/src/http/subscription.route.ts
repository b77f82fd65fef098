import { formatCredits } from '@scrip/core'
import { Type } from 'typebox'
import { sayInstant, saySubscription } from '../ledger/replay.ts'
import { accountZone } from '../operations/account-zone.ts'
import { decimalsOf } from '../operations/ask.ts'
import { cancelSubscription } from '../operations/cancel-subscription.operation.ts'
import { pauseSubscription } from '../operations/pause-subscription.operation.ts'
import { readSubscription } from '../operations/read-subscription.operation.ts'
import { reportPaymentFailed } from '../operations/report-payment-failed.operation.ts'
import { reportPaymentReceived } from '../operations/report-payment-received.operation.ts'
import { resumeSubscription } from '../operations/resume-subscription.operation.ts'
import { subscribe } from '../operations/subscribe.operation.ts'
import { readWhoAndWhy, WHO_AND_WHY } from './hold.route.ts'
import { answer, type Route, route } from './route.ts'
import { bodyOf, said } from './said.ts'
import {
  CatalogKey,
  CreditsOrZero,
  fields,
  Instant,
  InstantOut,
  Money,
  nullable,
  OwnId,
  oneOf,
  optional,
  Reason,
} from './schema.ts'
import { BALANCES } from './spend.schema.ts'
import { endReading, openReading, optionalCredits, optionalInstant } from './wire.ts'

const MoneyOut = fields({ amount: Type.Number(), currency: Type.String() })

const STANDING = {
  accountId: Type.String(),
  id: nullable(Type.String()),
  plan: nullable(Type.String({ description: "The subscription's plan, else the base plan." })),
  status: nullable(
    Type.String({
      description: 'scheduled, trialing, active, past_due, unpaid or paused; null without a subscription.',
    }),
  ),
  basePlan: nullable(fields({ plan: Type.String(), since: InstantOut })),
  startsAt: nullable(InstantOut),
  periodStart: nullable(InstantOut),
  periodEnd: nullable(InstantOut),
  nextRefillAt: nullable(InstantOut),
  trialEndsAt: nullable(InstantOut),
  converts: nullable(Type.Boolean()),
  credits: nullable(Type.Number({ description: "The recurring amount agreed; null = the plan's." })),
  price: nullable(MoneyOut),
  endsAt: nullable(InstantOut),
  cancelAt: nullable(InstantOut),
  nextPlan: nullable(Type.String()),
  pastDueSince: nullable(InstantOut),
  pausedAt: nullable(InstantOut),
  timeZone: nullable(Type.String()),
}

export const SubscriptionOut = fields(STANDING)
const Refill = fields({ at: InstantOut, credits: Type.Number(), net: Type.Number() })
const SubscriptionChanged = fields({ ...STANDING, ...BALANCES, refills: optional(Type.Array(Refill)) })

export const AccountParams = fields({ accountId: OwnId })
const PATH = '/accounts/{accountId}/subscription'
const tag = 'Subscriptions'

export const subscribeRoute = route({
  id: 'subscribe',
  method: 'PUT',
  path: PATH,
  tag,
  summary: 'Put an account on a plan, change it, or change its recurring amount',
  description: 'With dryRun=true the answer also names the refills of the next year.',
  params: AccountParams,
  body: fields({
    plan: CatalogKey,
    credits: optional(nullable(CreditsOrZero)),
    price: optional(nullable(Money)),
    startsAt: optional(nullable(Instant)),
    endsAt: optional(nullable(Instant)),
    trial: optional(Type.Boolean()),
    when: optional(nullable(oneOf(['now', 'periodEnd'] as const))),
    ...WHO_AND_WHY,
  }),
  answers: { 200: SubscriptionChanged },
  run: async (ask, { params: { accountId }, body }) => {
    const decimals = decimalsOf(ask.project)
    const reading = openReading(decimals)
    const zone = await accountZone(ask, accountId, [body.startsAt, body.endsAt])
    const request = {
      accountId,
      plan: body.plan,
      credits: optionalCredits(reading, 'credits', body.credits),
      price: body.price ?? null,
      startsAt: optionalInstant(reading, 'startsAt', body.startsAt, zone),
      endsAt: optionalInstant(reading, 'endsAt', body.endsAt, zone),
      trial: body.trial ?? false,
      when: body.when ?? null,
      ...readWhoAndWhy(body),
    }
    endReading(reading)
    const { refills, ...done } = await subscribe(ask, request)
    const coming = refills?.map(({ at, credits, net }) => ({
      at: sayInstant(at),
      credits: formatCredits(credits, decimals),
      net: formatCredits(net, decimals),
    }))
    return {
      ...said(200, done),
      body: { ...bodyOf(done), ...(coming === undefined ? {} : { refills: coming }) },
    }
  },
})

export const readSubscriptionRoute = route({
  id: 'read-subscription',
  method: 'GET',
  path: PATH,
  tag,
  summary: 'How an account stands with its plans',
  params: AccountParams,
  answers: { 200: SubscriptionOut },
  run: async (ask, { params: { accountId } }) => {
    const state = await readSubscription(ask, accountId)
    const saying = { pool: state.pool, decimals: decimalsOf(ask.project) }
    return answer(200, { accountId, ...saySubscription(state, saying) })
  },
})

export const cancelSubscriptionRoute = route({
  id: 'cancel-subscription',
  method: 'DELETE',
  path: PATH,
  tag,
  summary: "End a subscription at its period's end, or now",
  params: AccountParams,
  query: fields({ when: optional(oneOf(['now', 'periodEnd'] as const)), reason: optional(Reason) }),
  answers: { 200: SubscriptionChanged },
  run: async (ask, { params: { accountId }, query }) => {
    const request = { when: query.when ?? ('periodEnd' as const), reason: query.reason ?? null, actor: null }
    return said(200, await cancelSubscription(ask, accountId, request))
  },
})

type Act = typeof pauseSubscription

function act(id: Route['id'], path: string, summary: string, run: Act): Route {
  return route({
    id,
    method: 'POST',
    path: `${PATH}/${path}`,
    tag,
    summary,
    params: AccountParams,
    body: fields(WHO_AND_WHY),
    answers: { 200: SubscriptionChanged },
    run: async (ask, { params: { accountId }, body }) =>
      said(200, await run(ask, accountId, readWhoAndWhy(body))),
  })
}

export const SUBSCRIPTION_ACT_ROUTES: readonly Route[] = [
  act(
    'pause-subscription',
    'pause',
    'Stop a subscription; the rest of its period is kept',
    pauseSubscription,
  ),
  act(
    'resume-subscription',
    'resume',
    'Run on, or take back a cancellation or a change to come',
    resumeSubscription,
  ),
  act(
    'report-payment-failed',
    'payment-failed',
    "The product's own billing reports a period not paid",
    reportPaymentFailed,
  ),
  act(
    'report-payment-received',
    'payment-received',
    "The product's own billing reports a period paid",
    reportPaymentReceived,
  ),
]
