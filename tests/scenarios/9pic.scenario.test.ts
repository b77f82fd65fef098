/** 9pic's scenarios (catalogs/9pic/walk.md), through the HTTP API under the test clock. */
import { expect, test } from 'vitest'
import { askInAnyOrder } from './any-order.ts'
import { walkByHand } from './by-hand.ts'
import { describeProduct } from './product.ts'

describeProduct('9pic', '2026-05-09T00:00:00Z', (product) => {
  const process = (accountId: string, photos: number, search: string[]) =>
    product.charge(accountId, 'photo.process', { quantities: { photos }, options: { search } })

  async function organisation(credits: number) {
    const id = await product.account()
    if (credits > 200) await product.grant(id, credits - 200)
    return id
  }

  test('A trial has 200, typed Free Credits; 200 photos with selfie search leave 0.', async () => {
    const id = await product.account()
    expect(await product.transactions(id)).toMatchObject([{ type: 'sign_up', kind: 'free', credits: 200 }])
    expect((await process(id, 200, ['selfie'])).balance).toBe(0)
  })

  test('5,000 photos with selfie and bib search cost 5,000, not 10,000; with both off 0, even at balance 0.', async () => {
    const id = await organisation(5_000)
    expect(await process(id, 5_000, ['selfie', 'bib'])).toMatchObject({ credits: 5_000, balance: 0 })
    expect(await process(id, 5_000, [])).toMatchObject({ credits: 0, balance: 0 })
  })

  test('Sync again with 5,000 processed and 300 new costs 300.', async () => {
    const id = await organisation(6_000)
    await process(id, 5_000, ['selfie'])
    expect((await product.charge(id, 'photo.sync')).credits).toBe(0)
    expect((await process(id, 300, ['selfie'])).credits).toBe(300)
  })

  test('Watermark again on 5,000 photos costs 500, on 25,000 2,500, on 1,234 124.', async () => {
    const cost = async (photos: number) =>
      (await product.quote('watermark.again', { quantities: { photos } })).credits
    expect([await cost(5_000), await cost(25_000), await cost(1_234)]).toEqual([500, 2_500, 124])
  })

  test('Rotation of 800 with 700 credits does not start and says 700 at most; a custom count of 700 does.', async () => {
    const id = await organisation(700)
    const refused = await product.post('/charges', {
      accountId: id,
      action: 'photo.rotate',
      quantities: { photos: 800 },
    })
    expect(refused).toMatchObject({ status: 402, body: { required: 800, available: 700 } })
    expect(refused.body.remedies[0]).toMatchObject({ kind: 'reduce', quantity: 'photos', max: 700 })
    const custom = await product.charge(id, 'photo.rotate', { quantities: { photos: 700 } })
    expect(custom).toMatchObject({ credits: 700, balance: 0 })
  })

  test('Processing stops when the balance reaches zero: at most what is affordable is held, and what is left out is said.', async () => {
    const id = await organisation(700)
    const hold = await product.hold(id, 'photo.process', {
      quantities: { photos: 1_000 },
      options: { search: ['selfie'] },
      atMost: 'photos',
    })
    expect(hold).toMatchObject({ credits: 700, quantities: { photos: 700 }, leftOut: { photos: 300 } })
  })

  test('That event shows two usage transactions (two runs), whatever the number of captures.', async () => {
    const id = await organisation(1_000)
    for (let run = 0; run < 2; run++) {
      const hold = await product.hold(id, 'photo.process', {
        quantities: { photos: 300 },
        options: { search: ['bib'] },
        subject: { type: 'event', id: '4711', name: 'City run' },
      })
      await product.ok('POST', `/holds/${hold.id}/captures`, { quantities: { photos: 100 }, final: false })
      await product.ok('POST', `/holds/${hold.id}/captures`, { quantities: { photos: 200 } })
    }
    const [month] = (await product.get(`/accounts/${id}/usage/months?count=1`)).body.data
    expect(month).toMatchObject({ current: true, used: 600, usageTransactions: 2 })
  })

  test('Creating an event, uploading, syncing, attendees’ searches and going live cost nothing, at balance 0 too.', async () => {
    const id = await product.account()
    await process(id, 200, ['selfie'])
    for (const action of ['event.create', 'photo.upload', 'photo.sync', 'attendee.search', 'event.go-live']) {
      expect(await product.charge(id, action)).toMatchObject({ credits: 0, balance: 0 })
    }
  })

  test('Pro bought on 9 May 2026 expires on 9 May 2027, bought on 9 May 2027 on 8 May 2028 (365 days); buying it again meanwhile is refused; the balance outlives it.', async () => {
    const id = await product.account()
    await product.subscribe(id, 'pro')
    const ends = async () => (await product.ok('GET', `/accounts/${id}/subscription`)).endsAt
    expect(await ends()).toBe('2027-05-09T00:00:00.000Z')
    const again = await product.call('PUT', `/accounts/${id}/subscription`, { plan: 'pro' })
    expect(again.body.code).toBe('already_on_plan')
    await product.to(id, '2027-05-09T00:00:00Z')
    expect(await product.credits(id)).toMatchObject({ balance: 200, plan: 'trial' })
    await product.subscribe(id, 'pro')
    expect(await ends()).toBe('2028-05-08T00:00:00.000Z')
  })

  test('Cost per credit shows $0.02 or ₹1.50, and is absent where no price is set.', async () => {
    const dollars = await product.account({ currency: 'USD' })
    const rupees = await product.account({ currency: 'INR' })
    expect((await product.credits(dollars)).costPerCredit).toMatchObject({ amount: '0.02', currency: 'USD' })
    expect((await product.credits(rupees)).costPerCredit).toMatchObject({ amount: '1.50', currency: 'INR' })
    await product.edit((text) => text.replace(/^topUp:\n(?: .*\n)+/m, ''))
    expect((await product.credits(dollars)).costPerCredit).toBeNull()
    await product.edit((text) => text)
  })

  test('An operator sees balance and usage; an automated run names *System*.', async () => {
    const id = await product.account()
    await product.ok('PUT', `/accounts/${id}/members/omar`, { name: 'Omar', role: 'member' })
    const run = { quantities: { photos: 20 }, options: { search: ['selfie'] } }
    await product.charge(id, 'photo.process', { ...run, userId: 'omar' })
    await product.charge(id, 'photo.process', { ...run, actor: { id: 'system', name: 'System' } })
    expect((await product.credits(id)).balance).toBe(160)
    expect((await product.get(`/accounts/${id}/transactions?view=usage`)).body.data).toMatchObject([
      { userId: null, actor: { name: 'System' } },
      { userId: 'omar', actor: null },
    ])
  })

  test('The commands of the walk by hand answer what it says.', async () => {
    await walkByHand(product, '9pic')
  })

  test('Requests in any order are answered or refused, never failed.', async () => {
    await askInAnyOrder(product)
  }, 120_000)

  test('What is always true of a ledger is true of this one.', async () => {
    expect(await product.violations()).toEqual([])
  })
})
