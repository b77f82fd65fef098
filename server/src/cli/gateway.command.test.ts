import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from './terminal-under-test.ts'

const SECRET_KEY = 'sk_test_51Nx0123456789abcd'
const SETTINGS = `# stripe, test mode\nsecretKey = ${SECRET_KEY}\n\nwebhookSecret=whsec_0123456789abcdwxyz\n`

describe('scrip gateway', () => {
  let folder: string
  const env = () => ({ SCRIP_DATA: join(folder, 'data') })

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'scrip-gateway-'))
    const catalog = join(folder, 'catalog.yaml')
    writeFileSync(catalog, 'scrip: 1\nproduct: Tested\ncurrency: USD\nactions: { image: { price: 1 } }\n')
    const made = await run(['project', 'create', '--catalog', catalog, '--mode', 'test'], { env: env() })
    expect(made.exitCode, made.err).toBe(0)
  }, 60_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('takes settings from the input, and shows the last four characters of each', async () => {
    const { exitCode, out, err } = await run(['gateway', 'set', 'stripe'], { env: env(), input: SETTINGS })
    expect([exitCode, out]).toEqual([
      0,
      'The project is set up with stripe: secretKey …abcd, webhookSecret …wxyz.\n',
    ])
    expect(err).toMatch(/Let stripe send its webhooks to .*\/api\/v1\/gateways\/stripe\/webhook\/1/)
    const listed = await run(['gateway', 'list'], { env: env(), columns: 200 })
    expect(listed.out).toMatch(/stripe +yes +secretKey …abcd, webhookSecret …wxyz/)
    expect(listed.out).toMatch(/razorpay +no/)
    expect(`${out}${err}${listed.out}`).not.toContain(SECRET_KEY)
    expect((await run(['gateway', 'events', '--status', 'failed'], { env: env() })).err).toBe('No events.\n')
  })

  test('says what it expected, and quotes no secret', async () => {
    const none = await run(['gateway', 'set', 'stripe'], { env: env(), input: '' })
    expect([none.exitCode, none.err]).toEqual([2, expect.stringContaining('a name=value on each line')])
    const bare = await run(['gateway', 'set', 'stripe'], { env: env(), input: SECRET_KEY })
    expect([bare.exitCode, bare.err]).toEqual([
      2,
      expect.stringContaining('Line 1 of the input is no name=value'),
    ])
    const live = await run(['gateway', 'set', 'stripe'], {
      env: env(),
      input: SETTINGS.replace('sk_test_', 'sk_live_'),
    })
    expect([live.exitCode, live.err]).toEqual([1, expect.stringContaining('a key for a test project')])
    for (const { out, err } of [none, bare, live]) expect(`${out}${err}`).not.toContain('51Nx0123456789abcd')
  })

  test('a SCRIP_SECRET_KEY that is none is said before anything is opened', async () => {
    const { exitCode, err } = await run(['gateway', 'list'], { env: { ...env(), SCRIP_SECRET_KEY: 'short' } })
    expect([exitCode, err]).toEqual([
      2,
      expect.stringContaining('SCRIP_SECRET_KEY is not 32 bytes in base64'),
    ])
  })
})
