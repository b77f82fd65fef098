/** A server on a folder, and the other commands beside it: they find it by the folder's lock. */
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runProgram } from './program.ts'
import type { ExitCode } from './stop.ts'
import {
  type Ran,
  run,
  type Situation,
  type TerminalUnderTest,
  terminalUnderTest,
} from './terminal-under-test.ts'

const PINSEARCH = new URL('../../../catalogs/pinsearch/catalog.yaml', import.meta.url).pathname
const EDITED = `scrip: 1
product: Small
currency: USD
plans:
  basic: { name: Basic, every: month, credits: 120, price: 19.00 USD }
actions:
  ask: { name: Asking, price: 2 }
`

let folder: string
let data: string
let server: TerminalUnderTest
let served: Promise<ExitCode>
let url: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'scrip-cli-'))
  data = join(folder, 'data')
  server = terminalUnderTest()
  served = runProgram(['serve', '--data', data, '--port', '0', '--log', 'none'], server)
  await server.until('No project yet')
  url = /http:\/\/\S+?(?=\.\s)/.exec(server.printed.err)![0]
}, 60_000)
afterAll(async () => {
  server.stop()
  await served
  rmSync(folder, { recursive: true })
})

const here = (line: readonly string[], situation: Situation = {}): Promise<Ran> =>
  run(line, { ...situation, env: { SCRIP_DATA: data, ...situation.env } })

async function json(line: readonly string[], situation: Situation = {}) {
  const { exitCode, out, err } = await here([...line, '--json'], situation)
  expect(err).toBe('')
  expect(exitCode).toBe(0)
  return JSON.parse(out)
}

