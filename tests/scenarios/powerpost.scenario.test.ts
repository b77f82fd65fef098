/** PowerPost's scenarios (catalogs/powerpost/walk.md), through the HTTP API under the test clock. */
import { expect, test } from 'vitest'
import { askInAnyOrder } from './any-order.ts'
import { walkByHand } from './by-hand.ts'
import { describeProduct } from './product.ts'

describeProduct('powerpost', '2026-03-01T00:00:00Z', (product) => {
  const publish = (accountId: string, platforms: string[], more: object = {}) =>
    product.charge(accountId, 'post.publish', { options: { platforms }, ...more })

  async function ownKey(accountId: string, permissions: string[] = []) {
    const { key } = await product.ok('POST', '/keys', { accountId, name: 'own', permissions })
    return key as string
  }

  test('On sign-up `GET /api/v1/account/credits` answers `{"balance": 50}`; after three posts published without X (1 each) it answers 47.', async () => {
    const id = await product.account()
    const key = await ownKey(id)
    expect(key).toMatch(/^pp_test_sk_/)
    const balance = async () => (await product.get('/account/credits', key)).body.balance
    expect(await balance()).toBe(50)
    for (let post = 0; post < 3; post++) await publish(id, ['linkedin'])
    expect(await balance()).toBe(47)
  })

  test('A regular caption costs 6 for one platform and 6 for six.', async () => {
    const all = ['x', 'linkedin', 'instagram', 'facebook', 'tiktok', 'youtube']
    for (const platforms of [['linkedin'], all]) {
      const quote = await product.quote('caption.generate', { options: { research: 'regular', platforms } })
      expect(quote.credits).toBe(6)
    }
  })

  test('Deep with 4 images costs 8 + 4 = 12; the lines say so.', async () => {
    const quote = await product.quote('caption.generate', {
      quantities: { images: 4 },
      options: { research: 'deep' },
    })
    expect(quote.credits).toBe(12)
    expect(quote.lines.map((line: { credits: number }) => line.credits)).toEqual([8, 4])
  })

  test('Deep with a 2-minute video costs 20; regular with 61 seconds costs 6 + 12 = 18.', async () => {
    const deep = { quantities: { videoSeconds: 120 }, options: { research: 'deep' } }
    const regular = { quantities: { videoSeconds: 61 }, options: { research: 'regular' } }
    expect((await product.quote('caption.generate', deep)).credits).toBe(20)
    expect((await product.quote('caption.generate', regular)).credits).toBe(18)
  })

  test('The page’s sample: caption 6, one flux2-flex image 5, published to three platforms 1: 12; with X among them 15; always between 10 and 15.', async () => {
    for (const [platforms, total] of [
      [['linkedin', 'instagram', 'facebook'], 12],
      [['x', 'linkedin', 'instagram'], 15],
    ] as const) {
      const id = await product.account()
      const caption = await product.charge(id, 'caption.generate', {
        options: { research: 'regular', platforms },
      })
      const image = await product.charge(id, 'image.generate', { options: { model: 'flux2-flex' } })
      const post = await publish(id, [...platforms])
      expect([caption.credits, image.credits]).toEqual([6, 5])
      expect(caption.credits + image.credits + post.credits).toBe(total)
      expect(post.balance).toBe(50 - total)
    }
  })

  test('With 50 credits, 4 images of gpt-image-1.5 (56) are refused: missing 6, at most 3 images (42).', async () => {
    const id = await product.account()
    const { status, body } = await product.post('/charges', {
      accountId: id,
      action: 'image.generate',
      quantities: { images: 4 },
      options: { model: 'gpt-image-1.5' },
    })
    expect(status).toBe(402)
    expect(body).toMatchObject({ required: 56, missing: 6 })
    expect(body.remedies[0]).toMatchObject({ kind: 'reduce', quantity: 'images', max: 3, credits: 42 })
  })

  test('Of 4 flux2-flex images 1 fails: 20 held, 15 charged, 5 back.', async () => {
    const id = await product.account()
    const hold = await product.hold(id, 'image.generate', {
      quantities: { images: 4 },
      options: { model: 'flux2-flex' },
    })
    expect(hold.credits).toBe(20)
    expect(await product.credits(id)).toMatchObject({ balance: 50, held: 20, available: 30 })
    const capture = await product.ok('POST', `/holds/${hold.id}/captures`, { quantities: { images: 3 } })
    expect(capture).toMatchObject({ credits: 15, released: 5 })
    expect(await product.credits(id)).toMatchObject({ balance: 35, held: 0, available: 35 })
  })

  test('A failed caption returns 6; the response and the history both say so.', async () => {
    const id = await product.account()
    const caption = await product.charge(id, 'caption.generate')
    const refund = await product.ok('POST', `/charges/${caption.id}/refunds`, { reason: 'generation failed' })
    expect(refund).toMatchObject({ credits: 6, balance: 50 })
    expect((await product.transactions(id))[0]).toMatchObject({
      type: 'refund',
      credits: 6,
      balanceAfter: 50,
    })
  })

  test('Publishing is only charged for items that publish: X failed of three platforms, and its surcharge is not paid; nothing published, and nothing is.', async () => {
    const id = await product.account()
    const options = { platforms: ['x', 'linkedin', 'facebook'] }
    const first = await product.hold(id, 'post.publish', { options })
    expect(first.credits).toBe(4)
    const partly = await product.ok('POST', `/holds/${first.id}/captures`, {
      options: { platforms: ['linkedin', 'facebook'] },
    })
    expect(partly).toMatchObject({ credits: 1, released: 3 })
    const second = await product.hold(id, 'post.publish', { options })
    const nothing = await product.ok('POST', `/holds/${second.id}/captures`, { options: { platforms: [] } })
    expect(nothing).toMatchObject({ credits: 0, released: 4 })
    expect((await product.credits(id)).balance).toBe(49)
  })

  test('A Draft-only key makes captions and images; publishing answers 403 naming what is missing, and no credits move.', async () => {
    const id = await product.account()
    const key = await ownKey(id, ['captions.generate', 'images.generate'])
    const may = async (permission: string) =>
      (await product.ok('POST', '/keys/verify', { key, permission })) as object
    expect(await may('captions.generate')).toMatchObject({ valid: true, accountId: id })
    expect(await may('post.publish')).toMatchObject({ valid: false, reason: 'permission_missing' })
    const charged = await product.call(
      'POST',
      '/charges',
      { accountId: id, action: 'post.publish', options: { platforms: ['x'] } },
      key,
    )
    expect(charged.status).toBe(403)
    expect((await product.credits(id)).balance).toBe(50)
  })

  test('Two workspaces spend from one balance; usage by workspace adds up to it.', async () => {
    const id = await product.account()
    const workspace = (name: string) => ({ subject: { type: 'workspace', id: name, name } })
    await product.charge(id, 'caption.generate', workspace('ws_1'))
    await product.charge(id, 'image.generate', workspace('ws_2'))
    await publish(id, ['x'], workspace('ws_1'))
    const { body } = await product.get(
      `/accounts/${id}/usage/breakdown?by=subject&from=2026-03-01&to=2026-04-01`,
    )
    const bySubject = Object.fromEntries(
      body.data.map((row: { key: string; used: number }) => [row.key, row.used]),
    )
    expect(bySubject).toEqual({ ws_1: 10, ws_2: 5 })
    expect((await product.credits(id)).used).toBe(15)
  })

  test('A pack bought in 2026 is whole in 2036.', async () => {
    const id = await product.account()
    await product.grant(id, 500)
    await product.to(id, '2036-03-01T00:00:00Z')
    expect((await product.credits(id)).balance).toBe(550)
  })

  test('A quote of 12 is charged at 12 although the catalog rose to 14 meanwhile; the next quote is 14.', async () => {
    const id = await product.account()
    const body = {
      accountId: id,
      action: 'caption.generate',
      quantities: { images: 4 },
      options: { research: 'deep' },
    }
    const quote = await product.ok('POST', '/quotes', body)
    expect(quote.credits).toBe(12)
    await product.edit((text) => text.replace('{ regular: 6, deep: 8 }', '{ regular: 6, deep: 10 }'))
    const charge = await product.ok('POST', '/charges', { quoteId: quote.id })
    expect(charge).toMatchObject({ credits: 12, balance: 38 })
    expect((await product.ok('POST', '/quotes', body)).credits).toBe(14)
    await product.edit((text) => text)
  })

  test('A quote is spent once: the same charge again is its replay, a hold or another charge with it is refused with 409 `quote_already_used`.', async () => {
    const id = await product.account()
    const { id: quoteId } = await product.quote('image.generate', {
      accountId: id,
      quantities: { images: 3 },
    })
    const charge = await product.ok('POST', '/charges', { quoteId })
    expect(await product.ok('POST', '/charges', { quoteId })).toEqual(charge)
    for (const [path, body] of [
      ['/holds', { quoteId }],
      ['/charges', { quoteId, userId: 'ada' }],
    ] as const) {
      expect(await product.post(path, body)).toMatchObject({
        status: 409,
        body: { code: 'quote_already_used' },
      })
    }
    expect((await product.credits(id)).balance).toBe(35)
  })

  test('runway-gen-4.5 with audio, or 7 seconds, is refused with the allowed values.', async () => {
    const id = await product.account()
    const ask = (options: object) =>
      product.post('/quotes', { accountId: id, action: 'video.generate', options })
    const audio = await ask({ model: 'runway-gen-4.5', duration: '5s', audio: 'on' })
    expect(audio).toMatchObject({ status: 422, body: { code: 'option_not_available', allowed: ['off'] } })
    const seven = await ask({ model: 'runway-gen-4.5', duration: '7s' })
    expect(seven).toMatchObject({
      status: 422,
      body: { code: 'option_not_available', allowed: ['5s', '10s'] },
    })
  })

  test('The same charge sent three times with one key is one charge; the three answers are equal.', async () => {
    const id = await product.account()
    const body = { accountId: id, action: 'caption.generate' }
    const send = () => product.call('POST', '/charges', body, undefined, { 'idempotency-key': 'job_1' })
    const answers = [await send(), ...(await Promise.all([send(), send()]))]
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1)
    expect(answers.map((answer) => answer.status)).toEqual([201, 201, 201])
    expect((await product.credits(id)).balance).toBe(44)
  })

  test('The commands of the walk by hand answer what it says.', async () => {
    await walkByHand(product, 'powerpost')
  })

  test('Requests in any order are answered or refused, never failed.', async () => {
    await askInAnyOrder(product)
  }, 120_000)

  test('What is always true of a ledger is true of this one.', async () => {
    expect(await product.violations()).toEqual([])
  })
})
