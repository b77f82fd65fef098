/** Has an account's pool filled up by itself: at or below a threshold, by an amount, within a month's limit. */
import { CREDITS_MAX, type Credits, type Money, priceOrder, termsAt } from '@scrip/core'
import { accountById } from '../database/accounts.sql.ts'
import {
  type PaymentMethodRow,
  paymentMethodsOf,
  putTopUpRow,
  type TopUpRow,
} from '../database/top-ups.sql.ts'
import type { Session } from '../database/transaction.ts'
import { openGateway } from '../gateways/gateways.ts'
import { type Ask, accountNotFound, catalogOf } from './ask.ts'
import { placeOf } from './purchase-place.ts'
import { type ReadPool, readPool } from './read-pool.ts'
import { refusalSaid } from './refusal-facts.ts'
import { Refused } from './refused.ts'

export interface TopUpRequest {
  readonly threshold: Credits
  readonly amount: Credits
  readonly monthlyCap: Money
  /** null: the one that was saved last. */
  readonly paymentMethodId: string | null
}

/** Everything that can be refused, before anything is written: what it would not be able to do later, it does not promise. */
export async function prepareTopUp(ask: Ask, accountId: string, request: TopUpRequest) {
  const read = await readPool(ask, accountId)
  refuseUnlessItBuys(read)
  const { threshold, amount, monthlyCap } = request
  if (threshold + amount > CREDITS_MAX) {
    throw new Refused(
      'amount_too_large',
      'The threshold and one increment are too much together.',
      {},
      'amount',
    )
  }
  const currency = await refuseOtherCurrency(ask, read, monthlyCap)
  const method = await methodOf(ask, accountId, request.paymentMethodId)
  const total = await priceOfOne(ask, read, currency, amount)
  if (total > monthlyCap.amount) {
    const detail = 'Not even one increment may be bought in a month.'
    throw new Refused(
      'top_up_cap_too_low',
      detail,
      { total: { amount: total, currency } },
      'monthlyCap.amount',
    )
  }
  const fields = {
    ...{ project: ask.project.id, accountId, threshold, amount, currency },
    ...{ monthlyCap: monthlyCap.amount, gateway: method.gateway, methodId: method.id },
  }
  return { fields, now: read.now }
}

export function putTopUp(
  session: Session,
  { fields, now }: Awaited<ReturnType<typeof prepareTopUp>>,
): Promise<TopUpRow> {
  return putTopUpRow(session, fields, now)
}

function refuseUnlessItBuys({ state, account, now }: ReadPool): void {
  if (state.ownerId !== account.id) {
    const facts = { accountId: state.ownerId }
    throw new Refused(
      'top_up_not_possible',
      'It shares a pool: what is bought for that, its owner buys.',
      facts,
    )
  }
  if (termsAt(state.terms, now)?.buysItself ?? true) return
  throw new Refused('top_up_not_possible', 'The account buys through staff.')
}

/** The account's, once it has one. */
async function refuseOtherCurrency(ask: Ask, { account, now }: ReadPool, cap: Money): Promise<string> {
  const row = await accountById(ask.house.database.pool, ask.project.id, account.id)
  if (row === null) throw accountNotFound(account.id)
  const catalog = catalogOf(ask, now)
  const currency = row.currency ?? catalog.currencies[0] ?? cap.currency
  if (cap.currency === currency) return currency
  throw new Refused(
    'currency_not_offered',
    `The account pays in ${currency}.`,
    { currency: cap.currency, allowed: [currency] },
    'monthlyCap.currency',
  )
}

async function methodOf(ask: Ask, accountId: string, id: string | null): Promise<PaymentMethodRow> {
  const methods = await paymentMethodsOf(ask.house.database.pool, ask.project.id, accountId)
  const method = id === null ? methods[0] : methods.find((one) => one.id === id)
  if (method === undefined) {
    const detail =
      id === null
        ? 'No means of payment is saved: pay once with saveMethod, and agree that it is kept.'
        : `The account has no saved means of payment ${id}.`
    throw new Refused(
      'payment_method_not_found',
      detail,
      { known: methods.map((one) => one.id) },
      'paymentMethodId',
    )
  }
  const gateway = await openGateway(ask.house, ask.project, method.gateway)
  if (gateway.chargeSaved !== null) return method
  const detail = `${method.gateway} charges no means of payment while its customer is away.`
  throw new Refused('top_up_not_possible', detail, {}, 'paymentMethodId')
}

async function priceOfOne(
  ask: Ask,
  { state, account, now }: ReadPool,
  currency: string,
  credits: Credits,
): Promise<number> {
  const context = { catalog: catalogOf(ask, now), at: now, state, accountId: account.id, currency }
  const place = await placeOf(ask, account.id)
  const asked = priceOrder([{ credits }], { ...context, place, promotion: null, offered: null })
  if ('refused' in asked) throw refusalSaid(ask, { ...asked.refused, path: 'amount' })
  return asked.order.total
}
