import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type FreshDatabase, openFreshDatabase } from '../support/databases.ts'
import { ACCOUNTS } from './charges.ts'
import { beginServer, type ServerProcess, scripServe, serveOnly } from './server-process.ts'
import { figure, IS_LONG, size } from './trial.ts'

const ROWS = size(20_000, 1_000_000)
const GROWTH_MAX_MB = 50
const [ACCOUNT] = ACCOUNTS

let fresh: FreshDatabase
let server: ServerProcess
let apiKey: string

/** As that many charges of one credit would have left it; nobody could wait for them to be charged. */
const CHARGED = `
  insert into entry (lane, pool_id, at, number, type, account_id, amount, held, balance_after, held_after, received_after,
    used_after, charged_after, expired_after, uses_after, lot_numbers, lot_amounts, action, user_id, subject_type, subject_id,
    subject_name, idempotency_key, operation, request_hash, detail)
  select a.lane, a.pool_id, date_trunc('second', now()) - interval '30 days' + n * interval '1 millisecond', 1000000 + n, 'charge', a.account_id,
    -1, 0, $2::bigint - n, 0, $2, n, n, 0, n, '{1}', '{-1}', 'image', 'user_' || n % 1000, 'photo', 'photo_' || n,
    'A photo, "number" ' || n, 'job_' || n, 'charge', md5(n::text),
    '{"lines": [{"name": "Image", "credits": 1}], "quantities": {"images": 1}, "metadata": {"event": "spring"}}'
  from account a, generate_series(1, $2::bigint) n where a.account_id = $1`

beforeEach(async () => {
  fresh = await openFreshDatabase('postgres')
  const program = await scripServe({ url: fresh.url! })
  apiKey = program.apiKey!
  server = await beginServer(program)
  await fresh.database.pool.query(CHARGED, [ACCOUNT, ROWS])
}, 300_000)
afterEach(async () => {
  await server.kill()
  await fresh.drop()
})

function memoryMb(): number {
  const [, kB] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))!
  return Number(kB) / 1024
}

/** Of all its threads, in hundredths of a second. */
function busySeconds(): number {
  const stat = readFileSync(`/proc/${server.pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

interface Watched {
  readonly lines: number
  readonly bytes: number
  readonly seconds: number
  /** Of which the server itself computed. */
  readonly busy: number
  readonly growthMb: number
}

/** Reads the file to its end, and how much memory the server takes for it at most. */
async function read(path: string): Promise<Watched> {
  const [before, busyBefore, startedAt] = [memoryMb(), busySeconds(), performance.now()]
  const response = await fetch(`${server.url}/api/v1${path}`, { headers: { 'x-api-key': apiKey } })
  expect(response.status).toBe(200)
  let [lines, bytes, most] = [0, 0, before]
  for await (const piece of response.body!) {
    const chunk = Buffer.from(piece as Uint8Array)
    bytes += chunk.length
    for (const byte of chunk) if (byte === 10) lines++
    most = Math.max(most, memoryMb())
  }
  const seconds = (performance.now() - startedAt) / 1000
  return { lines, bytes, seconds, busy: busySeconds() - busyBefore, growthMb: most - before }
}

function tell(what: string, { lines, bytes, seconds, busy, growthMb }: Watched): void {
  const rounded = `${seconds.toFixed(1)} s (the server busy for ${busy.toFixed(1)}), ${growthMb.toFixed(0)} MB of growth`
  figure(what, `${lines - 1} rows, ${(bytes / 1_000_000).toFixed(0)} MB of CSV, ${rounded}`)
}

function expectSmall({ growthMb }: Watched): void {
  // A short file says nothing of it: the first megabytes are those that any process takes.
  if (IS_LONG) expect(growthMb).toBeLessThanOrEqual(GROWTH_MAX_MB)
}

const LIMIT = { timeout: 60_000 + size(0, 300_000) }

describe('a file of all rows', () => {
  test('is streamed whole, in little memory', LIMIT, async () => {
    // What any first request of its kind takes is no matter of its length.
    await read(`/accounts/${ACCOUNT}/transactions?format=csv&from=2026-01-01&userId=nobody`)
    const watched = await read(`/accounts/${ACCOUNT}/transactions?format=csv&order=asc&view=usage`)
    tell('a list as CSV', watched)
    expect(watched.lines).toBe(ROWS + 1)
    expectSmall(watched)
  })

  test(
    'that is being made when its process is killed goes on in another, and is the same',
    LIMIT,
    async () => {
      const headers = { 'x-api-key': apiKey, 'content-type': 'application/json' }
      const body = JSON.stringify({ accountId: ACCOUNT, report: 'transactions' })
      const ordered = await fetch(`${server.url}/api/v1/exports`, { method: 'POST', headers, body })
      const { id } = (await ordered.json()) as { id: string }
      const far = async () => {
        const made = 'select status, part_count as parts from export where id = $1'
        return (await fresh.database.pool.query<{ status: string; parts: number }>(made, [id])).rows[0]!
      }
      await expect
        .poll(async () => (await far()).parts, { timeout: 60_000, interval: 2 })
        .toBeGreaterThanOrEqual(1)
      await server.kill()
      const left = await far()
      // A minute later another would take it up by itself.
      await fresh.database.pool.query('update export set claimed_until = now() where id = $1', [id])
      server = await beginServer(await serveOnly({ url: fresh.url! }))
      await expect.poll(async () => (await far()).status, { timeout: 300_000, interval: 20 }).toBe('ready')
      figure('an export killed', `${left.status} after ${left.parts} of ${(await far()).parts} parts`)
      const text = async (path: string) =>
        createHash('sha256')
          .update(await (await fetch(`${server.url}/api/v1${path}`, { headers })).text())
          .digest('hex')
      const list = `/accounts/${ACCOUNT}/transactions?format=csv&order=asc`
      expect(await text(`/exports/${id}?format=csv`)).toBe(await text(list))
    },
  )

  test('is made beside the requests, whole, in little memory, and read again', LIMIT, async () => {
    const [before, busyBefore, startedAt] = [memoryMb(), busySeconds(), performance.now()]
    const headers = { 'x-api-key': apiKey, 'content-type': 'application/json' }
    const body = JSON.stringify({ accountId: ACCOUNT, report: 'transactions' })
    const response = await fetch(`${server.url}/api/v1/exports`, { method: 'POST', headers, body })
    const { id } = (await response.json()) as { id: string }
    let most = before
    const status = async (): Promise<unknown> => {
      most = Math.max(most, memoryMb())
      const asked = await fetch(`${server.url}/api/v1/exports/${id}`, { headers })
      return ((await asked.json()) as { status: unknown }).status
    }
    await expect.poll(status, { timeout: 300_000, interval: 100 }).toBe('ready')
    const seconds = (performance.now() - startedAt) / 1000
    const busy = busySeconds() - busyBefore
    const made = { lines: ROWS + 1, bytes: 0, seconds, busy, growthMb: most - before }
    const file = await read(`/exports/${id}?format=csv`)
    tell('an export made', { ...made, bytes: file.bytes })
    tell('an export read', file)
    // The sign-up credits are a row too.
    expect(file.lines).toBe(ROWS + 2)
    expectSmall(made)
    expectSmall(file)
  })
})
