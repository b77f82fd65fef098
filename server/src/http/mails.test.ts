import type { Email } from 'postal-mime'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import { type MailServer, startMailServer } from '../../../tests/support/mail-server.ts'
import { inTransaction } from '../database/transaction.ts'
import { runJobs } from '../jobs/jobs.ts'
import { sendMails } from '../jobs/send-mails.job.ts'
import { tellCustomers } from '../jobs/tell-customers.job.ts'
import { writeMails } from '../operations/write-mails.ts'
import { type Api, serveProject } from './api-under-test.ts'

const CATALOG = `
scrip: 1
product: Shop & Co
keyPrefix: shp
currency: [EUR]
plans: { free: { name: Free } }
packs:
  small: { name: Small, credits: 1000, price: 1500.00 EUR }
alerts: { remaining: [20%] }
actions:
  image: { price: { credits: 1, per: images } }
`

const SELLER = {
  name: 'Shop GmbH',
  address: { lines: ['Hauptstr. 1'], city: 'Berlin', postcode: '10115', country: 'DE' },
}
const BILLING = {
  name: 'Acme',
  email: 'billing@acme.example',
  address: { lines: ['Ring 2'], city: 'Wien', postcode: '1010', country: 'AT' },
}

const headerOf = (mail: Email, name: string) => mail.headers.find(({ key }) => key === name)?.value
const siteOf = (link: string) => link.replace('https://credits.shop.example', '/site')
const addressOf = (to: Email['to']) => to?.map(({ address }) => address).join()

const T0 = Date.UTC(2026, 10, 20, 12)
const DAY_MS = 86_400_000

