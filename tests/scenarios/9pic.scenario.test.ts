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

  test('999 credits are refused, naming 1,000. 1,000 cost $20.00 without tax, or ₹1,500.00 + ₹270.00 = ₹1,770.00.', async () => {
    const dollars = await product.account({ currency: 'USD' })
    const rupees = await product.account({ currency: 'INR' })
    const refused = await product.post('/purchases', { accountId: dollars, lines: [{ credits: 999 }] })
    expect(refused).toMatchObject({ status: 422, body: { code: 'credits_out_of_range', minimum: 1_000 } })
    const order = { lines: [{ credits: 1_000 }] }
    expect(await product.ok('POST', '/purchases', { accountId: dollars, ...order })).toMatchObject({
      tax: { amount: 0 },
      total: { amount: 2_000, currency: 'USD' },
    })
    expect(await product.ok('POST', '/purchases', { accountId: rupees, ...order })).toMatchObject({
      price: { amount: 150_000 },
      tax: { amount: 27_000 },
      total: { amount: 177_000, currency: 'INR' },
    })
  })

  test('A trial account with 150 left buys 1,000: it is Pay As You Go and has 1,150.', async () => {
    const id = await product.account()
    await process(id, 50, ['selfie'])
    await product.buy(id, [{ credits: 1_000 }])
    expect(await product.credits(id)).toMatchObject({ balance: 1_150, plan: 'payg' })
  })

  test('Pro is bought for 365 days; buying it again meanwhile is refused, and the balance outlives it.', async () => {
    const id = await product.account()
    const bought = await product.buy(id, [{ plan: 'pro' }])
    expect(bought).toMatchObject({ status: 'paid', total: { amount: 20_000, currency: 'USD' } })
    const { endsAt } = await product.ok('GET', `/accounts/${id}/subscription`)
    expect(endsAt).toBe('2027-05-09T00:00:00.000Z')
    const again = await product.post('/purchases', { accountId: id, lines: [{ plan: 'pro' }] })
    expect(again.body.code).toBe('already_on_plan')
    await product.to(id, '2027-05-09T00:00:00Z')
    expect(await product.credits(id)).toMatchObject({ balance: 200, plan: 'trial' })
  })

  test('A closed checkout is Abandoned, without credits; a capture reported an hour later makes it Completed with one lot; a Recheck after that changes nothing.', async () => {
    const id = await product.account()
    const { id: purchase } = await product.ok('POST', '/purchases', {
      accountId: id,
      lines: [{ credits: 1_000 }],
    })
    const label = async () => (await product.ok('GET', `/accounts/${id}/payments`)).data[0].label
    await product.ok('POST', `/purchases/${purchase}/sandbox`, { act: 'abandon' })
    expect([await label(), (await product.credits(id)).balance]).toEqual(['Abandoned', 200])
    await product.advance(id, '1 hour')
    await product.ok('POST', `/purchases/${purchase}/sandbox`, { act: 'pay' })
    expect([await label(), (await product.credits(id)).balance]).toEqual(['Completed', 1_200])
    expect(await product.ok('POST', `/purchases/${purchase}/recheck`)).toMatchObject({
      status: 'paid',
      lotIds: [expect.any(String)],
    })
    expect((await product.credits(id)).balance).toBe(1_200)
  })

  test('A payment pending for 20 minutes: Recheck asks the gateway and settles it; the webhook afterwards changes nothing.', async () => {
    const id = await product.account()
    const { id: purchase } = await product.ok('POST', '/purchases', {
      accountId: id,
      lines: [{ credits: 1_000 }],
    })
    const act = (name: string) => product.ok('POST', `/purchases/${purchase}/sandbox`, { act: name })
    expect(await act('delay')).toMatchObject({ status: 'pending', actions: ['pay', 'recheck'] })
    await product.advance(id, '20 minutes')
    await act('payWithoutWebhook')
    expect((await product.credits(id)).balance).toBe(200)
    expect(await product.ok('POST', `/purchases/${purchase}/recheck`)).toMatchObject({ status: 'paid' })
    expect(await product.ok('POST', `/purchases/${purchase}/recheck`)).toMatchObject({ status: 'paid' })
    expect((await product.credits(id)).balance).toBe(1_200)
  })

  test('A custom payment of $75 “on-site operator” is Completed, and the balance and Purchase History are unchanged.', async () => {
    const id = await product.account()
    const custom = { amount: { amount: 7_500, currency: 'USD' }, remark: 'on-site operator' }
    await product.buy(id, [{ custom }])
    expect((await product.ok('GET', `/accounts/${id}/payments`)).data).toMatchObject([
      { type: 'custom', name: 'on-site operator', label: 'Completed', total: { amount: 7_500 } },
    ])
    const { data } = await product.ok('GET', `/accounts/${id}/transactions?view=additions`)
    expect(data.map(({ type }: { type: string }) => type)).toEqual(['sign_up'])
    expect((await product.credits(id)).balance).toBe(200)
  })

  test('Payment records, recheck stuck payments.', async () => {
    const id = await product.account()
    await product.buy(id, [{ credits: 1_000 }])
    const stuck = await product.ok('POST', '/purchases', { accountId: id, lines: [{ credits: 2_000 }] })
    await product.ok('POST', `/purchases/${stuck.id}/sandbox`, { act: 'payWithoutWebhook' })
    const records = async () =>
      (await product.ok('GET', `/accounts/${id}/payments`)).data.map((row: Record<string, unknown>) => [
        row.label,
        row.credits,
        row.actions,
      ])
    expect(await records()).toEqual([
      ['Pending', 2_000, ['pay', 'recheck']],
      ['Completed', 1_000, []],
    ])
    await product.ok('POST', `/purchases/${stuck.id}/recheck`)
    expect((await records())[0]).toEqual(['Completed', 2_000, []])
    expect((await product.credits(id)).balance).toBe(3_200)
  })

  test('Invoice downloads: 1,000 credits for ₹1,770.00 across states, and a custom payment of $75.', async () => {
    const india = (city: string, region: string) => ({ lines: ['1 Road'], city, region, country: 'IN' })
    await product.ok('PUT', '/project/seller', {
      name: '9pic',
      address: india('Bengaluru', 'KA'),
      taxIds: ['29AAPFU0939F1ZR'],
      taxCode: '998314',
    })
    const rupees = await product.account({ currency: 'INR' })
    await product.buy(rupees, [{ credits: 1_000 }])
    const list = async (id: string) => (await product.ok('GET', `/accounts/${id}/invoices`)).data
    expect(await list(rupees)).toMatchObject([{ status: 'waiting_for_details', number: null }])
    const runners = { name: 'Runners', address: india('Mumbai', 'MH'), taxId: '27AAPFU0939F1ZV' }
    await product.ok('PUT', `/accounts/${rupees}/billing-details`, runners)
    const [{ id }] = await list(rupees)
    expect(await product.ok('GET', `/invoices/${id}`)).toMatchObject({
      status: 'paid',
      number: expect.stringMatching(/^INV\/26-27\/00000\d$/),
      document: {
        net: 150_000,
        taxes: [{ name: 'IGST', percent: 18, amount: 27_000 }],
        total: 177_000,
        placeOfSupply: { code: '27', region: 'Maharashtra' },
      },
    })
    const pdf = await product.get(`/invoices/${id}?format=pdf`)
    expect(pdf.headers.get('content-type')).toBe('application/pdf')
    const dollars = await product.account()
    const abroad = { name: 'Abroad', address: { lines: ['1 Street'], city: 'Austin', country: 'US' } }
    await product.ok('PUT', `/accounts/${dollars}/billing-details`, abroad)
    const custom = { amount: { amount: 7_500, currency: 'USD' }, remark: 'on-site operator' }
    await product.buy(dollars, [{ custom }])
    expect(await list(dollars)).toMatchObject([{ status: 'paid', total: { amount: 7_500, currency: 'USD' } }])
  })

  test('An operator who would buy is answered 403, and told who does.', async () => {
    const id = await product.account({
      members: [
        { userId: 'asha', name: 'Asha', role: 'admin' },
        { userId: 'omar', name: 'Omar', role: 'member' },
      ],
    })
    const order = (userId: string) =>
      product.post('/purchases', { accountId: id, userId, lines: [{ credits: 1_000 }] })
    expect(await order('omar')).toMatchObject({
      status: 403,
      body: { code: 'role_required', admins: [{ userId: 'asha' }] },
    })
    expect((await order('asha')).status).toBe(201)
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
