/** Pinpoint's scenarios (catalogs/pinpoint/walk.md), through the HTTP API under the test clock. */
import { expect, test } from 'vitest'
import { askInAnyOrder } from './any-order.ts'
import { walkByHand } from './by-hand.ts'
import { describeProduct } from './product.ts'

describeProduct('pinpoint', '2026-01-15T00:00:00Z', (product) => {
  const request = (accountId: string, more: object = {}) =>
    product.charge(accountId, 'reference.request', more)

  const annual = () => product.customer({ plan: 'annual' })

  const checks = (accountId: string, count: number) =>
    product.ok('POST', '/charges/batch', {
      items: Array.from({ length: count }, () => ({ accountId, action: 'reference.request' })),
    })

  test('A request to one referee costs 5, to three referees 5; a manual record 0.', async () => {
    const id = await annual()
    expect((await request(id, { metadata: { referees: '1' } })).credits).toBe(5)
    expect((await request(id, { metadata: { referees: '3' } })).credits).toBe(5)
    expect(await product.charge(id, 'reference.record')).toMatchObject({ credits: 0, balance: 490 })
  })

  test('500 credits of an annual term from 15 January 2026 can be spent on 14 April 2027 and are gone on 15 April 2027 (455 days).', async () => {
    const id = await annual()
    await product.ok('DELETE', `/accounts/${id}/subscription?when=periodEnd`)
    await product.to(id, '2027-04-14T23:59:59Z')
    expect((await request(id)).balance).toBe(495)
    await product.to(id, '2027-04-15T00:00:00Z')
    expect(await product.credits(id)).toMatchObject({ balance: 0, expired: 495 })
  })

  test('A monthly term from 1 February 2026: its credits live until 31 March; a quarterly one from 31 January until 30 May.', async () => {
    const monthly = await product.account()
    await product.to(monthly, '2026-02-01T00:00:00Z')
    await product.subscribe(monthly, 'monthly')
    expect((await product.credits(monthly)).nextExpiry).toEqual({
      at: '2026-03-31T00:00:00.000Z',
      credits: 40,
    })
    const quarterly = await product.account()
    await product.to(quarterly, '2026-01-31T00:00:00Z')
    await product.subscribe(quarterly, 'quarterly')
    expect((await product.credits(quarterly)).nextExpiry).toEqual({
      at: '2026-05-30T00:00:00.000Z',
      credits: 125,
    })
  })

  test('At renewal with 120 left there are 620, and the 120 (which expire first) are spent first.', async () => {
    const id = await annual()
    await checks(id, 76)
    await product.to(id, '2027-01-15T00:00:00Z')
    expect((await product.credits(id)).balance).toBe(620)
    await request(id)
    const lots = (await product.get(`/accounts/${id}/lots`)).body.data
    const remaining = lots
      .map((lot: { remaining: number }) => lot.remaining)
      .sort((a: number, b: number) => a - b)
    expect(remaining).toEqual([115, 500])
  })

  test('From 500, the 75th check brings 125 and one message “25 %”; the 76th none.', async () => {
    const id = await annual()
    const low = () => product.events(id, 'credits.low')
    await checks(id, 74)
    expect(await low()).toEqual([])
    expect((await request(id)).balance).toBe(125)
    expect(await low()).toMatchObject([{ data: { threshold: '25%', balance: 125 } }])
    await request(id)
    expect(await low()).toHaveLength(1)
  })

  test('At 0: `credits.exhausted` at once; a request is refused; earlier requests stay readable; after a top-up `credits.restored`.', async () => {
    const id = await annual()
    const first = await request(id)
    await product.leave(id, 0)
    expect(await product.events(id, 'credits.exhausted')).toHaveLength(1)
    expect((await product.credits(id)).status).toBe('exhausted')
    expect((await product.refused(id, 'reference.request')).code).toBe('insufficient_credits')
    expect((await product.get(`/charges/${first.id}`)).body).toMatchObject({ id: first.id, credits: 5 })
    await product.grant(id, 100)
    expect(await product.events(id, 'credits.restored')).toHaveLength(1)
  })

  test('Where staff sell, the way out of a refusal is to request a top-up, or to wait for the renewal.', async () => {
    const id = await annual()
    await product.leave(id, 0)
    expect((await product.refused(id, 'reference.request')).remedies).toMatchObject([
      { kind: 'wait', at: '2027-01-15T00:00:00.000Z', suffices: true },
      { kind: 'requestTopUp', credits: 5 },
    ])
  })

  test('A background check ordered by a workflow stage is recorded as *System*; before its release it is refused `action_not_available`; after the catalog’s next version it is charged.', async () => {
    const id = await annual()
    const order = { accountId: id, action: 'background.check', actor: { id: 'system', name: 'System' } }
    expect((await product.post('/charges', order)).body.code).toBe('action_not_available')
    await product.editTo('pinpoint/with-background-checks.yaml')
    const charged = await product.ok('POST', '/charges', order)
    expect(charged.credits).toBeGreaterThan(0)
    expect((await product.transactions(id))[0]).toMatchObject({
      action: 'background.check',
      actor: { name: 'System' },
    })
    await product.edit((text) => text)
  })

  test('Two accounts share their parent’s pool: 5 spent by each leave 490 of 500 and each sees its own rows; a transfer is refused `credits_not_transferable`.', async () => {
    const parent = await annual()
    const shares = { parentId: parent, pool: 'parent' }
    const children = [await product.account(shares), await product.account(shares)]
    for (const child of children) await request(child)
    for (const child of children) {
      expect((await product.credits(child)).balance).toBe(490)
      expect((await product.transactions(child)).map(({ credits }) => credits)).toEqual([-5])
    }
    const all = (await product.get(`/accounts/${parent}/transactions?scope=pool`)).body.data
    expect(all.map((row: { credits: number }) => row.credits)).toEqual([-5, -5, 500])
    const other = await product.customer({ purchased: 100 })
    const joined = await product.call('PATCH', `/accounts/${other}`, shares)
    expect(joined).toMatchObject({ status: 409, body: { code: 'credits_not_transferable' } })
  })

  test('A CSV of February by user and action sums to the ledger; scheduled monthly, it arrives once, also after two days of downtime.', async () => {
    const id = await annual()
    const schedule = { accountId: id, report: 'usage', every: 'month', deliver: { webhook: true } }
    await product.ok('PUT', `/export-schedules/${id}`, schedule)
    for (const [day, userId] of [
      ['2026-02-01', 'ada'],
      ['2026-02-10', 'ben'],
      ['2026-02-28', 'ada'],
      ['2026-03-01', 'ada'],
    ] as const) {
      await product.to(id, `${day}T00:00:00Z`)
      await request(id, { userId })
    }
    const february = 'from=2026-02-01&to=2026-03-01'
    const { text } = await product.get(`/accounts/${id}/transactions?view=usage&${february}&format=csv`)
    const [header, ...rows] = text
      .trim()
      .split('\r\n')
      .map((row) => row.split(','))
    const column = (name: string) => rows.map((row) => row[header!.indexOf(name)])
    expect(column('userId')).toEqual(['ada', 'ben', 'ada'])
    expect(column('action')).toEqual(Array(3).fill('reference.request'))
    const sum = column('credits').reduce((total, credits) => total + Number(credits), 0)
    const byUser = (await product.get(`/accounts/${id}/usage/breakdown?by=user&${february}`)).body.data
    expect(byUser).toMatchObject([
      { key: 'ada', used: 10 },
      { key: 'ben', used: 5 },
    ])
    expect(sum).toBe(-15)
    await product.to(id, '2026-03-03T06:00:00Z')
    await product.work()
    await product.work()
    const { data } = await product.ok('GET', `/exports?scheduleId=${id}`)
    expect(data).toMatchObject([{ status: 'ready', to: '2026-03-01T00:00:00.000Z' }])
    const csv = (await product.get(`/exports/${data[0].id}?format=csv`)).text
    expect(csv.split('\r\n').slice(1, -1)).toEqual([
      'ada,,reference.request,Reference Check,10,10,0,2',
      'ben,,reference.request,Reference Check,5,5,0,1',
    ])
  })

  test('An account whose terms say $1.80 a credit reads $1.80; without own terms the tier says $2.00.', async () => {
    const [own, other] = [
      await product.account({ currency: 'USD' }),
      await product.account({ currency: 'USD' }),
    ]
    await product.ok('PUT', `/accounts/${own}/terms`, {
      pricePerCredit: '1.80 USD',
    })
    const cost = async (id: string) => (await product.credits(id)).costPerCredit
    expect(await cost(own)).toMatchObject({ amount: '1.80', currency: 'USD' })
    expect(await cost(other)).toMatchObject({ amount: '2.00', currency: 'USD' })
  })

  test('An admin of an account whose terms say $1.80 a credit requests 300; staff confirm $540 and the date; the balance is unchanged until confirmed, then + 300. Without own terms the tier says $2.00: $600.', async () => {
    const own = await annual()
    const plain = await annual()
    await product.ok('PUT', `/accounts/${own}/terms`, { pricePerCredit: '1.80 USD' })
    const request300 = (accountId: string) =>
      product.ok('POST', '/purchases', { accountId, lines: [{ credits: 300 }] })
    const requested = await request300(own)
    expect(requested).toMatchObject({ status: 'requested', gateway: 'manual', actions: ['offer', 'decline'] })
    const offered = await product.ok('POST', `/purchases/${requested.id}/offer`, { dueAt: '2026-02-15' })
    expect(offered).toMatchObject({
      status: 'pending',
      total: { amount: 54_000, currency: 'USD' },
      dueAt: '2026-02-15T00:00:00.000Z',
    })
    expect((await product.credits(own)).balance).toBe(500)
    await product.ok('POST', `/purchases/${requested.id}/confirm`, { grant: 'now' })
    expect((await product.credits(own)).balance).toBe(800)
    expect(
      await product.ok('POST', `/purchases/${requested.id}/confirm`, { reference: 'WIRE-1' }),
    ).toMatchObject({
      status: 'paid',
      paid: { amount: 54_000 },
    })
    expect((await product.credits(own)).balance).toBe(800)
    const other = await product.ok('POST', `/purchases/${(await request300(plain)).id}/offer`, {})
    expect(other.total).toEqual({ amount: 60_000, currency: 'USD' })
  })

  test('The invoice of 300 credits is “to pay” until the transfer is there; the billing manager sees it, a company admin without the billing role does not.', async () => {
    const id = await annual()
    await product.ok('PUT', '/project/seller', {
      name: 'Pinpoint Limited',
      address: { lines: ['1 Esplanade'], city: 'Saint Helier', country: 'JE' },
      paymentTerms: 'By transfer within 30 days.',
    })
    await product.ok('PUT', `/accounts/${id}/billing-details`, {
      name: 'Acme',
      address: { lines: ['2 High Street'], city: 'Leeds', postcode: 'LS1 1AA', country: 'GB' },
      taxId: 'GB980780684',
    })
    await product.ok('PUT', `/accounts/${id}/members/bill`, { role: 'billing' })
    await product.ok('PUT', `/accounts/${id}/members/adam`, { role: 'member' })
    const order = { accountId: id, lines: [{ credits: 300 }] }
    const { id: purchase } = await product.ok('POST', '/purchases', order)
    await product.ok('POST', `/purchases/${purchase}/offer`, { dueAt: '2026-02-15' })
    const invoices = async (userId: string) => product.get(`/accounts/${id}/invoices?userId=${userId}`)
    const { body } = await invoices('bill')
    expect(body.data).toMatchObject([
      { status: 'to_pay', number: 'INV/2026/000001', total: { amount: 60_000, currency: 'USD' } },
    ])
    expect(await invoices('adam')).toMatchObject({ status: 403, body: { code: 'role_required' } })
    await product.ok('POST', `/purchases/${purchase}/confirm`, { reference: 'WIRE-2' })
    const pdf = await product.get(`/invoices/${body.data[0].id}?format=pdf&userId=bill`)
    expect([pdf.status, pdf.text.slice(0, 5)]).toEqual([200, '%PDF-'])
    expect((await invoices('bill')).body.data).toMatchObject([{ status: 'paid', number: 'INV/2026/000001' }])
  })

  test('The commands of the walk by hand answer what it says.', async () => {
    await walkByHand(product, 'pinpoint')
  })

  test('Requests in any order are answered or refused, never failed.', async () => {
    await askInAnyOrder(product)
  }, 120_000)

  test('What is always true of a ledger is true of this one.', async () => {
    expect(await product.violations()).toEqual([])
  })
})
