/** PowerPost's page, sentence by sentence (catalogs/powerpost/walk.md), through the HTTP API under the test clock. */
import { expect, test } from 'vitest'
import { describeProduct } from './product.ts'

describeProduct('powerpost', '2026-03-01T00:00:00Z', (product) => {
  const cost = async (action: string, asked: object) => (await product.quote(action, asked)).credits as number
  const caption = (options: object, quantities: object = {}) =>
    cost('caption.generate', { options, quantities })
  const image = (model: string, images: number) =>
    cost('image.generate', { options: { model }, quantities: { images } })
  const publishing = (...platforms: string[]) => cost('post.publish', { options: { platforms } })

  test('Get your current credit balance.', async () => {
    const id = await product.account()
    const { key } = await product.ok('POST', '/keys', { accountId: id, name: 'own' })
    for (let post = 0; post < 3; post++) {
      await product.charge(id, 'post.publish', { options: { platforms: ['linkedin'] } })
    }
    const answer = await product.get('/account/credits', key)
    expect(answer.status).toBe(200)
    expect(answer.text.startsWith('{"balance":47')).toBe(true)
  })

  test('balance | number | Current credit balance', async () => {
    const id = await product.account()
    const { key } = await product.ok('POST', '/keys', { accountId: id, name: 'own' })
    expect((await product.get('/account/credits', key)).body.balance).toBe(50)
    expect((await product.get('/account/credits', `${key}x`)).status).toBe(401)
    expect((await product.get('/account/credits')).body.code).toBe('account_required')
  })

  test('Credits are purchased in packs and never expire.', async () => {
    const packs = (await product.get('/packs')).body.data as { credits: number; expires: unknown }[]
    expect(packs.map((pack) => [pack.credits, pack.expires])).toEqual([
      [100, null],
      [500, null],
      [1500, null],
    ])
    const id = await product.account()
    await product.buy(id, [{ pack: 'starter' }])
    await product.to(id, '2036-03-01T00:00:00Z')
    expect((await product.credits(id)).balance).toBe(150)
  })

  test('New accounts receive 50 free credits on signup.', async () => {
    const id = await product.account()
    const rows = await product.transactions(id)
    expect(rows).toMatchObject([{ type: 'sign_up', kind: 'free', credits: 50, balanceAfter: 50 }])
    await product.ok('PUT', `/accounts/${id}`, { name: 'Signed up again' })
    expect((await product.credits(id)).balance).toBe(50)
  })

  test('Buy more credits anytime from the pricing page or in the dashboard.', async () => {
    const id = await product.account()
    const { checkoutUrl, total } = await product.ok('POST', '/purchases', {
      accountId: id,
      lines: [{ pack: 'creator' }, { pack: 'starter' }],
      returnUrl: 'https://powerpost.example/dashboard',
    })
    expect(total).toEqual({ amount: 4_800, currency: 'USD' })
    expect(checkoutUrl).toContain('/sandbox/checkout/')
  })

  test('Cost depends on research mode (regular or deep), with additional charges for image and video analysis.', async () => {
    expect([await caption({ research: 'regular' }), await caption({ research: 'deep' })]).toEqual([6, 8])
    expect(await caption({ research: 'regular' }, { images: 4 })).toBe(10)
    expect(await caption({ research: 'regular' }, { videoSeconds: 60 })).toBe(12)
  })

  test('Deep research costs more than regular.', async () => {
    expect(await caption({ research: 'deep' })).toBeGreaterThan(await caption({ research: 'regular' }))
  })

  test('The number of platforms does not affect the cost.', async () => {
    const all = ['x', 'linkedin', 'instagram', 'facebook', 'tiktok', 'youtube']
    const costs = [await caption({ platforms: ['linkedin'] }), await caption({ platforms: all })]
    expect(costs).toEqual([6, 6])
  })

  test('Cost varies by model.', async () => {
    expect([await image('flux2-flex', 1), await image('ideogram-3', 1)]).toEqual([5, 6])
  })

  test('Generating multiple images multiplies the per-image cost.', async () => {
    expect([await image('ideogram-3', 1), await image('ideogram-3', 4)]).toEqual([6, 24])
  })

  test('Higher-quality models cost more credits.', async () => {
    expect([await image('flux2-flex', 1), await image('gpt-image-1.5', 1)]).toEqual([5, 14])
  })

  test('A flat 1-credit base fee per publish action, with premium platforms (X) adding a surcharge due to higher API costs.', async () => {
    expect([await publishing('linkedin'), await publishing('x')]).toEqual([1, 4])
    const { lines } = await product.quote('post.publish', { options: { platforms: ['x'] } })
    expect(lines).toMatchObject([{ credits: 1 }, { name: 'X surcharge', credits: 3 }])
  })

  test('All other platforms are included in the base fee.', async () => {
    expect(await publishing('linkedin', 'instagram', 'facebook', 'tiktok', 'youtube')).toBe(1)
  })

  test('The exact credit cost for each action is shown in the app before you confirm, and included in API responses.', async () => {
    const id = await product.account()
    const asked = { accountId: id, action: 'post.publish', options: { platforms: ['x', 'tiktok'] } }
    const quote = await product.ok('POST', '/quotes', asked)
    const charge = await product.ok('POST', '/charges', asked)
    expect(quote).toMatchObject({ credits: 4, affordable: true, balanceAfter: 46 })
    expect(charge).toMatchObject({ credits: 4, lines: quote.lines, balance: 46 })
  })

  test('A typical text post with regular research, generated for 3 platforms, with one image and published to all 3, might cost around 10–15 credits total.', async () => {
    const total = async (platforms: string[]) =>
      (await caption({ research: 'regular', platforms })) +
      (await image('flux2-flex', 1)) +
      (await publishing(...platforms))
    expect([
      await total(['linkedin', 'instagram', 'facebook']),
      await total(['x', 'linkedin', 'tiktok']),
    ]).toEqual([12, 15])
  })

  test('Credits are refunded for failed generations.', async () => {
    const id = await product.account()
    const charge = await product.charge(id, 'caption.generate')
    const refund = await product.ok('POST', `/charges/${charge.id}/refunds`, { reason: 'generation failed' })
    expect(refund).toMatchObject({ credits: 6, balance: 50 })
    const hold = await product.hold(id, 'image.generate')
    const release = await product.ok('POST', `/holds/${hold.id}/release`)
    expect(release).toMatchObject({ released: 5, available: 50 })
  })

  test('Publishing credits are only charged for items that publish successfully — no charge for failed items.', async () => {
    const id = await product.account()
    const hold = () => product.hold(id, 'post.publish', { options: { platforms: ['x', 'linkedin'] } })
    const publishedTo = async (platforms: string[]) => {
      const { captured, released } = await product.ok('POST', `/holds/${(await hold()).id}/captures`, {
        options: { platforms },
      })
      return [captured, released]
    }
    expect(await publishedTo(['x', 'linkedin'])).toEqual([4, 0])
    expect(await publishedTo(['linkedin'])).toEqual([1, 3])
    expect(await publishedTo([])).toEqual([0, 4])
    expect((await product.credits(id)).balance).toBe(45)
  })

  test('Image generations with partial failures receive a partial refund.', async () => {
    const id = await product.account()
    const charge = await product.charge(id, 'image.generate', { quantities: { images: 4 } })
    const refund = await product.ok('POST', `/charges/${charge.id}/refunds`, { quantities: { images: 3 } })
    expect(charge.balance).toBe(30)
    expect(refund).toMatchObject({ credits: 5, charged: 20, refunded: 5, balance: 35 })
  })
})