describeOnEachDatabase('mails', (database) => {
  let api: Api
  let server: MailServer
  let now = T0
  let count = 0
  let seen = 0

  beforeAll(async () => {
    server = await startMailServer()
    api = await serveProject(database(), {
      catalog: CATALOG,
      mode: 'live',
      scrip: {
        mail: { url: server.url, from: 'Shop <credits@shop.example>' },
        publicUrl: 'https://credits.shop.example',
        realTime: () => now++,
      },
    })
    await api.ok('PUT', '/project/seller', SELLER)
  }, 60_000)
  afterAll(async () => {
    await api.close()
    await server.close()
  })
  beforeEach(() => {
    server.refuse(null)
    seen = server.mails.length
  })

  const work = () => runJobs(api.scrip.house, [tellCustomers, sendMails])
  const fresh = () => server.mails.slice(seen)
  const account = async (fields: object = {}): Promise<string> => {
    const id = `org${++count}`
    await api.ok('PUT', `/accounts/${id}`, {
      name: `Acme <${id}>`,
      members: [
        { userId: 'ada', email: `ada@${id}.example`, role: 'admin' },
        { userId: 'bob', email: `bob@${id}.example`, role: 'member' },
      ],
      ...fields,
    })
    return id
  }
  const grant = (accountId: string, credits: number) => api.ok('POST', '/grants', { accountId, credits })
  const spend = (accountId: string, images: number) =>
    api.ok('POST', '/charges', { accountId, action: 'image', quantities: { images } })
  const pay = async (accountId: string) => {
    const { id } = await api.ok('POST', '/purchases', {
      accountId,
      lines: [{ pack: 'small' }],
      gateway: 'manual',
      price: { amount: 150_000, currency: 'EUR' },
      paid: { reference: 'SEPA 1' },
    })
    return id
  }
  const mailsOf = async (accountId: string, status: string) =>
    (await api.ok('GET', `/mails?accountId=${accountId}&status=${status}`)).data

  test('low, exhausted and restored credits are written about to admins, once each, in text and HTML', async () => {
    const id = await account()
    await grant(id, 100)
    await work()
    expect(fresh()).toEqual([])
    await spend(id, 85)
    await work()
    await spend(id, 15)
    await work()
    await grant(id, 1000)
    await work()
    await work()
    expect(fresh().map(({ subject }) => subject)).toEqual([
      'Shop & Co: credits are running low (15 left)',
      'Shop & Co: credits have run out',
      'Shop & Co: credits are back (1,000)',
    ])
    const [low] = fresh()
    expect(low).toMatchObject({
      to: [{ address: `ada@${id}.example` }],
      from: { name: 'Shop', address: 'credits@shop.example' },
    })
    expect(low!.text).toContain('at or below the limit of 20')
    expect(low!.html).toContain('<html lang="en">')
    expect(low!.html).toContain(`Acme &lt;${id}&gt; has 15 credits left`)
    expect(headerOf(low!, 'auto-submitted')).toBe('auto-generated')
    expect(low!.messageId).toMatch(/^<mail_\w+@credits\.shop\.example>$/)
  })

  test('an account that speaks German is written to in German', async () => {
    const id = await account({ language: 'de-AT' })
    await grant(id, 100)
    await spend(id, 99)
    await work()
    expect(fresh()[0]).toMatchObject({ subject: 'Shop & Co: Die Credits gehen zur Neige (noch 1)' })
    expect(fresh()[0]!.html).toContain('<html lang="de">')
  })

  test('a link stops news of credits, by a page that asks and by one click, and never receipts', async () => {
    const id = await account()
    await api.ok('PUT', `/accounts/${id}/billing-details`, BILLING)
    await grant(id, 100)
    await spend(id, 90)
    await work()
    const [low] = fresh()
    const link = /^<(.*)>$/.exec(headerOf(low!, 'list-unsubscribe') ?? '')![1]!
    expect(headerOf(low!, 'list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click')
    const path = siteOf(link)
    expect(low!.text).toContain(link)
    const asked = await api.call('GET', path, { key: null })
    expect(asked).toMatchObject({
      status: 200,
      headers: { 'content-security-policy': expect.stringContaining("default-src 'none'") },
    })
    expect(asked.text).toContain(`ada@${id}.example`)
    await work()
    expect((await api.ok('GET', `/accounts/${id}/notifications`)).unsubscribed).toEqual([])
    const done = await api.call('POST', path, {
      key: null,
      body: 'List-Unsubscribe=One-Click',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(done.status).toBe(200)
    expect((await api.ok('GET', `/accounts/${id}/notifications`)).unsubscribed).toHaveLength(3)
    seen = server.mails.length
    await spend(id, 10)
    await pay(id)
    await work()
    expect(
      fresh()
        .map(({ to }) => addressOf(to))
        .sort(),
    ).toEqual([`ada@${id}.example`, 'billing@acme.example'])
    for (const mail of fresh()) {
      expect(mail.subject).toBe('Shop & Co: your receipt for €1,500.00')
      expect(headerOf(mail, 'list-unsubscribe')).toBeUndefined()
    }
    const wrong = await api.call('POST', `${path}x`, { key: null })
    expect(wrong.status).toBe(404)
    await api.ok('PUT', `/accounts/${id}/notifications`, { resubscribe: [`Ada@${id}.example`] })
    expect((await api.ok('GET', `/accounts/${id}/notifications`)).unsubscribed).toEqual([])
  })

  test('a receipt has the invoice’s PDF; without billing details it asks for them, and the invoice follows', async () => {
    const id = await account()
    await pay(id)
    await work()
    expect(fresh()).toHaveLength(1)
    expect(fresh()[0]).toMatchObject({ attachments: [] })
    expect(fresh()[0]!.text).toContain('fill in your billing details')
    seen = server.mails.length
    await api.ok('PUT', `/accounts/${id}/billing-details`, BILLING)
    await work()
    const mail = fresh().find(({ to }) => addressOf(to) === 'billing@acme.example')!
    expect(mail.subject).toBe('Shop & Co: your invoice over €1,500.00')
    const [pdf] = mail.attachments
    expect(pdf).toMatchObject({
      mimeType: 'application/pdf',
      filename: expect.stringMatching(/^INV-2026-\d{6}\.pdf$/),
    })
    expect(
      Buffer.from(pdf!.content as ArrayBuffer)
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-')
  })

  test('who gets what is a setting of the account and of the user', async () => {
    const id = await account()
    const set = await api.ok('PUT', `/accounts/${id}/notifications`, {
      topics: { low: { roles: ['admin', 'member'] }, exhausted: { mail: false } },
      addresses: ['csm@shop.example'],
      users: [{ userId: 'ada', topics: { low: { mail: false } } }],
    })
    expect(set.topics.low).toEqual({ mail: true, notice: true, roles: ['admin', 'member'] })
    expect(set.topics.restored).toEqual({ mail: true, notice: true, roles: ['admin', 'billing'] })
    await grant(id, 100)
    await spend(id, 90)
    await spend(id, 10)
    await work()
    expect(
      fresh()
        .map(({ to }) => addressOf(to))
        .sort(),
    ).toEqual([`bob@${id}.example`, 'csm@shop.example'])
    const again = await api.ok('PUT', `/accounts/${id}/notifications`, { topics: { low: { mail: false } } })
    expect(again).toMatchObject({
      addresses: ['csm@shop.example'],
      topics: { low: { mail: false, roles: ['admin', 'member'] } },
    })
  })

  test('a mail server that is busy is asked again later, and nothing is sent twice', async () => {
    const id = await account()
    server.refuse(451)
    await grant(id, 100)
    await spend(id, 90)
    await work()
    expect(await mailsOf(id, 'waiting')).toMatchObject([
      { attempts: 1, reason: expect.stringContaining('not now') },
    ])
    server.refuse(null)
    await work()
    expect(fresh()).toEqual([])
    await database().pool.query('update mail set next_attempt_at = now() where account_id = $1', [id])
    await work()
    await work()
    expect(fresh()).toHaveLength(1)
    expect(await mailsOf(id, 'sent')).toMatchObject([{ attempts: 2, reason: null }])
  })

  test('a mail that is refused for good is given up visibly, and staff can send it again', async () => {
    const id = await account()
    server.refuse(550)
    await grant(id, 100)
    await spend(id, 90)
    await work()
    const [given] = await mailsOf(id, 'given_up')
    expect(given).toMatchObject({ attempts: 1, reason: expect.stringContaining('not now') })
    server.refuse(null)
    await api.ok('POST', `/mails/${given.id}/send-again`, {})
    await work()
    expect(fresh()).toHaveLength(1)
    expect(await api.call('POST', `/mails/${given.id}/send-again`, { body: {} })).toMatchObject({
      status: 409,
      body: { code: 'mail_not_given_up' },
    })
  })

  test('news of credits that is older than a day is not mailed any more', async () => {
    const id = await account()
    await grant(id, 100)
    await spend(id, 90)
    await runJobs(api.scrip.house, [tellCustomers])
    now += DAY_MS + 60_000
    await work()
    expect(fresh()).toEqual([])
    expect(await mailsOf(id, 'given_up')).toMatchObject([
      { kind: 'low', reason: expect.stringContaining('a day ago') },
    ])
  })

  test('what a process had in hand when it died, another sends once the claim has run out', async () => {
    const id = await account()
    await grant(id, 100)
    await spend(id, 90)
    await runJobs(api.scrip.house, [tellCustomers])
    // As a process leaves it that was killed between the claim and the answer.
    const claim = (until: string) =>
      database().pool.query(
        `update mail set attempts = attempts + 1, next_attempt_at = now() + interval '${until}' where account_id = $1`,
        [id],
      )
    await claim('5 minutes')
    await work()
    expect(fresh()).toEqual([])
    await claim('0 minutes')
    await work()
    expect(fresh()).toHaveLength(1)
  })

  test('two processes at once send each mail once', async () => {
    const ids = await Promise.all(Array.from({ length: 8 }, () => account()))
    for (const id of ids) await grant(id, 100)
    for (const id of ids) await spend(id, 90)
    await Promise.all([work(), work(), work()])
    await work()
    expect(fresh()).toHaveLength(8)
  })

  test('mails of a test project say so, and a failed payment is written about where a card was declined', async () => {
    const trial = await api.another('trial')
    await trial.ok('PUT', '/accounts/trial', {
      name: 'Trial',
      members: [{ userId: 'ada', email: 'ada@trial.example', role: 'admin' }],
    })
    const order = async (act: string) => {
      const { id } = await trial.ok('POST', '/purchases', { accountId: 'trial', lines: [{ pack: 'small' }] })
      await trial.ok('POST', `/purchases/${id}/sandbox`, { act })
    }
    await order('abandon')
    await work()
    expect(fresh()).toEqual([])
    await order('decline')
    await work()
    expect(fresh()).toMatchObject([
      { subject: '[Test] Tested: a payment of $15.00 failed', to: [{ address: 'ada@trial.example' }] },
    ])
    expect(headerOf(fresh()[0]!, 'list-unsubscribe')).toBeUndefined()
  })

  test('a report is attached as it stands, and stopped by its own link alone', async () => {
    const id = await account()
    const write = (cause: string) =>
      inTransaction(database().pool, async (session) => {
        const file = { name: 'usage.csv', type: 'text/csv', content: Buffer.from('a,b\r\n1,2\r\n') }
        const account = { id, email: null, language: null }
        const asked = { kind: 'report', cause, data: { report: 'Usage' }, happenedAt: now, file } as const
        await writeMails(session, { id: api.project }, account, { ...asked, to: ['cfo@acme.example'] })
      })
    await write('report:1')
    await write('report:1')
    await work()
    expect(fresh()).toHaveLength(1)
    const [report] = fresh()
    expect(Buffer.from(report!.attachments[0]!.content as ArrayBuffer).toString()).toBe('a,b\r\n1,2\r\n')
    const link = /^<(.*)>$/.exec(headerOf(report!, 'list-unsubscribe') ?? '')![1]!
    await api.call('POST', siteOf(link), { key: null })
    expect((await api.ok('GET', `/accounts/${id}/notifications`)).unsubscribed).toEqual([
      { address: 'cfo@acme.example', topic: 'reports' },
    ])
    await write('report:2')
    await work()
    expect(fresh()).toHaveLength(1)
  })

  test('an address with a comma is one address, and a name cannot add a header', async () => {
    const id = await account({
      members: [{ userId: 'eve', email: 'a,b@evil.example', role: 'admin' }],
      name: 'X Bcc: c@d.example',
    })
    await grant(id, 100)
    await spend(id, 90)
    await work()
    expect(fresh()).toHaveLength(1)
    expect(fresh()[0]!.to).toHaveLength(1)
    expect(headerOf(fresh()[0]!, 'bcc')).toBeUndefined()
  })

  test('erased personal data are in no mail and no setting', async () => {
    const id = await account()
    await grant(id, 100)
    await api.ok('PUT', `/accounts/${id}/billing-details`, BILLING)
    await api.ok('PUT', `/accounts/${id}/notifications`, { addresses: ['secret@person.example'] })
    await spend(id, 90)
    await runJobs(api.scrip.house, [tellCustomers])
    await api.ok('DELETE', `/accounts/${id}/personal-data`)
    await work()
    expect(fresh()).toEqual([])
    const { rows } = await database().pool.query(
      `select address, data::text from mail where account_id = $1
       union all select '', settings::text from notification_setting where account_id = $1
       union all select '', details::text from billing_details where account_id = $1`,
      [id],
    )
    expect(JSON.stringify(rows)).not.toMatch(/person\.example|acme\.example|ada@/)
  })
})
