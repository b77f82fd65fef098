/** The races once more, as they are run in earnest: two `scrip serve`, one PostgreSQL, clients over HTTP. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { differences } from '../faults/books.ts'
import { CATALOG, CREDITS_AT_SIGN_UP } from '../faults/charges.ts'
import type { DoorSabotages } from '../faults/ledger-door.ts'
import type { Answered } from '../faults/post.ts'
import { ledgerDoor, runScrip, scripServe, serveOnly } from '../faults/server-process.ts'
import { figure, seededDice, size } from '../faults/trial.ts'
import { type FreshDatabase, openFreshDatabase } from '../support/databases.ts'
import { clients } from './two-ledgers.ts'
import { startTwoServers, type TwoServers } from './two-servers.ts'

const MONTHLY = `${CATALOG}plans:
  pro: { price: 10.00 USD, every: month, credits: 100, rollover: reset }
`
const LIMIT = { timeout: 60_000 }

let fresh: FreshDatabase
let servers: TwoServers

/** Each race has accounts of its own, with credits from their first day. */
async function newAccount(accountId: string): Promise<string> {
  expect((await servers.ask('PUT', `/accounts/${accountId}`, {})).status).toBe(201)
  return accountId
}

function bodyOf({ text }: Answered) {
  return JSON.parse(text)
}

async function creditsOf(accountId: string) {
  return bodyOf(await servers.ask('GET', `/accounts/${accountId}/credits`))
}

/** `done`, `replayed`, or the code of the refusal. */
function nameOf(answered: Answered): string {
  if (answered.status >= 300) return bodyOf(answered).code
  return answered.headers['idempotent-replayed'] === 'true' ? 'replayed' : 'done'
}

/** How many were done, how many replayed, and how many refused by each code. */
function tally(answers: readonly Answered[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of answers.map(nameOf)) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

/** 50 clients until there is not one credit left; what is wrong afterwards, in words. */
async function spendAll(accountId: string, imagesMax = 5_000): Promise<string[]> {
  const dice = seededDice('50 clients on one pool')
  let spent = 0
  const spend = async (): Promise<boolean> => {
    for (let images = dice.whole(1, imagesMax); images > 0; images = Math.floor(images / 2)) {
      const { status } = await servers.charge(accountId, images)
      if (status === 201) spent += images
      if (status !== 402) return status === 201
    }
    return false
  }
  // One by one at first: nobody is in anybody's way then, so no lock hides that a version is not looked at.
  for (let turn = 0; turn < 20; turn++) await spend()
  await clients(50, spend)
  const wrong = await differences(fresh.database, servers.told)
  figure(
    '50 clients on one pool',
    `${servers.told.acknowledged.size} charges, ${spent} of ${CREDITS_AT_SIGN_UP} credits spent, ${wrong.length} differences`,
  )
  return spent === CREDITS_AT_SIGN_UP ? wrong : [`${spent} credits spent`, ...wrong]
}

/** Each key twenty times at once, to both servers; what is wrong afterwards, in words. */
async function sendTwenty(accountId: string, jobs: number): Promise<string[]> {
  const wrong: string[] = []
  for (let job = 0; job < jobs; job++) {
    const send = () => servers.charge(accountId, 1, `job-${job}`)
    const answers = await Promise.all(Array.from({ length: 20 }, send))
    const different = new Set(answers.map(({ text }) => text)).size
    if (different > 1) wrong.push(`job-${job}: ${different} different answers`)
  }
  return [...wrong, ...(await differences(fresh.database, servers.told))]
}

const HOLDS = 30

/** Each hold is captured on both servers at once, while one of them is told that its time is over; how many were. */
async function captureAgainstTimeOut(accountId: string): Promise<number> {
  const hold = { accountId, action: 'image', quantities: { images: 5 }, timeoutSeconds: 3_600 }
  const holds = await Promise.all(Array.from({ length: HOLDS }, () => servers.ask('POST', '/holds', hold)))
  const ids: string[] = holds.map((made) => bodyOf(made).id)
  let next = 0
  let captured = 0
  let timeOut: Promise<Answered> | undefined
  await clients(8, async () => {
    const turn = next++
    const id = ids[turn]
    if (id === undefined) return false
    if (turn === 10) timeOut = servers.ask('POST', '/test-clock', { accountId, advance: '1 hour' })
    // The last ones are late for certain, as the first ones are in time.
    if (turn >= HOLDS - 5) await timeOut
    const capture = () => servers.ask('POST', `/holds/${id}/captures`, {})
    const names = (await Promise.all([capture(), capture()])).map(nameOf).sort()
    expect([
      ['done', 'hold_ended'],
      ['hold_ended', 'hold_ended'],
    ]).toContainEqual(names)
    captured += names.filter((name) => name === 'done').length
    return true
  })
  return captured
}

/** When each refill came, in order. */
async function refillsOf(accountId: string): Promise<string[]> {
  const { rows } = await fresh.database.pool.query<{ at: number }>(
    "select granted_at as at from lot where account_id = $1 and origin = 'refill' order by granted_at",
    [accountId],
  )
  return rows.map(({ at }) => new Date(at).toISOString())
}

/** In the future, and on a day that no month is too short for. */
function firstsOfMonths(count: number): string[] {
  const today = new Date()
  return Array.from({ length: count }, (_, months) =>
    new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + 1 + months, 1)).toISOString(),
  )
}

