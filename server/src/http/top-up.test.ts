import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeOnEachDatabase, describeOnPostgres } from '../../../tests/support/databases.ts'
import { runJobs } from '../jobs/jobs.ts'
import { topUpAutomatically } from '../jobs/top-up-automatically.job.ts'
import type { Installation } from '../operations/installation.ts'
import { openScrip } from '../scrip.ts'
import { type Api, serveProject } from './api-under-test.ts'

const CATALOG = `
scrip: 1
product: Shop
currency: [USD, INR]
newAccounts: { plan: payg, credits: 150 }
plans:
  payg: { name: Pay as you go }
topUp: { pricePerCredit: [0.02 USD, 1.50 INR], minimum: 1000, step: 100 }
taxes:
  - { currency: USD, name: VAT, percent: 20 }
actions:
  image: { price: 1 }
`
/** 1,000 credits, tax included. */
const ONE = 2_400

interface Attempt {
  readonly status: string
  readonly credits: number
  readonly code: string | null
}

/** What every test of top-ups does to accounts of its own. */
function shopOf(give: () => Api) {
  let count = 0
  const shop = {
    async account(card: 'pay' | 'payWithDecliningCard' = 'pay', top = {}): Promise<string> {
      const id = `org_${++count}`
      await give().ok('PUT', `/accounts/${id}`, {})
      await shop.saveCard(id, card)
      await shop.put(id, top)
      return id
    },
    /** Pays 1,000 credits with it, and spends them. */
    async saveCard(accountId: string, card: string): Promise<void> {
      const lines = [{ credits: 1000 }]
      const made = await give().ok('POST', '/purchases', { accountId, lines, saveMethod: true })
      await give().ok('POST', `/purchases/${made.id}/sandbox`, { act: card })
      await shop.spend(accountId, 1000)
    },
    put: (accountId: string, more = {}) =>
      give().ok('PUT', `/accounts/${accountId}/top-up`, {
        threshold: 100,
        amount: 1000,
        monthlyCap: { amount: 10 * ONE, currency: 'USD' },
        ...more,
      }),
    async spend(accountId: string, credits: number): Promise<void> {
      for (let left = credits; left > 0; left -= 1000) {
        const items = Array.from({ length: Math.min(left, 1000) }, () => ({ accountId, action: 'image' }))
        await give().ok('POST', '/charges/batch', { items })
      }
    },
    balance: async (accountId: string): Promise<number> =>
      (await give().ok('GET', `/accounts/${accountId}/credits`)).balance,
    view: (accountId: string) => give().ok('GET', `/accounts/${accountId}/top-up`),
    attempts: async (accountId: string): Promise<string[]> =>
      (await shop.view(accountId)).attempts
        .map(({ status, credits, code }: Attempt) => `${status} ${credits} ${code ?? ''}`.trim())
        .reverse(),
    refusals: async (accountId: string): Promise<string[]> => {
      const { data } = await give().ok('GET', `/events?type=top_up.refused&accountId=${accountId}&order=asc`)
      return data.map((event: { data: { code: string } }) => event.data.code)
    },
    at: (now: string) => give().ok('POST', '/test-clock', { now }),
    work: () => runJobs(give().scrip.house, [topUpAutomatically]),
  }
  return shop
}

