/** Pinsearch's page, sentence by sentence (catalogs/pinsearch/walk.md), through the HTTP API under the test clock. */
import { expect, test } from 'vitest'
import { describeProduct } from './product.ts'

describeProduct('pinsearch', '2026-03-01T00:00:00Z', (product) => {
  const article = (accountId: string, images: number) =>
    product.charge(accountId, 'article.from-images', { quantities: { images } })
  const topic = (accountId: string, items: number) =>
    product.charge(accountId, 'article.from-topic', { quantities: { items } })
  const customer = product.customer.bind(product)
  const groups = product.groups.bind(product)

  test('Research tools such as Keyword Finder, Pin Explorer, and Profile Explorer require active access, but they do not spend credits for normal research actions.', async () => {
    const stranger = await customer({})
    expect((await product.refused(stranger, 'research.search')).code).toBe('access_inactive')
    const subscriber = await customer({ plan: 'basic' })
    expect(await product.charge(subscriber, 'research.search')).toMatchObject({ credits: 0, balance: 100 })
  })

  test('Credits are mainly used when Pinsearch creates larger AI outputs.', async () => {
    const actions = (await product.get('/actions')).body.data as { id: string }[]
    const asked: Record<string, object> = {
      'article.from-images': { quantities: { images: 1 } },
      'article.from-topic': { quantities: { items: 1 } },
    }
    const priced: string[] = []
    for (const { id: action } of actions) {
      if ((await product.quote(action, asked[action])).credits > 0) priced.push(action)
    }
    expect(priced.sort()).toEqual(['article.from-images', 'article.from-topic', 'article.image-again'])
  })

  test('Total Received: Credits added through trial, plan, lifetime, or packs.', async () => {
    const received = async (id: string) => (await product.credits(id)).received
    const trial = await product.account()
    await product.subscribe(trial, 'basic', { trial: true })
    const lifetime = await customer({ plan: 'lifetime' })
    const monthly = await customer({ plan: 'plus', purchased: 50 })
    expect([await received(trial), await received(lifetime), await received(monthly)]).toEqual([20, 500, 350])
    const charge = await article(monthly, 20)
    await product.ok('POST', `/charges/${charge.id}/refunds`, { credits: 5 })
    expect(await received(monthly)).toBe(350)
  })

  test('Credits Used: Credits already spent on AI generation.', async () => {
    const id = await customer({ plan: 'plus' })
    await article(id, 20)
    await topic(id, 5)
    expect((await product.credits(id)).used).toBe(30)
  })

  test('Available Balance: Credits ready to spend now.', async () => {
    const id = await customer({ plan: 'basic' })
    await product.hold(id, 'article.from-images', { quantities: { images: 10 } })
    expect(await product.credits(id)).toMatchObject({ balance: 100, held: 10, available: 90 })
    expect((await product.refused(id, 'article.from-images', { quantities: { images: 91 } })).missing).toBe(1)
    expect((await article(id, 90)).available).toBe(0)
  })

  test('Next refill: The next scheduled subscription refill, when your plan has one.', async () => {
    const next = async (id: string) => (await product.credits(id)).nextRefill
    const subscriber = await customer({ plan: 'plus' })
    expect(await next(subscriber)).toMatchObject({ at: '2026-04-01T00:00:00.000Z', credits: 300 })
    await product.ok('DELETE', `/accounts/${subscriber}/subscription?when=periodEnd`)
    expect(await next(subscriber)).toBeNull()
    expect(await next(await customer({ plan: 'lifetime' }))).toBeNull()
  })

  test('Recent credit activity: Recent credit additions, usage, and refunds.', async () => {
    const id = await customer({ plan: 'basic', purchased: 50 })
    const charge = await article(id, 8)
    await product.ok('POST', `/charges/${charge.id}/refunds`, { quantities: { images: 7 } })
    const activity = await product.transactions(id)
    expect(activity.map(({ type, credits, balanceAfter }) => [type, credits, balanceAfter])).toEqual([
      ['refund', 1, 143],
      ['charge', -8, 142],
      ['grant', 50, 150],
      ['refill', 100, 100],
    ])
  })

  test('Top up credits: Available credit pack options.', async () => {
    const packs = (await product.get('/packs')).body.data
    const options = packs.map((pack: { id: string; credits: number }) => [pack.id, pack.credits])
    expect(options).toEqual([
      ['small', 50],
      ['medium', 200],
      ['large', 500],
    ])
  })

  test('The sidebar can also show your plan name and current credit balance.', async () => {
    const id = await customer({ plan: 'plus' })
    const { plan, balance } = await product.credits(id)
    const plans = (await product.get('/plans')).body.data as { id: string; name: string }[]
    expect([plans.find((each) => each.id === plan)?.name, balance]).toEqual(['Plus', 300])
  })

  test('Generate Pin titles and descriptions: Free', async () => {
    const id = await customer({ plan: 'basic' })
    expect(await product.charge(id, 'pin.titles')).toMatchObject({ credits: 0, balance: 100 })
  })

  test('Create an article from uploaded images: 1 credit per image', async () => {
    for (const images of [8, 20, 40]) {
      expect((await product.quote('article.from-images', { quantities: { images } })).credits).toBe(images)
    }
  })

  test('Create an article from a topic or keyword: 2 credits per listicle item', async () => {
    const cost = async (items: number) =>
      (await product.quote('article.from-topic', { quantities: { items } })).credits
    expect([await cost(5), await cost(12), await cost(25)]).toEqual([10, 24, 50])
  })

  test('Regenerate an article image: 2 credits', async () => {
    const id = await customer({ plan: 'basic' })
    expect(await product.charge(id, 'article.image-again')).toMatchObject({ credits: 2, balance: 98 })
  })

  test('Regenerate article text or descriptions where available: Free', async () => {
    const id = await customer({ plan: 'basic' })
    expect(await product.charge(id, 'article.text-again')).toMatchObject({ credits: 0, balance: 100 })
  })

  test('You still need active Pinsearch access to use the creation tools, even when the specific action is free.', async () => {
    const id = await customer({ purchased: 200 })
    for (const free of ['pin.titles', 'article.text-again']) {
      expect((await product.refused(id, free)).code).toBe('access_inactive')
    }
    await product.subscribe(id, 'basic')
    expect((await product.charge(id, 'pin.titles')).credits).toBe(0)
  })

  test('Subscription credits: Credits included with a free trial or recurring subscription.', async () => {
    const trial = await product.account()
    await product.subscribe(trial, 'basic', { trial: true })
    expect(await groups(trial)).toEqual({ subscription: 20, purchased: 0 })
    expect(await groups(await customer({ plan: 'pro' }))).toEqual({ subscription: 800, purchased: 0 })
  })

  test('Purchased credits: Credits from lifetime starter credits or credit packs.', async () => {
    const id = await customer({ plan: 'lifetime' })
    expect(await groups(id)).toEqual({ subscription: 0, purchased: 500 })
    expect((await product.transactions(id)).map(({ type, kind }) => [type, kind])).toEqual([
      ['starter', 'lifetime'],
    ])
  })

  test('When you spend credits, Pinsearch uses subscription credits first.', async () => {
    const id = await customer({ purchased: 50 })
    await product.subscribe(id, 'basic')
    await article(id, 30)
    expect(await groups(id)).toEqual({ subscription: 70, purchased: 50 })
  })

  test('If the action needs more than your subscription balance, it uses purchased credits after that.', async () => {
    const id = await customer({ plan: 'basic', purchased: 50 })
    await topic(id, 50)
    await article(id, 7)
    expect(await groups(id)).toEqual({ subscription: 0, purchased: 43 })
  })

  test('Subscription credits can roll over only up to your plan’s bank limit.', async () => {
    const id = await customer({ plan: 'basic' })
    const afterEachRefill: number[] = []
    for (const at of ['2026-04-01T00:00:00Z', '2026-05-01T00:00:00Z', '2026-06-01T00:00:00Z']) {
      await product.to(id, at)
      afterEachRefill.push((await groups(id)).subscription)
    }
    // 200 are carried at most, and 100 come with each refill.
    expect(afterEachRefill).toEqual([200, 300, 300])
  })

  test('Purchased credits sit outside that rollover cap and stay on your account until used.', async () => {
    const id = await customer({ plan: 'basic', purchased: 900 })
    await product.to(id, '2028-03-01T00:00:00Z')
    expect(await groups(id)).toEqual({ subscription: 300, purchased: 900 })
  })

  test('This means a credit pack can give you extra room without replacing your monthly plan credits.', async () => {
    const id = await customer({ plan: 'basic', subscription: 0, purchased: 200 })
    await article(id, 40)
    await product.to(id, '2026-04-01T00:00:00Z')
    expect(await groups(id)).toEqual({ subscription: 100, purchased: 160 })
  })

  test('Reduce the number of uploaded images.', async () => {
    const id = await customer({ plan: 'basic', subscription: 30 })
    const { remedies } = await product.refused(id, 'article.from-images', { quantities: { images: 40 } })
    expect(remedies).toContainEqual(
      expect.objectContaining({ kind: 'reduce', quantity: 'images', max: 30, credits: 30 }),
    )
    expect((await article(id, 30)).balance).toBe(0)
  })

  test('Reduce the No. of Items in Listicle for topic-based articles.', async () => {
    const id = await customer({ plan: 'basic', subscription: 31 })
    const { remedies } = await product.refused(id, 'article.from-topic', { quantities: { items: 25 } })
    expect(remedies).toContainEqual(
      expect.objectContaining({ kind: 'reduce', quantity: 'items', max: 15, credits: 30 }),
    )
    expect((await topic(id, 15)).balance).toBe(1)
  })

  test('Wait for your next subscription refill.', async () => {
    const id = await customer({ plan: 'basic', subscription: 0 })
    const { remedies } = await product.refused(id, 'article.from-images', { quantities: { images: 100 } })
    const wait = remedies.find(({ kind }: { kind: string }) => kind === 'wait')
    expect(wait).toMatchObject({ at: '2026-04-01T00:00:00.000Z', credits: 100, suffices: true })
    await product.to(id, wait.at)
    expect((await article(id, 100)).balance).toBe(0)
  })

  test('Buy a credit pack from Settings > Credits & Usage.', async () => {
    const id = await customer({ plan: 'basic', subscription: 0 })
    const { remedies } = await product.refused(id, 'article.from-images', { quantities: { images: 100 } })
    const price = { amount: 2900, currency: 'USD' }
    expect(remedies).toContainEqual(
      expect.objectContaining({ kind: 'buyPack', pack: 'medium', credits: 200, price, suffices: true }),
    )
    expect((await product.buy(id, [{ pack: 'medium' }])).total).toEqual(price)
    expect((await article(id, 100)).credits).toBe(100)
  })

  test('Change to a plan with more monthly credits.', async () => {
    const id = await customer({ plan: 'basic', subscription: 0 })
    const { remedies } = await product.refused(id, 'article.from-images', { quantities: { images: 100 } })
    const change = remedies.find(({ kind }: { kind: string }) => kind === 'changePlan')
    expect(change).toMatchObject({ plan: 'plus', credits: 300, suffices: true })
    await product.subscribe(id, change.plan, { when: 'now' })
    expect((await article(id, 100)).credits).toBe(100)
  })

  test('Look for recent items such as generation usage, subscription refills, credit pack additions, lifetime credits, or refunds.', async () => {
    const id = await customer({ plan: 'lifetime' })
    await product.subscribe(id, 'basic')
    const charge = await article(id, 8)
    await product.ok('POST', `/charges/${charge.id}/refunds`, {})
    await product.buy(id, [{ pack: 'small' }])
    const types = (await product.transactions(id)).map(({ type }) => type)
    expect(types).toEqual(['purchase', 'refund', 'charge', 'refill', 'starter'])
    const { body } = await product.get(`/accounts/${id}/credits/explanation`)
    expect(body).toMatchObject({ balance: 650 })
  })
})
