import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import { type Api, serveProject } from '../http/api-under-test.ts'
import { runJobs } from '../jobs/jobs.ts'
import { tellCustomers } from '../jobs/tell-customers.job.ts'

const CATALOG = `
scrip: 1
product: Shop
keyPrefix: shp
currency: [EUR]
credit: { decimals: 1 }
plans: { free: { name: Free }, pro: { name: Pro, term: 365 days, credits: 10 } }
packs: { small: { name: Small, credits: 1000, price: 15.00 EUR } }
alerts: { remaining: [20] }
actions: { image: { price: { credits: 1, per: images } } }
`

describeOnEachDatabase('notices', (database) => {
  let api: Api
  let count = 0

  beforeAll(async () => {
    api = await serveProject(database(), { catalog: CATALOG })
  }, 60_000)
  afterAll(() => api.close())

  const tell = () => runJobs(api.scrip.house, [tellCustomers])
  const lowAccount = async (): Promise<string> => {
    const id = `org${++count}`
    await api.ok('PUT', `/accounts/${id}`, {})
    await api.ok('POST', '/grants', { accountId: id, credits: 30.5 })
    await api.ok('POST', '/charges', { accountId: id, action: 'image', quantities: { images: 20 } })
    await tell()
    return id
  }
  const notices = (id: string, query = '') => api.ok('GET', `/accounts/${id}/notices${query}`)

  test('low credits and a failed payment are notices, unread until somebody has seen them', async () => {
    const id = await lowAccount()
    const { id: purchase } = await api.ok('POST', '/purchases', { accountId: id, lines: [{ pack: 'small' }] })
    await api.ok('POST', `/purchases/${purchase}/sandbox`, { act: 'decline' })
    await tell()
    const told = await notices(id)
    expect(told.unreadCount).toBe(2)
    expect(told.data).toMatchObject([
      {
        type: 'purchase.failed',
        read: false,
        purchaseId: purchase,
        total: { amount: 1500, currency: 'EUR' },
      },
      { type: 'credits.low', read: false, balance: 10.5, threshold: 20 },
    ])
  })

  test('the end of a plan that is renewed by hand is told 60 and 30 days before, also after a time without anybody', async () => {
    const later = await serveProject(database(), { catalog: CATALOG })
    await later.ok('POST', '/test-clock', { now: '2026-01-01T00:00:00Z' })
    await later.ok('PUT', '/accounts/org', {})
    await later.ok('PUT', '/accounts/org/subscription', { plan: 'pro' })
    await later.ok('POST', '/test-clock', { now: '2027-06-01T00:00:00Z' })
    await runJobs(later.scrip.house, [tellCustomers])
    const end = { plan: 'pro', endsAt: '2027-01-01T00:00:00.000Z' }
    const { data } = await later.ok('GET', '/events?type=subscription.expiring&order=asc')
    expect(data).toMatchObject([
      { timestamp: '2026-11-02T00:00:00.000Z', accountId: 'org', data: end },
      { timestamp: '2026-12-02T00:00:00.000Z', accountId: 'org', data: end },
    ])
    const notices = (await later.ok('GET', '/accounts/org/notices?order=asc')).data
    const told = notices.filter(({ type }: { type: string }) => type === 'subscription.expiring')
    expect(told).toMatchObject([end, end])
    await later.close()
  })

  test('each user has seen its own, one by one or all so far', async () => {
    const id = await lowAccount()
    const { id: purchase } = await api.ok('POST', '/purchases', { accountId: id, lines: [{ pack: 'small' }] })
    await api.ok('POST', `/purchases/${purchase}/sandbox`, { act: 'decline' })
    await tell()
    const { data } = await notices(id)
    await api.ok('POST', `/accounts/${id}/notices/read`, { userId: 'ada', ids: [data[0].id] })
    expect((await notices(id, '?userId=ada')).data.map(({ read }: { read: boolean }) => read)).toEqual(
      data.map((_: unknown, place: number) => place === 0),
    )
    expect((await notices(id, '?userId=ada')).unreadCount).toBe(data.length - 1)
    expect((await notices(id, '?userId=ada&unread=true')).data).toHaveLength(data.length - 1)
    expect((await notices(id, '?userId=bob')).unreadCount).toBe(data.length)
    await api.ok('POST', `/accounts/${id}/notices/read`, { userId: 'ada' })
    await api.ok('POST', `/accounts/${id}/notices/read`, { userId: 'ada' })
    expect((await notices(id, '?userId=ada')).unreadCount).toBe(0)
    expect((await notices(id)).unreadCount).toBe(data.length)
  })

  test('the pages of the list are the list', async () => {
    const id = await lowAccount()
    const { id: purchase } = await api.ok('POST', '/purchases', { accountId: id, lines: [{ pack: 'small' }] })
    await api.ok('POST', `/purchases/${purchase}/sandbox`, { act: 'decline' })
    await tell()
    const whole = (await notices(id, '?order=asc')).data
    const first = await notices(id, '?order=asc&limit=1')
    const rest = await notices(id, `?order=asc&cursor=${first.nextCursor}`)
    expect([...first.data, ...rest.data]).toEqual(whole)
    expect(rest.nextCursor).toBeNull()
  })

  test('an event is told once, however often and by how many it is looked at', async () => {
    const id = await lowAccount()
    await Promise.all([tell(), tell(), tell()])
    await database().pool.query('update notice_cursor set position = 0 where project_id = $1', [api.project])
    await tell()
    expect((await notices(id)).data).toHaveLength(1)
  })

  test('an account or a user that wants no notices of a topic gets none', async () => {
    const id = `org${++count}`
    await api.ok('PUT', `/accounts/${id}`, {})
    await api.ok('PUT', `/accounts/${id}/notifications`, {
      topics: { low: { notice: false } },
      users: [{ userId: 'bob', topics: { restored: { notice: false }, exhausted: { notice: false } } }],
    })
    await api.ok('POST', '/grants', { accountId: id, credits: 30 })
    const spend = (images: number) =>
      api.ok('POST', '/charges', { accountId: id, action: 'image', quantities: { images } })
    await spend(15)
    await spend(15)
    await tell()
    expect((await notices(id)).data.map(({ type }: { type: string }) => type)).toEqual(['credits.exhausted'])
    expect(await notices(id, '?userId=bob')).toMatchObject({ data: [], unreadCount: 0 })
  })

  test('an account’s own key reads its notices and no other’s', async () => {
    const id = await lowAccount()
    const { key } = await api.ok('POST', '/keys', { accountId: id })
    expect((await api.call('GET', `/accounts/${id}/notices`, { key })).body.data).toHaveLength(1)
    const other = await lowAccount()
    expect((await api.call('GET', `/accounts/${other}/notices`, { key })).status).toBe(404)
    const another = await api.another('another')
    expect((await another.call('GET', `/accounts/${id}/notices`)).status).toBe(404)
  })
})