describeOnEachDatabase('automatic top-ups', (database) => {
  let api: Api
  const shop = shopOf(() => api)
  beforeAll(async () => {
    api = await serveProject(database(), { catalog: CATALOG })
    await shop.at('2026-03-01T00:00:00Z')
  }, 60_000)
  afterAll(() => api.close())

  test('buy once the balance is at the threshold, and not before', async () => {
    const id = await shop.account()
    await shop.spend(id, 49)
    await shop.work()
    expect(await shop.balance(id)).toBe(101)
    await shop.spend(id, 1)
    await shop.work()
    await shop.work()
    expect(await shop.balance(id)).toBe(1100)
    expect(await shop.attempts(id)).toEqual(['paid 1000'])
    const { data } = await api.ok('GET', `/purchases?accountId=${id}`)
    expect(data[0]).toMatchObject({ status: 'paid', credits: 1000, total: { amount: ONE, currency: 'USD' } })
    expect(await shop.view(id)).toMatchObject({
      status: 'active',
      spentThisMonth: { amount: ONE, currency: 'USD' },
    })
  })

  test('buy whole increments, as many as end above the threshold', async () => {
    const id = await shop.account('pay', { threshold: 2500 })
    await shop.work()
    expect(await shop.balance(id)).toBe(150 + 3000)
    expect(await shop.attempts(id)).toEqual(['paid 3000'])
  })

  test('ask a card that declines three times and no more, an hour and a day apart, and each is told', async () => {
    const id = await shop.account('payWithDecliningCard')
    await shop.spend(id, 50)
    await shop.work()
    await shop.work()
    expect(await shop.attempts(id)).toEqual(['declined 1000 payment_declined'])
    await shop.at('2026-03-01T00:59:59Z')
    await shop.work()
    expect(await shop.attempts(id)).toHaveLength(1)
    await shop.at('2026-03-01T01:00:00Z')
    await shop.work()
    expect(await shop.attempts(id)).toHaveLength(2)
    await shop.at('2026-03-02T01:00:00Z')
    await shop.work()
    for (const day of ['03', '04', '05', '06']) {
      await shop.at(`2026-03-${day}T02:00:00Z`)
      await shop.work()
    }
    const codes = ['payment_declined', 'payment_declined', 'payment_declined', 'declined_too_often']
    expect(await shop.refusals(id)).toEqual(codes)
    expect((await shop.attempts(id)).map((text) => text.split(' ').at(-1))).toEqual(codes)
    expect(await shop.view(id)).toMatchObject({ status: 'stopped', declines: 3 })
    const { data: failed } = await api.ok('GET', `/events?type=purchase.failed&accountId=${id}`)
    expect(failed).toHaveLength(3)
    expect(await shop.balance(id)).toBe(100)
    // The same card again changes nothing; another one does.
    await shop.put(id)
    await shop.work()
    expect(await shop.attempts(id)).toHaveLength(4)
    await shop.saveCard(id, 'pay')
    await shop.put(id, { paymentMethodId: 'sbm_4242' })
    expect(await shop.view(id)).toMatchObject({ status: 'active', declines: 0 })
    await shop.work()
    expect((await shop.attempts(id)).at(-1)).toBe('paid 1000')
  })

  test('go on after a payment that succeeded, whoever made it', async () => {
    const id = await shop.account('payWithDecliningCard')
    await shop.spend(id, 50)
    await shop.work()
    expect(await shop.attempts(id)).toHaveLength(1)
    await shop.at('2026-03-06T02:00:01Z')
    const made = await api.ok('POST', '/purchases', { accountId: id, lines: [{ credits: 1000 }] })
    await api.ok('POST', `/purchases/${made.id}/sandbox`, { act: 'pay' })
    await shop.spend(id, 1000)
    await shop.work()
    // Asked at once again; and as it declined again, the row of declines begins anew.
    expect(await shop.attempts(id)).toHaveLength(2)
    expect(await shop.view(id)).toMatchObject({ status: 'active', declines: 1 })
  })

  test('stay within what a month may cost, say so once, and go on with the next month', async () => {
    const id = await shop.account('pay', { monthlyCap: { amount: 2 * ONE, currency: 'USD' } })
    for (let round = 0; round < 4; round++) {
      await shop.spend(id, Math.max(0, (await shop.balance(id)) - 100))
      await shop.work()
      await shop.at(`2026-03-10T0${round}:00:00Z`)
    }
    expect(await shop.attempts(id)).toEqual(['paid 1000', 'paid 1000', 'refused 1000 monthly_cap_reached'])
    expect(await shop.refusals(id)).toEqual(['monthly_cap_reached'])
    await shop.at('2026-04-01T00:00:00Z')
    await shop.work()
    expect((await shop.attempts(id)).at(-1)).toBe('paid 1000')
    expect(await shop.balance(id)).toBe(1100)
  })

  test('are looked at again at once when the limit is raised', async () => {
    const id = await shop.account('pay', { monthlyCap: { amount: ONE, currency: 'USD' }, threshold: 1200 })
    await shop.work()
    expect(await shop.attempts(id)).toEqual(['refused 2000 monthly_cap_reached'])
    await shop.at('2026-04-01T00:00:01Z')
    await shop.put(id, { threshold: 1200 })
    await shop.work()
    expect((await shop.attempts(id)).at(-1)).toBe('paid 2000')
  })

  test('happen once whatever step a process dies at, and nothing is left in flight', async () => {
    const { house } = api.scrip
    const paid: unknown[] = []
    let died = 0
    for (let step = 1; step <= 8; step++) {
      const id = await shop.account()
      await shop.spend(id, 50)
      const dying = dyingAt(house, step)
      await topUpAutomatically.run(dying, new AbortController().signal).catch(() => died++)
      await database().pool.query(
        "update top_up_attempt set claimed_until = now() where status in ('open', 'paying')",
      )
      await shop.work()
      const { rows } = await database().pool.query<{ count: number }>(
        `select count(*) as count from sandbox_order where purchase_id in (
           select id from purchase where account_id = $1 and project_id = $2) and payment->'facts' @> '[{"kind": "paid"}]'`,
        [id, api.project],
      )
      // The one that saved the card, and the top-up.
      paid.push([await shop.balance(id), rows[0]!.count, await shop.attempts(id)])
    }
    expect(died).toBeGreaterThan(3)
    expect(paid).toEqual(Array.from({ length: 8 }, () => [1100, 2, ['paid 1000']]))
  })

  test('are one at a time: what is in flight is waited for', async () => {
    const id = await shop.account()
    await shop.spend(id, 50)
    await database().pool.query(
      `insert into top_up_attempt (id, project_id, account_id, lane, pool_id, at, credits, total, currency, gateway, method_id, balance,
         status, claimed_until)
       select 'pur_elsewhere', project_id, account_id, lane, pool_id, now(), 1000, 1, 'USD', 'sandbox', 'x', 100, 'paying',
         now() + interval '1 hour' from account where project_id = $1 and account_id = $2`,
      [api.project, id],
    )
    await shop.work()
    expect(await shop.attempts(id)).toEqual(['paying 1000'])
    await database().pool.query("delete from top_up_attempt where id = 'pur_elsewhere'")
  })

  test('are refused where they could not be made: without a card, below the minimum, with a limit below the price', async () => {
    const id = await shop.account()
    const put = (more: object, account = id) =>
      api.call('PUT', `/accounts/${account}/top-up`, {
        body: { threshold: 100, amount: 1000, monthlyCap: { amount: 10 * ONE, currency: 'USD' }, ...more },
      })
    await api.ok('PUT', '/accounts/cardless', {})
    await api.ok('PUT', '/accounts/sharing', { parentId: id })
    expect(await put({}, 'cardless')).toMatchObject({
      status: 422,
      body: { code: 'payment_method_not_found' },
    })
    expect(await put({}, 'sharing')).toMatchObject({ status: 422, body: { code: 'top_up_not_possible' } })
    expect(await put({ paymentMethodId: 'x' })).toMatchObject({
      status: 422,
      body: { code: 'payment_method_not_found', known: ['sbm_4242'] },
    })
    expect(await put({ amount: 10 })).toMatchObject({ status: 422 })
    expect(await put({ amount: 1050 })).toMatchObject({ status: 422 })
    expect(await put({ monthlyCap: { amount: ONE - 1, currency: 'USD' } })).toMatchObject({
      status: 422,
      body: { code: 'top_up_cap_too_low', total: { amount: ONE, currency: 'USD' } },
    })
    expect(await put({ monthlyCap: { amount: 1, currency: 'INR' } })).toMatchObject({
      status: 422,
      body: { code: 'currency_not_offered' },
    })
    expect(await put({ price: 1 })).toMatchObject({ status: 400, body: { code: 'request_malformed' } })
    expect(await put({ threshold: -1 })).toMatchObject({ status: 400 })
    expect(await put({}, 'nobody')).toMatchObject({ status: 404, body: { code: 'account_not_found' } })
  })

  test('end when they are removed, and their attempts stay', async () => {
    const id = await shop.account()
    await shop.spend(id, 50)
    await shop.work()
    expect((await api.call('DELETE', `/accounts/${id}/top-up`)).status).toBe(204)
    await shop.spend(id, 1000)
    await shop.work()
    expect(await shop.balance(id)).toBe(100)
    expect(await api.call('GET', `/accounts/${id}/top-up`)).toMatchObject({
      status: 404,
      body: { code: 'top_up_not_found' },
    })
    await shop.put(id)
    expect(await shop.attempts(id)).toEqual(['paid 1000'])
  })

  test('name means of payment as their owner knows them', async () => {
    const id = await shop.account()
    expect((await api.ok('GET', `/accounts/${id}/payment-methods`)).data).toMatchObject([
      { id: 'sbm_4242', gateway: 'sandbox', label: 'Sandbox card ending 4242' },
    ])
  })
})

