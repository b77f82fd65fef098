import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import { type Api, serveProject } from './api-under-test.ts'

describeOnEachDatabase('a test clock', (database) => {
  let api: Api
  let real = Date.UTC(2026, 10, 20, 12)

  beforeAll(async () => {
    api = await serveProject(database(), { scrip: { realTime: () => real } })
  }, 60_000)
  afterAll(() => api.close())

  const move = (body: object) => api.call('POST', '/test-clock', { body })

  test('may begin in the past while nothing has happened, and moves forward only afterwards', async () => {
    expect((await move({ now: '2026-01-31T00:00:00Z' })).body.now).toBe('2026-01-31T00:00:00.000Z')
    await api.ok('PUT', '/accounts/a', {})
    expect(await move({ now: '2026-01-30T00:00:00Z' })).toMatchObject({
      status: 409,
      body: { code: 'time_goes_forward' },
    })
  })

  test('stands where it was put', async () => {
    real += 60_000
    expect(await api.ok('GET', '/test-clock')).toEqual({ now: '2026-01-31T00:00:00.000Z', stands: true })
    const charge = await api.ok('POST', '/charges', { accountId: 'a', action: 'post.publish' })
    expect(charge.at).toBe('2026-01-31T00:00:00.000Z')
  })

  test('brings about everything due on the way, and says what', async () => {
    await api.ok('PUT', '/accounts/a/subscription', { plan: 'basic' })
    const { body } = await move({ advance: '2 months' })
    const refills = body.events.filter(({ type }: { type: string }) => type === 'refill')
    expect(refills.map(({ timestamp }: { timestamp: string }) => timestamp)).toEqual([
      '2026-02-28T00:00:00.000Z',
      '2026-03-31T00:00:00.000Z',
    ])
    expect(refills[0]).toMatchObject({ accountId: 'a', credits: 100 })
    expect(body.events.map(({ type }: { type: string }) => type)).toContain('subscription.refilled')
  })

  test('of one account runs ahead of the project’s, and leaves the others where they are', async () => {
    await api.ok('PUT', '/accounts/ahead', {})
    await api.ok('PUT', '/accounts/ahead/subscription', { plan: 'basic' })
    const moved = await move({ accountId: 'ahead', to: 'nextRefill' })
    expect(moved.body.now).toBe('2026-04-30T00:00:00.000Z')
    expect((await api.ok('GET', '/accounts/ahead/credits')).at).toBe('2026-04-30T00:00:00.000Z')
    expect((await api.ok('GET', '/accounts/a/credits')).at).toBe('2026-03-31T00:00:00.000Z')
    expect(await api.ok('GET', '/test-clock?accountId=ahead')).toMatchObject({
      now: '2026-04-30T00:00:00.000Z',
    })
    expect(await move({ accountId: 'ahead', now: '2026-04-01T00:00:00Z' })).toMatchObject({ status: 409 })
  })

  test('goes to the next expiry of an account', async () => {
    await api.ok('PUT', '/accounts/short', {})
    await api.ok('POST', '/grants', { accountId: 'short', credits: 5, expiresAt: '2026-05-05T00:00:00Z' })
    const { body } = await move({ accountId: 'short', to: 'nextExpiry' })
    expect(body.now).toBe('2026-05-05T00:00:00.000Z')
    expect(body.events).toEqual(
      expect.arrayContaining([expect.objectContaining({ type: 'expired', credits: -5 })]),
    )
    expect(await move({ accountId: 'short', to: 'nextExpiry' })).toMatchObject({
      status: 409,
      body: { code: 'nothing_due' },
    })
  })

  test('refuses what is not exactly one of now, advance and to', async () => {
    for (const body of [
      {},
      { advance: '1 month', now: '2027-01-01' },
      { advance: 'soon' },
      { now: '2027-02-30' },
      { to: 'never' },
    ]) {
      expect((await move(body)).status).toBe(400)
    }
    expect(await move({ to: 'nextRefill' })).toMatchObject({
      status: 400,
      body: { code: 'account_required' },
    })
  })

  test('let go, it waits until real time has caught up with it', async () => {
    await move({ now: '2026-11-25T00:00:00Z' })
    expect((await api.call('DELETE', '/test-clock')).body).toEqual({
      now: '2026-11-25T00:00:00.000Z',
      stands: false,
    })
    real = Date.UTC(2026, 10, 26)
    expect((await api.ok('GET', '/test-clock')).now).toBe('2026-11-26T00:00:00.000Z')
    real += 5_000
    expect((await api.ok('GET', '/accounts/a/credits')).at).toBe('2026-11-26T00:00:05.000Z')
  })

  test('does not exist in a live project', async () => {
    const live = await serveProject(database(), { mode: 'live' })
    for (const method of ['GET', 'POST', 'DELETE'] as const) {
      const body = method === 'POST' ? { body: { advance: '1 day' } } : {}
      expect(await live.call(method, '/test-clock', body)).toMatchObject({
        status: 403,
        body: { code: 'test_project_required' },
      })
    }
    await live.close()
  })
})
