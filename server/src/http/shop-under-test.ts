/** A shop that sells by the sandbox, for tests of buying: its customers, their orders, and what becomes of them. */
import type { Database } from '../database/database.ts'
import { type Answered, type Api, serveProject } from './api-under-test.ts'

export const SHOP_CATALOG = `
scrip: 1
product: Shop
keyPrefix: shp
currency: [USD, INR]
newAccounts: { plan: trial, credits: 150 }
plans:
  trial: { name: Trial }
  payg: { name: Pay as you go }
  pro: { name: Pro, price: [49.00 USD, 4000.00 INR], every: month, credits: 500 }
packs:
  small: { name: Small, credits: 100, price: [15.00 USD, 1200.00 INR] }
topUp:
  pricePerCredit: [0.02 USD, 1.50 INR]
  minimum: 1000
  step: 100
  movesTo: payg
taxes:
  - { currency: INR, name: GST, percent: 18 }
promotions:
  ONCE: { percent: 50, uses: 1 }
  EACH: { amount: 1.00 USD, usesPerAccount: 1 }
actions:
  image: { price: 1 }
`

type Body = Answered['body']

export interface Shop {
  readonly api: Api
  /** A new customer, with 150 credits. */
  account(fields?: object): Promise<string>
  /** Orders a small pack, or what is named. */
  buy(accountId: string, more?: object): Promise<Body>
  /** What a customer and a bank would do, in the sandbox. */
  act(purchaseId: string, what: string): Promise<Body>
  balance(accountId: string): Promise<number>
  /** The purchase events of an account, in their order. */
  events(accountId: string): Promise<string[]>
}

export async function openShop(database: Database): Promise<Shop> {
  const api = await serveProject(database, { catalog: SHOP_CATALOG })
  let count = 0
  return {
    api,
    async account(fields = {}) {
      const id = `org_${++count}`
      await api.ok('PUT', `/accounts/${id}`, fields)
      return id
    },
    buy: (accountId, more = { lines: [{ pack: 'small' }] }) =>
      api.ok('POST', '/purchases', { accountId, ...more }),
    act: (id, what) => api.ok('POST', `/purchases/${id}/sandbox`, { act: what }),
    balance: async (accountId) => (await api.ok('GET', `/accounts/${accountId}/credits`)).balance,
    async events(accountId) {
      const { data } = await api.ok('GET', `/events?accountId=${accountId}&order=asc&limit=200`)
      const types: string[] = data.map(({ type }: { type: string }) => type)
      return types.filter((type) => type.startsWith('purchase.'))
    },
  }
}