/** The same installation, in a process that dies when it asks for its so many-th session. */
function dyingAt(house: Installation, step: number): Installation {
  let asked = 0
  const pool = new Proxy(house.database.pool, {
    get(target, name) {
      const value = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      if (name !== 'connect') return value.bind(target)
      return (...args: unknown[]) => {
        if (++asked >= step) throw new Error('the process died')
        return value.apply(target, args)
      }
    },
  })
  return { ...house, database: { ...house.database, pool } }
}

describeOnPostgres('automatic top-ups by several processes', (database) => {
  let api: Api
  const shop = shopOf(() => api)
  beforeAll(async () => {
    api = await serveProject(database(), { catalog: CATALOG })
  }, 60_000)
  afterAll(() => api.close())

  test('are made once for each pool', async () => {
    const ids: string[] = []
    for (let index = 0; index < 10; index++) {
      const id = await shop.account()
      await shop.spend(id, 50)
      ids.push(id)
    }
    const open = () => openScrip({ database: database(), jobs: false, accountKeyLimit: null })
    const processes = await Promise.all([open(), open(), open()])
    const houses = [api.scrip.house, ...processes.map(({ house }) => house)]
    for (let round = 0; round < 3; round++) {
      await Promise.all(houses.map((house) => runJobs(house, [topUpAutomatically])))
    }
    const found = await Promise.all(ids.map(async (id) => [await shop.balance(id), await shop.attempts(id)]))
    expect(found).toEqual(ids.map(() => [1100, ['paid 1000']]))
    await Promise.all(processes.map((scrip) => scrip.close()))
  })
})
