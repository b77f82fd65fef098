import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import { inTransaction } from '../database/transaction.ts'
import { EVERY_JOB } from '../jobs/every-job.ts'
import { runJobs } from '../jobs/jobs.ts'
import { verify } from '../ledger/verify.ts'
import { invoicePurchase } from '../operations/invoice-purchase.ts'
import { type Answered, type Api, serveProject } from './api-under-test.ts'

const CATALOG = `
scrip: 1
product: Shop
keyPrefix: shp
currency: [INR, USD]
newAccounts: { plan: free, credits: 5 }
plans: { free: { name: Free } }
packs:
  small: { name: Small, credits: 100, price: [1500.00 INR, 19.00 USD] }
  large: { name: Large, credits: 1000, price: [9999.99 INR, 99.00 USD] }
promotions: { FREE: { percent: 100 } }
taxes:
  - { currency: INR, name: GST, percent: 18 }
actions:
  image: { price: 1 }
`

const SELLER = {
  name: 'Shop Private Limited',
  address: {
    lines: ['21 Residency Road'],
    city: 'Bengaluru',
    region: 'Karnataka',
    postcode: '560025',
    country: 'IN',
  },
  taxIds: ['29AAPFU0939F1ZR'],
  taxCode: '998314',
}

const IN_MUMBAI = {
  name: 'Runners of Mumbai',
  email: 'ap@runners.example',
  address: { lines: ['12 Marine Drive'], city: 'Mumbai', region: 'IN-MH', postcode: '400020', country: 'IN' },
  taxId: '27AAPFU0939F1ZV',
}

const IN_BENGALURU = {
  name: 'Runners of Bengaluru',
  address: { lines: ['1 MG Road'], city: 'Bengaluru', region: 'KA', country: 'IN' },
}

