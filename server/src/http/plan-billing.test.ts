import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeOnEachDatabase, describeOnPostgres } from '../../../tests/support/databases.ts'
import { advanceDuePools } from '../jobs/advance-due-pools.job.ts'
import { billPlans } from '../jobs/bill-plans.job.ts'
import { runJobs } from '../jobs/jobs.ts'
import { reconcilePurchases } from '../jobs/reconcile-purchases.job.ts'
import type { Installation } from '../operations/installation.ts'
import { openScrip } from '../scrip.ts'
import { type Api, serveProject } from './api-under-test.ts'

const CATALOG = `
scrip: 1
product: Shop
currency: [USD, EUR]
gateway: { EUR: manual }
newAccounts: { plan: payg }
plans:
  payg: { name: Pay as you go }
  gratis: { name: Gratis, every: month, credits: 5 }
  pro: { name: Pro, price: [10.00 USD, 9.00 EUR], every: month, credits: 100 }
  once: { name: Once paid, price: 10.00 USD, every: month, credits: 100, refill: whenPaid }
  term: { name: Term, price: 50.00 USD, every: month, term: 1 month, credits: 100 }
topUp: { pricePerCredit: 0.02 USD, minimum: 1 }
taxes:
  - { currency: USD, name: VAT, percent: 20 }
actions:
  image: { price: 1 }
`
const PRICE = { amount: 1_200, currency: 'USD' }
const START = '2026-03-01T00:00:00Z'

interface Purchase {
  readonly id: string
  readonly status: string
}

/** What every test of bills does to an account of its own, under a clock of its own. */
function shopOf(give: () => Api) {
  let count = 0
  const shop = {
    /** With a plan that was bought, and the card it was paid with kept, where one is named. */
    async buyer(card: 'pay' | 'payWithDecliningCard' | null = 'pay', plan = 'pro'): Promise<string> {
      const id = `org_${++count}`
      await give().ok('PUT', `/accounts/${id}`, { timeZone: 'UTC' })
      await shop.at(id, START)
      await shop.buy(id, card ?? 'pay', { lines: [{ plan }], saveMethod: card !== null })
      return id
    },
    async buy(accountId: string, act: string, order: object): Promise<void> {
      const made = await give().ok('POST', '/purchases', { accountId, ...order })
      await give().ok('POST', `/purchases/${made.id}/sandbox`, { act })
    },
    at: (id: string, now: string) => give().ok('POST', '/test-clock', { accountId: id, now }),
    work: () => runJobs(give().scrip.house, [advanceDuePools, billPlans]),
    /** The clock goes to an instant, and then what is due is done. */
    async on(id: string, now: string): Promise<void> {
      await shop.at(id, now)
      await shop.work()
    },
    plan: (id: string) => give().ok('GET', `/accounts/${id}/subscription`),
    status: async (id: string): Promise<string> => (await shop.plan(id)).status,
    balance: async (id: string): Promise<number> =>
      (await give().ok('GET', `/accounts/${id}/credits`)).balance,
    /** All but the first, which bought the plan. */
    async bills(id: string): Promise<Purchase[]> {
      const { data } = await give().ok('GET', `/purchases?accountId=${id}&order=asc`)
      return data.slice(1)
    },
    states: async (id: string) => (await shop.bills(id)).map(({ status }) => status),
  }
  return shop
}

