/**
 * Whoever reports a payment first, in whatever order, as often as they like, and wherever one of them dies:
 * the purchase ends alike, with its lots made once.
 */
import type { PaymentFact } from '@scrip/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import { purchaseById } from '../database/purchases.sql.ts'
import type { Project } from '../directory/projects.ts'
import { sandboxFacts } from '../gateways/gateways.ts'
import { NO_PAYMENT } from '../gateways/sandbox/sandbox-order.ts'
import { signSandboxEvent } from '../gateways/sandbox/sandbox-webhook.ts'
import type { SettleOptions, Step } from '../operations/purchase-effects.ts'
import { settleLeft } from '../operations/reconcile-purchases.ts'
import { type FactSource, settleFacts, settlePurchase } from '../operations/settle-purchase.ts'
import { openScrip, type Scrip } from '../scrip.ts'
import { type Api, serveProject } from './api-under-test.ts'

const TOTAL = { amount: 1500, currency: 'USD' }

const paid = (paymentId: string, amount = 1500): PaymentFact => ({
  kind: 'paid',
  at: 1000,
  paymentId,
  money: { amount, currency: 'USD' },
})
const refunded = (paymentId: string, amount: number): PaymentFact => ({
  kind: 'refunded',
  at: 2000,
  paymentId,
  returned: { amount, currency: 'USD' },
})
const dispute = (kind: 'disputed' | 'dispute_won', at: number): PaymentFact => ({
  ...{ kind, at, paymentId: 'p1', disputeId: 'd1' },
  money: TOTAL,
})

/** Six that were told of one order: it failed, was closed, was paid, was disputed, won, and a third was returned. */
const SIX: readonly PaymentFact[] = [
  { kind: 'failed', at: 500, paymentId: 'p0', reason: 'card_declined' },
  { kind: 'abandoned', at: 600, paymentId: null, reason: null },
  paid('p1'),
  dispute('disputed', 1100),
  dispute('dispute_won', 1200),
  refunded('p1', 500),
]

