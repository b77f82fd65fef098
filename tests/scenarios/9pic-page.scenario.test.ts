/** 9pic's page, sentence by sentence (catalogs/9pic/walk.md), through the HTTP API under the test clock. */
import { expect, test } from 'vitest'
import { describeProduct } from './product.ts'

describeProduct('9pic', '2026-05-09T00:00:00Z', (product) => {
  const cityRun = { type: 'event', id: '4711', name: 'City run' }
  const trailRun = { type: 'event', id: '4712', name: 'Trail run' }

  const process = (accountId: string, photos: number, more: object = {}) =>
    product.charge(accountId, 'photo.process', {
      quantities: { photos },
      options: { search: ['selfie'] },
      ...more,
    })

  async function organisation(credits: number) {
    const id = await product.account()
    if (credits > 200) await product.grant(id, credits - 200)
    return id
  }

  const months = (id: string) => product.months(id)
  const view = (id: string, name: string) => product.view(id, name)

  test('That’s the number of photos you can process with AI search enabled before processing pauses.', async () => {
    const id = await organisation(700)
    expect((await product.credits(id)).available).toBe(700)
    expect((await process(id, 700)).available).toBe(0)
    expect(
      (
        await product.refused(id, 'photo.process', {
          quantities: { photos: 1 },
          options: { search: ['bib'] },
        })
      ).missing,
    ).toBe(1)
  })

  test('Click Show next to Cost per Credit to reveal what each credit costs in your account currency.', async () => {
    const cost = async (currency: string) =>
      (await product.credits(await product.account({ currency }))).costPerCredit
    expect(await cost('USD')).toMatchObject({ amount: '0.02', currency: 'USD' })
    expect(await cost('INR')).toMatchObject({ amount: '1.50', currency: 'INR' })
  })

  test('If it ever changes, the dashboard reflects the new number before your next invoice.', async () => {
    const id = await product.account({ currency: 'USD' })
    await product.ok('PUT', `/accounts/${id}/terms`, {
      pricePerCredit: '0.015 USD',
    })
    expect((await product.credits(id)).costPerCredit).toMatchObject({ amount: '0.015', currency: 'USD' })
  })

  test('Below the balance card, the Monthly Usage Summary shows four cards: the current month and the previous three months.', async () => {
    const id = await organisation(1_000)
    await process(id, 100)
    await product.to(id, '2026-07-04T12:00:00Z')
    await process(id, 40)
    expect(await months(id)).toEqual([
      [40, 1, true],
      [0, 0, false],
      [100, 1, false],
      [0, 0, false],
    ])
  })

  test('Usage: Total credits consumed this month.', async () => {
    const id = await organisation(1_000)
    await process(id, 100)
    await product.charge(id, 'photo.rotate', { quantities: { photos: 30 } })
    expect((await months(id))[0]).toEqual([130, 2, true])
  })

  test('How many separate processing actions ran this month (each Process Photos run is one transaction).', async () => {
    const id = await organisation(1_000)
    const asked = { quantities: { photos: 300 }, options: { search: ['bib'] }, subject: cityRun }
    const hold = await product.hold(id, 'photo.process', asked)
    for (const final of [false, false, true]) {
      await product.ok('POST', `/holds/${hold.id}/captures`, { quantities: { photos: 100 }, final })
    }
    expect((await months(id))[0]).toEqual([300, 1, true])
  })

  test('Current badge: Marks the month-in-progress, so you don’t compare it 1:1 with finished months.', async () => {
    const id = await organisation(1_000)
    await product.to(id, '2026-07-01T00:00:00Z')
    expect((await months(id)).map((month: unknown[]) => month[2])).toEqual([true, false, false, false])
  })

  test('The card highlighted with the Current badge is the running total — it grows through the month.', async () => {
    const id = await organisation(1_000)
    for (const [day, total] of [
      ['2026-05-10', 50],
      ['2026-05-20', 100],
    ] as const) {
      await product.to(id, `${day}T00:00:00Z`)
      await process(id, 50)
      expect((await months(id))[0][0]).toBe(total)
    }
  })

  test('Empty months: Off-season. Top up only before your next event; credits don’t expire.', async () => {
    const id = await organisation(1_000)
    await process(id, 100)
    await product.to(id, '2029-05-09T00:00:00Z')
    expect(await months(id)).toEqual([
      [0, 0, true],
      [0, 0, false],
      [0, 0, false],
      [0, 0, false],
    ])
    expect((await product.credits(id)).balance).toBe(900)
  })

  test('Below the monthly summary, the Credit Usage tab lists every individual usage transaction (every photo-processing run that consumed credits).', async () => {
    const id = await organisation(1_000)
    await process(id, 100)
    await product.charge(id, 'photo.process', { quantities: { photos: 40 } })
    await process(id, 60)
    expect((await view(id, 'usage')).map((row: { credits: number }) => row.credits)).toEqual([-60, -100])
  })

  test('Always Usage for this tab.', async () => {
    const id = await organisation(1_000)
    await process(id, 10)
    await product.charge(id, 'photo.rotate', { quantities: { photos: 10 } })
    expect((await view(id, 'usage')).map((row: { label: string }) => row.label)).toEqual(['Usage', 'Usage'])
  })

  test('The pop-out info icon shows the underlying usage type — typically “Photo Processing” or “AI Image Rotation”.', async () => {
    const id = await organisation(1_000)
    await process(id, 10)
    await product.charge(id, 'photo.rotate', { quantities: { photos: 10 } })
    const names = Object.fromEntries(
      (await product.get('/actions')).body.data.map((each: { id: string; name: string }) => [
        each.id,
        each.name,
      ]),
    )
    const types = (await view(id, 'usage')).map((row: { action: string }) => names[row.action])
    expect(types).toEqual(['AI Image Rotation', 'Photo Processing'])
  })

  test('Negative number — credits spent.', async () => {
    const id = await organisation(1_000)
    await process(id, 100)
    expect((await view(id, 'usage'))[0].credits).toBe(-100)
  })

  test('The event name; click to jump to that event’s details.', async () => {
    const id = await organisation(1_000)
    await process(id, 100, { subject: cityRun })
    expect((await view(id, 'usage'))[0].subject).toEqual(cityRun)
    const { text } = (await product.get('/catalog')).body
    expect(text).toContain('https://app.9pic.ai/events/{id}')
  })

  test('The numeric event ID, useful when filing support tickets.', async () => {
    const id = await organisation(1_000)
    await process(id, 100, { subject: cityRun })
    await process(id, 20, { subject: trailRun })
    const found = (await product.get(`/accounts/${id}/transactions?subjectId=4711`)).body.data
    expect(found.map((row: { credits: number }) => row.credits)).toEqual([-100])
  })

  test('The account that triggered the processing run, or System for automated runs.', async () => {
    const id = await organisation(1_000)
    await process(id, 100, { userId: 'ravi' })
    await process(id, 50, { actor: { id: 'system', name: 'System' } })
    expect(await view(id, 'usage')).toMatchObject([{ actor: { name: 'System' } }, { userId: 'ravi' }])
  })

  test('When the run happened.', async () => {
    const id = await organisation(1_000)
    await product.to(id, '2026-06-21T10:30:00Z')
    await process(id, 100)
    expect((await view(id, 'usage'))[0].at).toBe('2026-06-21T10:30:00.000Z')
  })

  test('The big spend month from the summary cards always traces back to one or two events here.', async () => {
    const id = await organisation(10_000)
    await process(id, 6_000, { subject: cityRun })
    await process(id, 1_500, { subject: trailRun })
    const { body } = await product.get(
      `/accounts/${id}/usage/breakdown?by=subject&from=2026-05-01&to=2026-06-01`,
    )
    expect(body.data).toMatchObject([
      { key: '4711', name: 'City run', used: 6_000 },
      { key: '4712', name: 'Trail run', used: 1_500 },
    ])
    expect((await months(id))[0][0]).toBe(7_500)
  })

  test('The Purchase History tab lists every credit addition: paid top-ups, free credits, refunds, admin grants.', async () => {
    const id = await product.account()
    await product.buy(id, [{ credits: 1_000 }])
    await product.ok('POST', '/grants', { accountId: id, credits: 300, kind: 'admin_grant', reason: 'Sorry' })
    const run = await process(id, 100)
    await product.ok('POST', `/charges/${run.id}/refunds`, { quantities: { photos: 90 } })
    const additions = (await view(id, 'additions')).map((row: { type: string; credits: number }) => [
      row.type,
      row.credits,
    ])
    expect(additions).toEqual([
      ['refund', 10],
      ['grant', 300],
      ['purchase', 1_000],
      ['sign_up', 200],
    ])
  })

  test('Purchase for paid top-ups, Free Credits for trial-era credits, Admin Grant for staff-applied credits, Refund for any credit returns.', async () => {
    const id = await product.account()
    await product.buy(id, [{ credits: 1_000 }])
    await product.ok('POST', '/grants', { accountId: id, credits: 300, kind: 'admin_grant', reason: 'Sorry' })
    const run = await process(id, 100)
    await product.ok('POST', `/charges/${run.id}/refunds`, { quantities: { photos: 90 } })
    const labels = (await view(id, 'additions')).map((row: { label: string }) => row.label)
    expect(labels).toEqual(['Refund', 'Admin Grant', 'Purchase', 'Free Credits'])
  })

  test('Positive number — credits added.', async () => {
    const id = await organisation(1_000)
    expect((await view(id, 'additions')).map((row: { credits: number }) => row.credits)).toEqual([800, 200])
  })

  test('Usually empty for top-ups (top-ups aren’t tied to a specific event).', async () => {
    const id = await organisation(1_000)
    expect((await view(id, 'additions')).map((row: { subject: unknown }) => row.subject)).toEqual([
      null,
      null,
    ])
  })

  test('When the credit was added.', async () => {
    const id = await product.account()
    await product.to(id, '2026-06-21T10:30:00Z')
    await product.grant(id, 1_000)
    expect((await view(id, 'additions'))[0].at).toBe('2026-06-21T10:30:00.000Z')
  })

  test('The pop-out info icon on each row shows payment metadata: gateway, payment ID, order ID.', async () => {
    const id = await product.account()
    const bought = await product.buy(id, [{ credits: 1_000 }])
    const { id: purchaseId, gateway, orderId, paymentId } = bought
    expect([gateway, orderId, paymentId]).toEqual(['sandbox', expect.any(String), expect.any(String)])
    const [addition] = await view(id, 'additions')
    expect(addition.payment).toEqual({ purchaseId, gateway, orderId, paymentId })
  })

  test('The plan description — “Flexible usage-based pricing with no commitment.”', async () => {
    const id = await product.account()
    await product.subscribe(id, 'payg')
    const plans = (await product.get('/plans')).body.data as {
      id: string
      name: string
      description: string
    }[]
    const badge = plans.find(({ id: plan }) => plan === 'payg')
    expect((await product.credits(id)).plan).toBe('payg')
    expect(badge).toMatchObject({
      name: 'Pay As You Go',
      description: 'Flexible usage-based pricing with no commitment.',
    })
  })

  test('Pay As You Go has no expiry, so this section reads “No expiry date set. Your plan does not have a fixed expiry.”', async () => {
    const id = await product.account()
    await product.subscribe(id, 'payg')
    const standing = await product.ok('GET', `/accounts/${id}/subscription`)
    expect(standing).toMatchObject({ plan: 'payg', endsAt: null, cancelAt: null, periodEnd: null })
    await product.to(id, '2036-05-09T00:00:00Z')
    expect(await product.credits(id)).toMatchObject({ plan: 'payg', balance: 200 })
  })

  test('If next month has a known big event, top up now (minimum 1,000 credits).', async () => {
    const { topUp } = (await product.get('/packs')).body
    expect(topUp).toMatchObject({ minimum: 1_000, step: 1, suggestions: [1_000, 3_000, 10_000] })
    const id = await product.account({ currency: 'USD' })
    const { remedies } = await product.refused(id, 'photo.rotate', { quantities: { photos: 201 } })
    const price = { amount: 2_000, currency: 'USD' }
    expect(remedies).toContainEqual(expect.objectContaining({ kind: 'topUp', credits: 1_000, price }))
    expect((await product.buy(id, [{ credits: 1_000 }])).total).toEqual(price)
  })

  test('Credits are an organisation-level balance, not per-event.', async () => {
    const id = await organisation(1_000)
    expect((await process(id, 600, { subject: cityRun })).balance).toBe(400)
    const refused = await product.refused(id, 'photo.process', {
      quantities: { photos: 500 },
      options: { search: ['selfie'] },
      subject: trailRun,
    })
    expect(refused.missing).toBe(100)
  })

  test('Every event in the organisation draws from the same pool.', async () => {
    const id = await organisation(1_000)
    const first = await process(id, 100, { subject: cityRun })
    const second = await process(id, 30, { subject: trailRun })
    expect(second.balance).toBe(870)
    expect(second.draws[0].lotId).toBe(first.draws[0].lotId)
  })

  test('The Credit Usage tab attributes each spend back to a specific event so you can see where it went.', async () => {
    const id = await organisation(1_000)
    await process(id, 100, { subject: cityRun })
    await process(id, 30, { subject: trailRun })
    expect(await view(id, 'usage')).toMatchObject([
      { credits: -30, subject: trailRun },
      { credits: -100, subject: cityRun },
    ])
  })

  test('Usage = credits spent (negative). Purchase History = credits added (positive).', async () => {
    const id = await organisation(1_000)
    const run = await process(id, 100)
    await product.ok('POST', `/charges/${run.id}/refunds`, { credits: 10 })
    const signs = async (name: string) =>
      (await view(id, name)).map((row: { credits: number }) => Math.sign(row.credits))
    expect([await signs('usage'), await signs('additions')]).toEqual([[-1], [1, 1, 1]])
  })

  test('Both are filtered views of the same underlying transaction list.', async () => {
    const id = await organisation(1_000)
    const run = await process(id, 100)
    await product.ok('POST', `/charges/${run.id}/refunds`, { credits: 10 })
    const ids = async (name: string): Promise<string[]> =>
      (await view(id, name)).map((row: { id: string }) => row.id)
    const both = [...(await ids('usage')), ...(await ids('additions'))]
    expect(both.sort()).toEqual((await ids('all')).sort())
  })

  test('They can see the balance and usage history, but only admins can buy credits.', async () => {
    const id = await product.account()
    await product.ok('PUT', `/accounts/${id}/members/asha`, {
      name: 'Asha',
      email: 'asha@example.com',
      role: 'admin',
    })
    await product.ok('PUT', `/accounts/${id}/members/omar`, { name: 'Omar', role: 'member' })
    const asked = { quantities: { photos: 300 } }
    const ways = async (userId: string) =>
      (await product.refused(id, 'photo.rotate', { ...asked, userId })).remedies.map(
        ({ kind }: { kind: string }) => kind,
      )
    expect(await ways('omar')).toEqual(['reduce', 'askAdmin'])
    expect(await ways('asha')).toEqual(['reduce', 'topUp'])
  })

  test('The current month is in-progress and grows through the month.', async () => {
    const id = await organisation(1_000)
    await process(id, 10)
    await product.to(id, '2026-05-31T23:59:59Z')
    await process(id, 10)
    expect((await months(id))[0]).toEqual([20, 2, true])
    await product.to(id, '2026-06-01T00:00:00Z')
    expect((await months(id)).slice(0, 2)).toEqual([
      [0, 0, true],
      [20, 2, false],
    ])
  })

  test('Compare it only to the same point in previous months, or wait until month-end for an apples-to-apples comparison.', async () => {
    const id = await organisation(1_000)
    await process(id, 50)
    await product.to(id, '2026-05-20T00:00:00Z')
    await process(id, 60)
    await product.to(id, '2026-06-10T00:00:00Z')
    await process(id, 70)
    const { data } = (await product.get(`/accounts/${id}/usage/months?count=2`)).body
    expect(data).toMatchObject([
      { month: '2026-06', used: 70, usedByThisTime: 70 },
      { month: '2026-05', used: 110, usedByThisTime: 50 },
    ])
  })

  test('Free credits granted during the trial combine with paid credits into a single Available Credits balance.', async () => {
    const id = await product.account()
    await process(id, 50)
    await product.grant(id, 1_000)
    expect((await product.credits(id)).available).toBe(1_150)
  })

  test('The dashboard spends them in order; you don’t have to choose.', async () => {
    const id = await organisation(1_200)
    const lots = (await product.get(`/accounts/${id}/lots?order=asc`)).body.data as {
      id: string
      kind: string
    }[]
    expect(lots.map(({ kind }) => kind)).toEqual(['free', 'promotional'])
    const run = await process(id, 250)
    expect(run.draws).toEqual([
      { lotId: lots[0]!.id, credits: 200 },
      { lotId: lots[1]!.id, credits: 50 },
    ])
  })
})
