/** What `npm start` prints, and that it works when pasted. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runProgram } from './program.ts'
import type { ExitCode } from './stop.ts'
import { type TerminalUnderTest, terminalUnderTest } from './terminal-under-test.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'scrip-demo-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

interface Started {
  readonly terminal: TerminalUnderTest
  readonly ended: Promise<ExitCode>
}

const DEMO = ['demo', '--months', '1', '--customers', '2', '--port', '0']

function start(data: string): Started {
  const terminal = terminalUnderTest()
  return { terminal, ended: runProgram([...DEMO, '--data', data], terminal) }
}

async function startAndWait(data: string): Promise<Started> {
  const started = start(data)
  await Promise.race([started.terminal.until('Ctrl-C stops it'), started.ended])
  return started
}

/** The arguments as a shell hands them to curl, sent by this process: a machine need not have curl to be tested. */
async function paste(line: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const script = `curl() { for one in "$@"; do printf '%s\\0' "$one"; done; }\n${line}`
  const [silent, url, ...rest] = execFileSync('sh', ['-c', script], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1)
  expect(silent).toBe('-s')
  const headers: Record<string, string> = {}
  let body: string | undefined
  for (let index = 0; index < rest.length; index += 2) {
    const [name, value] = [rest[index], rest[index + 1]!]
    if (name === '-d') body = value
    else headers[value.slice(0, value.indexOf(':'))] = value.slice(value.indexOf(':') + 1).trim()
  }
  const response = await fetch(url!, {
    method: body === undefined ? 'GET' : 'POST',
    headers,
    ...(body === undefined ? {} : { body }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

function pasted(out: string): readonly string[] {
  return out.split('\n').filter((line) => line.startsWith('curl '))
}

/** The refusal that the README shows is the one that this demo answers. */
function refusalInReadme(): Record<string, unknown> {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')
  const blocks = [...readme.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, text]) => JSON.parse(text!))
  return blocks.find(({ code }) => code === 'insufficient_credits')
}

/** The demo ends today, so its refill comes on another day each time. */
function datesApart(body: Record<string, unknown>): Record<string, unknown> {
  const text = JSON.stringify(body).replace(/"at":"[^"]+Z"/g, '"at":""')
  return JSON.parse(text.replace(/on \d+ [A-Z][a-z]+"/g, 'on a day"'))
}

describe('scrip demo', () => {
  let printed: string

  test('prints where to look, a key for each product, and three requests that work when pasted', async () => {
    const { terminal, ended } = await startAndWait(join(folder, 'data'))
    printed = terminal.printed.out
    expect(printed).toMatch(/^Scrip is at http:\/\/\S+:\d+\n/)
    for (const name of ['Pinsearch', 'Picsart', 'PowerPost', 'Pinpoint', '9pic']) {
      expect(printed).toMatch(new RegExp(`^ {2}${name} demo +scrip_test_sk_`, 'm'))
    }
    const [customer, cost, refusal, ...more] = pasted(printed)
    expect(more).toEqual([])
    expect(customer).toContain('x-api-key: pp_test_sk_')
    expect(await paste(customer!)).toMatchObject({ status: 200, body: { balance: 47 } })
    const quoted = await paste(cost!)
    expect(quoted.body).toMatchObject({ credits: 15, affordable: true })
    const lines = (quoted.body.data as { lines: { name: string; credits: number }[] }[]).flatMap(
      (item) => item.lines,
    )
    expect(lines.map(({ name, credits }) => [name, credits])).toEqual([
      ['Caption generation', 6],
      ['Image generation', 5],
      ['Publishing', 1],
      ['X surcharge', 3],
    ])
    const refused = await paste(refusal!)
    expect(refused).toMatchObject({ status: 402, body: { code: 'insufficient_credits', required: 300 } })
    const kinds = (refused.body.remedies as { kind: string }[]).map(({ kind }) => kind)
    expect(kinds).toEqual(['reduce', 'wait', 'buyPack', 'changePlan'])
    expect(datesApart(refused.body)).toMatchObject(datesApart(refusalInReadme()))
    terminal.stop()
    expect(await ended).toBe(0)
  }, 120_000)

  test('a second start keeps everything and prints the same', async () => {
    const { terminal, ended } = await startAndWait(join(folder, 'data'))
    const withoutPort = (text: string): string => text.replaceAll(/:\d{4,5}/g, ':PORT')
    expect(withoutPort(terminal.printed.out)).toBe(withoutPort(printed))
    expect(terminal.printed.err).not.toContain('Telling')
    terminal.stop()
    expect(await ended).toBe(0)
  }, 60_000)

  test('stopped in the middle of the story it says so, and the next start goes on', async () => {
    const data = join(folder, 'interrupted')
    const first = start(data)
    await first.terminal.until('Telling a year')
    first.terminal.stop()
    expect(await first.ended).toBe(3)
    expect(first.terminal.printed.err).toContain('The next start goes on from here.')
    const { terminal, ended } = await startAndWait(data)
    const [customer] = pasted(terminal.printed.out)
    expect(await paste(customer!)).toMatchObject({ status: 200, body: { balance: 47 } })
    terminal.stop()
    expect(await ended).toBe(0)
  }, 120_000)
})
