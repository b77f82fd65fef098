/** A purchase as it is asked for and answered. Prices and credits of packs and plans are never in what is asked. */
import {
  formatCredits,
  lotId,
  type OrderLine,
  type PricedOrder,
  type PurchaseLine,
  type PurchasePayment,
  type ReportedPayment,
} from '@scrip/core'
import { type Static, Type } from 'typebox'
import type { PurchaseRow } from '../database/purchases.sql.ts'
import { sayInstant } from '../ledger/replay.ts'
import { actionsOf } from '../operations/purchase-actions.ts'
import type { PurchaseRead } from '../operations/read-purchase.operation.ts'
import { Actor, CatalogKey, Credits, fields, InstantOut, line, Money, nullable, optional } from './schema.ts'
import { creditsIn, type Reading } from './wire.ts'

const CustomLine = fields(
  { amount: Money, remark: line(200) },
  { description: 'An amount of money and what it is for; no credits.' },
)

export const LineIn = fields(
  {
    plan: optional(CatalogKey),
    pack: optional(CatalogKey),
    credits: optional(Credits),
    custom: optional(CustomLine),
  },
  { description: 'One of plan, pack, credits, custom; credits beside a plan are its recurring amount.' },
)

export function readLines(reading: Reading, lines: readonly Static<typeof LineIn>[]): OrderLine[] {
  return lines.flatMap((asked, index): OrderLine[] => {
    const { plan, pack, credits, custom } = asked
    const named = [plan, pack, custom, plan === undefined ? credits : undefined].filter(
      (one) => one !== undefined,
    )
    if (named.length !== 1) {
      reading.faults.push({
        path: `lines[${index}]`,
        code: 'not_allowed',
        expected: 'one of plan, pack, credits, custom',
        found: Object.keys(asked).join(', ') || 'none of them',
      })
      return []
    }
    const amount = credits === undefined ? null : creditsIn(reading, `lines[${index}].credits`, credits)
    if (plan !== undefined) return [{ plan, credits: amount }]
    if (pack !== undefined) return [{ pack }]
    if (custom !== undefined) return [{ custom }]
    return [{ credits: amount ?? 0 }]
  })
}

const MoneyOut = fields({ amount: Type.Integer(), currency: Type.String() })

const LineOut = fields({
  type: Type.String({ description: 'plan, pack, credits or custom.' }),
  name: Type.String(),
  plan: nullable(Type.String()),
  pack: nullable(Type.String()),
  remark: nullable(Type.String()),
  credits: Type.Number(),
  bonus: Type.Number(),
  recurring: nullable(Type.Number()),
  price: MoneyOut,
  discount: MoneyOut,
  tax: MoneyOut,
})

const PaymentOut = fields({
  paymentId: Type.String(),
  status: Type.String({
    description:
      'counts: it pays for the purchase. part: of one that is not reached yet. second: it was paid already. wrong: not as ordered.',
  }),
  at: InstantOut,
  amount: MoneyOut,
  returned: MoneyOut,
  disputed: Type.Boolean(),
})

const ORDER = {
  lines: Type.Array(LineOut),
  credits: Type.Number({ description: 'All that its lines grant, bonus included; a plan’s refill apart.' }),
  price: MoneyOut,
  discount: MoneyOut,
  taxes: Type.Array(fields({ name: Type.String(), percent: Type.Number(), amount: MoneyOut })),
  taxInclusive: Type.Boolean(),
  tax: MoneyOut,
  total: MoneyOut,
}

export const PurchaseOut = fields({
  id: nullable(Type.String({ description: 'null of a dry run.' })),
  accountId: Type.String(),
  userId: nullable(Type.String()),
  status: Type.String({
    description: 'requested, pending, paid, failed, abandoned, expired, refunded or disputed.',
  }),
  ...ORDER,
  gateway: Type.String(),
  orderId: nullable(Type.String({ description: 'What the gateway calls the order.' })),
  paymentId: nullable(Type.String({ description: 'What the gateway calls the payment.' })),
  checkoutUrl: nullable(Type.String({ description: 'Where the customer pays, while it can.' })),
  returnUrl: nullable(Type.String()),
  paid: MoneyOut,
  returned: MoneyOut,
  payments: Type.Array(PaymentOut),
  actions: Type.Array(Type.String(), {
    description: 'What can be done now: pay, recheck, refund, offer, confirm, decline. An open list.',
  }),
  failure: nullable(Type.String({ description: 'Why it failed, or waits.' })),
  attention: Type.Boolean({ description: 'Something of its payments is for staff to look at.' }),
  unapplied: nullable(Type.String({ description: 'What was paid for and has no effect any more.' })),
  promotionCode: nullable(Type.String()),
  warnings: optional(
    Type.Array(Type.String(), {
      description:
        'What the customer should know before it pays. no_access: credits alone are no access. An open list.',
    }),
  ),
  lotIds: Type.Array(Type.String()),
  dueAt: nullable(InstantOut),
  note: nullable(Type.String()),
  creditsBeforePayment: nullable(
    fields(
      { by: nullable(Actor) },
      { description: 'Staff gave its credits before the money was there; null = they did not.' },
    ),
  ),
  metadata: Type.Record(Type.String(), Type.String()),
  createdAt: nullable(InstantOut),
  offeredAt: nullable(InstantOut),
  expiresAt: nullable(InstantOut),
  paidAt: nullable(InstantOut),
  grantedAt: nullable(InstantOut),
})

