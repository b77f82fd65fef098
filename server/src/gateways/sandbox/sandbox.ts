/**
 * The built-in gateway of test projects. It works offline and keeps orders of its own, so that it can know
 * of a payment that Scrip was never told of. Its page and `POST /purchases/{id}/sandbox` do what a customer
 * and a bank would do.
 */
import type { Instant } from '@scrip/core'
import type { Database } from '../../database/database.ts'
import {
  makeSandboxOrder,
  moveSandboxOrder,
  type SandboxOrderRow,
  sandboxOrder,
  sandboxOrderOfPurchase,
} from '../../database/sandbox.sql.ts'
import { freshId } from '../../directory/keys.ts'
import { type Checkout, type Gateway, GatewayFault } from '../gateway.ts'
import {
  type Acted,
  act,
  chargeCard,
  NO_PAYMENT,
  paidOf,
  refund,
  reportOf,
  type SandboxAct,
  type SandboxCheckout,
  type SandboxOrder,
  type SandboxPayment,
} from './sandbox-order.ts'
import { readSandboxEvent } from './sandbox-webhook.ts'

export interface SandboxFacts {
  readonly database: Database
  readonly projectId: number
  /** Signs its webhooks. */
  readonly secret: string
  readonly publicUrl: string
  now(): Instant
}

export function openSandbox(facts: SandboxFacts): Gateway {
  const { database, projectId } = facts
  return {
    name: 'sandbox',
    async openCheckout(checkout) {
      const { orderId } = await makeOrder(facts, checkout, NO_PAYMENT)
      return { orderId, checkoutUrl: `${facts.publicUrl}/sandbox/checkout/${orderId}` }
    },
    ask: async (orderId) => reportOf(await orderOf(facts, orderId)),
    readWebhook: async (headers, body, now) => readSandboxEvent(facts.secret, headers, body, now),
    async refund({ orderId, paymentId }, { amount, currency }, key) {
      const order = await moveOrder(facts, orderId, (before) => {
        const paid = paidOf(before)
        if (paid?.paymentId !== paymentId) return { refused: `There is no payment ${paymentId}.` }
        if (paid.money.currency !== currency) return { refused: `It was paid in ${paid.money.currency}.` }
        return refund(before, amount, key, facts.now())
      })
      return reportOf(order)
    },
    async chargeSaved(checkout, method) {
      const made = await makeOrder(facts, checkout, NO_PAYMENT)
      if (made.payment.facts.length > 0) return reportOf(made)
      await moveSandboxOrder(database.pool, made, chargeCard(made, method, facts.now()))
      return reportOf((await findOfPurchase(database, projectId, checkout.purchaseId)) as SandboxOrder)
    },
  }
}

/** What was done to the order of a purchase, or why not. */
export async function actOnOrder(
  facts: SandboxFacts,
  orderId: string,
  what: SandboxAct,
  at: Instant,
): Promise<SandboxOrder> {
  return moveOrder(facts, orderId, (order) => act(order, what, at))
}

type Row = SandboxOrderRow<SandboxCheckout, SandboxPayment>

function findOfPurchase(database: Database, project: number, purchaseId: string): Promise<Row | null> {
  return sandboxOrderOfPurchase<SandboxCheckout, SandboxPayment>(database.pool, project, purchaseId)
}

export function findOrder(database: Database, orderId: string): Promise<Row | null> {
  return sandboxOrder<SandboxCheckout, SandboxPayment>(database.pool, orderId)
}

function makeOrder(facts: SandboxFacts, checkout: Checkout, payment: SandboxPayment): Promise<Row> {
  const { total, description, returnUrl, savesMethod, purchaseId, customer } = checkout
  const kept: SandboxCheckout = {
    total,
    description,
    returnUrl,
    savesMethod,
    accountId: customer.accountId,
  }
  const createdAt = facts.now()
  return makeSandboxOrder<SandboxCheckout, SandboxPayment>(facts.database.pool, {
    projectId: facts.projectId,
    orderId: freshId('sbx', createdAt),
    purchaseId,
    checkout: kept,
    payment,
    createdAt,
  })
}

async function orderOf(facts: SandboxFacts, orderId: string): Promise<Row> {
  const row = await findOrder(facts.database, orderId)
  if (row !== null && row.projectId === facts.projectId) return row
  throw new GatewayFault(`The sandbox knows no order ${orderId}.`, { retryable: false })
}

/** The order may be moved by two at once: whoever comes second decides again on what the first made of it. */
async function moveOrder(
  facts: SandboxFacts,
  orderId: string,
  move: (order: SandboxOrder) => Acted,
): Promise<SandboxOrder> {
  for (;;) {
    const order = await orderOf(facts, orderId)
    const acted = move(order)
    if ('refused' in acted) throw new GatewayFault(acted.refused, { retryable: false })
    if (acted.payment === order.payment) return order
    if (await moveSandboxOrder(facts.database.pool, order, acted.payment)) {
      return { ...order, payment: acted.payment }
    }
  }
}