describeOnEachDatabase('a plan that was bought', (database) => {
  let api: Api
  const shop = shopOf(() => api)
  beforeAll(async () => {
    api = await serveProject(database(), { catalog: CATALOG })
    await api.ok('POST', '/test-clock', { now: START })
  }, 60_000)
  afterAll(() => api.close())

  test('is billed once when its next period begins, at its price with tax, and has one refill', async () => {
    const id = await shop.buyer()
    await shop.on(id, '2026-03-31T23:59:59Z')
    expect(await shop.states(id)).toEqual([])
    await shop.on(id, '2026-04-01T00:00:00Z')
    await shop.work()
    const [bill, ...more] = await shop.bills(id)
    expect(bill).toMatchObject({
      status: 'paid',
      total: PRICE,
      credits: 0,
      lines: [{ type: 'plan', plan: 'pro' }],
      metadata: { automatic: 'renewal' },
    })
    expect(more).toEqual([])
    expect(await shop.status(id)).toBe('active')
    const { data } = await api.ok('GET', `/accounts/${id}/transactions?type=refill`)
    expect(data).toHaveLength(2)
    await shop.on(id, '2026-05-01T00:00:00Z')
    expect(await shop.states(id)).toEqual(['paid', 'paid'])
  })

  test('has a bill that is refunded as any purchase is', async () => {
    const id = await shop.buyer()
    await shop.on(id, '2026-04-01T00:00:00Z')
    const [bill] = await shop.bills(id)
    const before = await shop.balance(id)
    const returned = await api.ok('POST', `/purchases/${bill?.id}/refund`, {})
    expect(returned).toMatchObject({ status: 'refunded', returned: PRICE })
    await shop.work()
    expect([await shop.states(id), await shop.balance(id)]).toEqual([['refunded'], before])
  })

  test('that was not looked at for ninety days is billed for the present period alone', async () => {
    const id = await shop.buyer()
    await shop.on(id, '2026-06-15T00:00:00Z')
    await shop.work()
    expect(await shop.states(id)).toEqual(['paid'])
    expect(await shop.status(id)).toBe('active')
  })

  test('is past due after a decline, asked for a day, two and three days later, and unpaid after its grace', async () => {
    const id = await shop.buyer('payWithDecliningCard')
    await shop.on(id, '2026-04-01T00:00:00Z')
    await shop.work()
    expect(await shop.states(id)).toEqual(['failed'])
    expect(await shop.plan(id)).toMatchObject({
      status: 'past_due',
      pastDueSince: '2026-04-01T00:00:00.000Z',
    })
    await shop.on(id, '2026-04-01T23:59:59Z')
    expect(await shop.states(id)).toHaveLength(1)
    const counts: number[] = []
    for (const day of ['02', '03', '04', '05', '06', '07']) {
      await shop.on(id, `2026-04-${day}T00:00:00Z`)
      counts.push((await shop.bills(id)).length)
    }
    expect(counts).toEqual([2, 2, 3, 3, 3, 4])
    await shop.on(id, '2026-04-08T00:00:00Z')
    expect(await shop.status(id)).toBe('unpaid')
    await shop.on(id, '2026-05-02T00:00:00Z')
    expect(await shop.states(id)).toEqual(['failed', 'failed', 'failed', 'failed'])
    // Unpaid it is not billed, and has no refill; buying the plan again pays what is owed.
    const { data } = await api.ok('GET', `/accounts/${id}/transactions?type=refill`)
    expect(data).toHaveLength(2)
    await shop.buy(id, 'pay', { lines: [{ plan: 'pro' }] })
    await shop.work()
    expect(await shop.status(id)).toBe('active')
    expect(await shop.states(id)).toHaveLength(5)
  })

  test('without a saved card waits for a checkout, and is past due when that has run out', async () => {
    const paying = await shop.buyer(null)
    const waiting = await shop.buyer(null)
    await shop.at(waiting, '2026-04-01T00:00:00Z')
    await shop.on(paying, '2026-04-01T00:00:00Z')
    const [bill] = await shop.bills(paying)
    expect(bill).toMatchObject({ status: 'pending', checkoutUrl: expect.stringContaining('/sandbox/') })
    expect(await shop.status(paying)).toBe('active')
    await api.ok('POST', `/purchases/${bill?.id}/sandbox`, { act: 'pay' })
    await shop.work()
    expect(await shop.states(paying)).toEqual(['paid'])
    await shop.at(waiting, '2026-04-02T00:00:00Z')
    const [unpaid] = await shop.bills(waiting)
    await api.ok('POST', `/purchases/${unpaid?.id}/recheck`)
    await shop.work()
    expect(await shop.states(waiting)).toEqual(['expired', 'pending'])
    expect(await shop.status(waiting)).toBe('past_due')
    const next = (await shop.bills(waiting))[1]
    await api.ok('POST', `/purchases/${next?.id}/sandbox`, { act: 'pay' })
    expect(await shop.status(waiting)).toBe('active')
  })

  test('that refills once paid has its refill with the payment, and no second one', async () => {
    const id = await shop.buyer('payWithDecliningCard', 'once')
    await shop.on(id, '2026-04-01T00:00:00Z')
    await shop.work()
    expect([await shop.status(id), await shop.balance(id)]).toEqual(['past_due', 0])
    await shop.buy(id, 'pay', { lines: [{ plan: 'once' }] })
    await shop.work()
    expect([await shop.status(id), await shop.balance(id)]).toEqual(['active', 100])
    const paid = await shop.buyer('pay', 'once')
    await shop.on(paid, '2026-04-01T00:00:00Z')
    await shop.work()
    expect([await shop.status(paid), await shop.states(paid)]).toEqual(['active', ['paid']])
    const { data } = await api.ok('GET', `/accounts/${paid}/transactions?type=refill`)
    expect(data).toHaveLength(2)
  })

  test('that was cancelled, has a fixed term or is paused is not billed', async () => {
    const [cancelled, paused] = [await shop.buyer(), await shop.buyer()]
    const term = await shop.buyer('pay', 'term')
    await api.ok('DELETE', `/accounts/${cancelled}/subscription`)
    await api.ok('POST', `/accounts/${paused}/subscription/pause`)
    for (const id of [cancelled, paused, term]) await shop.on(id, '2026-06-15T00:00:00Z')
    const bills = await Promise.all([cancelled, paused, term].map(shop.states))
    expect(bills).toEqual([[], [], []])
  })

  test('is not what the product bills itself, nor what costs nothing', async () => {
    const ids = ['own_pro', 'own_gratis']
    for (const id of ids) {
      await api.ok('PUT', `/accounts/${id}`, {})
      await shop.at(id, START)
      await api.ok('PUT', `/accounts/${id}/subscription`, { plan: id.slice(4) })
      await shop.on(id, '2026-06-15T00:00:00Z')
      expect((await api.ok('GET', `/purchases?accountId=${id}`)).data).toEqual([])
    }
  })

  test('sold by invoice is billed by one that is to be paid within the days of grace', async () => {
    const id = 'by_invoice'
    await api.ok('PUT', `/accounts/${id}`, { currency: 'EUR', timeZone: 'UTC' })
    await shop.at(id, '2026-05-01T00:00:00Z')
    const lines = [{ plan: 'pro' }]
    const price = { amount: 900, currency: 'EUR' }
    await api.ok('POST', '/purchases', {
      accountId: id,
      lines,
      gateway: 'manual',
      price,
      paid: { reference: 'a' },
    })
    await shop.on(id, '2026-06-01T00:00:00Z')
    const [bill] = await shop.bills(id)
    expect(bill).toMatchObject({ status: 'pending', gateway: 'manual', dueAt: '2026-06-08T00:00:00.000Z' })
    await shop.at(id, '2026-06-08T00:00:00Z')
    await database().pool.query("update plan_bill set claimed_until = now() where status = 'paying'")
    await shop.work()
    expect([await shop.status(id), await shop.states(id)]).toEqual(['past_due', ['pending']])
    await api.ok('POST', `/purchases/${bill?.id}/confirm`, { reference: 'b' })
    expect([await shop.status(id), await shop.states(id)]).toEqual(['active', ['paid']])
  })

  test('is billed once whatever step a process dies at', async () => {
    const { house } = api.scrip
    const found: unknown[] = []
    let died = 0
    for (let step = 1; step <= 16; step++) {
      const id = await shop.buyer(step % 2 === 0 ? 'pay' : 'payWithDecliningCard')
      await shop.at(id, '2026-06-01T00:00:00Z')
      await billPlans.run(dyingAt(house, step), new AbortController().signal).catch(() => died++)
      await database().pool.query(
        "update plan_bill set claimed_until = now() where status in ('open', 'paying')",
      )
      await database().pool.query('update plan_billing set next_at = to_timestamp(0), version = version + 1')
      await shop.work()
      await shop.work()
      found.push([await shop.states(id), await shop.status(id)])
    }
    expect(died).toBeGreaterThan(8)
    expect(found).toEqual(
      Array.from({ length: 16 }, (_, step) =>
        step % 2 === 1 ? [['paid'], 'active'] : [['failed'], 'past_due'],
      ),
    )
  })

  test('recovers with another card at once, and is billed again with the next period', async () => {
    const id = await shop.buyer('payWithDecliningCard')
    await shop.on(id, '2026-04-01T00:00:00Z')
    await shop.work()
    expect(await shop.status(id)).toBe('past_due')
    await api.ok('POST', '/test-clock', { now: '2026-04-01T06:00:00Z' })
    await shop.buy(id, 'pay', { lines: [{ credits: 50 }], saveMethod: true })
    await shop.work()
    expect(await shop.status(id)).toBe('active')
    expect(await shop.states(id)).toEqual(['failed', 'paid', 'paid'])
    const { data } = await api.ok('GET', `/events?accountId=${id}&type=subscription.recovered`)
    expect(data).toHaveLength(1)
    await shop.on(id, '2026-05-01T00:00:00Z')
    expect(await shop.states(id)).toEqual(['failed', 'paid', 'paid', 'paid'])
  })
})

