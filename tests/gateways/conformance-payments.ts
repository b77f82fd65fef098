/** What every gateway promises of orders: paid, not paid, given back, in whatever order it is told. */
import { paymentOf } from '@scrip/core'
import { expect } from 'vitest'
import { GatewayFault, type OrderReport } from '../../server/src/gateways/gateway.ts'
import type { Bench } from './bench.ts'
import { aCheckout, NONSENSE, type SignedWebhook } from './far-side.ts'

export function provePaid({ far, proves, ordered, read, moneyOf }: Bench): void {
  proves('opens one order for a purchase, however often it is asked to', [], async () => {
    const checkout = aCheckout()
    const first = await far().gateway.openCheckout(checkout)
    expect(await far().gateway.openCheckout(checkout)).toEqual(first)
    expect((await far().gateway.openCheckout(aCheckout())).orderId).not.toBe(first.orderId)
  })

  proves('knows nothing of an order that nobody tried to pay', [], async () => {
    const { asked } = await ordered()
    expect(moneyOf(await asked())).toEqual({ status: 'pending', paid: 0, returned: 0 })
  })

  proves(
    'tells of a payment with its purchase, its own id and the money',
    ['is told of payments'],
    async () => {
      const { checkout, orderId, asked } = await ordered()
      await far().pay(orderId)
      const report = await far().gateway.ask(orderId)
      expect(report).toMatchObject({ orderId, purchaseId: checkout.purchaseId })
      expect(moneyOf(await asked())).toEqual({ status: 'paid', paid: 1500, returned: 0 })
      expect((await asked()).counted).toHaveLength(1)
    },
  )

  proves('says the same by its webhook, before anybody asked', ['sends webhooks'], async () => {
    const { checkout, orderId, payment, asked } = await ordered()
    const webhook = await far().pay(orderId)
    const report = await read(webhook)
    expect(report.orderId).toBe(orderId)
    expect([checkout.purchaseId, null]).toContain(report.purchaseId)
    expect(moneyOf(payment(report.facts))).toEqual({ status: 'paid', paid: 1500, returned: 0 })
    expect(payment(report.facts).counted[0]?.paymentId).toBe((await asked()).counted[0]?.paymentId)
  })

  proves(
    'states another amount or currency as it is, which pays for nothing',
    ['takes any amount'],
    async () => {
      for (const money of [
        { amount: 2, currency: 'USD' },
        { amount: 1500, currency: 'EUR' },
      ]) {
        const { orderId, payment } = await ordered()
        const { facts } = await read(await far().pay(orderId, money))
        expect(facts).toContainEqual(expect.objectContaining({ kind: 'paid', money }))
        expect(moneyOf(payment(facts))).toMatchObject({ status: 'pending', paid: 0 })
      }
    },
  )
}

export function proveUnpaid({ far, proves, ordered, read, moneyOf }: Bench): void {
  proves(
    'tells of an attempt that failed, and of the one that went through',
    ['tells of attempts that failed'],
    async () => {
      const { orderId, asked, payment } = await ordered()
      const failed = await far().decline(orderId)
      expect(await asked()).toMatchObject({ status: 'failed', paid: 0, reason: expect.any(String) })
      const paid = await far().pay(orderId)
      const facts = [...(await read(paid)).facts, ...(await read(failed)).facts]
      expect(moneyOf(payment(facts))).toEqual({ status: 'paid', paid: 1500, returned: 0 })
    },
  )

  proves(
    'tells of a page that was closed, which can still be paid',
    ['tells of a page that was closed'],
    async () => {
      const { orderId, asked, payment } = await ordered()
      const closed = await far().close(orderId)
      expect(['abandoned', 'expired']).toContain((await asked()).status)
      const late = await far().pay(orderId)
      const facts = [...(await read(closed)).facts, ...(await read(late)).facts]
      expect(moneyOf(payment(facts))).toEqual({ status: 'paid', paid: 1500, returned: 0 })
    },
  )

  proves('a payment that takes days is pending until it is paid', ['has payments under way'], async () => {
    const { orderId, asked } = await ordered()
    await far().begin(orderId)
    expect(moneyOf(await asked())).toEqual({ status: 'pending', paid: 0, returned: 0 })
    await far().pay(orderId)
    expect(moneyOf(await asked())).toEqual({ status: 'paid', paid: 1500, returned: 0 })
  })
}

