/** How each write about gateways, invoices and automatic top-ups is asked, for the tests of all writes. */
import { type Api, CATALOG } from './api-under-test.ts'

const GATEWAY = { secretKey: 'sk_test_51Nx0123456789abcd', webhookSecret: 'whsec_0123456789abcdwxyz' }
const PARTY = {
  name: 'Shop GmbH',
  address: { lines: ['Hauptstr. 1'], city: 'Berlin', postcode: '10115', country: 'DE' },
}
const TOP_UP = { threshold: 100, amount: 1000, monthlyCap: { amount: 9000, currency: 'USD' } }

/** One that says nothing of payments, so that trying it again handles it. */
async function eventOf({ scrip, project }: Api, account: string): Promise<string> {
  const id = `gwe_${account}`
  await scrip.house.database.pool.query(
    `insert into gateway_event (project_id, gateway, event_id, id, type, at, due_at, received_at)
     values ($1, 'sandbox', $2, $2, 'other', '2026-01-01', '2026-01-01', '2026-01-01')`,
    [project, id],
  )
  return id
}

/** The catalog sells credits from now on, and the account has a means of payment saved. */
async function payer(api: Api, accountId: string): Promise<string> {
  const catalog = `${CATALOG}topUp: { pricePerCredit: [0.02 USD, 0.02 EUR], minimum: 1000 }\n`
  const applied = await api.call('PUT', '/catalog', { body: catalog })
  if (applied.status >= 300) throw new Error(applied.text)
  const lines = [{ pack: 'small' }]
  const { id } = await api.ok('POST', '/purchases', { accountId, lines, saveMethod: true })
  await api.ok('POST', `/purchases/${id}/sandbox`, { act: 'pay' })
  return `/accounts/${accountId}/top-up`
}

export const BILLING_WRITES = {
  'put-gateway': () => ({
    path: '/gateways/stripe',
    body: GATEWAY,
    other: { ...GATEWAY, webhookSecret: 'whsec_0123456789abcdefgh' },
  }),
  'retry-gateway-event': async (api: Api, account: string) => ({
    path: `/gateway-events/${await eventOf(api, account)}/retry`,
  }),
  'put-seller': (_api: Api, account: string) => ({
    path: '/project/seller',
    body: { ...PARTY, note: account },
    other: PARTY,
  }),
  'put-billing-details': (_api: Api, account: string) => ({
    path: `/accounts/${account}/billing-details`,
    body: PARTY,
    other: { ...PARTY, name: 'Another' },
  }),
  'put-top-up': async (api: Api, account: string) => ({
    path: await payer(api, account),
    body: TOP_UP,
    other: { ...TOP_UP, threshold: 90 },
  }),
  'remove-top-up': async (api: Api, account: string) => {
    const path = await payer(api, account)
    await api.ok('PUT', path, TOP_UP)
    return { path }
  },
}
