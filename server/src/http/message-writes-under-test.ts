/** How each write about notices, mails and exports is asked, for the tests of all writes. */
import type { Api } from './api-under-test.ts'

/** A mail that was given up. */
async function mailOf({ scrip, project }: Api, accountId: string): Promise<string> {
  const id = `mail_${accountId}`
  await scrip.house.database.pool.query(
    `insert into mail (id, project_id, account_id, kind, cause, address, language, data, happened_at, status, reason)
     values ($1, $2, $3, 'low', 'event:1', 'ada@acme.example', 'en', '{}', '2026-01-01', 'given_up', 'Nobody is there.')`,
    [id, project, accountId],
  )
  return id
}

async function noticeOf({ scrip, project }: Api, accountId: string): Promise<void> {
  await scrip.house.database.pool.query(
    `insert into notice (project_id, account_id, at, type, data, cause)
     values ($1, $2, '2026-01-01', 'credits.low', '{}', 'event:1')`,
    [project, accountId],
  )
}

const SCHEDULE = { report: 'usage', every: 'day', deliver: { webhook: true } }

export const MESSAGE_WRITES = {
  'put-notifications': (_api: Api, account: string) => ({
    path: `/accounts/${account}/notifications`,
    body: { addresses: ['a@acme.example'], users: [{ userId: 'ada', topics: { low: { mail: false } } }] },
    other: { addresses: ['b@acme.example'] },
  }),
  'mark-notices-read': async (api: Api, account: string) => {
    await noticeOf(api, account)
    return {
      path: `/accounts/${account}/notices/read`,
      body: { userId: 'ada' },
      other: { userId: 'bob' },
    }
  },
  'send-mail-again': async (api: Api, account: string) => ({
    path: `/mails/${await mailOf(api, account)}/send-again`,
  }),
  'create-export': (_api: Api, accountId: string) => ({
    path: '/exports',
    body: { accountId, report: 'usage' },
    other: { accountId, report: 'transactions' },
  }),
  'put-export-schedule': (_api: Api, accountId: string) => ({
    path: `/export-schedules/${accountId}`,
    body: { accountId, ...SCHEDULE },
    other: { accountId, ...SCHEDULE, every: 'week' },
  }),
  'remove-export-schedule': async (api: Api, accountId: string) => {
    const path = `/export-schedules/${accountId}`
    await api.ok('PUT', path, { accountId, ...SCHEDULE })
    return { path }
  },
}