describeOnEachDatabase('settling a purchase', (database, kind) => {
  let api: Api
  let project: Project
  let count = 0
  let events = 0

  beforeAll(async () => {
    api = await serveProject(database())
    project = (await api.scrip.house.projects.find(api.project))!
  }, 60_000)
  afterAll(() => api.close())

  const order = async (): Promise<{ account: string; id: string }> => {
    const account = `org_${++count}`
    await api.ok('PUT', `/accounts/${account}`, {})
    const { id } = await api.ok('POST', '/purchases', { accountId: account, lines: [{ pack: 'small' }] })
    return { account, id }
  }
  const settle = (
    id: string,
    facts: readonly PaymentFact[],
    options: SettleOptions & { house?: Scrip['house']; source?: FactSource } = {},
  ) =>
    settleFacts(
      options.house ?? api.scrip.house,
      project,
      id,
      { facts },
      options.source ?? 'webhook',
      options,
    )

  /** All that anybody can see of it, ids and places apart. */
  const seen = async ({ account, id }: { account: string; id: string }) => {
    const {
      status,
      paid: got,
      returned,
      attention,
      failure,
      actions,
      lotIds,
    } = await api.ok('GET', `/purchases/${id}`)
    const { balance } = await api.ok('GET', `/accounts/${account}/credits`)
    return { status, got, returned, attention, failure, actions, lots: lotIds.length, balance }
  }
  const monitor = () => api.ok('GET', '/purchases/monitor')
  const lotsOf = async (id: string): Promise<number> => {
    const { rows } = await database().pool.query<{ count: number }>(
      'select count(*) as count from lot where origin_purchase = $1',
      [id],
    )
    return rows[0]!.count
  }

  const END = {
    status: 'paid',
    got: TOTAL,
    returned: { amount: 500, currency: 'USD' },
    attention: false,
    failure: null,
    actions: ['refund'],
    lots: 1,
    balance: 116.67,
  }

  /** The sandbox tells of one fact, by a signed webhook of its own, as a gateway would. */
  const webhook = async (id: string, fact: PaymentFact): Promise<void> => {
    const { secret } = sandboxFacts(api.scrip.house, project)
    const { orderId } = await api.ok('GET', `/purchases/${id}`)
    const checkout = { total: TOTAL, description: '', returnUrl: null, savesMethod: false, accountId: '' }
    const told = { orderId, purchaseId: id, checkout, payment: NO_PAYMENT }
    const event = { id: `evt_${++events}`, fact }
    const { body, headers } = signSandboxEvent(secret, told, event, Date.now())
    const { status, text } = await api.call('POST', `/gateways/sandbox/webhook/${api.project}`, {
      ...{ body, headers },
      key: null,
    })
    expect(status, text).toBe(200)
  }

  test('six webhooks end alike in whatever order they come, and when they come again under other events', async () => {
    const orders = permutations(SIX)
    const chosen =
      process.env.SCRIP_TESTS_LONG === '1' ? orders : orders.filter((_, index) => index % 36 === 7)
    for (const facts of chosen) {
      const purchase = await order()
      for (const fact of [...facts, ...facts.toReversed()]) await webhook(purchase.id, fact)
      expect(await seen(purchase), facts.map(({ kind: what }) => what).join(', ')).toEqual(END)
      expect(await lotsOf(purchase.id)).toBe(1)
    }
    expect(await monitor()).toEqual({ paidNotGranted: [], grantedNotPaid: [] })
  }, 600_000)

  test('twenty who report it at once make one lot', async () => {
    const purchase = await order()
    await Promise.all(Array.from({ length: 20 }, () => settle(purchase.id, [paid('p1')])))
    expect(await lotsOf(purchase.id)).toBe(1)
    expect(await seen(purchase)).toMatchObject({ status: 'paid', lots: 1, balance: 150 })
    const { data } = await api.ok('GET', `/events?accountId=${purchase.account}&type=purchase.paid`)
    expect(data).toHaveLength(1)
  })

  describe.each(['facts', 'read', 'placed', 'granted', 'reversed', 'settled'] as const)(
    'whoever dies after “%s”',
    (step) => {
      const dies = (at: Step): SettleOptions => ({
        after: (reached) => {
          if (reached === at) throw new Error(`died after ${at}`)
        },
      })

      test('leaves what another brings to the same end, for a payment', async () => {
        const purchase = await order()
        await expect(settle(purchase.id, [paid('p1')], dies(step))).rejects.toThrow('died')
        const left = await seen(purchase)
        // "Paid" is not shown before its credits are there.
        if (left.status === 'paid') expect(left.balance).toBe(150)
        await settlePurchase(api.scrip.house, project, purchase.id)
        expect(await seen(purchase)).toMatchObject({ status: 'paid', lots: 1, balance: 150 })
        expect(await lotsOf(purchase.id)).toBe(1)
      })

      test('leaves what the job brings to the same end, for a refund', async () => {
        const purchase = await order()
        await settle(purchase.id, [paid('p1')])
        // What is granted is not granted again, so these two are not reached.
        if (step !== 'placed' && step !== 'granted') {
          await expect(settle(purchase.id, [refunded('p1', 500)], dies(step))).rejects.toThrow('died')
        } else await settle(purchase.id, [refunded('p1', 500)])
        await settleLeft(api.scrip.house, -1000)
        expect(await seen(purchase)).toMatchObject({ returned: { amount: 500 }, balance: 116.67 })
      })
    },
  )

  test.each(['read', 'reversed'] as const)(
    'who comes late after “%s” with what is old does not undo what is newer',
    async (step) => {
      const purchase = await order()
      await settle(purchase.id, [paid('p1')])
      // In the middle of the dispute's turn another process hears that it was won, and comes to the end of its own.
      let isFirst = true
      const late: SettleOptions = {
        after: async (reached) => {
          if (reached !== step || !isFirst) return
          isFirst = false
          await settleElsewhere(purchase.id, [dispute('dispute_won', 1200)])
        },
      }
      await settle(purchase.id, [dispute('disputed', 1100)], late)
      expect(await seen(purchase)).toMatchObject({ status: 'paid', returned: { amount: 0 }, balance: 150 })
    },
  )

  const settleElsewhere = async (id: string, facts: readonly PaymentFact[]): Promise<void> => {
    const { house } = api.scrip
    await settleFacts({ ...house }, project, id, { facts }, 'webhook')
  }

  if (kind === 'postgres') {
    test('two processes that report it at once make one lot, and agree on what it is', async () => {
      const other = await openScrip({ database: database(), jobs: false, accountKeyLimit: null })
      for (let round = 0; round < 10; round++) {
        const purchase = await order()
        const houses = [api.scrip.house, other.house]
        const facts = [paid('p1'), paid('p2'), dispute('disputed', 1100), dispute('dispute_won', 1200)]
        await Promise.all(
          facts.flatMap((fact) => houses.map((house) => settle(purchase.id, [fact], { house }))),
        )
        expect(await lotsOf(purchase.id)).toBe(1)
        expect(await seen(purchase)).toMatchObject({ status: 'paid', attention: true, lots: 1, balance: 150 })
      }
      await other.close()
    })
  }

  test('money of another amount or currency is kept and shown, and pays for nothing', async () => {
    const purchase = await order()
    await settle(purchase.id, [paid('p1', 1600)])
    await settle(purchase.id, [
      { kind: 'paid', at: 1, paymentId: 'p2', money: { amount: 1500, currency: 'EUR' } },
    ])
    const read = await api.ok('GET', `/purchases/${purchase.id}`)
    expect(read).toMatchObject({ status: 'pending', attention: true, paid: { amount: 0 } })
    expect(read.payments.map(({ status }: { status: string }) => status)).toEqual(['wrong', 'wrong'])
    expect(await seen(purchase)).toMatchObject({ lots: 0, balance: 50 })
    const { data } = await api.ok('GET', `/events?accountId=${purchase.account}&type=purchase.stuck`)
    expect(data).toHaveLength(1)
  })

  test('the monitor names what is paid and not granted, until it is', async () => {
    const purchase = await order()
    const dies = {
      after: () => {
        throw new Error('died')
      },
    }
    await expect(settle(purchase.id, [paid('p1')], dies)).rejects.toThrow('died')
    expect((await monitor()).paidNotGranted).toMatchObject([{ purchaseId: purchase.id, total: TOTAL }])
    await settlePurchase(api.scrip.house, project, purchase.id)
    expect((await monitor()).paidNotGranted).toEqual([])
  })

  test('the monitor names what is granted and not paid', async () => {
    const purchase = await order()
    const { house } = api.scrip
    const row = (await purchaseById(database().pool, project.id, purchase.id))!
    const place = (await house.accounts.place(project, purchase.account))!
    const { lines, currency } = row.priced
    const command = {
      type: 'purchase',
      accountId: purchase.account,
      purchase: row.id,
      lines,
      currency,
      key: row.id,
    } as const
    await house.ledger.submit(place, command, Date.now())
    expect((await monitor()).grantedNotPaid).toMatchObject([{ purchaseId: purchase.id }])
    // The money, once it is there, mends it: the credits are not given twice.
    await settle(purchase.id, [paid('p1')])
    expect(await lotsOf(purchase.id)).toBe(1)
    expect((await monitor()).grantedNotPaid).toEqual([])
  })

  test('an account that moves to another pool meanwhile has the credits where it is when they are paid', async () => {
    const purchase = await order()
    await api.ok('PUT', '/accounts/parent', {})
    await api.ok('POST', '/adjustments', { accountId: purchase.account, credits: -50, reason: 'moves' })
    await api.ok('PUT', `/accounts/${purchase.account}`, { parentId: 'parent', pool: 'parent' })
    await settle(purchase.id, [paid('p1')])
    expect((await api.ok('GET', '/accounts/parent/credits')).balance).toBe(150)
  })

  test('an account that gets its own id meanwhile is still who bought it', async () => {
    const { id: account } = await api.ok('POST', '/accounts', {})
    const made = await api.ok('POST', '/purchases', { accountId: account, lines: [{ pack: 'small' }] })
    await settle(made.id, [paid('p1')])
    await api.ok('PATCH', `/accounts/${account}`, { id: `${account}_own` })
    expect(await api.ok('GET', `/purchases/${made.id}`)).toMatchObject({ accountId: `${account}_own` })
    await settle(made.id, [refunded('p1', 1500)])
    expect((await api.ok('GET', `/accounts/${account}_own/credits`)).balance).toBe(50)
    expect(await monitor()).toEqual({ paidNotGranted: [], grantedNotPaid: [] })
  })
})

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item, index) =>
    permutations(items.filter((_, other) => other !== index)).map((rest) => [item, ...rest]),
  )
}
