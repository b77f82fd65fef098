import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import { type Api, serveProject } from '../http/api-under-test.ts'
import { answers, openReceiver, type Receiver, takes } from '../webhooks/receiver-under-test.ts'
import { runProgram } from './program.ts'
import { run, terminalUnderTest } from './terminal-under-test.ts'

describeOnEachDatabase('scrip listen', (database) => {
  let api: Api
  let url: string
  let receiver: Receiver
  beforeAll(async () => {
    api = await serveProject(database())
    url = await api.scrip.listen({ port: 0 })
    receiver = await openReceiver()
  }, 60_000)
  afterAll(async () => {
    await receiver.close()
    await api.close()
  })

  const listening = async (...args: string[]) => {
    const terminal = terminalUnderTest({ env: { SCRIP_URL: url, SCRIP_KEY: api.key } })
    const ended = runProgram(['listen', ...args], terminal)
    await terminal.until('Listening to')
    const stop = async () => {
      terminal.stop()
      return ended
    }
    return { terminal, stop }
  }

  test('prints a line for each event from then on, and sends it on signed as a webhook is', async () => {
    await api.ok('PUT', '/accounts/before', {})
    const { terminal, stop } = await listening('--forward', receiver.url)
    const secret = /whsec_\S+/.exec(terminal.printed.err)![0]
    await api.ok('PUT', '/accounts/after', {})
    await terminal.until('account.created  after')
    expect(await stop()).toBe(0)
    expect(terminal.printed.out).not.toContain('before')
    expect(terminal.printed.out).toContain('✓ 200')
    const [{ text, headers, event }] = receiver.received as [Receiver['received'][number]]
    expect(new Webhook(secret).verify(text, headers as Record<string, string>)).toEqual(event)
    const { data } = await api.ok('GET', '/events?accountId=after&type=account.created')
    expect(event).toEqual(data[0])
  })

  test('says what went wrong with one, and goes on', async () => {
    receiver.behave(answers(500))
    const { terminal, stop } = await listening('--forward', receiver.url, '--type', 'account.created')
    await api.ok('PUT', '/accounts/first', {})
    await terminal.until('✗ it answered 500')
    receiver.behave(takes)
    await api.ok('PUT', '/accounts/second', {})
    await terminal.until('✓ 200')
    await stop()
    expect(terminal.printed.out.trimEnd().split('\n')).toHaveLength(2)
  })

  test('has charges told too with --journal, and prints JSON with --json', async () => {
    await api.ok('PUT', '/accounts/org', {})
    const { terminal, stop } = await listening('--journal', '--json', '--account', 'org')
    const { id } = await api.ok('POST', '/charges', { accountId: 'org', action: 'post.publish' })
    await terminal.until(id)
    await stop()
    const events = terminal.printed.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(events.map(({ type }) => type)).toContain('charge.created')
  })

  test('refuses an address that is none', async () => {
    const { exitCode, err } = await run(['listen', '--forward', 'here'])
    expect([exitCode, err.includes('expected an address')]).toEqual([2, true])
  })
})