function sayOrder(order: PricedOrder, decimals: number) {
  const { currency, taxes, taxInclusive } = order
  const money = (amount: number) => ({ amount, currency })
  return {
    lines: order.lines.map((one) => sayLine(one, currency, decimals)),
    credits: formatCredits(order.credits, decimals),
    price: money(order.price),
    discount: money(order.discount),
    taxes: taxes.map(({ name, percent, amount }) => ({ name, percent, amount: money(amount) })),
    taxInclusive,
    tax: money(order.tax),
    total: money(order.total),
  }
}

function sayLine(ordered: PurchaseLine, currency: string, decimals: number) {
  const { kind, name, plan, pack, remark, credits, bonus, recurring, price, discount, tax } = ordered
  return {
    type: kind,
    ...{ name, plan, pack, remark },
    credits: formatCredits(credits, decimals),
    bonus: formatCredits(bonus, decimals),
    recurring: recurring === null ? null : formatCredits(recurring, decimals),
    price: { amount: price, currency },
    discount: { amount: discount, currency },
    tax: { amount: tax, currency },
  }
}

export function sayPurchase({ row, payment }: PurchaseRead, decimals: number) {
  const { currency, pool } = row
  const money = (amount: number) => ({ amount, currency })
  const actions = actionsOf(row)
  return {
    ...{ id: row.id, accountId: row.accountId, userId: row.userId, status: row.status },
    ...sayOrder(row.priced, decimals),
    ...{ gateway: row.gateway, orderId: row.orderId, paymentId: row.paymentId },
    checkoutUrl: actions.includes('pay') ? row.checkoutUrl : null,
    returnUrl: row.returnUrl,
    paid: money(row.paid),
    returned: money(row.returned),
    payments: sayPayments(payment),
    actions,
    ...{ failure: row.failure, attention: row.attention, unapplied: row.unapplied },
    promotionCode: row.promotionCode,
    lotIds: pool === null ? [] : row.lots.map((number) => lotId(pool, number)),
    dueAt: orNull(row.dueAt),
    note: row.note,
    creditsBeforePayment: row.grantNow ? { by: row.grantedBy } : null,
    metadata: row.metadata,
    ...instantsOf(row),
  }
}

function instantsOf({ createdAt, offeredAt, expiresAt, paidAt, grantedAt }: PurchaseRow) {
  return {
    createdAt: sayInstant(createdAt),
    offeredAt: orNull(offeredAt),
    expiresAt: orNull(expiresAt),
    paidAt: orNull(paidAt),
    grantedAt: orNull(grantedAt),
  }
}

function orNull(at: number | null): string | null {
  return at === null ? null : sayInstant(at)
}

function sayPayments({ counted, parts, second, wrong }: PurchasePayment) {
  const say = (payments: readonly ReportedPayment[], status: string) =>
    payments.map(({ paymentId, at, money, returned, isDisputed }) => ({
      ...{ paymentId, status },
      at: sayInstant(at),
      amount: money,
      returned: { amount: returned, currency: money.currency },
      disputed: isDisputed,
    }))
  return [...say(counted, 'counts'), ...say(parts, 'part'), ...say(second, 'second'), ...say(wrong, 'wrong')]
}

/** What a dry run answers: the same shape, of an order that there is not. */
export function sayPriced(
  order: PricedOrder,
  facts: {
    readonly accountId: string
    readonly userId: string | null
    readonly gateway: string
    readonly requested: boolean
  },
  decimals: number,
) {
  const nothing = { amount: 0, currency: order.currency }
  return {
    id: null,
    ...{ accountId: facts.accountId, userId: facts.userId, gateway: facts.gateway },
    status: facts.requested ? 'requested' : 'pending',
    ...sayOrder(order, decimals),
    ...{
      orderId: null,
      paymentId: null,
      checkoutUrl: null,
      returnUrl: null,
      paid: nothing,
      returned: nothing,
    },
    ...{ payments: [], actions: [], failure: null, attention: false, unapplied: null, promotionCode: null },
    ...{ lotIds: [], dueAt: null, note: null, creditsBeforePayment: null, metadata: {} },
    ...{ createdAt: null, offeredAt: null, expiresAt: null, paidAt: null, grantedAt: null },
  }
}

export const PaymentRow = fields({
  purchaseId: Type.String(),
  at: InstantOut,
  type: Type.String({ description: 'plan, pack, credits or custom; several where its lines differ.' }),
  name: Type.String(),
  credits: Type.Number(),
  total: MoneyOut,
  returned: MoneyOut,
  status: Type.String(),
  label: Type.String({ description: 'The status in words, as a customer reads it.' }),
  gateway: Type.String(),
  paymentId: nullable(Type.String()),
  orderId: nullable(Type.String()),
  checkoutUrl: nullable(Type.String()),
  actions: Type.Array(Type.String()),
})

const LABELS: Readonly<Record<PurchaseRow['status'], string>> = {
  requested: 'Requested',
  pending: 'Pending',
  paid: 'Completed',
  failed: 'Failed',
  abandoned: 'Abandoned',
  expired: 'Expired',
  refunded: 'Refunded',
  disputed: 'Disputed',
}

export function sayPaymentRow({ row }: PurchaseRead, decimals: number) {
  const { currency } = row
  const actions = actionsOf(row).filter((action) => action === 'pay' || action === 'recheck')
  const types = new Set(row.priced.lines.map(({ kind }) => kind))
  return {
    purchaseId: row.id,
    at: sayInstant(row.createdAt),
    type: [...types].join(', '),
    name: row.priced.lines.map(({ name }) => name).join(', '),
    credits: formatCredits(row.credits, decimals),
    total: { amount: row.total, currency },
    returned: { amount: row.returned, currency },
    status: row.status,
    label: LABELS[row.status],
    ...{ gateway: row.gateway, paymentId: row.paymentId, orderId: row.orderId },
    checkoutUrl: actions.includes('pay') ? row.checkoutUrl : null,
    actions,
  }
}
