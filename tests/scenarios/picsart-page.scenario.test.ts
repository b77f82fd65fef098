/** Picsart's page, sentence by sentence (catalogs/picsart/walk.md), through the HTTP API under the test clock. */
import { expect, test } from 'vitest'
import { describeProduct } from './product.ts'

describeProduct('picsart', '2026-01-31T00:00:00Z', (product) => {
  const customer = product.customer.bind(product)

  test('Each generation with these tools requires a set number of credits.', async () => {
    const asked = { options: { model: 'studio', quality: 'hd' }, quantities: { images: 2 } }
    const first = await product.quote('image.generate', asked)
    expect(first.credits).toBe(10)
    expect((await product.quote('image.generate', asked)).lines).toEqual(first.lines)
  })

  test('Every time you use a generative tool, the corresponding number of credits is deducted from your balance.', async () => {
    const id = await customer({ plan: 'plus' })
    expect(await product.charge(id, 'background.replace')).toMatchObject({ credits: 2, balance: 203 })
    expect(await product.charge(id, 'background.remove')).toMatchObject({ credits: 1, balance: 202 })
  })

  test('Credits are allocated based on your Picsart subscription plan.', async () => {
    const allocated = async (id: string) => (await product.groups(id)).subscription
    expect(await allocated(await product.account())).toBe(5)
    expect(await allocated(await customer({ plan: 'plus' }))).toBe(205)
    expect(await allocated(await customer({ plan: 'pro' }))).toBe(505)
  })

  test('You can check the allocated credits count on our pricing page at picsart.com/pricing.', async () => {
    const plans = (await product.get('/plans')).body.data as { id: string; credits: number }[]
    const counts = plans.map(({ id, credits }) => [id, credits])
    expect(counts).toEqual(
      expect.arrayContaining([
        ['free', 5],
        ['plus', 200],
        ['pro', 500],
      ]),
    )
  })

  test('Yes, additional credits can be purchased if you need more than your plan provides.', async () => {
    const id = await customer({ plan: 'plus' })
    const bought = await product.buy(id, [{ pack: 'addon-100' }])
    expect(bought).toMatchObject({ status: 'paid', total: { amount: 500, currency: 'USD' } })
    expect(await product.groups(id)).toEqual({ subscription: 205, purchased: 100 })
  })

  test('These add-on credits do not expire and can be rolled over to subsequent months if unused.', async () => {
    const id = await customer({ plan: 'plus', purchased: 100 })
    await product.to(id, '2028-01-31T00:00:00Z')
    expect(await product.groups(id)).toEqual({ subscription: 200, purchased: 100 })
  })

  test('Your current credit balance will be displayed there.', async () => {
    const id = await customer({ plan: 'plus', purchased: 100 })
    expect(await product.credits(id)).toMatchObject({ balance: 305, plan: 'plus' })
  })

  test('Your current credits will be shown, and you can click on ‘Learn more’ next to the balance to view any additional or purchased credits.', async () => {
    const id = await customer({ plan: 'plus', purchased: 100 })
    const { lots, ...credits } = await product.ok('GET', `/accounts/${id}/credits?include=lots`)
    expect(credits.byGroup).toMatchObject({ subscription: { available: 205 }, purchased: { available: 100 } })
    const facts = lots.map((lot: { kind: string; remaining: number; expiresAt: string | null }) => [
      lot.kind,
      lot.remaining,
      lot.expiresAt,
    ])
    // The 5 of Free, and what Plus added to them for the period under way.
    expect(facts).toEqual([
      ['subscription', 5, '2026-02-28T00:00:00.000Z'],
      ['subscription', 200, '2026-02-28T00:00:00.000Z'],
      ['promotional', 100, null],
    ])
  })

  test('If a generation does not complete successfully, the credits you spent will automatically be returned to your account, ensuring your credit balance is not deducted for unsuccessful attempts.', async () => {
    const id = await customer({ plan: 'plus' })
    const asked = { quantities: { seconds: 10 } }
    const hold = await product.hold(id, 'video.generate', asked)
    await product.ok('POST', `/holds/${hold.id}/release`)
    const charge = await product.charge(id, 'video.generate', asked)
    await product.ok('POST', `/charges/${charge.id}/refunds`, { reason: 'generation failed' })
    // The product itself may fail too: nobody says what became of this one, and its time runs out.
    await product.hold(id, 'video.generate', { ...asked, timeoutSeconds: 600 })
    await product.advance(id, '10 minutes')
    expect(await product.credits(id)).toMatchObject({ available: 205, held: 0, used: 0 })
  })

  test('Unused credits allocated from your subscription reset at the end of each billing cycle.', async () => {
    const id = await customer({ plan: 'plus', subscription: 60 })
    expect((await product.credits(id)).nextExpiry).toEqual({ at: '2026-02-28T00:00:00.000Z', credits: 60 })
    await product.to(id, '2026-02-28T00:00:00Z')
    expect(await product.credits(id)).toMatchObject({ balance: 200, expired: 60 })
  })

  test('However, add-on credits do not expire and can roll over to the next month.', async () => {
    const id = await customer({ plan: 'plus', subscription: 0, purchased: 100 })
    await product.to(id, '2026-02-28T00:00:00Z')
    expect(await product.credits(id)).toMatchObject({ balance: 300, expired: 0 })
  })

  test('The number of credits required per generation varies depending on the tool used.', async () => {
    const cost = async (tool: string) => (await product.quote(tool)).credits
    const costs = await Promise.all(['background.remove', 'image.expand', 'image.generate'].map(cost))
    expect(costs).toEqual([1, 2, 3])
  })

  test('You can view the specific requirements by checking the credit breakdown in your profile on the Picsart app or on our Pricing page at picsart.com.', async () => {
    const id = await customer({ plan: 'plus' })
    const rateCard = (await product.get(`/actions?accountId=${id}`)).body.data as {
      id: string
      price: unknown
    }[]
    const upscale = rateCard.find(({ id }) => id === 'image.upscale')
    expect(upscale).toMatchObject({
      name: 'Upscale',
      price: { parts: [{ credits: 1, per: 'pixels', each: 24_000_000 }] },
    })
    await product.charge(id, 'background.remove')
    await product.charge(id, 'image.expand')
    const spent = (
      await product.get(`/accounts/${id}/usage/breakdown?by=action&from=2026-01-31&to=2026-02-28`)
    ).body.data
    expect(spent).toMatchObject([
      { key: 'image.expand', used: 2 },
      { key: 'background.remove', used: 1 },
    ])
  })
})