describe('beside a server', () => {
  let apiKey: string

  test('without a project a command says how to make the first', async () => {
    const { exitCode, err } = await here(['account', 'list'])
    expect(exitCode).toBe(2)
    expect(err).toContain('scrip project create')
  })

  test('project create prints the project and its first key', async () => {
    const made = await json(['project', 'create', '--catalog', PINSEARCH, '--mode', 'test'])
    expect(made.project).toMatchObject({ name: 'Pinsearch', mode: 'test', catalogVersion: 1 })
    expect(made.apiKey).toMatch(/^scrip_test_sk_/)
    apiKey = made.apiKey
  })

  test('a project of a name that is taken is refused, and nothing is made', async () => {
    const { exitCode, out, err } = await here(['project', 'create', '--catalog', PINSEARCH, '--mode', 'test'])
    expect([exitCode, out]).toEqual([1, ''])
    expect(err).toContain('(project_exists)')
    expect((await json(['project', 'list'])).data).toHaveLength(1)
  })

  test('an account is made, subscribed, granted to, adjusted, and shown', async () => {
    await json(['account', 'create', 'org_42', '--name', 'Acme', '--email', 'hello@acme.example'])
    expect((await here(['account', 'subscribe', 'org_42', 'plus'])).out).toBe('org_42 is on plus: active.\n')
    const granted = await here(['account', 'grant', 'org_42', '100', '--reason', 'Sorry'])
    expect(granted.out).toBe('100 granted to org_42; its balance is 400.\n')
    const adjusted = await here(['account', 'adjust', 'org_42', '--down', '20', '--reason', 'Granted twice'])
    expect(adjusted.out).toBe('The balance of org_42 is 380.\n')
    const credits = await json(['account', 'credits', 'org_42'])
    expect(credits).toMatchObject({ balance: 380, plan: 'plus', status: 'active' })
    expect((await here(['account', 'list'])).out).toMatch(/org_42\s+Acme\s+plus\s+380\s+active/)
    expect((await here(['account', 'show', 'org_42'])).out).toMatch(/E-mail\s+hello@acme\.example/)
  })

  test('what an account has and why is told in rows, lots, words and CSV', async () => {
    const rows = await here(['account', 'transactions', 'org_42'])
    expect(rows.out).toMatch(/Plan refill\s+\+300\s+300/)
    expect(rows.out).toMatch(/\+100\s+400\s+Sorry/)
    expect((await here(['account', 'lots', 'org_42'])).out).toMatch(/subscription/)
    expect((await here(['account', 'explain', 'org_42'])).out).toContain(
      '400 received − 0 used − 20 removed = 380.',
    )
    const csv = await here(['account', 'transactions', 'org_42', '--csv'])
    expect(csv.out.trim().split('\n')).toHaveLength(1 + 3)
  })

  test('in a narrow terminal a table becomes a block of lines for each row', async () => {
    const { out } = await here(['account', 'transactions', 'org_42'], { columns: 40 })
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(40)
    expect(out).toMatch(/^What {5}Plan refill$/m)
  })

  test('an account that is not there is refused with its code, and --json prints the problem', async () => {
    const told = await here(['account', 'credits', 'nobody'])
    expect([told.exitCode, told.err]).toEqual([1, 'There is no account nobody. (account_not_found)\n'])
    const { err } = await here(['account', 'credits', 'nobody', '--json'])
    expect(JSON.parse(err)).toMatchObject({ code: 'account_not_found', status: 404 })
  })

  test('one of --up and --down is asked for', async () => {
    const { exitCode, err } = await here(['account', 'adjust', 'org_42', '--reason', 'x'])
    expect([exitCode, err]).toEqual([2, 'Give one of --up and --down.\n'])
  })

  test('a key is made, listed and revoked, and ends within a second', async () => {
    const made = await json(['key', 'create', '--name', 'backend', '--scopes', 'read'])
    expect(made.key).toMatch(/^scrip_test_sk_/)
    expect((await here(['key', 'list'])).out).toMatch(/backend\s+read\s+never\s+live/)
    const env = { SCRIP_URL: url, SCRIP_KEY: made.key }
    expect((await run(['account', 'credits', 'org_42'], { env })).exitCode).toBe(0)
    const refused = await run(['account', 'grant', 'org_42', '1'], { env })
    expect(refused.exitCode).toBe(1)
    expect(refused.err).toContain('(scope_required)')
    expect((await here(['key', 'revoke', made.id])).out).toBe(`${made.id} is revoked.\n`)
    const ended = await run(['account', 'credits', 'org_42'], { env })
    expect(ended.exitCode).toBe(3)
    expect(ended.err).toContain('(key_invalid)')
    expect(ended.err).not.toContain(made.key)
  })

  test("a customer's own key is made with permissions", async () => {
    const made = await json(['key', 'create', '--account', 'org_42', '--permissions', 'post.publish'])
    expect(made).toMatchObject({ accountId: 'org_42', permissions: ['post.publish'], scopes: [] })
    expect(made.key).toMatch(/^pin_test_sk_/)
  })

  test('the clock is shown, moved and let go, and what happened on the way is told', async () => {
    expect((await here(['clock', 'show'])).out).toContain('(runs)')
    const moved = await here(['clock', 'advance', '1 month'])
    expect(moved.out).toMatch(/refill\s+\+300\s+org_42/)
    expect((await here(['clock', 'show'])).out).toContain('(stands)')
    const next = await json(['clock', 'advance', 'nextRefill', '--account', 'org_42'])
    expect(next.events.map((event: { type: string }) => event.type)).toContain('refill')
    const back = await here(['clock', 'set', '2020-01-01'])
    expect([back.exitCode, back.err]).toEqual([1, expect.stringContaining('(time_goes_forward)')])
    expect((await here(['clock', 'release'])).exitCode).toBe(0)
  })

  test('a catalog is compared before it is applied, and applied after a yes alone', async () => {
    const file = join(folder, 'edited.yaml')
    writeFileSync(file, EDITED)
    await json(['project', 'create', '--catalog', file, '--mode', 'live', '--name', 'Small'])
    writeFileSync(file, EDITED.replace('credits: 120', 'credits: 150'))
    const project = ['--project', 'Small']
    const diff = await here(['catalog', 'diff', file, ...project])
    expect(diff.out).toBe('• Basic: 120 → 150 credits a month. No subscribers.\n')
    const unsure = await here(['catalog', 'apply', file, ...project], { answer: false })
    expect([unsure.exitCode, unsure.err]).toEqual([1, expect.stringContaining('Nothing was applied.')])
    expect((await here(['catalog', 'apply', file, ...project], { answer: true })).out).toBe(
      'Version 2 is live.\n',
    )
    expect((await here(['catalog', 'apply', file, '--yes', ...project])).out).toContain('nothing was applied')
  })

  test('where there are several projects, --project says which, by name or id', async () => {
    const unnamed = await here(['account', 'list'])
    expect(unnamed.exitCode).toBe(2)
    expect(unnamed.err).toContain('There are several projects: say which by --project.')
    expect((await here(['account', 'list', '-p', 'pinsearch'])).out).toContain('org_42')
    expect((await here(['account', 'list', '-p', '1'])).out).toContain('org_42')
    const unknown = await here(['account', 'list', '-p', 'nope'])
    expect(unknown.err).toContain('There is no project nope. There are:')
  })

  test('a key decides the project, and --project is refused beside it', async () => {
    const env = { SCRIP_URL: url, SCRIP_KEY: apiKey }
    expect((await run(['account', 'list'], { env })).out).toContain('org_42')
    expect((await run(['account', 'list', '-p', 'Small'], { env })).exitCode).toBe(2)
    const projects = await run(['project', 'list'], { env })
    expect(projects.exitCode).toBe(3)
    expect((await here(['account', 'list'], { env: { SCRIP_KEY: apiKey } })).out).toContain('org_42')
  })

  test('verify names every rule and finds no violation', async () => {
    const { exitCode, out } = await here(['verify'])
    expect(exitCode).toBe(0)
    expect(out).toContain('✓ 1. ')
    expect(out).toMatch(/pools?: no violation\.\n$/)
  })

  test('the control socket is open to its owner alone', () => {
    expect(statSync(join(data, 'scrip.sock')).mode & 0o777).toBe(0o600)
  })

  test('DATABASE_URL comes before the server that has the folder, and --data before both', async () => {
    const env = { DATABASE_URL: 'postgres://scrip@127.0.0.1:1/scrip' }
    const there = await here(['project', 'list'], { env })
    expect(there.exitCode).toBe(3)
    expect(there.err).toContain('127.0.0.1')
    const beside = await here(['project', 'list', '--data', data], { env })
    expect([beside.exitCode, beside.err]).toEqual([0, ''])
    expect(beside.out).toContain('Pinsearch')
  })

  test('a second server on the folder stops, and says why', async () => {
    const { exitCode, err } = await here(['serve', '--port', '0'])
    expect(exitCode).toBe(3)
    expect(err).toContain('The data folder is in use by')
  })

  test('a port that is taken is answered with who has it, and how to choose another', async () => {
    const port = new URL(url).port
    const { exitCode, err } = await run(['serve', '--port', port, '--data', join(folder, 'other')])
    expect(exitCode).toBe(3)
    expect(err).toMatch(new RegExp(`Port ${port} is taken by process ${process.pid} `))
    expect(err).toContain('--port 0 for any that is free')
    expect(existsSync(join(folder, 'other', 'scrip.lock'))).toBe(false)
  }, 60_000)
})

describe('without a server', () => {
  test('once the server stopped in good order, a command opens the folder itself and closes it again', async () => {
    server.stop()
    expect(await served).toBe(0)
    expect(existsSync(join(data, 'scrip.lock'))).toBe(false)
    expect((await here(['account', 'credits', 'org_42', '-p', 'Pinsearch'])).out).toMatch(/Plan\s+plus/)
    expect(existsSync(join(data, 'scrip.lock'))).toBe(false)
    expect(existsSync(join(data, 'scrip.sock'))).toBe(false)
  }, 60_000)

  test('a database that cannot be reached is said in a sentence, without its password', async () => {
    const env = { DATABASE_URL: 'postgres://scrip:hidden@127.0.0.1:1/scrip' }
    const { exitCode, err } = await run(['project', 'list'], { env })
    expect(exitCode).toBe(3)
    expect(err).toContain('127.0.0.1')
    expect(err).not.toContain('hidden')
    expect(err).not.toContain('    at ')
  })
})