describeOnEachDatabase('invoices', (database) => {
  let api: Api
  let count = 0

  beforeAll(async () => {
    // Every look at the clock is a moment later, so that all that is made has an order.
    let now = Date.UTC(2026, 2, 31, 12)
    const scrip = { realTime: () => now++ }
    api = await serveProject(database(), { catalog: CATALOG, scrip })
  }, 60_000)
  afterAll(() => api.close())

  const account = async (details: object | null): Promise<string> => {
    const id = `org_${++count}`
    await api.ok('PUT', `/accounts/${id}`, { email: `${id}@example.com` })
    if (details !== null) await api.ok('PUT', `/accounts/${id}/billing-details`, details)
    return id
  }
  const buy = async (accountId: string, lines: object[] = [{ pack: 'small' }]): Promise<string> => {
    const { id } = await api.ok('POST', '/purchases', { accountId, lines })
    await api.ok('POST', `/purchases/${id}/sandbox`, { act: 'pay' })
    return id
  }
  const invoices = async (accountId: string): Promise<Answered['body'][]> =>
    (await api.ok('GET', `/accounts/${accountId}/invoices?order=asc`)).data
  const only = async (accountId: string) => {
    const [first, ...more] = await invoices(accountId)
    expect(more).toEqual([])
    return api.ok('GET', `/invoices/${first.id}`)
  }
  const jobs = () => runJobs(api.scrip.house, EVERY_JOB)

  test('without a seller an invoice waits, and the seller’s details issue it', async () => {
    expect(await api.call('GET', '/project/seller')).toMatchObject({
      status: 404,
      body: { code: 'seller_not_found' },
    })
    const id = await account(IN_MUMBAI)
    await buy(id)
    expect(await only(id)).toMatchObject({ status: 'waiting_for_details', number: null, document: null })
    const seller = await api.ok('PUT', '/project/seller', SELLER)
    expect(seller).toMatchObject({
      address: { region: 'KA' },
      taxIds: [{ label: 'GSTIN', value: '29AAPFU0939F1ZR' }],
      financialYearStart: '04-01',
      timeZone: 'Asia/Kolkata',
    })
    expect(await only(id)).toMatchObject({
      status: 'paid',
      number: 'INV/25-26/000001',
      total: { amount: 177_000, currency: 'INR' },
      paid: { amount: 177_000 },
      document: {
        date: '2026-03-31',
        placeOfSupply: { code: '27', region: 'Maharashtra' },
        net: 150_000,
        taxes: [{ name: 'IGST', percent: 18, amount: 27_000 }],
        payment: { gateway: 'sandbox' },
      },
    })
  })

  test('within the seller’s state the tax is stated as the halves of centre and state', async () => {
    const id = await account(IN_BENGALURU)
    await buy(id, [{ pack: 'small' }, { pack: 'large' }])
    const { document } = await only(id)
    expect(document.taxes).toEqual([
      { name: 'CGST', percent: 9, amount: 103_500 },
      { name: 'SGST', percent: 9, amount: 103_500 },
    ])
    expect(document.lines.map(({ net }: { net: number }) => net)).toEqual([150_000, 999_999])
    expect(document.net + 207_000).toBe(document.total)
  })

  test('without billing details a paid purchase has no number and no PDF; filling them in issues it', async () => {
    const id = await account(null)
    await buy(id)
    const waiting = await only(id)
    expect(waiting).toMatchObject({ status: 'waiting_for_details', number: null, issuedAt: null })
    const pdf = await api.call('GET', `/invoices/${waiting.id}?format=pdf`)
    expect(pdf).toMatchObject({ status: 409, body: { code: 'invoice_not_issued' } })
    await api.ok('PUT', `/accounts/${id}/billing-details`, IN_MUMBAI)
    const issued = await only(id)
    expect(issued).toMatchObject({ status: 'paid', number: expect.stringMatching(/^INV\/25-26\/0000\d\d$/) })
    const answered = await api.call('GET', `/invoices/${issued.id}`, {
      headers: { accept: 'application/pdf' },
    })
    expect(answered.headers['content-type']).toBe('application/pdf')
    expect(answered.text.slice(0, 5)).toBe('%PDF-')
  })

  test('an issued invoice says what was so at its issue, whatever the details become', async () => {
    const id = await account(IN_MUMBAI)
    await buy(id)
    const before = await only(id)
    const pdf = (await api.call('GET', `/invoices/${before.id}?format=pdf`)).text
    await api.ok('PUT', `/accounts/${id}/billing-details`, { ...IN_BENGALURU, name: 'Another name' })
    await api.ok('PUT', '/project/seller', { ...SELLER, name: 'Shop Limited' })
    expect((await only(id)).document).toEqual(before.document)
    expect((await api.call('GET', `/invoices/${before.id}?format=pdf`)).text).toBe(pdf)
    await api.ok('PUT', '/project/seller', SELLER)
  })

  test('what is to be paid by transfer is issued unpaid, then partly paid, then paid, under one number', async () => {
    const id = await account(IN_MUMBAI)
    const { id: purchase } = await api.ok('POST', '/purchases', {
      accountId: id,
      lines: [{ pack: 'small' }],
      gateway: 'manual',
      price: { amount: 100_000, currency: 'INR' },
      dueAt: '2026-04-30T00:00:00Z',
    })
    const toPay = await only(id)
    expect(toPay).toMatchObject({
      status: 'to_pay',
      paid: { amount: 0 },
      document: { dueDate: '2026-04-30' },
    })
    const pay = (amount: number, reference: string) =>
      api.ok('POST', `/purchases/${purchase}/confirm`, { reference, amount })
    await pay(50_000, 'UTR 1')
    expect(await only(id)).toMatchObject({
      status: 'partly_paid',
      number: toPay.number,
      paid: { amount: 50_000 },
    })
    await pay(toPay.total.amount - 50_000, 'UTR 2')
    expect(await only(id)).toMatchObject({ status: 'paid', number: toPay.number, document: toPay.document })
  })

  test('a refund has a credit note with a number of its own, and all of them take back the invoice exactly', async () => {
    const id = await account(IN_BENGALURU)
    const purchase = await buy(id, [{ pack: 'small' }, { pack: 'large' }])
    const refund = (amount: number) => api.ok('POST', `/purchases/${purchase}/refund`, { amount })
    const total = (await api.ok('GET', `/purchases/${purchase}`)).total.amount
    await refund(33_333)
    await refund(1)
    await refund(total - 33_334)
    const rows = await invoices(id)
    expect(rows.map(({ kind }) => kind)).toEqual(['invoice', 'credit_note', 'credit_note', 'credit_note'])
    const documents = await Promise.all(
      rows.map(async (row) => (await api.ok('GET', `/invoices/${row.id}`)).document),
    )
    const [invoice, ...notes] = documents
    const parts = (document: Answered['body']): number[] => [
      ...document.lines.map((line: { net: number }) => line.net),
      ...document.taxes.map((tax: { amount: number }) => tax.amount),
    ]
    const taken = notes.reduce(
      (sum: number[], note) => sum.map((part, place) => part + parts(note)[place]!),
      parts(invoice).map(() => 0),
    )
    expect(taken).toEqual(parts(invoice))
    expect(rows.slice(1).map(({ number }) => number)).toEqual([
      'CN/25-26/000001',
      'CN/25-26/000002',
      'CN/25-26/000003',
    ])
    expect(notes[0].invoice.number).toBe(rows[0].number)
  })

  test('an order that ends unpaid has no invoice, and one that was issued is voided', async () => {
    const id = await account(IN_MUMBAI)
    const { id: abandoned } = await api.ok('POST', '/purchases', {
      accountId: id,
      lines: [{ pack: 'small' }],
    })
    await api.ok('POST', `/purchases/${abandoned}/sandbox`, { act: 'abandon' })
    expect(await invoices(id)).toEqual([])
    const { id: declined } = await api.ok('POST', '/purchases', {
      accountId: id,
      lines: [{ pack: 'small' }],
      gateway: 'manual',
      price: { amount: 100_000, currency: 'INR' },
    })
    const { number } = await only(id)
    await api.ok('POST', `/purchases/${declined}/decline`, {})
    expect(await only(id)).toMatchObject({ status: 'voided', number })
  })

  test('a request by a customer is a draft until staff set its price', async () => {
    const id = await account(IN_MUMBAI)
    await api.ok('PUT', `/accounts/${id}/terms`, { buysItself: false }).catch(() => undefined)
    const { id: purchase, status } = await api.ok('POST', '/purchases', {
      accountId: id,
      lines: [{ pack: 'small' }],
      gateway: 'manual',
    })
    expect(status).toBe('requested')
    const drafted = await invoices(id)
    expect(drafted.every((row) => row.status === 'draft' && row.number === null)).toBe(true)
    await api.ok('POST', `/purchases/${purchase}/offer`, { price: { amount: 90_000, currency: 'INR' } })
    expect((await only(id)).status).toBe('to_pay')
  })

  test('an order that costs nothing is invoiced as paid, and asks for no payment', async () => {
    const id = await account(IN_MUMBAI)
    await api.ok('POST', '/purchases', { accountId: id, lines: [{ pack: 'small' }], promotionCode: 'FREE' })
    await jobs()
    expect(await only(id)).toMatchObject({
      status: 'paid',
      total: { amount: 0 },
      document: { payment: null },
    })
  })

  test('another offer after the invoice was issued voids it, and another invoice takes its place', async () => {
    const id = await account(IN_MUMBAI)
    const { id: purchase } = await api.ok('POST', '/purchases', {
      accountId: id,
      lines: [{ pack: 'small' }],
      gateway: 'manual',
      price: { amount: 100_000, currency: 'INR' },
    })
    const first = await only(id)
    await api.ok('POST', `/purchases/${purchase}/offer`, { price: { amount: 90_000, currency: 'INR' } })
    const [voided, second] = await invoices(id)
    expect(voided).toMatchObject({ id: first.id, status: 'voided', number: first.number })
    expect(second).toMatchObject({ status: 'to_pay', total: { amount: 106_200 } })
    expect((await api.ok('GET', `/invoices/${first.id}`)).document).toEqual(first.document)
  })

  test('numbers have no gap and none comes twice, however often it is asked and whatever is undone', async () => {
    const ids = await Promise.all(Array.from({ length: 50 }, () => account(null)))
    const purchases = await Promise.all(ids.map((id) => buy(id)))
    await Promise.all(
      ids.map((id) => api.ok('PUT', `/accounts/${id}/billing-details?dryRun=true`, IN_MUMBAI)),
    )
    await Promise.all(ids.map((id) => api.ok('PUT', `/accounts/${id}/billing-details`, IN_MUMBAI)))
    const { house } = api.scrip
    await Promise.all(
      purchases.map((purchase) =>
        inTransaction(database().pool, async (session) => {
          const project = (await house.projects.newest(session, api.project))!
          await invoicePurchase(session, house, project, purchase)
        }),
      ),
    )
    const { rows } = await database().pool.query<{ number: string }>(
      "select number from invoice where project_id = $1 and kind = 'invoice' and number is not null order by number",
      [api.project],
    )
    expect(rows.map(({ number }) => number)).toEqual(
      rows.map((_, place) => `INV/25-26/${String(place + 1).padStart(6, '0')}`),
    )
    expect(rows.length).toBeGreaterThan(50)
  })

  test('a member who is neither admin nor billing sees no invoices; the billing manager does', async () => {
    const id = await account(IN_MUMBAI)
    for (const [userId, role] of [
      ['ada', 'billing'],
      ['bob', 'member'],
    ] as const) {
      await api.ok('PUT', `/accounts/${id}/members/${userId}`, { role })
    }
    await buy(id)
    const { id: invoice } = (await invoices(id))[0]
    for (const path of [`/accounts/${id}/invoices`, `/invoices/${invoice}`]) {
      expect(await api.call('GET', `${path}?userId=bob`)).toMatchObject({
        status: 403,
        body: { code: 'role_required' },
      })
      expect(await api.call('GET', `${path}?userId=ada`)).toMatchObject({ status: 200 })
    }
    const { key } = await api.ok('POST', '/keys', { accountId: id, userId: 'bob' })
    expect((await api.call('GET', `/invoices/${invoice}`, { key })).status).toBe(403)
    const { key: own } = await api.ok('POST', '/keys', { accountId: id })
    expect((await api.call('GET', `/invoices/${invoice}`, { key: own })).status).toBe(200)
    const { key: stranger } = await api.ok('POST', '/keys', { accountId: await account(null) })
    const strange = await api.call('GET', `/invoices/${invoice}`, { key: stranger })
    expect(strange).toMatchObject({ status: 404, body: { code: 'invoice_not_found' } })
  })

  test('an invoice that cannot be made keeps no paid money from its credits, and the job says so', async () => {
    const id = await account(IN_MUMBAI)
    const { id: purchase } = await api.ok('POST', '/purchases', { accountId: id, lines: [{ pack: 'small' }] })
    const change = `update purchase set priced = jsonb_set(priced, '{lines,0,price}', $2) where id = $1`
    await database().pool.query(change, [purchase, '1'])
    const paid = await api.ok('POST', `/purchases/${purchase}/sandbox`, { act: 'pay' })
    expect(paid.status).toBe('paid')
    await expect(jobs()).rejects.toThrow('add up')
    await database().pool.query(change, [purchase, '150000'])
    await jobs()
    expect((await only(id)).status).toBe('paid')
  })

  test('what a dead process left undone, the job makes good', async () => {
    const id = await account(null)
    const purchase = await buy(id)
    await database().pool.query('delete from invoice where purchase_id = $1', [purchase])
    expect(await invoices(id)).toEqual([])
    await jobs()
    expect((await only(id)).status).toBe('waiting_for_details')
    // As when the details were written at the moment in which the invoice began to wait.
    const details = JSON.stringify({
      ...IN_MUMBAI,
      kind: 'company',
      phone: null,
      taxId: null,
      shipping: null,
    })
    await database().pool.query(
      `insert into billing_details (project_id, account_id, details, updated_at) values ($1, $2, $3, now())`,
      [api.project, id, details],
    )
    await jobs()
    expect((await only(id)).status).toBe('paid')
  })

  test('verify finds nothing here, and names each invoice that is not as it must be', async () => {
    const found = async (): Promise<string[]> => {
      const sentences: string[] = []
      for await (const violation of verify(database(), { project: api.project }))
        sentences.push(violation.sentence)
      return sentences
    }
    expect(await found()).toEqual([])
    const { pool } = database()
    await pool.query(
      "update invoice set total = total + 1 where project_id = $1 and number = 'INV/25-26/000002'",
      [api.project],
    )
    expect(await found()).toEqual([expect.stringContaining('add up to its total')])
    await pool.query(
      "update invoice set total = total - 1 where project_id = $1 and number = 'INV/25-26/000002'",
      [api.project],
    )
    await pool.query(
      "update invoice set total = total * 9 where project_id = $1 and number = 'CN/25-26/000003'",
      [api.project],
    )
    expect(await found()).toContain('credit notes take back no more than their invoice')
    await pool.query(
      "update invoice set total = total / 9 where project_id = $1 and number = 'CN/25-26/000003'",
      [api.project],
    )
    await pool.query(
      "update invoice set number = 'INV/25-26/900000', document = jsonb_set(document, '{number}', '\"INV/25-26/900000\"') where project_id = $1 and number = 'INV/25-26/000003'",
      [api.project],
    )
    expect(await found()).toEqual(expect.arrayContaining([expect.stringContaining('the number before')]))
  })
})