export function proveMoneyBack({ far, proves, ordered, read, moneyOf }: Bench): void {
  proves('refunds are told by their running total, whoever made them', ['returns money'], async () => {
    const { orderId, asked } = await ordered()
    await far().pay(orderId)
    const paymentId = (await asked()).counted[0]!.paymentId
    await far().refund(orderId, 300)
    expect((await asked()).returned).toBe(300)
    const money = { amount: 200, currency: 'USD' }
    await far().gateway.refund({ orderId, paymentId }, money, 'refund-1')
    const again = await far().gateway.refund({ orderId, paymentId }, money, 'refund-1')
    expect(again.facts).toContainEqual(
      expect.objectContaining({ kind: 'refunded', paymentId, returned: { amount: 500, currency: 'USD' } }),
    )
    const webhook = await far().refund(orderId, 1000)
    expect((await read(webhook)).facts).toContainEqual(
      expect.objectContaining({ kind: 'refunded', returned: { amount: 1500, currency: 'USD' } }),
    )
    expect(moneyOf(await asked())).toEqual({ status: 'refunded', paid: 1500, returned: 1500 })
  })

  proves(
    'more than is left is not returned, and asking again would not help',
    ['returns money'],
    async () => {
      const { orderId, asked } = await ordered()
      await far().pay(orderId)
      const paymentId = (await asked()).counted[0]!.paymentId
      const above = far().gateway.refund({ orderId, paymentId }, { amount: 1501, currency: 'USD' }, 'above')
      await expect(above).rejects.toMatchObject({ name: 'GatewayFault', retryable: false })
      expect((await asked()).returned).toBe(0)
    },
  )

  for (const won of [true, false]) {
    const title = `tells of a dispute when it opens, and when it is ${won ? 'won' : 'lost'}`
    proves(title, ['sends webhooks', 'returns money'], async () => {
      const { orderId, payment } = await ordered()
      const told = [await read(await far().pay(orderId)), await read(await far().dispute(orderId))]
      const open = payment(told.flatMap(({ facts }) => facts))
      expect(moneyOf(open)).toEqual({ status: 'disputed', paid: 1500, returned: 1500 })
      told.push(await read(await far().endDispute(orderId, won)))
      const ended = payment(told.flatMap(({ facts }) => facts))
      expect(moneyOf(ended)).toEqual(
        won
          ? { status: 'paid', paid: 1500, returned: 0 }
          : { status: 'refunded', paid: 1500, returned: 1500 },
      )
    })
  }

  proves('tells of a lost dispute when it is asked', ['tells of disputes when asked'], async () => {
    const { orderId, asked } = await ordered()
    await far().pay(orderId)
    await far().dispute(orderId)
    expect((await asked()).status).toBe('disputed')
    await far().endDispute(orderId, false)
    expect((await asked()).status).toBe('refunded')
  })
}

export function proveAnyOrder({ far, proves, ordered, read, moneyOf }: Bench): void {
  proves('six events in all their orders end alike', ['sends webhooks', 'returns money'], async () => {
    const { orderId, payment } = await ordered()
    const reports: OrderReport[] = []
    const tell = async (webhook: Promise<SignedWebhook>) => reports.push(await read(await webhook))
    await tell(far().decline(orderId))
    await tell(far().begin(orderId))
    await tell(far().pay(orderId))
    await tell(far().refund(orderId, 300))
    await tell(far().dispute(orderId))
    await tell(far().endDispute(orderId, true))
    const orders = ordersOf(reports)
    expect(orders).toHaveLength(720)
    const ends = new Set(
      orders.map((order) => JSON.stringify(moneyOf(payment(order.flatMap(({ facts }) => facts))))),
    )
    expect([...ends]).toEqual([JSON.stringify({ status: 'paid', paid: 1500, returned: 300 })])
  })
}

export function proveCards({ far, proves, ordered, moneyOf }: Bench): void {
  proves(
    'charges a card that was kept, once for a purchase, and tells when it is declined',
    ['keeps cards'],
    async () => {
      const { orderId } = await ordered({ savesMethod: true })
      await far().pay(orderId)
      const { savedMethod } = await far().gateway.ask(orderId)
      expect(savedMethod).toMatchObject({
        id: expect.any(String),
        label: expect.stringMatching(/ending \d{4}$/),
      })
      const checkout = aCheckout()
      const charge = () => far().gateway.chargeSaved!(checkout, savedMethod!)
      const charged = await charge()
      expect(charged).toMatchObject({ purchaseId: checkout.purchaseId })
      expect(moneyOf(paymentOf(checkout.total, charged.facts, false))).toMatchObject({
        status: 'paid',
        paid: 1500,
      })
      expect(await charge()).toEqual(charged)
      expect((await far().gateway.ask(charged.orderId)).facts).toHaveLength(1)
      const other = aCheckout()
      const declined = await far().gateway.chargeSaved!(other, far().decliningCard(savedMethod!))
      expect(paymentOf(other.total, declined.facts, false)).toMatchObject({ status: 'failed', paid: 0 })
    },
  )
}

export function proveFaults({ far, proves, ordered }: Bench): void {
  for (const health of ['down', 'slow', ...NONSENSE] as const) {
    proves(
      `${health}: is a fault that may pass, and nothing is known`,
      ['is reached over a network'],
      async () => {
        const { orderId } = await ordered()
        far().be(health)
        const attempts = await Promise.allSettled([
          far().gateway.openCheckout(aCheckout()),
          far().gateway.ask(orderId),
          far().gateway.refund(
            { orderId, paymentId: 'pay_1' },
            { amount: 1, currency: 'USD' },
            `key ${health}`,
          ),
        ])
        far().be('well')
        for (const attempt of attempts) {
          expect(attempt).toMatchObject({
            status: 'rejected',
            reason: { name: 'GatewayFault', retryable: true },
          })
          expect((attempt as PromiseRejectedResult).reason).toBeInstanceOf(GatewayFault)
        }
      },
    )
  }
}

function ordersOf<T>(list: readonly T[]): T[][] {
  if (list.length === 0) return [[]]
  return list.flatMap((one, index) =>
    ordersOf(list.filter((_, place) => place !== index)).map((rest) => [one, ...rest]),
  )
}
