/** Picsart's scenarios (catalogs/picsart/walk.md), through the HTTP API under the test clock. */
import { expect, test } from 'vitest'
import { askInAnyOrder } from './any-order.ts'
import { walkByHand } from './by-hand.ts'
import { describeProduct } from './product.ts'

describeProduct('picsart', '2026-01-31T00:00:00Z', (product) => {
  const photo = { options: { model: 'photo', quality: 'hd' } }
  const customer = product.customer.bind(product)

  test('Given Plus (200) with 60 plan and 100 add-on credits, when the cycle ends, then 60 expire, 200 arrive, 100 remain: 300.', async () => {
    const id = await customer({ plan: 'plus', subscription: 60, purchased: 100 })
    await product.to(id, '2026-02-28T00:00:00Z')
    expect(await product.groups(id)).toEqual({ subscription: 200, purchased: 100 })
    const [refill, expired] = await product.transactions(id)
    expect([expired?.type, expired?.credits]).toEqual(['expired', -60])
    expect([refill?.type, refill?.credits, refill?.balanceAfter]).toEqual(['refill', 200, 300])
  })

  test('Given 5 plan and 100 add-on credits, when an 8-credit image is made, then 5 and 3 are drawn.', async () => {
    const id = await customer({ plan: 'plus', subscription: 5, purchased: 100 })
    const charge = await product.charge(id, 'image.generate', photo)
    expect(charge.draws.map((draw: { credits: number }) => draw.credits)).toEqual([5, 3])
    expect(await product.groups(id)).toEqual({ subscription: 0, purchased: 97 })
  })

  test('Given a 20-second WAN 2.7 clip, then the quote is 200 and says 10 × 20 s.', async () => {
    const quote = await product.quote('video.generate', {
      quantities: { seconds: 20 },
      options: { model: 'wan-2.7' },
    })
    expect(quote.credits).toBe(200)
    expect(quote.lines).toMatchObject([{ credits: 200, quantity: 20, unit: 10, per: 'seconds' }])
  })

  test('Given a generation that fails after its hold, then the balance is as before without any act of the customer.', async () => {
    const id = await customer({ plan: 'plus' })
    const released = await product.hold(id, 'image.generate', photo)
    await product.ok('POST', `/holds/${released.id}/release`)
    expect(await product.credits(id)).toMatchObject({ available: 205, held: 0 })
    // Nobody even says that it failed: the hold runs out of time by itself.
    await product.hold(id, 'image.generate', { ...photo, timeoutSeconds: 600 })
    expect((await product.credits(id)).available).toBe(197)
    await product.advance(id, '10 minutes')
    expect(await product.credits(id)).toMatchObject({ available: 205, held: 0 })
  })

  test('Given 3 of 4 images done, then 3 are charged and the fourth is back.', async () => {
    const id = await customer({ plan: 'plus' })
    const hold = await product.hold(id, 'image.generate', { ...photo, quantities: { images: 4 } })
    const capture = await product.ok('POST', `/holds/${hold.id}/captures`, { quantities: { images: 3 } })
    expect(capture).toMatchObject({ credits: 24, released: 8, balance: 181 })
  })

  test('A generation is settled once: what comes after its capture is refused with 409 `hold_ended`, and changes nothing.', async () => {
    const id = await customer({ plan: 'plus' })
    const hold = await product.hold(id, 'image.generate', photo)
    await product.ok('POST', `/holds/${hold.id}/captures`)
    for (const act of ['captures', 'release']) {
      const again = await product.post(`/holds/${hold.id}/${act}`, {})
      expect(again).toMatchObject({
        status: 409,
        body: { status: 409, code: 'hold_ended', holdStatus: 'captured' },
      })
    }
    expect(await product.credits(id)).toMatchObject({ balance: 197, held: 0 })
  })

  test('Given an output of 25 MP, then upscaling costs 2; of 24 MP, 1; of 0.5 MP, 1.', async () => {
    const cost = async (pixels: number) =>
      (await product.quote('image.upscale', { quantities: { pixels } })).credits
    expect([await cost(25_000_000), await cost(24_000_000), await cost(500_000)]).toEqual([2, 1, 1])
  })

  test('Given a resolution the model lacks, then the quote is refused naming what it offers, and nothing is held.', async () => {
    const id = await customer({ plan: 'plus' })
    const asked = { quantities: { seconds: 5 }, options: { model: 'motion-lite', resolution: '1080p' } }
    for (const path of ['/quotes', '/holds']) {
      const refused = await product.post(path, { accountId: id, action: 'video.generate', ...asked })
      expect(refused).toMatchObject({
        status: 422,
        body: { code: 'option_not_available', allowed: ['480p', '720p'] },
      })
    }
    expect((await product.credits(id)).held).toBe(0)
  })

  test('Given the rate card, then a customer reads each tool’s price, and what the calculator says is what the charge says.', async () => {
    const { body } = await product.get('/actions')
    const tools = body.data.map((tool: { id: string }) => tool.id)
    expect(tools).toEqual(
      expect.arrayContaining(['image.generate', 'video.generate', 'image.upscale', 'image.expand']),
    )
    const id = await customer({ plan: 'pro' })
    const motion = { model: 'motion-pro', resolution: '1080p', audio: 'on' }
    for (const [action, asked] of [
      ['image.generate', { ...photo, quantities: { images: 2 } }],
      ['video.generate', { quantities: { seconds: 3 }, options: motion }],
      ['image.vectorize', {}],
    ] as const) {
      const quote = await product.quote(action, { accountId: id, ...asked })
      const charge = await product.charge(id, action, asked)
      expect({ credits: charge.credits, lines: charge.lines }).toEqual({
        credits: quote.credits,
        lines: quote.lines,
      })
    }
  })

  test('Given plan credits used up and no add-ons, then tools refuse with: next reset on its date, the smallest add-on, the next plan.', async () => {
    const id = await customer({ plan: 'plus', subscription: 0 })
    expect((await product.refused(id, 'image.expand')).remedies).toMatchObject([
      { kind: 'wait', at: '2026-02-28T00:00:00.000Z', credits: 200, suffices: true },
      { kind: 'buyPack', pack: 'addon-100', credits: 100, suffices: true },
      { kind: 'changePlan', plan: 'pro', suffices: true },
    ])
  })

  test('Given an annual Pro billed once a year, then 500 arrive each month on the anchor day (31 January, 28 February, 31 March) and reset each month.', async () => {
    const id = await customer({ plan: 'pro-yearly' })
    for (const at of ['2026-02-28', '2026-03-31', '2026-04-30'].map((day) => `${day}T00:00:00.000Z`)) {
      expect((await product.credits(id)).nextRefill).toMatchObject({ at, credits: 500 })
      await product.to(id, at)
      expect(await product.groups(id)).toEqual({ subscription: 500, purchased: 0 })
    }
    const refills = (await product.transactions(id)).filter(
      ({ type, credits }) => type === 'refill' && credits === 500,
    )
    expect(refills.map(({ at }) => at.slice(0, 10))).toEqual([
      '2026-04-30',
      '2026-03-31',
      '2026-02-28',
      '2026-01-31',
    ])
  })

  test('Given a team, then a member sees the balance and is told whom to ask; the admin is told what to buy.', async () => {
    const id = await customer({ plan: 'plus', subscription: 1 })
    await product.ok('PUT', `/accounts/${id}/members/ada`, {
      name: 'Ada',
      email: 'ada@example.com',
      role: 'admin',
    })
    await product.ok('PUT', `/accounts/${id}/members/ben`, { name: 'Ben', role: 'member' })
    const { credits, members } = await product.ok('GET', `/accounts/${id}?include=credits,members`)
    expect([credits.balance, members.map(({ role }: { role: string }) => role)]).toEqual([
      1,
      ['admin', 'member'],
    ])
    const ways = async (userId: string) =>
      (await product.refused(id, 'image.expand', { userId })).remedies.map(
        ({ kind }: { kind: string }) => kind,
      )
    expect(await ways('ben')).toEqual(['wait', 'askAdmin'])
    expect(await ways('ada')).toEqual(['wait', 'buyPack', 'changePlan'])
  })

  test('Given a team, then a member sees neither invoices nor buying; the admin sees both.', async () => {
    const id = await product.account()
    await product.ok('PUT', `/accounts/${id}/members/ada`, { role: 'admin' })
    await product.ok('PUT', `/accounts/${id}/members/ben`, { role: 'member' })
    const invoices = async (userId: string) =>
      (await product.get(`/accounts/${id}/invoices?userId=${userId}`)).status
    const order = async (userId: string) =>
      (
        await product.post('/purchases?dryRun=true', {
          accountId: id,
          userId,
          lines: [{ pack: 'addon-100' }],
        })
      ).body.code
    expect([await invoices('ben'), await order('ben')]).toEqual([403, 'role_required'])
    expect([await invoices('ada'), await order('ada')]).toEqual([200, undefined])
  })

  test('A new account starts on Free with 5 credits, and a plan of its own replaces it.', async () => {
    const id = await product.account()
    expect(await product.credits(id)).toMatchObject({ balance: 5, plan: 'free' })
    await product.subscribe(id, 'plus', { when: 'now' })
    expect((await product.credits(id)).plan).toBe('plus')
  })

  test('The commands of the walk by hand answer what it says.', async () => {
    await walkByHand(product, 'picsart')
  })

  test('Requests in any order are answered or refused, never failed.', async () => {
    await askInAnyOrder(product)
  }, 120_000)

  test('What is always true of a ledger is true of this one.', async () => {
    expect(await product.violations()).toEqual([])
  })
})
