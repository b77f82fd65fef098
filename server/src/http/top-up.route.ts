import { formatCredits } from '@scrip/core'
import { Type } from 'typebox'
import type { AttemptRow, TopUpRow } from '../database/top-ups.sql.ts'
import { sayInstant, sayInstantOrNull } from '../ledger/replay.ts'
import { type Ask, accountOf, decimalsOf } from '../operations/ask.ts'
import { listPaymentMethods } from '../operations/list-payment-methods.operation.ts'
import { prepareTopUp, putTopUp } from '../operations/put-top-up.operation.ts'
import { readTopUp } from '../operations/read-top-up.operation.ts'
import { remembered, rememberedPrepared } from '../operations/remembered.ts'
import { removeTopUp } from '../operations/remove-top-up.operation.ts'
import { answer, route } from './route.ts'
import { Credits, CreditsOrZero, fields, InstantOut, line, Money, nullable, optional } from './schema.ts'
import { AccountParams } from './subscription.route.ts'
import { creditsIn, endReading, openReading } from './wire.ts'

const MoneyOut = fields({ amount: Type.Integer(), currency: Type.String() })

const TOP_UP_OUT = {
  accountId: Type.String(),
  threshold: Type.Number(),
  amount: Type.Number(),
  monthlyCap: MoneyOut,
  paymentMethodId: Type.String(),
  gateway: Type.String(),
  declines: Type.Integer({ description: 'Of this means of payment, one after the other; stopped at three.' }),
  createdAt: InstantOut,
  updatedAt: InstantOut,
}

const Attempt = fields({
  at: InstantOut,
  status: Type.String({ description: 'open, paying, paid, declined or refused. An open list.' }),
  credits: Type.Number(),
  total: nullable(MoneyOut),
  balance: Type.Number({ description: 'What the pool had when it was decided.' }),
  purchaseId: nullable(Type.String()),
  code: nullable(Type.String()),
  reason: nullable(Type.String()),
})

function sayTopUp(ask: Ask, row: TopUpRow) {
  const say = (units: number): number => formatCredits(units, decimalsOf(ask.project))
  return {
    accountId: row.accountId,
    threshold: say(row.threshold),
    amount: say(row.amount),
    monthlyCap: { amount: row.monthlyCap, currency: row.currency },
    paymentMethodId: row.methodId,
    gateway: row.gateway,
    declines: row.declines,
    createdAt: sayInstant(row.createdAt),
    updatedAt: sayInstant(row.updatedAt),
  }
}

function sayAttempt(ask: Ask, row: AttemptRow) {
  const say = (units: number): number => formatCredits(units, decimalsOf(ask.project))
  const { status, total, currency, code, reason } = row
  return {
    ...{ status, code, reason },
    at: sayInstant(row.at),
    credits: say(row.credits),
    total: total === null ? null : { amount: total, currency },
    balance: say(row.balance),
    purchaseId: status === 'refused' ? null : row.id,
  }
}

const tag = 'Purchases'
const PATH = '/accounts/{accountId}/top-up'

export const putTopUpRoute = route({
  id: 'put-top-up',
  method: 'PUT',
  path: PATH,
  tag,
  summary: 'Have credits bought by themselves when the balance is low',
  description:
    'At or below the threshold, whole increments of `amount` are bought, as many as end above it, on a saved means of payment: one purchase at a time, within a limit for each calendar month, tax included. After three declines in a row it stops until another means of payment is chosen or a payment succeeds. What is due and not bought is told by `top_up.refused`.',
  params: AccountParams,
  body: fields({
    threshold: CreditsOrZero,
    amount: Credits,
    monthlyCap: Money,
    paymentMethodId: optional(nullable(line(200))),
  }),
  answers: { 200: fields(TOP_UP_OUT) },
  run: async (ask, { params: { accountId }, body }) => {
    const reading = openReading(decimalsOf(ask.project))
    const threshold = creditsIn(reading, 'threshold', body.threshold)
    const amount = creditsIn(reading, 'amount', body.amount)
    endReading(reading)
    const { monthlyCap, paymentMethodId = null } = body
    const request = { threshold, amount, monthlyCap, paymentMethodId }
    const prepare = () => prepareTopUp(ask, accountId, request)
    return rememberedPrepared(ask, 'put-top-up', accountId, prepare, async (session, prepared) => ({
      status: 200,
      body: sayTopUp(ask, await putTopUp(session, prepared)),
    }))
  },
})

export const readTopUpRoute = route({
  id: 'read-top-up',
  method: 'GET',
  path: PATH,
  tag,
  summary: "An account's automatic top-up, how it stands, and its last attempts",
  params: AccountParams,
  answers: {
    200: fields({
      ...TOP_UP_OUT,
      status: Type.String({ description: 'active, or stopped after declines. An open list.' }),
      restsUntil: nullable(InstantOut),
      spentThisMonth: MoneyOut,
      attempts: Type.Array(Attempt),
    }),
  },
  run: async (ask, { params: { accountId } }) => {
    const { topUp, spent, isStopped, attempts } = await readTopUp(ask, accountId)
    return answer(200, {
      ...sayTopUp(ask, topUp),
      status: isStopped ? 'stopped' : 'active',
      restsUntil: sayInstantOrNull(topUp.restsUntil),
      spentThisMonth: { amount: spent, currency: topUp.currency },
      attempts: attempts.map((row) => sayAttempt(ask, row)),
    })
  },
})

export const removeTopUpRoute = route({
  id: 'remove-top-up',
  method: 'DELETE',
  path: PATH,
  tag,
  summary: 'End automatic top-ups; one in flight is carried through',
  params: AccountParams,
  answers: { 204: Type.Null() },
  run: async (ask, { params: { accountId } }) => {
    // Before the transaction: on the embedded database another session would wait for it for ever.
    await accountOf(ask, accountId)
    return remembered(ask, 'remove-top-up', accountId, async (session) => {
      await removeTopUp(ask, session, accountId)
      return { status: 204, body: undefined }
    })
  },
})

export const listPaymentMethodsRoute = route({
  id: 'list-payment-methods',
  method: 'GET',
  path: '/accounts/{accountId}/payment-methods',
  tag,
  summary: 'Means of payment that a gateway keeps for an account',
  params: AccountParams,
  answers: {
    200: fields({
      data: Type.Array(
        fields({
          id: Type.String(),
          gateway: Type.String(),
          label: Type.String({ description: 'As its owner knows it, such as Visa ending 4242.' }),
          savedAt: InstantOut,
        }),
      ),
    }),
  },
  run: async (ask, { params: { accountId } }) => {
    const methods = await listPaymentMethods(ask, accountId)
    const data = methods.map(({ id, gateway, label, savedAt }) => ({
      ...{ id, gateway, label },
      savedAt: sayInstant(savedAt),
    }))
    return answer(200, { data })
  },
})