/** The same installation, in a process that dies at its so many-th use of the database. */
function dyingAt(house: Installation, step: number): Installation {
  let asked = 0
  const pool = new Proxy(house.database.pool, {
    get(target, name) {
      const value = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      if (name !== 'connect' && name !== 'query') return value.bind(target)
      return (...args: unknown[]) => {
        if (++asked >= step) throw new Error('the process died')
        return value.apply(target, args)
      }
    },
  })
  return { ...house, database: { ...house.database, pool } }
}

describeOnPostgres('plans billed by several processes', (database) => {
  let api: Api
  const shop = shopOf(() => api)
  beforeAll(async () => {
    api = await serveProject(database(), { catalog: CATALOG })
    await api.ok('POST', '/test-clock', { now: START })
  }, 60_000)
  afterAll(() => api.close())

  test('have one bill each', async () => {
    const ids: string[] = []
    for (let index = 0; index < 8; index++) {
      const id = await shop.buyer()
      await shop.at(id, '2026-04-01T00:00:00Z')
      ids.push(id)
    }
    const open = () => openScrip({ database: database(), jobs: false, accountKeyLimit: null })
    const processes = await Promise.all([open(), open()])
    const houses = [api.scrip.house, ...processes.map(({ house }) => house)]
    for (let round = 0; round < 3; round++) {
      await Promise.all(houses.map((house) => runJobs(house, [billPlans, reconcilePurchases])))
    }
    expect(await Promise.all(ids.map(shop.states))).toEqual(ids.map(() => ['paid']))
    await Promise.all(processes.map((scrip) => scrip.close()))
  })
})
