import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import { type Api, type Method, serveProject } from './api-under-test.ts'

describeOnEachDatabase('a refusal that helps', (database) => {
  let api: Api
  beforeAll(async () => {
    api = await serveProject(database())
    await api.ok('POST', '/test-clock', { now: '2026-11-15T00:00:00Z' })
  }, 60_000)
  afterAll(() => api.close())

  test('says what is needed, available, held and missing, in credits, and every way out in words', async () => {
    await api.ok('PUT', '/accounts/a', {})
    await api.ok('PUT', '/accounts/a/subscription', { plan: 'basic' })
    await api.ok('POST', '/charges', { accountId: 'a', action: 'image.generate', quantities: { images: 97 } })
    await api.ok('POST', '/holds', { accountId: 'a', action: 'post.publish' })
    const { status, body } = await api.call('POST', '/charges', {
      body: { accountId: 'a', action: 'image.generate', options: { model: 'hd' }, quantities: { images: 5 } },
    })
    expect(status).toBe(402)
    expect(body).toMatchObject({
      type: '/docs/errors#insufficient_credits',
      code: 'insufficient_credits',
      status: 402,
      title: 'Not enough credits',
      detail: 'This needs 40 credits; 27.75 are available.',
      required: 40,
      available: 27.75,
      held: 1,
      missing: 12.25,
    })
    expect(body.remedies).toEqual([
      {
        kind: 'reduce',
        quantity: 'images',
        max: 3,
        credits: 24,
        suffices: true,
        title: '3 images (24 credits)',
      },
      {
        kind: 'wait',
        at: '2026-12-15T00:00:00.000Z',
        credits: 100,
        availableAfter: expect.any(Number),
        suffices: true,
        title: 'Refill of 100 on 15 December',
      },
      {
        kind: 'buyPack',
        pack: 'small',
        name: 'Small',
        credits: 100,
        price: { amount: 1500, currency: 'USD' },
        suffices: true,
        title: 'Small: 100 credits for $15.00',
      },
      {
        kind: 'changePlan',
        plan: 'plus',
        name: 'Plus',
        credits: 300,
        price: { amount: 1900, currency: 'USD' },
        suffices: true,
        title: 'Plus: 300 credits a month',
      },
    ])
  })

  test('stands in a quote too, which says that it is not affordable', async () => {
    const asked = { action: 'image.generate', options: { model: 'hd' }, quantities: { images: 5 } }
    const { body } = await api.call('POST', '/charges', { body: { accountId: 'a', ...asked } })
    const quote = await api.ok('POST', '/quotes', { accountId: 'a', ...asked })
    expect(quote).toMatchObject({
      credits: 40,
      affordable: false,
      reason: 'insufficient_credits',
      balanceAfter: null,
      available: 27.75,
      remedies: body.remedies,
    })
  })

  test('offers prices in the account’s own currency', async () => {
    await api.ok('PUT', '/accounts/euro', { currency: 'EUR' })
    const { body } = await api.call('POST', '/charges', {
      body: {
        accountId: 'euro',
        action: 'image.generate',
        options: { model: 'hd' },
        quantities: { images: 10 },
      },
    })
    const pack = body.remedies.find(({ kind }: { kind: string }) => kind === 'buyPack')
    expect(pack).toMatchObject({
      price: { amount: 1400, currency: 'EUR' },
      title: 'Small: 100 credits for €14.00',
    })
  })

  test('names the budget and what is left of it, and nothing in its name is taken for an amount', async () => {
    await api.ok('PUT', '/accounts/b', {})
    await api.ok('PUT', '/accounts/b/budgets/team-500', { limit: 5, every: 'month' })
    const { body } = await api.call('POST', '/charges', {
      body: { accountId: 'b', action: 'image.generate', options: { model: 'hd' } },
    })
    expect(body).toMatchObject({
      status: 402,
      code: 'budget_exceeded',
      budget: 'team-500',
      limit: 5,
      spent: 0,
      left: 5,
      required: 8,
    })
    expect(body.detail).toBe('The budget “team-500” has 5 of 5 credits left this month.')
  })

  test('a name that the catalog does not have is refused with those it has, the nearest first', async () => {
    await api.ok('PUT', '/accounts/named', {})
    const errors = async (method: Method, path: string, body: unknown) =>
      (await api.call(method, path, { body })).body.errors
    const action = { accountId: 'named', action: 'image.generte' }
    const named = { path: 'action', code: 'action_not_found', found: 'image.generte' }
    const expected = 'image.generate, title.write or post.publish'
    expect(await errors('POST', '/charges', action)).toEqual([{ ...named, expected }])
    expect(await errors('POST', '/quotes', action)).toEqual([{ ...named, expected }])
    expect(await errors('PUT', '/accounts/named/subscription', { plan: 'pluss' })).toEqual([
      { path: 'plan', code: 'plan_not_found', found: 'pluss', expected: 'plus, free or basic' },
    ])
  })

  test('a maximum that is exceeded is a 409 with both figures', async () => {
    await api.ok('PUT', '/accounts/c', {})
    const { status, body } = await api.call('POST', '/charges', {
      body: { accountId: 'c', action: 'post.publish', maxCredits: 0.5 },
    })
    expect({ status, code: body.code, required: body.required, maxCredits: body.maxCredits }).toEqual({
      status: 409,
      code: 'price_above_maximum',
      required: 1,
      maxCredits: 0.5,
    })
  })

  test('a quote is spent once, by its account, within 15 minutes, at the price it said', async () => {
    await api.ok('PUT', '/accounts/q', {})
    const quote = await api.ok('POST', '/quotes', { accountId: 'q', action: 'post.publish' })
    const spend = (body: object) => api.call('POST', '/charges', { body })
    expect(await spend({ quoteId: quote.id, accountId: 'c' })).toMatchObject({
      status: 400,
      body: { code: 'quote_invalid' },
    })
    const spoiled = `${quote.id.slice(0, -1)}${quote.id.at(-1) === 'A' ? 'B' : 'A'}`
    expect(await spend({ quoteId: spoiled })).toMatchObject({ status: 400, body: { code: 'quote_invalid' } })
    const both = await spend({ quoteId: quote.id, action: 'post.publish' })
    expect(both.body.errors).toEqual([expect.objectContaining({ path: 'action', code: 'not_allowed' })])
    const first = await spend({ quoteId: quote.id })
    expect(first).toMatchObject({ status: 201, body: { credits: 1, quoteId: quote.id } })
    expect((await spend({ quoteId: quote.id })).text).toBe(first.text)
    expect(await spend({ quoteId: quote.id, userId: 'ada' })).toMatchObject({
      status: 409,
      body: { code: 'quote_already_used' },
    })
    const late = await api.ok('POST', '/quotes', { accountId: 'q', action: 'post.publish' })
    await api.ok('POST', '/test-clock', { accountId: 'q', advance: '15 minutes' })
    expect(await spend({ quoteId: late.id })).toMatchObject({ status: 409, body: { code: 'quote_expired' } })
    expect((await spend({ quoteId: quote.id })).text).toBe(first.text)
  })

  test('a quote of another project is none', async () => {
    const other = await api.another('quotes')
    await other.ok('PUT', '/accounts/q', {})
    const quote = await other.ok('POST', '/quotes', { accountId: 'q', action: 'post.publish' })
    expect(await api.call('POST', '/charges', { body: { quoteId: quote.id } })).toMatchObject({ status: 400 })
  })
})
