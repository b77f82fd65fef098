/** How each write of webhooks is asked, for the tests of all writes. */
import type { Api } from './api-under-test.ts'

interface Write {
  readonly path: string
  readonly body?: unknown
  readonly other?: unknown
}

const URL_OF_NOBODY = 'https://example.com/hooks'

async function endpointOf(api: Api): Promise<string> {
  const { id } = await api.ok('POST', '/webhook-endpoints', {
    url: URL_OF_NOBODY,
    types: ['account.created'],
  })
  return `/webhook-endpoints/${id}`
}

export const WEBHOOK_WRITES: Readonly<Record<string, (api: Api, account: string) => Promise<Write> | Write>> =
  {
    'set-told-events': () => ({
      path: '/events/setting',
      body: { journal: false },
      other: { journal: true },
    }),
    'create-webhook-endpoint': () => ({
      path: '/webhook-endpoints',
      body: { url: URL_OF_NOBODY },
      other: { url: `${URL_OF_NOBODY}/other` },
    }),
    'update-webhook-endpoint': async (api) => ({
      path: await endpointOf(api),
      body: { description: 'A' },
      other: { description: 'B' },
    }),
    'delete-webhook-endpoint': async (api) => ({ path: await endpointOf(api) }),
    'rotate-webhook-secret': async (api) => ({
      path: `${await endpointOf(api)}/rotate-secret`,
      body: { overlapSeconds: 60 },
      other: { overlapSeconds: 61 },
    }),
    'redeliver-webhook': async (api, account) => {
      const endpoint = await endpointOf(api)
      const { data } = await api.ok('GET', `/events?accountId=${account}&limit=1`)
      return { path: `${endpoint}/deliveries/${data[0].id}/redeliver` }
    },
    'redeliver-webhook-span': async (api) => ({
      path: `${await endpointOf(api)}/redeliver`,
      body: { from: '2026-01-01' },
      other: { from: '2026-01-02' },
    }),
  }
