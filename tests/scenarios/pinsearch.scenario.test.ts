/** Pinsearch's scenarios (catalogs/pinsearch/walk.md), through the HTTP API under the test clock. */
import { expect, test } from 'vitest'
import { askInAnyOrder } from './any-order.ts'
import { walkByHand } from './by-hand.ts'
import { describeProduct } from './product.ts'

describeProduct('pinsearch', '2026-01-31T00:00:00Z', (product) => {
  const article = (accountId: string, images: number) =>
    product.charge(accountId, 'article.from-images', { quantities: { images } })
  const topic = (accountId: string, items: number) =>
    product.charge(accountId, 'article.from-topic', { quantities: { items } })

  const customer = product.customer.bind(product)
  const groups = product.groups.bind(product)

  test('Given 120 subscription and 50 purchased, when an article is made from 40 uploaded images, then 40 are charged, all subscription: 80 and 50 remain.', async () => {
    const id = await customer({ plan: 'plus', subscription: 120, purchased: 50 })
    await article(id, 40)
    expect(await groups(id)).toEqual({ subscription: 80, purchased: 50 })
  })

  test('Given 10 subscription and 50 purchased, when a topic article of 12 items is made, then 24 are charged in one charge: 10 and 14; 0 and 36 remain.', async () => {
    const id = await customer({ plan: 'basic', subscription: 10, purchased: 50 })
    const charge = await topic(id, 12)
    expect(charge.credits).toBe(24)
    expect(charge.draws.map((draw: { credits: number }) => draw.credits)).toEqual([10, 14])
    expect(await groups(id)).toEqual({ subscription: 0, purchased: 36 })
  })

  test('Given active access and a balance of 0, when pin titles are generated, then it succeeds, costs 0, and usage is unchanged.', async () => {
    const id = await customer({ plan: 'basic', subscription: 0 })
    const before = await product.credits(id)
    expect(before.balance).toBe(0)
    expect((await product.charge(id, 'pin.titles')).credits).toBe(0)
    expect((await product.credits(id)).used).toBe(before.used)
  })

  test('Given a pack of 200 and no plan, when titles or an article are asked for, then 402 `access_inactive`; the balance still shows 200; the remedies name plans and lifetime, no pack.', async () => {
    const id = await customer({ purchased: 200 })
    for (const action of ['pin.titles', 'article.from-images']) {
      const quantities = action === 'pin.titles' ? {} : { images: 8 }
      const { code, remedies } = await product.refused(id, action, { quantities })
      expect(code).toBe('access_inactive')
      const kinds = new Set(remedies.map((remedy: { kind: string }) => remedy.kind))
      expect(kinds).toEqual(new Set(['choosePlan', 'buyLifetime']))
    }
    expect(await product.credits(id)).toMatchObject({ balance: 200, status: 'inactive' })
  })

  test('Given a cancelled Plus paid to 31 March, then on 30 March an article works and on 31 March at the period’s end it is refused; the 50 purchased credits are still there.', async () => {
    const id = await customer({ plan: 'plus', purchased: 50 })
    await product.to(id, '2026-02-28T00:00:00Z')
    await product.ok('DELETE', `/accounts/${id}/subscription?when=periodEnd`)
    await product.to(id, '2026-03-30T23:59:59Z')
    await article(id, 8)
    await product.to(id, '2026-03-31T00:00:00Z')
    const refused = await product.refused(id, 'article.from-images', { quantities: { images: 8 } })
    expect(refused.code).toBe('access_inactive')
    expect(await groups(id)).toEqual({ subscription: 0, purchased: 50 })
  })

  test('Given Plus (300 a month, bank 600) with 650 subscription and 50 purchased left, when the refill comes, then 50 go as `rollover_excess`, and 900 subscription and 50 purchased remain.', async () => {
    const id = await customer({ plan: 'plus', purchased: 50 })
    await product.to(id, '2026-03-31T00:00:00Z')
    await product.leave(id, 650)
    const events = await product.to(id, '2026-04-30T00:00:00Z')
    expect(events.map((event: { type: string }) => event.type)).toContain('rollover_excess')
    const cut = (await product.transactions(id)).find(({ type }) => type === 'rollover_excess')
    expect(cut?.credits).toBe(-50)
    expect(await groups(id)).toEqual({ subscription: 900, purchased: 50 })
  })

  test('With the whole balance counted, 350 go and 600 remain.', async () => {
    const id = await customer({ plan: 'plus', purchased: 50 })
    await product.to(id, '2026-03-31T00:00:00Z')
    await product.leave(id, 650)
    await product.edit((text) =>
      text.replace('{ bank: 600, counts: carried }', '{ bank: 600, counts: total }'),
    )
    await product.to(id, '2026-04-30T00:00:00Z')
    const cut = (await product.transactions(id)).find(({ type }) => type === 'rollover_excess')
    expect(cut?.credits).toBe(-350)
    expect(await groups(id)).toEqual({ subscription: 600, purchased: 50 })
    await product.edit((text) => text)
  })

  test('Given 30 credits, when a topic article of 25 items is asked for, then 402, cost 50, missing 20; remedies: 15 items at most, the next refill with its date and that it suffices, the 50 pack, a plan change.', async () => {
    const id = await customer({ plan: 'basic', subscription: 30 })
    const body = await product.refused(id, 'article.from-topic', { quantities: { items: 25 } })
    expect(body).toMatchObject({ code: 'insufficient_credits', required: 50, available: 30, missing: 20 })
    const [reduce, wait, pack, plan] = body.remedies
    expect(reduce).toMatchObject({ kind: 'reduce', quantity: 'items', max: 15, credits: 30, suffices: true })
    expect(wait).toMatchObject({ kind: 'wait', at: '2026-02-28T00:00:00.000Z', credits: 100, suffices: true })
    expect(pack).toMatchObject({ kind: 'buyPack', pack: 'small', credits: 50, suffices: true })
    expect(plan).toMatchObject({ kind: 'changePlan', plan: 'plus', suffices: true })
  })

  test('Given an article from 20 images of which 3 fail, then rows −20 and +3 with the balance after each; used grows by 17; received is unchanged.', async () => {
    const id = await customer({ plan: 'basic' })
    const charge = await article(id, 20)
    const refund = await product.ok('POST', `/charges/${charge.id}/refunds`, { quantities: { images: 17 } })
    expect(refund.credits).toBe(3)
    const rows = (await product.transactions(id)).slice(0, 2)
    expect(rows.map(({ credits, balanceAfter }) => [credits, balanceAfter])).toEqual([
      [3, 83],
      [-20, 80],
    ])
    expect(await product.credits(id)).toMatchObject({ used: 17, received: 100 })
  })

  test('Given a topic article of 5 items that fails whole, then −10 and +10, and the balance is as before, lot by lot.', async () => {
    const id = await customer({ plan: 'basic', subscription: 4, purchased: 50 })
    const lotsOf = async () =>
      (await product.get(`/accounts/${id}/lots`)).body.data.map((lot: { id: string; remaining: number }) => [
        lot.id,
        lot.remaining,
      ])
    const before = await lotsOf()
    const charge = await topic(id, 5)
    await product.ok('POST', `/charges/${charge.id}/refunds`, { reason: 'generation failed' })
    expect(await lotsOf()).toEqual(before)
  })

  test('Given Pro downgraded to Basic at period end with 900 left, then the first Basic refill carries 200 and grants 100.', async () => {
    const id = await customer({ plan: 'pro' })
    await product.to(id, '2026-02-28T00:00:00Z')
    await product.leave(id, 900)
    await product.ok('PUT', `/accounts/${id}/subscription`, { plan: 'basic' })
    expect(await groups(id)).toEqual({ subscription: 900, purchased: 0 })
    await product.to(id, '2026-03-31T00:00:00Z')
    expect(await groups(id)).toEqual({ subscription: 300, purchased: 0 })
    expect((await product.credits(id)).plan).toBe('basic')
  })

  test('Given a trial with 12 credits left at its end, then they expire, a second trial is refused, and a pack bought before is kept.', async () => {
    const id = await product.account()
    await product.subscribe(id, 'basic', { trial: true })
    await product.grant(id, 50)
    await article(id, 8)
    await product.to(id, '2026-02-07T00:00:00Z')
    expect(await product.credits(id)).toMatchObject({ balance: 50, expired: 12, status: 'inactive' })
    const again = await product.call('PUT', `/accounts/${id}/subscription`, { plan: 'plus', trial: true })
    expect(again.body.code).toBe('trial_already_used')
    expect((await product.credits(id)).balance).toBe(50)
  })

  test('A lifetime licence gives access for good and 500 purchased credits that never expire.', async () => {
    const id = await product.account()
    await product.subscribe(id, 'lifetime')
    await product.to(id, '2031-03-01T00:00:00Z')
    await article(id, 20)
    expect(await groups(id)).toEqual({ subscription: 0, purchased: 480 })
    expect((await product.credits(id)).nextExpiry).toBeNull()
  })

  test('A lifetime licence whose payment is refunded ends access at that instant; what is spent stays spent.', async () => {
    const id = await product.account()
    const { id: purchase } = await product.buy(id, [{ plan: 'lifetime' }])
    await article(id, 20)
    expect(await product.ok('POST', `/purchases/${purchase}/refund`, {})).toMatchObject({
      status: 'refunded',
    })
    expect(await product.credits(id)).toMatchObject({ balance: 0, used: 20 })
    expect(await product.refused(id, 'pin.titles')).toMatchObject({ code: 'access_inactive' })
  })

  test('A paused subscription may not count as access, and resuming it gives access back.', async () => {
    const id = await customer({ plan: 'plus' })
    await product.ok('POST', `/accounts/${id}/subscription/pause`)
    expect(await product.refused(id, 'pin.titles')).toMatchObject({
      code: 'access_inactive',
      remedies: [{ kind: 'resume' }],
    })
    await product.ok('POST', `/accounts/${id}/subscription/resume`)
    expect((await product.charge(id, 'pin.titles')).credits).toBe(0)
  })

  test('While paused the plan cannot be changed: 409 `subscription_state`, and the subscription stays as it is.', async () => {
    const id = await customer({ plan: 'basic' })
    await product.ok('POST', `/accounts/${id}/subscription/pause`)
    const changed = await product.call('PUT', `/accounts/${id}/subscription`, { plan: 'plus' })
    expect(changed).toMatchObject({
      status: 409,
      body: { code: 'subscription_state', subscriptionStatus: 'paused' },
    })
    expect(await product.ok('GET', `/accounts/${id}/subscription`)).toMatchObject({
      plan: 'basic',
      status: 'paused',
    })
  })

  test('A past-due payment keeps access for 7 days, is mended by paying, and ends access when it is not.', async () => {
    const id = await customer({ plan: 'plus' })
    await product.ok('POST', `/accounts/${id}/subscription/payment-failed`)
    await product.to(id, '2026-02-06T23:59:59Z')
    await article(id, 1)
    await product.to(id, '2026-02-07T00:00:00Z')
    expect(await product.refused(id, 'pin.titles')).toMatchObject({
      code: 'access_inactive',
      remedies: [{ kind: 'updatePayment' }],
    })
    await product.ok('POST', `/accounts/${id}/subscription/payment-received`)
    await article(id, 1)
  })

  test('Nothing is charged when a request is refused: a missing field, too many images, too few credits.', async () => {
    const id = await customer({ plan: 'basic' })
    const refusedBodies = [
      {},
      { quantities: { images: 101 } },
      { quantities: { images: 0 } },
      { quantities: { pages: 3 } },
    ]
    for (const body of refusedBodies) {
      const refused = await product.post('/charges', {
        accountId: id,
        action: 'article.from-images',
        ...body,
      })
      expect(refused.status).toBeGreaterThanOrEqual(400)
      expect(refused.status).toBeLessThan(500)
    }
    expect((await product.credits(id)).balance).toBe(100)
    expect(await product.transactions(id)).toHaveLength(1)
  })

  test('The commands of the walk by hand answer what it says.', async () => {
    await walkByHand(product, 'pinsearch')
  })

  test('Requests in any order are answered or refused, never failed.', async () => {
    await askInAnyOrder(product)
  }, 120_000)

  test('Received − used − removed = available + held, on every account, after each of the above.', async () => {
    await article(await customer({ plan: 'basic', purchased: 50 }), 20)
    const accounts = (await product.get('/accounts?limit=200')).body.data
    expect(accounts.length).toBeGreaterThan(0)
    for (const { id } of accounts) {
      const { received, used, removed, available, held } = await product.credits(id)
      expect(received - used - removed).toBe(available + held)
    }
    expect(await product.violations()).toEqual([])
  })
})
