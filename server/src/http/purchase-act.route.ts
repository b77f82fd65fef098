import { Type } from 'typebox'
import type { PurchaseRow } from '../database/purchases.sql.ts'
import { SANDBOX_ACTS } from '../gateways/sandbox/sandbox-order.ts'
import { accountZone } from '../operations/account-zone.ts'
import { actOnSandboxPurchase } from '../operations/act-on-sandbox-purchase.ts'
import { type Ask, decimalsOf } from '../operations/ask.ts'
import { confirmPurchase } from '../operations/confirm-purchase.operation.ts'
import { declinePurchase } from '../operations/decline-purchase.operation.ts'
import { offerPurchase } from '../operations/offer-purchase.operation.ts'
import { purchaseOf, withPayment } from '../operations/read-purchase.operation.ts'
import { recheckPurchase } from '../operations/recheck-purchase.operation.ts'
import { refundPurchase } from '../operations/refund-purchase.operation.ts'
import { rememberedAfter } from '../operations/remembered.ts'
import { PurchaseParams, tag } from './purchase.route.ts'
import { PurchaseOut, sayPurchase } from './purchase.schema.ts'
import { type Answer, route } from './route.ts'
import { Actor, fields, Instant, line, Money, nullable, oneOf, optional, Reason } from './schema.ts'
import { readActor } from './spend.schema.ts'
import { endReading, openReading, optionalInstant } from './wire.ts'

/** Done once by itself; its first answer is given again under its key. */
async function acted(
  ask: Ask,
  operation: string,
  purchaseId: string,
  act: () => Promise<PurchaseRow>,
): Promise<Answer> {
  const { accountId } = await purchaseOf(ask, purchaseId)
  return rememberedAfter(ask, operation, accountId, async () => ({
    status: 200,
    body: sayPurchase(await withPayment(ask, await act()), decimalsOf(ask.project)),
  }))
}

/** An instant in the body; a date is midnight in the account's zone. */
async function instantOf(ask: Ask, purchaseId: string, path: string, given: string | null | undefined) {
  if (given == null) return null
  const zone = await accountZone(ask, (await purchaseOf(ask, purchaseId)).accountId, [given])
  const reading = openReading(decimalsOf(ask.project))
  const instant = optionalInstant(reading, path, given, zone)
  endReading(reading)
  return instant
}

const recheckPurchaseRoute = route({
  id: 'recheck-purchase',
  method: 'POST',
  path: '/purchases/{purchaseId}/recheck',
  tag,
  summary: 'Ask the gateway what became of it, and settle by the answer',
  description: 'Of an order whose checkout could not be opened: opens it.',
  params: PurchaseParams,
  answers: { 200: PurchaseOut },
  run: (ask, { params: { purchaseId } }) =>
    acted(ask, 'recheck-purchase', purchaseId, () => recheckPurchase(ask, purchaseId)),
})

const confirmPurchaseRoute = route({
  id: 'confirm-purchase',
  method: 'POST',
  path: '/purchases/{purchaseId}/confirm',
  tag,
  summary: 'Staff confirm a payment by hand, all of it or a part; or give the credits before it',
  description:
    '`reference` is what the bank calls the transfer; confirmed twice it is one payment. `grant: now` gives the credits at once and leaves it to be paid.',
  params: PurchaseParams,
  body: fields(
    {
      reference: optional(line(200)),
      at: optional(Instant),
      amount: optional(Type.Integer({ minimum: 1, maximum: 999_999_999_999_999 })),
      grant: optional(oneOf(['now'] as const)),
      actor: optional(nullable(Actor)),
    },
    { if: { required: ['grant'] }, else: { required: ['reference'] } },
  ),
  answers: { 200: PurchaseOut },
  run: async (ask, { params: { purchaseId }, body }) => {
    const at = await instantOf(ask, purchaseId, 'at', body.at)
    const { reference, amount, grant } = body
    return acted(ask, 'confirm-purchase', purchaseId, () =>
      confirmPurchase(ask, purchaseId, {
        paid: reference === undefined ? null : { at, reference, amount: amount ?? null },
        grantNow: grant === 'now',
        actor: readActor(body.actor),
      }),
    )
  },
})

const declinePurchaseRoute = route({
  id: 'decline-purchase',
  method: 'POST',
  path: '/purchases/{purchaseId}/decline',
  tag,
  summary: 'Staff decline what they were asked to sell',
  params: PurchaseParams,
  body: fields({ reason: optional(nullable(Reason)) }),
  answers: { 200: PurchaseOut },
  run: (ask, { params: { purchaseId }, body }) =>
    acted(ask, 'decline-purchase', purchaseId, () => declinePurchase(ask, purchaseId, body.reason ?? null)),
})

const offerPurchaseRoute = route({
  id: 'offer-purchase',
  method: 'POST',
  path: '/purchases/{purchaseId}/offer',
  tag,
  summary: 'Staff say what a request costs and when it is due',
  params: PurchaseParams,
  body: fields({
    price: optional(Money),
    dueAt: optional(nullable(Instant)),
    note: optional(nullable(Reason)),
  }),
  answers: { 200: PurchaseOut },
  run: async (ask, { params: { purchaseId }, body }) => {
    const dueAt = await instantOf(ask, purchaseId, 'dueAt', body.dueAt)
    const offer = { price: body.price ?? null, dueAt, note: body.note ?? null }
    return acted(ask, 'offer-purchase', purchaseId, () => offerPurchase(ask, purchaseId, offer))
  },
})

const refundPurchaseRoute = route({
  id: 'refund-purchase',
  method: 'POST',
  path: '/purchases/{purchaseId}/refund',
  tag,
  summary: 'Return money of a payment, all or a part; its credits follow',
  description:
    'Taken back are credits × money returned ÷ money paid, rounded down; what is spent stays spent. A second payment, or one that is not as ordered, is named by `paymentId`.',
  params: PurchaseParams,
  body: fields({
    amount: optional(Type.Integer({ minimum: 1, maximum: 999_999_999_999_999, description: 'Minor units.' })),
    paymentId: optional(line(200)),
  }),
  answers: { 200: PurchaseOut },
  run: (ask, { params: { purchaseId }, body }) => {
    const request = { amount: body.amount ?? null, paymentId: body.paymentId ?? null }
    return acted(ask, 'refund-purchase', purchaseId, () => refundPurchase(ask, purchaseId, request))
  },
})

const actInSandboxRoute = route({
  id: 'act-in-sandbox',
  method: 'POST',
  path: '/purchases/{purchaseId}/sandbox',
  tag,
  summary: 'Do what a customer and a bank would do: pay, decline, abandon, dispute, refund',
  description:
    'Test projects only. `payWithoutWebhook`: the money is there, and nobody tells. `delay`: under way for days.',
  params: PurchaseParams,
  body: fields({
    act: oneOf(SANDBOX_ACTS),
    amount: optional(Type.Integer({ minimum: 1, description: 'Of a refund, in minor units.' })),
  }),
  answers: { 200: PurchaseOut },
  run: (ask, { params: { purchaseId }, body }) =>
    acted(ask, 'act-in-sandbox', purchaseId, () =>
      actOnSandboxPurchase(ask, purchaseId, { act: body.act, amount: body.amount ?? null }),
    ),
})

export const PURCHASE_ACT_ROUTES = [
  recheckPurchaseRoute,
  confirmPurchaseRoute,
  declinePurchaseRoute,
  offerPurchaseRoute,
  refundPurchaseRoute,
  actInSandboxRoute,
]