describe('two `scrip serve` on one PostgreSQL', () => {
  beforeAll(async () => {
    fresh = await openFreshDatabase('postgres')
    const place = { url: fresh.url! }
    const first = await scripServe(place, { catalog: MONTHLY, mode: 'test' })
    servers = await startTwoServers(first, { ...(await serveOnly(place)), apiKey: first.apiKey! })
  }, LIMIT.timeout)
  afterAll(async () => {
    await servers.stop()
    await fresh.drop()
  })
  afterEach(async () => {
    expect(await differences(fresh.database, servers.told)).toEqual([])
  })

  test('50 clients on one pool spend what there is, to the last credit, and no more', LIMIT, async () => {
    expect(await spendAll(await newAccount('hot'), size(5_000, 1_500))).toEqual([])
    expect(await creditsOf('hot')).toMatchObject({ available: 0, used: CREDITS_AT_SIGN_UP })
  })

  test('one key sent many times at once to both happens once, and is answered the same', LIMIT, async () => {
    const jobs = size(50, 150)
    expect(await sendTwenty(await newAccount('keyed'), jobs)).toEqual([])
    expect((await creditsOf('keyed')).used).toBe(jobs)
  })

  test('a capture and the hold’s time-out: one of them ends it', LIMIT, async () => {
    const rounds = size(3, 10)
    let all = 0
    for (let round = 0; round < rounds; round++) {
      const accountId = await newAccount(`timed-${round}`)
      const captured = await captureAgainstTimeOut(accountId)
      all += captured
      expect(captured).toBeGreaterThan(0)
      expect(captured).toBeLessThan(HOLDS)
      expect(await creditsOf(accountId)).toMatchObject({ held: 0, used: 5 * captured })
    }
    figure('capture against time-out', `${all} of ${rounds * HOLDS} holds captured`)
  })

  test('refund against refund never gives back more than was charged', LIMIT, async () => {
    const accountId = await newAccount('refunded')
    const rounds = size(25, 75)
    for (let round = 0; round < rounds; round++) {
      const { id } = bodyOf(await servers.charge(accountId, 10))
      const refund = () => servers.ask('POST', `/charges/${id}/refunds`, { credits: 3 })
      const answers = await Promise.all(Array.from({ length: 8 }, refund))
      expect(tally(answers)).toEqual({ done: 3, refund_exceeds_charge: 5 })
    }
    expect((await creditsOf(accountId)).used).toBe(rounds)
  })

  test('a refill against charges comes once, at its own instant', LIMIT, async () => {
    const accountId = await newAccount('monthly')
    const due = firstsOfMonths(13)
    await servers.ask('POST', '/test-clock', { accountId, now: due[0] })
    await servers.ask('PUT', `/accounts/${accountId}/subscription`, { plan: 'pro' })
    for (const now of due.slice(1)) {
      const moves = Array.from({ length: 4 }, () => servers.ask('POST', '/test-clock', { accountId, now }))
      const charges = Array.from({ length: 10 }, () => servers.charge(accountId, 10))
      expect(tally(await Promise.all([...moves, ...charges]))).toEqual({ done: 14 })
    }
    expect(await refillsOf(accountId)).toEqual(due)
    expect((await creditsOf(accountId)).received).toBe(CREDITS_AT_SIGN_UP + 100 * due.length)
  })

  test('grants to a brand-new account against charges: its first day is given once', LIMIT, async () => {
    for (let round = 0; round < size(15, 40); round++) {
      const accountId = `new-${round}`
      const grant = () => servers.ask('POST', '/grants', { accountId, credits: 1_000_000 })
      const charge = () => servers.charge(accountId, 1_000_000)
      const acts = [charge, grant, grant, ...Array.from({ length: 14 }, () => charge)]
      const answers = await Promise.all(
        acts.map(async (act) => {
          const made = await servers.ask('PUT', `/accounts/${accountId}`, {})
          return { made, done: await act() }
        }),
      )
      const statuses = answers.map(({ made }) => made.status).sort()
      expect(statuses).toEqual([...Array.from({ length: 16 }, () => 200), 201])
      const used = 1_000_000 * (tally(answers.map(({ done }) => done)).done! - 2)
      const received = CREDITS_AT_SIGN_UP + 2_000_000
      expect(await creditsOf(accountId)).toMatchObject({ received, used, available: received - used })
    }
  })

  test('`scrip verify` finds nothing after all of it', LIMIT, async () => {
    const verification = await runScrip<{ violations: unknown[] }>({ url: fresh.url! }, 'verify')
    expect(verification.violations).toEqual([])
    figure('two servers', `${servers.told.tries} charges asked for, ${servers.told.refused} answered 503`)
  })
})

describe('the harness of two servers', () => {
  async function startTwoDoors(sabotages: DoorSabotages): Promise<void> {
    fresh = await openFreshDatabase('postgres')
    const place = { url: fresh.url! }
    servers = await startTwoServers(await ledgerDoor(place, sabotages), await ledgerDoor(place, sabotages))
  }
  afterEach(async () => {
    await servers.stop()
    await fresh.drop()
  })

  test('finds nothing while every guard is in place', LIMIT, async () => {
    await startTwoDoors({})
    expect(await spendAll('ada')).toEqual([])
    expect(await sendTwenty('ben', 20)).toEqual([])
  })

  test('sees that the version guard is missing', LIMIT, async () => {
    await startTwoDoors({ ledger: { withoutVersionGuard: true } })
    expect(await spendAll('ada')).not.toEqual([])
  })

  test('sees that keys are neither looked up nor unique', LIMIT, async () => {
    await startTwoDoors({ ledger: { withoutKeyLookup: true }, withoutKeyIndex: true, recentKeysBytesMax: 0 })
    expect((await sendTwenty('ben', 20)).join('\n')).toMatch(/doubled/)
  })
})
