import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import { safeCell } from '../operations/csv-cell.ts'
import { type Api, serveProject } from './api-under-test.ts'

interface Row {
  readonly id: string
  readonly credits: number
  readonly balanceAfter: number
  readonly type: string
  readonly at: string
}

describeOnEachDatabase('lists', (database) => {
  let api: Api

  beforeAll(async () => {
    api = await serveProject(database())
    await api.ok('PUT', '/accounts/own', { timeZone: 'America/New_York' })
    await api.ok('POST', '/grants', { accountId: 'own', credits: 100 })
    for (let use = 0; use < 12; use++) {
      const charge = await api.ok('POST', '/charges', {
        accountId: 'own',
        action: use % 2 === 0 ? 'post.publish' : 'image.generate',
        userId: use % 3 === 0 ? 'ada' : 'bob',
        subject: { id: `post_${use % 4}`, name: '=HYPERLINK("x")' },
      })
      if (use % 4 === 0) await api.ok('POST', `/charges/${charge.id}/refunds`, {})
    }
    const lots = await api.ok('GET', '/accounts/own/lots')
    await api.ok('POST', `/lots/${lots.data[0].id}/void`, { credits: 5, reason: '+1 - a reason' })
  }, 60_000)
  afterAll(() => api.close())

  const all = async (query = ''): Promise<Row[]> =>
    (await api.ok('GET', `/accounts/own/transactions?limit=200${query}`)).data

  test('the pages of a list are the list, in either order, and end with null', async () => {
    const whole = await all()
    expect(whole.length).toBeGreaterThan(15)
    for (const order of ['desc', 'asc'] as const) {
      const rows: Row[] = []
      let cursor: string | null = null
      do {
        const next: string = cursor === null ? '' : `&cursor=${cursor}`
        const page = await api.ok('GET', `/accounts/own/transactions?limit=4&order=${order}${next}`)
        rows.push(...page.data)
        cursor = page.nextCursor
      } while (cursor !== null)
      expect(rows.map(({ id }) => id)).toEqual(
        (order === 'desc' ? whole : whole.toReversed()).map(({ id }) => id),
      )
    }
  })

  test('usage, additions and removals are views of one list and add up to it', async () => {
    const sum = (rows: Row[]): number => rows.reduce((total, { credits }) => total + credits, 0)
    const parts = [await all('&view=usage'), await all('&view=additions'), await all('&view=removals')]
    expect(
      parts
        .flat()
        .map(({ id }) => id)
        .sort(),
    ).toEqual((await all()).map(({ id }) => id).sort())
    const { balance } = await api.ok('GET', '/accounts/own/credits')
    expect(sum(parts.flat())).toBe(balance)
  })

  test('each row says the balance after it, and so they follow each other', async () => {
    const rows = (await all()).toReversed()
    let balance = 0
    for (const row of rows) {
      balance = Math.round((balance + row.credits) * 100) / 100
      expect(row.balanceAfter).toBe(balance)
    }
  })

  test('filters by user, subject, action and type answer what a filter by hand would', async () => {
    const rows = (await all()) as unknown as Record<string, unknown>[]
    const ids = (list: readonly Record<string, unknown>[]) => list.map(({ id }) => id)
    const by = async (query: string) => ids((await all(query)) as unknown as Record<string, unknown>[])
    expect(await by('&userId=ada')).toEqual(ids(rows.filter(({ userId }) => userId === 'ada')))
    expect(await by('&subjectId=post_1')).toEqual(
      ids(rows.filter(({ subject }) => (subject as { id: string } | null)?.id === 'post_1')),
    )
    expect(await by('&action=post.publish&userId=bob')).toEqual(
      ids(rows.filter(({ action, userId }) => action === 'post.publish' && userId === 'bob')),
    )
    expect(await by('&type=refund&type=void')).toEqual(
      ids(rows.filter(({ type }) => type === 'refund' || type === 'void')),
    )
    expect(await by('&type=refund,void')).toEqual(await by('&type=refund&type=void'))
  })

  test('a span is half-open', async () => {
    const rows = await all()
    const middle = rows[5]!.at
    expect((await all(`&from=${middle}`)).every(({ at }) => at >= middle)).toBe(true)
    expect((await all(`&to=${middle}`)).every(({ at }) => at < middle)).toBe(true)
    expect((await all(`&from=${middle}`)).length + (await all(`&to=${middle}`)).length).toBe(rows.length)
  })

  test("a date without time is midnight in the account's time zone", async () => {
    const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/New_York' }).format(new Date())
    const days = (await api.ok('GET', `/accounts/own/usage/days?from=${today}`)).data
    expect(days).toHaveLength(1)
    expect(days[0]).toMatchObject({ day: today })
    expect(days[0].start).toMatch(/T0[45]:00:00\.000Z$/)
  })

  test('a cursor that was changed, or is of another list, account or project, is a 400', async () => {
    await api.ok('PUT', '/accounts/else', {})
    const { nextCursor } = await api.ok('GET', '/accounts/own/transactions?limit=2')
    const other = await api.another('lists')
    await other.ok('PUT', '/accounts/own', {})
    const last = nextCursor.at(-1) === 'A' ? 'B' : 'A'
    const first = nextCursor.at(0) === 'A' ? 'B' : 'A'
    const attempts: readonly [Api, string, string][] = [
      [api, 'own', `${nextCursor.slice(0, -1)}${last}`],
      [api, 'own', `${first}${nextCursor.slice(1)}`],
      [api, 'own', nextCursor.slice(0, 10)],
      [api, 'own', 'nonsense'],
      [api, 'else', nextCursor],
      [other, 'own', nextCursor],
    ]
    for (const [asked, account, cursor] of attempts) {
      const answered = await asked.call('GET', `/accounts/${account}/transactions?cursor=${cursor}`)
      expect(answered).toMatchObject({ status: 400, body: { code: 'cursor_invalid' } })
    }
    expect((await api.call('GET', `/keys?cursor=${nextCursor}`)).body.code).toBe('cursor_invalid')
    expect((await api.call('GET', `/accounts/own/transactions?cursor=${nextCursor}`)).status).toBe(200)
  })

  test('a list stays as it is while rows arrive', async () => {
    const first = await api.ok('GET', '/accounts/own/transactions?limit=3')
    const before = await all()
    await api.ok('POST', '/charges', { accountId: 'own', action: 'post.publish' })
    const second = await api.ok('GET', `/accounts/own/transactions?limit=3&cursor=${first.nextCursor}`)
    expect([...first.data, ...second.data].map(({ id }: Row) => id)).toEqual(
      before.slice(0, 6).map(({ id }) => id),
    )
  })

  test('as CSV the list has the same rows, and no cell that a spreadsheet would run', async () => {
    const asJson = await all()
    for (const [query, headers] of [
      ['?format=csv', {}],
      ['', { accept: 'text/csv' }],
    ] as const) {
      const answered = await api.call('GET', `/accounts/own/transactions${query}`, { headers })
      expect(answered.headers['content-type']).toMatch(/^text\/csv/)
      const lines = answered.text.trimEnd().split('\r\n')
      expect(lines[0]).toMatch(/^at,type,action,credits,balanceAfter/)
      expect(lines.slice(1).map((line) => Number(line.split(',')[3]))).toEqual(
        asJson.map(({ credits }) => credits),
      )
      expect(answered.text).toContain(`"'=HYPERLINK(""x"")"`)
      expect(answered.text).toContain("'+1 - a reason")
      expect(answered.text).not.toMatch(/(^|,)"?[=+@]/m)
    }
  })

  test.each(['=1+1', '+1', '-1', '@x', '\tx', '\rx', '\n=x'])(
    'the text %j is made harmless in a cell',
    (text) => {
      expect(safeCell(text)).toBe(`'${text}`)
    },
  )

  test('months add up to the list, and the balance as of an instant to the rows before it', async () => {
    const { data } = await api.ok('GET', '/accounts/own/usage/months?count=2')
    expect(data).toHaveLength(2)
    expect(data[0]).toMatchObject({ current: true })
    const credits = await api.ok('GET', '/accounts/own/credits')
    expect(data[0].used).toBe(credits.used)
    const rows = await all()
    const at = rows[3]!.at
    const then = await api.ok('GET', `/accounts/own/credits?at=${at}`)
    expect(then.balance).toBe(rows.filter((row) => row.at <= at)[0]!.balanceAfter)
    const later = await api.call('GET', '/accounts/own/credits?at=2099-01-01')
    expect(later).toMatchObject({ status: 422, body: { code: 'instant_in_the_future' } })
  })

  test('a breakdown by user, action and subject adds up to what was used', async () => {
    const { used } = await api.ok('GET', '/accounts/own/credits')
    for (const by of ['user', 'action', 'subject', 'account']) {
      const { data } = await api.ok('GET', `/accounts/own/usage/breakdown?by=${by}`)
      const sum = data.reduce((total: number, row: { used: number }) => total + row.used, 0)
      expect(Math.round(sum * 100) / 100).toBe(used)
    }
  })

  test('an action has the name that the catalog gives it, in a breakdown and in a file', async () => {
    const { data } = await api.ok('GET', '/accounts/own/usage/breakdown?by=action')
    const names = Object.fromEntries(data.map((row: { key: string; name: string }) => [row.key, row.name]))
    expect(names).toEqual({ 'image.generate': 'Image', 'post.publish': 'Publishing' })
    const { text } = await api.call('GET', '/accounts/own/transactions?view=usage&format=csv')
    const [head, ...lines] = text.trimEnd().split('\r\n')
    expect(head).toMatch(/,metadata,actionName$/)
    expect(new Set(lines.map((line) => [line.split(',')[2], line.split(',').at(-1)].join(' ')))).toEqual(
      new Set(['image.generate Image', 'post.publish Publishing']),
    )
  })

  test('an action that has left the catalog keeps the name under which it was used', async () => {
    const other = await api.another('former')
    await other.ok('PUT', '/accounts/own', {})
    await other.ok('POST', '/charges', { accountId: 'own', action: 'post.publish' })
    const { text } = await other.ok('GET', '/catalog')
    await other.ok('PUT', '/catalog', text.replace('post.publish:', 'post.send:'))
    const { data } = await other.ok('GET', '/accounts/own/usage/breakdown?by=action')
    expect(data).toMatchObject([{ key: 'post.publish', name: 'Publishing', used: 1 }])
  })

  test('the transactions of all accounts are in one list', async () => {
    await api.ok('POST', '/grants', { accountId: 'else', credits: 1 })
    const { data } = await api.ok('GET', '/transactions?limit=200')
    expect(new Set(data.map(({ accountId }: { accountId: string }) => accountId))).toEqual(
      new Set(['own', 'else']),
    )
    const rows = await all()
    const own = data.filter(({ accountId }: { accountId: string }) => accountId === 'own')
    expect(own.map(({ id }: Row) => id)).toEqual(rows.map(({ id }) => id))
    expect(await api.ok('GET', `/transactions/${rows[0]!.id}`)).toEqual(rows[0])
  })

  test('what is included comes in the same read', async () => {
    const { data } = await api.ok('GET', '/accounts?id=own&id=else&include=credits,members,subscription')
    expect(data).toHaveLength(2)
    for (const account of data) {
      expect(account.credits.balance).toBe((await api.ok('GET', `/accounts/${account.id}/credits`)).balance)
      expect(account).toMatchObject({ members: [], subscription: { plan: 'free' } })
    }
    expect((await api.ok('GET', '/accounts?q=ELS')).data.map(({ id }: { id: string }) => id)).toEqual([
      'else',
    ])
  })

  test('events are followed from the last one told', async () => {
    const first = await api.ok('GET', '/events?order=asc&limit=2')
    expect(first.data).toHaveLength(2)
    const rest = await api.ok('GET', `/events?after=${first.cursor}&limit=200`)
    const whole = await api.ok('GET', '/events?order=asc&limit=200')
    const ids = (page: { data: { id: string }[] }) => page.data.map(({ id }) => id)
    expect([...ids(first), ...ids(rest)]).toEqual(ids(whole))
    const end = await api.ok('GET', `/events?after=${rest.cursor}`)
    expect(end).toMatchObject({ data: [], nextCursor: null, cursor: rest.cursor })
    await api.ok('PUT', '/accounts/new-one', {})
    const news = await api.ok('GET', `/events?after=${end.cursor}`)
    expect(news.data.map(({ type }: { type: string }) => type)).toContain('account.created')
  })

  test('an event says whose it is and the state after it', async () => {
    await api.ok('PUT', '/accounts/low', { name: 'Low' })
    await api.ok('POST', '/adjustments', { accountId: 'low', credits: -49.5 })
    await api.ok('POST', '/adjustments', { accountId: 'low', credits: -0.5 })
    const { data } = await api.ok('GET', '/events?accountId=low&type=credits.exhausted')
    expect(data).toHaveLength(1)
    expect(data[0].data).toMatchObject({
      account: { id: 'low', name: 'Low' },
      credits: { balance: 0, available: 0, held: 0 },
    })
  })
})
