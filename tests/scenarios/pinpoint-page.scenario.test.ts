/** Pinpoint's page, sentence by sentence (catalogs/pinpoint/walk.md), through the HTTP API under the test clock. */
import { expect, test } from 'vitest'
import { describeProduct } from './product.ts'

describeProduct('pinpoint', '2026-01-15T00:00:00Z', (product) => {
  const request = (accountId: string, more: object = {}) =>
    product.charge(accountId, 'reference.request', more)
  const annual = () => product.customer({ plan: 'annual' })

  async function rateCard() {
    return (await product.get('/actions')).body.data as {
      id: string
      name: string
      trigger: string
      comingSoon: boolean
    }[]
  }

  test('Your Pinpoint Credit balance can be used to pay for any of these actions at your discretion.', async () => {
    const id = await annual()
    await product.editTo('pinpoint/with-background-checks.yaml')
    const check = await product.charge(id, 'background.check')
    expect((await request(id)).balance).toBe(500 - check.credits - 5)
    await product.edit((text) => text)
  })

  test('Credits allow you to prepay for usage, ensuring predictable costs while performing actions like a reference request.', async () => {
    const id = await annual()
    const quote = await product.quote('reference.request', { accountId: id })
    expect(quote).toMatchObject({ credits: 5, affordable: true, balanceAfter: 495 })
    expect(await product.ok('POST', '/charges', { quoteId: quote.id })).toMatchObject({
      credits: 5,
      balance: 495,
    })
  })

  test('As the table below sets out, each action consumes a fixed number of credits.', async () => {
    const costs = await Promise.all(
      [1, 2, 3].map(async () => (await product.quote('reference.request')).credits),
    )
    expect(costs).toEqual([5, 5, 5])
  })

  test('Reference Check: 5 credits. Sending a reference request to a candidate’s referees. Multiple referees count as just one request.', async () => {
    const check = (await rateCard()).find(({ id }) => id === 'reference.request')
    expect(check).toMatchObject({
      name: 'Reference Check',
      trigger:
        "Sending a reference request to a candidate's referees. Multiple referees count as just one request.",
      comingSoon: false,
    })
    const id = await annual()
    expect(await request(id, { metadata: { referees: '3' } })).toMatchObject({ credits: 5, balance: 495 })
  })

  test('Video Interview, Interview Transcription, Background Check: Coming soon', async () => {
    const coming = (await rateCard()).filter(({ comingSoon }) => comingSoon)
    expect(coming.map(({ name }) => name)).toEqual([
      'Video Interview',
      'Interview Transcription',
      'Background Check',
    ])
    const id = await annual()
    for (const { id: action } of coming) {
      const refused = await product.post('/charges', { accountId: id, action })
      expect(refused).toMatchObject({ status: 422, body: { code: 'action_not_available' } })
    }
    expect((await product.credits(id)).balance).toBe(500)
  })

  test('When you click to send a reference request, credits are deducted at that moment.', async () => {
    const id = await annual()
    expect((await request(id)).at).toBe('2026-01-15T00:00:00.000Z')
    expect(await product.credits(id)).toMatchObject({ balance: 495, held: 0 })
  })

  test('If your request template includes multiple references, it counts as one request event.', async () => {
    const id = await annual()
    await request(id, { metadata: { references: '4' } })
    const [month] = (await product.get(`/accounts/${id}/usage/months?count=1`)).body.data
    expect(month).toMatchObject({ used: 5, usageTransactions: 1 })
  })

  test('Manually adding data for record-keeping does not consume credits.', async () => {
    const id = await annual()
    const recorded = await product.charge(id, 'reference.record', { userId: 'ada' })
    expect(recorded).toMatchObject({ credits: 0, lines: [], balance: 500 })
  })

  test('Recording an existing reference won’t deduct any credits.', async () => {
    const id = await annual()
    expect(await product.charge(id, 'reference.record')).toMatchObject({ credits: 0, balance: 500 })
    expect(await product.transactions(id)).toHaveLength(1)
  })

  test('You can check your live credit balance through your billing portal.', async () => {
    const id = await annual()
    for (const balance of [495, 490]) {
      await request(id)
      expect((await product.credits(id)).balance).toBe(balance)
    }
  })

  test('A CSV export of your credit usage for any timeframe, including which users performed which credit actions and when.', async () => {
    const id = await annual()
    await product.to(id, '2026-02-10T09:00:00Z')
    await request(id, { userId: 'ada' })
    await product.to(id, '2026-03-01T00:00:00Z')
    await request(id, { userId: 'ben' })
    const csv = await product.get(
      `/accounts/${id}/transactions?view=usage&from=2026-02-01&to=2026-03-01&format=csv`,
    )
    expect(csv.headers.get('content-type')).toContain('text/csv')
    const [header, ...rows] = csv.text
      .trim()
      .split('\r\n')
      .map((row) => row.split(','))
    const cell = (name: string) => rows.map((row) => row[header!.indexOf(name)])
    expect([cell('at'), cell('action'), cell('credits'), cell('userId')]).toEqual([
      ['2026-02-10T09:00:00.000Z'],
      ['reference.request'],
      ['-5'],
      ['ada'],
    ])
  })

  test('This can also be scheduled on a regular basis.', async () => {
    const id = await annual()
    const schedule = { accountId: id, report: 'usage', every: 'month', deliver: { webhook: true } }
    await product.ok('PUT', `/export-schedules/${id}`, schedule)
    await product.to(id, '2026-02-10T09:00:00Z')
    await request(id, { userId: 'ada' })
    await product.to(id, '2026-03-01T06:00:00Z')
    await product.work()
    await product.work()
    const { data } = await product.ok('GET', `/exports?scheduleId=${id}&order=asc`)
    const february = data.at(-1)
    expect(february).toMatchObject({ status: 'ready', to: '2026-03-01T00:00:00.000Z', rows: 1 })
    const { text } = await product.get(`/exports/${february.id}?format=csv`)
    expect(text.split('\r\n')[1]).toBe('ada,,reference.request,Reference Check,5,5,0,1')
    const { data: events } = await product.ok('GET', `/events?type=export.ready&accountId=${id}`)
    expect(
      events.filter((event: { data: { exportId: string } }) => event.data.exportId === february.id),
    ).toHaveLength(1)
  })

  test('A breakdown of your current credit balance', async () => {
    const id = await annual()
    await product.grant(id, 40)
    await request(id)
    const { balance, lots } = await product.ok('GET', `/accounts/${id}/credits?include=lots`)
    const remaining = lots.map((lot: { kind: string; remaining: number }) => [lot.kind, lot.remaining])
    expect(balance).toBe(535)
    expect(remaining.sort()).toEqual([
      ['promotional', 40],
      ['subscription', 495],
    ])
  })

  test('You’ll receive a notification when your balance reaches a low threshold, such as 25% remaining.', async () => {
    const id = await annual()
    await product.leave(id, 130)
    expect(await product.events(id, 'credits.low')).toEqual([])
    await request(id)
    expect(await product.events(id, 'credits.low')).toMatchObject([
      { data: { threshold: '25%', balance: 125 } },
    ])
    await product.ok('PUT', `/accounts/${id}/members/hana`, { email: 'hana@acme.example', role: 'admin' })
    await product.ok('PUT', `/accounts/${id}/notifications`, { addresses: ['csm@pinpoint.example'] })
    await product.work()
    const { data: notices, unreadCount } = await product.ok('GET', `/accounts/${id}/notices`)
    expect([notices[0].type, notices[0].balance, unreadCount]).toEqual(['credits.low', 125, 1])
    const { data: mails } = await product.ok('GET', `/mails?accountId=${id}&order=asc`)
    expect(mails.map(({ kind, to }: { kind: string; to: string }) => [kind, to]).sort()).toEqual([
      ['low', 'csm@pinpoint.example'],
      ['low', 'hana@acme.example'],
    ])
    expect((await product.credits(id)).status).toBe('low')
  })

  test('If you’ve exhausted your credits, we will notify you immediately and pause credit features in your account.', async () => {
    const id = await annual()
    await product.leave(id, 5)
    await request(id)
    expect(await product.events(id, 'credits.exhausted')).toHaveLength(1)
    expect((await product.credits(id)).status).toBe('exhausted')
    await product.work()
    const { data: notices } = await product.ok('GET', `/accounts/${id}/notices?unread=true`)
    expect(notices.map(({ type }: { type: string }) => type)).toContain('credits.exhausted')
    expect((await product.refused(id, 'reference.request')).code).toBe('insufficient_credits')
  })

  test('You will still be able to access any information related to actions already performed (e.g. a previous reference request).', async () => {
    const id = await annual()
    const earlier = await request(id, { subject: { type: 'candidate', id: 'cand_7', name: 'Ada Byron' } })
    await product.leave(id, 0)
    expect((await product.get(`/charges/${earlier.id}`)).body).toMatchObject({ id: earlier.id, credits: 5 })
    const rows = await product.transactions(id)
    expect(rows.find(({ type }) => type === 'charge')).toMatchObject({
      subject: { id: 'cand_7', name: 'Ada Byron' },
    })
  })

  test('If plans change, it’s easy to update your recurring credit amount and top up on the go.', async () => {
    const id = await annual()
    await product.ok('PUT', `/accounts/${id}/subscription`, { plan: 'annual', credits: 800 })
    expect(await product.credits(id)).toMatchObject({ balance: 500, nextRefill: { credits: 800 } })
    await product.to(id, '2027-01-15T00:00:00Z')
    expect((await product.credits(id)).balance).toBe(1300)
  })

  test('Contact your CSM to add credits to your account. They will confirm pricing and timing.', async () => {
    const id = await annual()
    const { id: purchase } = await product.ok('POST', '/purchases', {
      accountId: id,
      lines: [{ credits: 100 }],
    })
    const offer = {
      price: { amount: 18_000, currency: 'USD' },
      dueAt: '2026-02-01',
      note: 'With the February invoice',
    }
    expect(await product.ok('POST', `/purchases/${purchase}/offer`, offer)).toMatchObject({
      status: 'pending',
      total: offer.price,
      dueAt: '2026-02-01T00:00:00.000Z',
      note: offer.note,
    })
    await product.ok('POST', `/purchases/${purchase}/confirm`, { reference: 'WIRE-7' })
    expect((await product.credits(id)).balance).toBe(600)
  })

  test('Once processed, your billing portal will show the updated balance, enabling your team to send requests again.', async () => {
    const id = await annual()
    await product.leave(id, 0)
    await product.refused(id, 'reference.request')
    await product.grant(id, 200)
    expect(await product.credits(id)).toMatchObject({ balance: 200, status: 'active' })
    expect((await request(id)).balance).toBe(195)
  })

  test('Credits renew on your usual subscription cycle (ie annually)', async () => {
    const id = await annual()
    expect((await product.credits(id)).nextRefill).toMatchObject({
      at: '2027-01-15T00:00:00.000Z',
      credits: 500,
    })
    await product.to(id, '2027-01-15T00:00:00Z')
    expect((await product.transactions(id)).map(({ type, credits }) => [type, credits])).toEqual([
      ['refill', 500],
      ['refill', 500],
    ])
  })

  test('All credit subscriptions have a rollover period that depends on your billing cycle.', async () => {
    const plans = (await product.get('/plans')).body.data as { id: string; rollover: object }[]
    expect(plans.map(({ id, rollover }) => [id, rollover])).toEqual([
      ['annual', { kind: 'window', window: '90 days' }],
      ['quarterly', { kind: 'window', window: '30 days' }],
      ['monthly', { kind: 'window', window: '30 days' }],
    ])
  })

  test('If annual or above, this is 90 days, giving you 455 days to use that allocation of credits until expiry.', async () => {
    const id = await annual()
    const { at } = (await product.credits(id)).nextExpiry
    expect((Date.parse(at) - Date.parse('2026-01-15T00:00:00Z')) / 86_400_000).toBe(455)
    await product.to(id, '2027-04-14T23:59:59Z')
    expect((await product.credits(id)).expired).toBe(0)
    await product.to(id, at)
    expect(await product.credits(id)).toMatchObject({ balance: 500, expired: 500 })
  })

  test('For sub-annual billing (such as quarterly or monthly), the rollover is 30 days.', async () => {
    const expiry = async (plan: string) =>
      (await product.credits(await product.customer({ plan }))).nextExpiry
    // The periods end on 15 February and 15 April.
    expect(await expiry('monthly')).toEqual({ at: '2026-03-17T00:00:00.000Z', credits: 40 })
    expect(await expiry('quarterly')).toEqual({ at: '2026-05-15T00:00:00.000Z', credits: 125 })
  })

  test('Credits are not generally transferrable between accounts.', async () => {
    const parent = await annual()
    const other = await product.customer({ purchased: 100 })
    const joined = await product.call('PATCH', `/accounts/${other}`, { parentId: parent, pool: 'parent' })
    expect(joined).toMatchObject({ status: 409, body: { code: 'credits_not_transferable' } })
    expect((await product.credits(other)).balance).toBe(100)
  })

  test('Each account manages its own balance based on its subscription.', async () => {
    const [one, other] = [await annual(), await product.customer({ plan: 'monthly' })]
    await request(one)
    expect([(await product.credits(one)).balance, (await product.credits(other)).balance]).toEqual([495, 40])
  })

  test('If you have multiple Pinpoint accounts under a single subscription, it is possible to share your credit balance across these accounts.', async () => {
    const parent = await annual()
    const child = await product.account({ parentId: parent, pool: 'parent' })
    expect((await request(child)).balance).toBe(495)
    expect((await request(parent)).balance).toBe(490)
    expect((await product.credits(child)).balance).toBe(490)
  })
})
