import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import { type Api, type Method, serveProject } from './api-under-test.ts'

const WITHOUT_SIGN_UP = `
scrip: 1
product: Bare
currency: [USD, EUR]
plans: { basic: { price: 9.00 USD, every: month, credits: 100 } }
actions: { post.publish: { price: 5 } }
`

describeOnEachDatabase('accounts', (database) => {
  let api: Api

  beforeAll(async () => {
    api = await serveProject(database(), { catalog: WITHOUT_SIGN_UP })
  }, 60_000)
  afterAll(() => api.close())

  test('PUT makes an account (201), and updates it (200), leaving what is not named', async () => {
    const made = await api.call('PUT', '/accounts/a', {
      body: { name: 'A', metadata: { x: '1', y: '2' }, timeZone: 'Asia/Tokyo' },
    })
    expect(made).toMatchObject({ status: 201, body: { id: 'a', name: 'A', timeZone: 'Asia/Tokyo' } })
    const changed = await api.call('PUT', '/accounts/a', {
      body: { email: 'a@example.com', metadata: { x: null, z: '3' } },
    })
    expect(changed).toMatchObject({
      status: 200,
      body: { name: 'A', email: 'a@example.com', timeZone: 'Asia/Tokyo', metadata: { y: '2', z: '3' } },
    })
  })

  test('POST without an id makes one; with an id that is taken it is refused', async () => {
    expect((await api.ok('POST', '/accounts', {})).id).toMatch(/^acc_[0-9a-z]{26}$/)
    expect(await api.call('POST', '/accounts', { body: { id: 'a' } })).toMatchObject({
      status: 409,
      body: { code: 'account_exists' },
    })
  })

  test('an id that Scrip made is replaced once, and everything goes by the new one', async () => {
    const { id } = await api.ok('POST', '/accounts', {
      name: 'Nameless',
      members: [{ userId: 'ada', role: 'admin' }],
    })
    await api.ok('POST', '/grants', { accountId: id, credits: 20 })
    const hold = await api.ok('POST', '/holds', { accountId: id, action: 'post.publish' })
    await api.ok('PUT', `/accounts/${id}/budgets/team`, { limit: 10 })
    const { key } = await api.ok('POST', '/keys', { accountId: id })
    expect((await api.ok('PATCH', `/accounts/${id}`, { id: 'named' })).id).toBe('named')
    expect((await api.call('GET', `/accounts/${id}`)).status).toBe(404)
    expect((await api.ok('GET', '/accounts/named?include=members')).members).toHaveLength(1)
    expect((await api.ok('POST', `/holds/${hold.id}/captures`, {})).accountId).toBe('named')
    expect((await api.ok('POST', '/charges', { accountId: 'named', action: 'post.publish' })).balance).toBe(
      10,
    )
    const over = await api.call('POST', '/charges', { body: { accountId: 'named', action: 'post.publish' } })
    expect(over).toMatchObject({ status: 402, body: { code: 'budget_exceeded' } })
    expect((await api.ok('GET', '/accounts/named/transactions')).data).toHaveLength(3)
    expect((await api.call('GET', '/account/credits', { key })).body.accountId).toBe('named')
    const again = await api.call('PATCH', '/accounts/named', { body: { id: 'renamed' } })
    expect(again).toMatchObject({ status: 409, body: { code: 'id_fixed', errors: [{ path: 'id' }] } })
  })

  test('PATCH and GET of an account that is not there are 404', async () => {
    for (const method of ['PATCH', 'GET'] as const) {
      const body = method === 'PATCH' ? { body: { name: 'x' } } : {}
      expect(await api.call(method, '/accounts/nobody', body)).toMatchObject({
        status: 404,
        body: { code: 'account_not_found' },
      })
    }
  })

  test('a time zone that is none and a currency without prices are refused with their path', async () => {
    const zone = await api.call('PUT', '/accounts/a', { body: { timeZone: 'Mars/Olympus' } })
    expect(zone).toMatchObject({
      status: 422,
      body: { code: 'time_zone_unknown', errors: [{ path: 'timeZone' }] },
    })
    const currency = await api.call('PUT', '/accounts/a', { body: { currency: 'XTS' } })
    expect(currency).toMatchObject({
      status: 422,
      body: { code: 'currency_unknown', errors: [{ path: 'currency' }] },
    })
  })

  test('an account that shares its parent’s pool spends from it, and sees its own rows', async () => {
    await api.ok('PUT', '/accounts/parent', {})
    await api.ok('POST', '/grants', { accountId: 'parent', credits: 500 })
    for (const child of ['child1', 'child2']) {
      await api.ok('PUT', `/accounts/${child}`, { parentId: 'parent' })
      await api.ok('POST', '/charges', { accountId: child, action: 'post.publish' })
    }
    for (const account of ['parent', 'child1', 'child2']) {
      expect((await api.ok('GET', `/accounts/${account}/credits`)).balance).toBe(490)
    }
    const rows = async (account: string) =>
      (await api.ok('GET', `/accounts/${account}/transactions`)).data.length
    expect([await rows('parent'), await rows('child1'), await rows('child2')]).toEqual([3, 1, 1])
    expect((await api.ok('GET', '/accounts/parent/transactions?scope=account')).data).toHaveLength(1)
    const asked = await api.call('GET', '/accounts/child1/transactions?scope=pool')
    expect(asked).toMatchObject({ status: 403, body: { code: 'scope_not_visible' } })
    expect((await api.ok('GET', '/accounts?parentId=parent')).data).toHaveLength(2)
  })

  test('an account joins while its pool is empty, and else is refused: credits do not move', async () => {
    await api.ok('PUT', '/accounts/empty', {})
    await api.ok('PUT', '/accounts/empty', { parentId: 'parent' })
    expect((await api.ok('GET', '/accounts/empty/credits')).balance).toBe(490)
    await api.ok('PUT', '/accounts/rich', {})
    await api.ok('POST', '/grants', { accountId: 'rich', credits: 1 })
    const rich = await api.call('PUT', '/accounts/rich', { body: { parentId: 'parent' } })
    expect(rich).toMatchObject({ status: 409, body: { code: 'credits_not_transferable' } })
    await api.ok('PUT', '/accounts/planned', {})
    await api.ok('PUT', '/accounts/planned/subscription', { plan: 'basic', startsAt: '2099-01-01T00:00:00Z' })
    const planned = await api.call('PUT', '/accounts/planned', { body: { parentId: 'parent' } })
    expect(planned).toMatchObject({ status: 409, body: { code: 'credits_not_transferable' } })
  })

  test('an account that leaves starts with an empty pool; its old charges are still refunded where they were made', async () => {
    await api.ok('PUT', '/accounts/leaver', { parentId: 'parent' })
    const charge = await api.ok('POST', '/charges', { accountId: 'leaver', action: 'post.publish' })
    const before = (await api.ok('GET', '/accounts/parent/credits')).balance
    await api.ok('PUT', '/accounts/leaver', { parentId: null })
    expect((await api.ok('GET', '/accounts/leaver/credits')).balance).toBe(0)
    const refused = await api.call('POST', '/charges', {
      body: { accountId: 'leaver', action: 'post.publish' },
    })
    expect(refused).toMatchObject({ status: 402 })
    await api.ok('POST', `/charges/${charge.id}/refunds`, {})
    expect((await api.ok('GET', '/accounts/parent/credits')).balance).toBe(before + 5)
  })

  test('sharing goes one level deep, and no account is its own parent', async () => {
    const refusal = { status: 422, body: { code: 'parent_not_possible' } }
    expect(await api.call('PUT', '/accounts/deep', { body: { parentId: 'child1' } })).toMatchObject(refusal)
    expect(await api.call('PUT', '/accounts/self', { body: { parentId: 'self' } })).toMatchObject(refusal)
    expect(await api.call('PUT', '/accounts/lost', { body: { parentId: 'nobody' } })).toMatchObject(refusal)
    expect(await api.call('PUT', '/accounts/parent', { body: { parentId: 'a' } })).toMatchObject(refusal)
    expect((await api.call('GET', '/accounts/deep')).status).toBe(404)
  })

  test('a parent named without its pool is a parent in name alone', async () => {
    await api.ok('PUT', '/accounts/apart', { parentId: 'parent', pool: 'own' })
    expect((await api.ok('GET', '/accounts/apart/credits')).balance).toBe(0)
    expect((await api.ok('GET', '/accounts/apart')).parentId).toBe('parent')
  })

  test('members are put, listed by user id, and removed', async () => {
    const put = (user: string, body: object) => api.call('PUT', `/accounts/a/members/${user}`, { body })
    expect((await put('ben', { role: 'member' })).status).toBe(201)
    expect((await put('ada', { role: 'admin', name: 'Ada' })).status).toBe(201)
    expect(await put('ben', { role: 'billing' })).toMatchObject({ status: 200, body: { role: 'billing' } })
    const { data } = await api.ok('GET', '/accounts/a/members')
    expect(data.map(({ userId }: { userId: string }) => userId)).toEqual(['ada', 'ben'])
    expect((await api.call('DELETE', '/accounts/a/members/ben')).status).toBe(204)
    expect(await api.call('DELETE', '/accounts/a/members/ben')).toMatchObject({
      status: 404,
      body: { code: 'member_not_found' },
    })
  })

  test.each(['ada', 'ada@', '@example.com', 'ada @example.com', 'a@b@c', 'a@b\nc', `${'x'.repeat(251)}@b.c`])(
    'the e-mail %j is refused with its path and what is expected, of an account and of a member alike',
    async (email) => {
      const fault = (path: string) => [
        {
          path,
          code: expect.stringMatching(/malformed|too_long/),
          expected: expect.stringContaining('an e-mail address'),
        },
      ]
      const refused = async (method: Method, path: string, body: object, where: string) => {
        const answered = await api.call(method, path, { body })
        expect(answered).toMatchObject({ status: 400, body: { errors: fault(where) } })
      }
      const member = { userId: 'eve', email, role: 'member' }
      await refused('PUT', '/accounts/a', { email }, 'email')
      await refused('PATCH', '/accounts/a', { email }, 'email')
      await refused('POST', '/accounts', { email }, 'email')
      await refused('PUT', '/accounts/a', { members: [member] }, 'members[0].email')
      await refused('PUT', '/accounts/a/members/eve', { email }, 'email')
    },
  )

  test('where a member may not buy, whom to ask stands in the place of buying', async () => {
    await api.ok('PUT', '/accounts/team', {
      members: [
        { userId: 'boss', role: 'admin', name: 'Bo' },
        { userId: 'staff', role: 'member' },
      ],
    })
    const kinds = async (userId?: string): Promise<string[]> => {
      const body = { accountId: 'team', action: 'post.publish', ...(userId === undefined ? {} : { userId }) }
      const { body: problem } = await api.call('POST', '/charges', { body })
      return problem.remedies.map(({ kind }: { kind: string }) => kind)
    }
    expect(await kinds('staff')).toEqual(['askAdmin'])
    expect(await kinds('boss')).toEqual(['changePlan'])
    expect(await kinds()).toEqual(['changePlan'])
  })

  test('accounts are found by plan, state, parent and text', async () => {
    const other = await api.another('found')
    await other.ok('PUT', '/accounts/firm', { name: 'The Firm', email: 'desk@firm.example' })
    await other.ok('PUT', '/accounts/shop', { name: 'A 100% Shop' })
    await other.ok('PUT', '/accounts/team', { parentId: 'firm', pool: 'own' })
    await other.ok('PUT', '/accounts/firm/subscription', { plan: 'basic' })
    await other.ok('PUT', '/accounts/team/subscription', { plan: 'plus' })
    await other.ok('POST', '/accounts/team/subscription/pause', {})
    // Its first day is booked with the first look at its rows, or by the scheduler, which this test has not.
    await other.ok('GET', '/accounts/shop/transactions')
    const ids = async (query: string) =>
      (await other.ok('GET', `/accounts?${query}`)).data.map(({ id }: { id: string }) => id).sort()
    expect(await ids('plan=basic')).toEqual(['firm'])
    expect(await ids('plan=free')).toEqual(['firm', 'shop', 'team'])
    expect(await ids('status=paused')).toEqual(['team'])
    expect(await ids('status=active&plan=basic')).toEqual(['firm'])
    expect(await ids('parentId=firm')).toEqual(['team'])
    expect(await ids('q=FIRM')).toEqual(['firm'])
    expect(await ids('q=0%25')).toEqual(['shop'])
  })

  test('erasing personal data leaves the ledger whole', async () => {
    await api.ok('PUT', '/accounts/gone', {
      name: 'Ada',
      email: 'ada@example.com',
      members: [{ userId: 'u', name: 'Ada', role: 'admin' }],
    })
    await api.ok('POST', '/grants', { accountId: 'gone', credits: 5 })
    expect((await api.call('DELETE', '/accounts/gone/personal-data')).status).toBe(204)
    expect(await api.ok('GET', '/accounts/gone?include=members,credits')).toMatchObject({
      name: null,
      email: null,
      metadata: {},
      members: [{ userId: 'u', name: null, email: null }],
      credits: { balance: 5 },
    })
  })
})
