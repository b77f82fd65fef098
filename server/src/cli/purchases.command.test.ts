/** `scrip purchases …` against a server's own folder, as an operator uses it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Opened, openHere, operatorClient } from './in-process.ts'
import { run } from './terminal-under-test.ts'

const CATALOG = `scrip: 1
product: Shop
currency: USD
packs:
  small: { name: Small, credits: 100, price: 15.00 USD }
actions:
  image: { price: 1 }
`

describe('scrip purchases', () => {
  let folder: string
  let opened: Opened
  let purchases: string[]
  const env = (): Record<string, string> => ({ SCRIP_DATA: folder })
  const scrip = (...line: string[]) => run(['purchases', ...line], { env: env(), columns: 200 })

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'scrip-purchases-'))
    opened = await openHere({ folder }, folder, { log: false, jobs: false })
    const operator = operatorClient(opened)
    const { project } = await operator.get<{ project: { id: number } }>({
      method: 'POST',
      path: '/projects',
      body: { name: 'Shop', mode: 'test', catalog: CATALOG },
    })
    const client = operator.inProject(project.id)
    purchases = []
    for (const accountId of ['one', 'two']) {
      await client.get({ method: 'PUT', path: `/accounts/${accountId}`, body: {} })
      const body = { accountId, lines: [{ pack: 'small' }] }
      const { id } = await client.get<{ id: string }>({ method: 'POST', path: '/purchases', body })
      await client.get({
        method: 'POST',
        path: `/purchases/${id}/sandbox`,
        body: { act: 'payWithoutWebhook' },
      })
      purchases.push(id)
    }
  }, 60_000)
  afterAll(async () => {
    await opened.close()
    await rm(folder, { recursive: true, force: true })
  })

  test('list shows what was ordered and what became of it', async () => {
    const { out, exitCode } = await scrip('list', '--account', 'one')
    expect(exitCode).toBe(0)
    expect(out).toMatch(/PURCHASE.*ACCOUNT.*TOTAL.*STATUS/)
    expect(out).toMatch(new RegExp(`${purchases[0]}.*one.*Small.*15\\.00 USD.*pending`))
    expect(out).not.toContain(purchases[1])
  })

  test('recheck of one asks its gateway and shows the payment', async () => {
    const { out } = await scrip('recheck', purchases[0]!)
    expect(out).toMatch(/Status +paid/)
    expect(out).toMatch(/Payment +sbp_/)
  })

  test('recheck of all settles what is unpaid, and a second time there is nothing', async () => {
    const { out, err } = await scrip('recheck')
    expect(out).toContain(`${purchases[1]}: pending → paid`)
    expect(err).toContain('1 purchase rechecked, 1 changed.')
    expect((await scrip('recheck')).err).toContain('0 purchases rechecked, 0 changed.')
  })

  test('monitor says that both lists are empty', async () => {
    const { out, exitCode } = await scrip('monitor')
    expect(exitCode).toBe(0)
    expect(out).toContain('✓ paid but not granted: none')
    expect(out).toContain('✓ granted but not paid: none')
  })

  test('monitor ends with 1 where money is without its credits', async () => {
    const { pool } = opened.scrip.house.database
    await pool.query(
      `insert into purchase_fact (project_id, purchase_id, kind, payment_id, discriminator, at, data, source)
       select project_id, id, 'paid', 'p', '1500 USD', now(),
         '{"kind":"paid","at":1,"paymentId":"p","money":{"amount":1500,"currency":"USD"}}', 'webhook'
       from purchase where id = $1`,
      [purchases[0]],
    )
    await pool.query("update entry set idempotency_key = 'lost' where idempotency_key = $1", [purchases[0]])
    const { out, exitCode } = await scrip('monitor')
    expect(exitCode).toBe(1)
    expect(out).toContain('✗ paid but not granted: 1')
  })

  test('an unknown purchase is refused with its reason', async () => {
    const { err, exitCode } = await scrip('show', 'pur_unknown')
    expect(exitCode).toBe(1)
    expect(err).toContain('There is no purchase pur_unknown.')
  })
})
