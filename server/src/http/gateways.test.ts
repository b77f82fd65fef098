import { randomBytes } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import { gatewayFor, openGateway } from '../gateways/gateways.ts'
import { openScrip } from '../scrip.ts'
import { type Api, serveProject } from './api-under-test.ts'

const SECRETS = { secretKey: 'sk_live_51Nx0123456789abcd', webhookSecret: 'whsec_0123456789abcdwxyz' }
const TEST_SECRETS = { ...SECRETS, secretKey: 'sk_test_51Nx0123456789abcd' }
const key = (): string => randomBytes(32).toString('base64')

describe('the gateway of a purchase', () => {
  const catalog = { gateway: { INR: 'razorpay', GBP: 'manual', '*': 'stripe' } }

  test.each([
    ['live', 'INR', 'razorpay'],
    ['live', 'USD', 'stripe'],
    ['live', 'GBP', 'manual'],
    ['test', 'INR', 'sandbox'],
    ['test', 'USD', 'sandbox'],
    ['test', 'GBP', 'manual'],
  ] as const)('in a %s project is by currency: %s goes through %s', (mode, currency, gateway) => {
    expect(gatewayFor(catalog, { mode }, currency)).toBe(gateway)
  })
})

describeOnEachDatabase('setting a project up with a gateway', (database) => {
  const opened: Api[] = []
  const serve = async (options: Parameters<typeof serveProject>[1] = {}) => {
    const api = await serveProject(database(), options)
    opened.push(api)
    return api
  }
  afterEach(async () => {
    for (const api of opened.splice(0)) await api.close()
  })

  test('shows of its secrets the last four characters, and keeps them nowhere readable', async () => {
    const lines: string[] = []
    const log = { write: (line: string) => void lines.push(line) }
    const api = await serve({
      mode: 'live',
      scrip: { secretKey: key(), log, publicUrl: 'https://s.example.com' },
    })
    const shown = await api.ok('PUT', '/gateways/stripe', SECRETS)
    expect(shown).toEqual({
      gateway: 'stripe',
      isSetUp: true,
      settings: { secretKey: '…abcd', webhookSecret: '…wxyz' },
      webhookUrl: `https://s.example.com/api/v1/gateways/stripe/webhook/${api.project}`,
      updatedAt: expect.any(String),
    })
    const { data } = await api.ok('GET', '/gateways')
    expect(
      data.map(({ gateway, isSetUp }: { gateway: string; isSetUp: boolean }) => [gateway, isSetUp]),
    ).toEqual([
      ['stripe', true],
      ['razorpay', false],
      ['manual', true],
    ])
    const { rows } = await database().pool.query(
      `select gateway_setting::text || encode(sealed, 'escape') as row from gateway_setting
       union all select answer::text || encode(sealed, 'escape') from answer`,
    )
    for (const secret of Object.values(SECRETS)) {
      expect(JSON.stringify([rows, data, lines])).not.toContain(secret)
    }
  })

  test('a gateway that is set up opens with its own settings', async () => {
    const api = await serve({ mode: 'live', scrip: { secretKey: key() } })
    await api.ok('PUT', '/gateways/stripe', SECRETS)
    const { house } = api.scrip
    const project = (await house.projects.find(api.project))!
    expect((await openGateway(house, project, 'stripe')).name).toBe('stripe')
    await expect(openGateway(house, project, 'razorpay')).rejects.toMatchObject({
      code: 'gateway_not_set_up',
    })
    await expect(openGateway(house, project, 'paypal')).rejects.toMatchObject({ code: 'gateway_not_found' })
  })

  test('a live project needs the operator’s key, and has no sandbox', async () => {
    const api = await serve({ mode: 'live' })
    const refused = await api.call('PUT', '/gateways/stripe', { body: SECRETS })
    expect(refused).toMatchObject({ status: 409, body: { code: 'secret_key_required' } })
    expect(refused.body.detail).toContain('SCRIP_SECRET_KEY')
    await api.ok('PUT', '/accounts/org_1', {})
    const bought = await api.call('POST', '/purchases', {
      body: { accountId: 'org_1', lines: [{ pack: 'small' }] },
    })
    expect(bought).toMatchObject({ status: 409, body: { code: 'gateway_not_set_up', gateway: 'sandbox' } })
  })

  test('keys of the other mode, missing ones and unknown ones are refused at once, and none is quoted', async () => {
    const api = await serve()
    const body = { secretKey: SECRETS.secretKey, webhookSecrets: 'whsec_a_secret_in_the_wrong_place' }
    const { status, body: problem, text } = await api.call('PUT', '/gateways/stripe', { body })
    expect(status).toBe(400)
    expect(problem.errors.map(({ path }: { path: string }) => path).sort()).toEqual([
      'secretKey',
      'webhookSecret',
      'webhookSecrets',
    ])
    expect(text).toContain('a key for a test project')
    for (const secret of Object.values(body)) expect(text).not.toContain(secret)
    expect(await api.call('PUT', '/gateways/stripe', { body: TEST_SECRETS })).toMatchObject({ status: 200 })
  })

  test('gateways that need nothing or are none cannot be set up', async () => {
    const api = await serve()
    for (const name of ['sandbox', 'manual']) {
      const { status, body } = await api.call('PUT', `/gateways/${name}`, { body: {} })
      expect({ status, code: body.code }).toEqual({ status: 422, code: 'gateway_without_settings' })
    }
    const { status, body } = await api.call('PUT', '/gateways/paypal', { body: {} })
    expect({ status, code: body.code }).toEqual({ status: 404, code: 'gateway_not_found' })
  })

  test('a dry run says what would be shown, and sets nothing up', async () => {
    const api = await serve()
    const { body } = await api.call('PUT', '/gateways/stripe?dryRun=true', { body: TEST_SECRETS })
    expect(body.isSetUp).toBe(true)
    const { data } = await api.ok('GET', '/gateways')
    expect(data.find(({ gateway }: { gateway: string }) => gateway === 'stripe').isSetUp).toBe(false)
  })

  test('when the key is exchanged, a start with both seals everything again, and the old key can go', async () => {
    const [old, fresh] = [key(), key()]
    const api = await serve({ mode: 'live', scrip: { secretKey: old } })
    await api.ok('PUT', '/gateways/stripe', SECRETS)
    const { id } = await api.ok('POST', '/webhook-endpoints', { url: 'https://shop.example.com/hooks' })
    const opens = async (options: { secretKey: string; secretKeyPrevious?: string }) => {
      const scrip = await openScrip({ database: database(), jobs: false, ...options })
      try {
        const project = (await scrip.house.projects.find(api.project))!
        return (await openGateway(scrip.house, project, 'stripe')).name
      } catch (error) {
        return error
      } finally {
        await scrip.close()
      }
    }
    expect(await opens({ secretKey: fresh })).toMatchObject({ name: 'GatewayFault', retryable: false })
    expect(await opens({ secretKey: fresh, secretKeyPrevious: old })).toBe('stripe')
    expect(await opens({ secretKey: fresh })).toBe('stripe')
    expect(await opens({ secretKey: old })).toMatchObject({ name: 'GatewayFault' })
    const { rows } = await database().pool.query('select secret from webhook_endpoint where id = $1', [id])
    const { secrets } = api.scrip.house
    expect([secrets.isCurrent(rows[0].secret), rows[0].secret.length > 0]).toEqual([false, true])
  })
})

describe('the key of the secrets', () => {
  test('that is none stops the start, and is not quoted', async () => {
    const start = openScrip({ memory: true, jobs: false, secretKey: 'not a key at all' })
    await expect(start).rejects.toThrow('SCRIP_SECRET_KEY is not 32 bytes in base64')
    await expect(start).rejects.not.toThrow('not a key at all')
  })
})
