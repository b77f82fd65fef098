/** A sixth product needs a file and no code: a catalog written on the spot, unlike any of the five. */
import { expect, test } from 'vitest'
import { describeCatalog } from './product.ts'

const CATALOG = `
scrip: 1
product: Lingua
keyPrefix: li
currency: EUR
credit: { one: page, many: pages, decimals: 2 }
newAccounts: { credits: 2.5, expires: 14 days }
plans:
  team: { name: Team, price: 49.00 EUR, every: quarter, credits: 300, rollover: { window: 45 days } }
  desk: { name: Desk, price: 9.00 EUR, every: month, credits: 40, rollover: reset }
packs:
  ten: { name: Ten pages, credits: 10, price: 5.00 EUR, expires: 2 years }
actions:
  document.translate:
    name: Translation
    price:
      - { credits: [{ upTo: 100, credits: 1 }, { credits: 0.75 }], per: pages }
      - { credits: 0.25, per: pages, when: { review: human }, name: Review }
    minimum: 1.5
    quantities: { pages: { name: Pages, minimum: 1, maximum: 1000 } }
    options: { review: { name: Review, values: [none, human], default: none } }
subjects:
  document: { name: Document }
`

describeCatalog(
  'lingua',
  async () => CATALOG,
  '2026-02-01T00:00:00Z',
  (product) => {
    const translate = (accountId: string, pages: number, review = 'none') =>
      product.charge(accountId, 'document.translate', { quantities: { pages }, options: { review } })

    test('It charges by its own price, in its own decimals.', async () => {
      const id = await product.customer({ plan: 'team' })
      const charge = await translate(id, 120, 'human')
      expect(charge).toMatchObject({ credits: 145, balance: 157.5 })
      expect(charge.lines).toMatchObject([{ credits: 115 }, { name: 'Review', credits: 30 }])
      expect(await translate(id, 1)).toMatchObject({ credits: 1.5, balance: 156 })
    })

    test('It refills by its own plan, and its credits live as long as the plan says.', async () => {
      const id = await product.customer({ plan: 'team' })
      expect((await product.credits(id)).nextRefill).toMatchObject({
        at: '2026-05-01T00:00:00.000Z',
        credits: 300,
      })
      await product.to(id, '2026-05-01T00:00:00Z')
      expect(await product.credits(id)).toMatchObject({
        balance: 600,
        expired: 2.5,
        nextExpiry: { at: '2026-06-15T00:00:00.000Z', credits: 300 },
      })
    })

    test('It refuses what is not affordable, and says what would help.', async () => {
      const id = await product.customer({ plan: 'desk', subscription: 4.25 })
      const refused = await product.refused(id, 'document.translate', { quantities: { pages: 12 } })
      expect(refused).toMatchObject({
        code: 'insufficient_credits',
        required: 12,
        available: 6.75,
        missing: 5.25,
      })
      expect(refused.remedies).toMatchObject([
        { kind: 'reduce', quantity: 'pages', max: 6, credits: 6, suffices: true, title: '6 pages (6 pages)' },
        { kind: 'wait', at: '2026-03-01T00:00:00.000Z', credits: 40, suffices: true },
        {
          kind: 'buyPack',
          pack: 'ten',
          credits: 10,
          price: { amount: 500, currency: 'EUR' },
          suffices: true,
        },
        { kind: 'changePlan', plan: 'team', credits: 300, suffices: true },
      ])
      expect((await translate(id, 6)).balance).toBe(0.75)
    })

    test('Its customers’ keys begin with its own prefix and read its balance.', async () => {
      const id = await product.account()
      const { key } = await product.ok('POST', '/keys', { accountId: id, name: 'own' })
      expect(key).toMatch(/^li_test_sk_/)
      expect((await product.get('/account/credits', key)).body.balance).toBe(2.5)
    })

    test('What is always true of a ledger is true of this one.', async () => {
      expect(await product.violations()).toEqual([])
    })
  },
)
