/** How each write of buying is asked, for the tests that try every write of the API. */
import type { Api } from './api-under-test.ts'

const LINES = [{ pack: 'small' }]

async function sold(api: Api, accountId: string, more: object): Promise<string> {
  return (await api.ok('POST', '/purchases', { accountId, lines: LINES, ...more })).id
}

const PRICE = { price: { amount: 1500, currency: 'USD' } }

export const PURCHASE_WRITES = {
  'create-purchase': (_api: Api, accountId: string) => ({
    path: '/purchases',
    body: { accountId, lines: LINES },
    other: { accountId, lines: [...LINES, ...LINES] },
  }),
  'recheck-purchase': async (api: Api, account: string) => ({
    path: `/purchases/${await sold(api, account, {})}/recheck`,
  }),
  'confirm-purchase': async (api: Api, account: string) => ({
    path: `/purchases/${await sold(api, account, { gateway: 'manual', ...PRICE })}/confirm`,
    body: { reference: 'T1' },
    other: { reference: 'T2' },
  }),
  'decline-purchase': async (api: Api, account: string) => ({
    path: `/purchases/${await sold(api, account, { gateway: 'manual' })}/decline`,
    body: { reason: 'no' },
    other: { reason: 'another' },
  }),
  'offer-purchase': async (api: Api, account: string) => ({
    path: `/purchases/${await sold(api, account, { gateway: 'manual' })}/offer`,
    body: PRICE,
    other: { price: { amount: 1400, currency: 'USD' } },
  }),
  'refund-purchase': async (api: Api, account: string) => ({
    path: `/purchases/${await sold(api, account, { gateway: 'manual', paid: { reference: 'T1' } })}/refund`,
    body: { amount: 500 },
    other: { amount: 400 },
  }),
  'act-in-sandbox': async (api: Api, account: string) => ({
    path: `/purchases/${await sold(api, account, {})}/sandbox`,
    body: { act: 'pay' },
    other: { act: 'decline' },
  }),
}
