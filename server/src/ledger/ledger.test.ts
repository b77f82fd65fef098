import type { ChargeCommand, Command, HoldCommand } from '@scrip/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import {
  applyCatalog,
  catalogSource,
  makeProject,
  PLAIN_CATALOG,
  type SampleProject,
} from '../../../tests/support/sample-project.ts'
import { LedgerFault } from './faults.ts'
import { type Ledger, openLedger } from './ledger.ts'
import { openSharingAccount } from './open-account.ts'
import type { Address, Outcome } from './outcome.ts'

const NOW = Date.UTC(2026, 0, 15, 12)
const HOUR = 3_600_000

const CATALOG = `${PLAIN_CATALOG}newAccounts: { credits: 10 }
`

let count = 0

function charge(accountId: string, images: number, more: Partial<ChargeCommand> = {}): ChargeCommand {
  return { type: 'charge', accountId, action: 'image', quantities: { images }, options: {}, ...more }
}

function hold(accountId: string, images: number, more: Partial<HoldCommand> = {}): HoldCommand {
  return { type: 'hold', accountId, action: 'image', quantities: { images }, options: {}, ...more }
}

function grant(accountId: string, credits: number, more: object = {}): Command {
  return { type: 'grant', accountId, kind: 'free', credits, ...more }
}

function entryOf(outcome: Outcome) {
  if (!('entry' in outcome)) throw new Error(`expected a row, found ${JSON.stringify(outcome)}`)
  return outcome.entry
}

function refusalOf(outcome: Outcome) {
  return 'refused' in outcome ? outcome.refused.code : 'not refused'
}

describeOnEachDatabase('the ledger', (database) => {
  let project: SampleProject
  let ledger: Ledger
  let account: string
  let address: Address

  beforeEach(async () => {
    project = await makeProject(database(), CATALOG)
    ledger = openLedger({ database: database(), catalogs: project.catalogs })
    account = `account-${++count}`
    address = await project.account(account, NOW)
  })
  afterEach(() => ledger.close())

  const another = (more: object = {}) =>
    openLedger({ database: database(), catalogs: catalogSource(database()), ...more })
  const submit = (command: Command, now = NOW) => ledger.submit(address, command, now)

  test('a new account has what its first day gives, given by time itself', async () => {
    const state = await ledger.read(address, NOW)
    expect(state?.totals.available).toBe(10)
    const outcome = await submit(charge(account, 3))
    expect(entryOf(outcome)).toMatchObject({ type: 'charge', amount: -3, totals: { available: 7, used: 3 } })
  })

  test('an account is made once', async () => {
    await expect(project.account(account, NOW)).rejects.toThrow('is new')
  })

  test('what was acknowledged is what another process finds', async () => {
    await submit(charge(account, 3))
    const other = another()
    const state = await other.read(address, NOW)
    expect(state?.totals).toMatchObject({ available: 7, received: 10, used: 3, uses: 1 })
    expect(state?.lots).toHaveLength(1)
    await other.close()
  })

  test('a refusal changes nothing', async () => {
    await submit(charge(account, 1))
    const before = await ledger.read(address, NOW)
    const outcome = await submit(charge(account, 100))
    expect(outcome).toMatchObject({ refused: { code: 'insufficient_credits', facts: { missing: 91 } } })
    expect(await ledger.read(address, NOW)).toEqual(before)
  })

  test('what time did before a refused command stays', async () => {
    const outcome = await submit(charge(account, 100))
    expect(refusalOf(outcome)).toBe('insufficient_credits')
    const { rows } = await database().pool.query('select type from entry where lane = $1 and pool_id = $2', [
      address.lane,
      address.pool,
    ])
    expect(rows).toEqual([{ type: 'sign_up' }])
  })

  test('of commands that together want more than there is, the first ones go through', async () => {
    const outcomes = await Promise.all(Array.from({ length: 15 }, () => submit(charge(account, 1))))
    expect(outcomes.map((outcome) => 'entry' in outcome)).toEqual([
      ...Array(10).fill(true),
      ...Array(5).fill(false),
    ])
  })

  test('many at once keep their order and have each its own outcome', async () => {
    const asked = [charge(account, 4), charge(account, 7), charge(account, 6)]
    const outcomes = await ledger.submitMany(asked.map((command) => ({ address, command, now: NOW })))
    expect(outcomes.map((one) => (one.status === 'fulfilled' ? refusalOf(one.value) : 'failed'))).toEqual([
      'not refused',
      'insufficient_credits',
      'not refused',
    ])
  })

  test('a key makes a command happen once, and the first row is the answer again', async () => {
    const first = entryOf(await submit(charge(account, 2, { key: 'job-1', requestHash: 'a' })))
    const again = await submit(charge(account, 2, { key: 'job-1', requestHash: 'a' }), NOW + HOUR)
    expect(again).toEqual({ entry: first, replayed: true })
    const other = another()
    expect(await other.submit(address, charge(account, 2, { key: 'job-1', requestHash: 'a' }), NOW)).toEqual({
      entry: first,
      replayed: true,
    })
    expect((await other.read(address, NOW))?.totals.used).toBe(2)
    await other.close()
  })

  test('the same key many times at once happens once', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => submit(charge(account, 1, { key: 'job-1', requestHash: 'a' }))),
    )
    const numbers = new Set(outcomes.map((outcome) => entryOf(outcome).number))
    expect(numbers.size).toBe(1)
    expect(outcomes.filter((outcome) => 'replayed' in outcome && !outcome.replayed)).toHaveLength(1)
    expect((await ledger.read(address, NOW))?.totals.used).toBe(1)
  })

  test('a replay is found even when the command would be refused now', async () => {
    const first = entryOf(await submit(charge(account, 10, { key: 'all', requestHash: 'a' })))
    const other = another({ recentKeysBytesMax: 0 })
    expect(await other.submit(address, charge(account, 10, { key: 'all', requestHash: 'a' }), NOW)).toEqual({
      entry: first,
      replayed: true,
    })
    await other.close()
  })

  test('another request under a used key is refused, naming the field that differs', async () => {
    await submit(charge(account, 1, { key: 'job-1', requestHash: 'a', userId: 'ada' }))
    const outcome = await submit(charge(account, 1, { key: 'job-1', requestHash: 'b', userId: 'bob' }))
    expect(outcome).toMatchObject({ refused: { code: 'idempotency_key_reused', path: 'userId' } })
    const other = another()
    const quantities = await other.submit(
      address,
      charge(account, 2, { key: 'job-1', requestHash: 'c' }),
      NOW,
    )
    expect(quantities).toMatchObject({ refused: { code: 'idempotency_key_reused', path: 'quantities' } })
    await other.close()
  })

  test('a key belongs to its operation: a job’s charge and refund may share it', async () => {
    const charged = entryOf(await submit(charge(account, 2, { key: 'job-1' })))
    const refunded = entryOf(
      await submit({ type: 'refund', accountId: account, charge: charged, key: 'job-1' }),
    )
    expect(refunded).toMatchObject({ type: 'refund', amount: 2 })
  })

  test('a refusal is not remembered: the same key goes through after a grant', async () => {
    expect(refusalOf(await submit(charge(account, 20, { key: 'job-1', requestHash: 'a' })))).toBe(
      'insufficient_credits',
    )
    await submit(grant(account, 20))
    expect(entryOf(await submit(charge(account, 20, { key: 'job-1', requestHash: 'a' }))).amount).toBe(-20)
  })

  test('a quote is spent once, whatever it is spent on', async () => {
    const quote = {
      quoteId: 'quote-1',
      credits: 2,
      lines: [],
      catalogVersion: 1,
      pricedAt: NOW,
      expiresAt: NOW + HOUR,
    }
    const first = entryOf(await submit(charge(account, 2, { quote, requestHash: 'a' })))
    expect(await submit(charge(account, 2, { quote, requestHash: 'a' }))).toEqual({
      entry: first,
      replayed: true,
    })
    expect(refusalOf(await submit(hold(account, 2, { quote, requestHash: 'b' })))).toBe('quote_already_used')
    const other = another()
    expect(
      await other.submit(address, charge(account, 2, { quote, requestHash: 'a', key: 'k' }), NOW),
    ).toEqual({
      entry: first,
      replayed: true,
    })
    await other.close()
  })

  test('a hold is captured in steps, its charge refunded, by processes that never saw it before', async () => {
    const held = entryOf(await submit(hold(account, 6)))
    const capture = (credits: number, final: boolean): Command => ({
      type: 'capture',
      accountId: account,
      hold: held,
      credits,
      final,
      beyondHold: false,
    })
    const second = another()
    const first = entryOf(await second.submit(address, capture(2, false), NOW))
    await second.close()
    const third = another()
    await third.submit(address, capture(3, true), NOW)
    const refund: Command = { type: 'refund', accountId: account, charge: first, credits: 4 }
    expect(entryOf(await third.submit(address, refund, NOW))).toMatchObject({
      amount: 4,
      detail: { chargeCredits: 5, chargeRefunded: 4 },
    })
    expect(refusalOf(await third.submit(address, refund, NOW))).toBe('refund_exceeds_charge')
    expect(refusalOf(await third.submit(address, capture(1, true), NOW))).toBe('hold_ended')
    expect((await third.read(address, NOW))?.totals).toMatchObject({ available: 9, held: 0, used: 1 })
    await third.close()
  })

  test('an id whose instant does not fit its number names nothing', async () => {
    const charged = entryOf(await submit(charge(account, 1)))
    const place = { at: charged.at + 1, number: charged.number }
    expect(refusalOf(await submit({ type: 'refund', accountId: account, charge: place }))).toBe(
      'charge_not_found',
    )
  })

  test('a lot emptied by an earlier command of the batch is still found by a later one', async () => {
    await ledger.advance(address, NOW)
    const before = await ledger.read(address, NOW)
    const lot = before?.lots[0]?.number as number
    const [, voided] = await Promise.all([
      submit(charge(account, 10)),
      submit({ type: 'void', accountId: account, lot }),
    ])
    expect(entryOf(voided)).toMatchObject({ type: 'void', amount: 0 })
  })

  test('a budget counts what was spent in its period before it was set', async () => {
    await submit(charge(account, 3, { userId: 'ada' }))
    await submit(hold(account, 2, { userId: 'ada' }))
    await submit(charge(account, 1, { userId: 'bob' }))
    const budget = { limit: 6, every: 'month', userId: 'ada', subjectId: null } as const
    await Promise.all([
      submit(charge(account, 1, { userId: 'ada' })),
      submit({ type: 'budget', accountId: account, name: 'ada', budget, spent: 0 }),
    ])
    expect(refusalOf(await submit(charge(account, 1, { userId: 'ada' })))).toBe('budget_exceeded')
    expect(refusalOf(await submit(charge(account, 1, { userId: 'bob' })))).toBe('not refused')
    expect((await ledger.read(address, NOW))?.budgets).toMatchObject([{ name: 'ada', spent: 6 }])
  })

  test('a process notices what another wrote, by the version, and decides again', async () => {
    await submit(charge(account, 1))
    const other = another()
    await other.submit(address, charge(account, 9), NOW)
    expect(refusalOf(await submit(charge(account, 1)))).toBe('insufficient_credits')
    await other.submit(address, grant(account, 5), NOW)
    expect(refusalOf(await submit(charge(account, 5)))).toBe('not refused')
    await other.close()
  })

  test('a process that has not seen a new catalog decides again with it', async () => {
    await submit(charge(account, 1))
    const dearer = CATALOG.replace('credits: 1, per', 'credits: 2, per')
    await applyCatalog(database(), project.id, 2, dearer, NOW + 1)
    expect(entryOf(await submit(charge(account, 1), NOW + 2))).toMatchObject({
      amount: -2,
      catalogVersion: 2,
    })
  })

  test('a command the database cannot store fails alone, its neighbours go through', async () => {
    const neighbour = `neighbour-${count}`
    const nextDoor = await project.account(neighbour, NOW)
    const [first, bad, second, third] = await Promise.allSettled([
      submit(charge(account, 1)),
      submit(charge(account, 1, { userId: 'nul \u0000 byte' })),
      submit(charge(account, 1)),
      ledger.submit(nextDoor, charge(neighbour, 1), NOW),
    ])
    expect([first, second, third].map((one) => one.status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled'])
    expect(bad.status).toBe('rejected')
    expect((await ledger.read(address, NOW))?.totals.used).toBe(2)
  })

  test('a pool that does not exist fails its command and no other', async () => {
    const nowhere = { lane: 1, pool: 999_999_999 }
    const [missing, good] = await Promise.allSettled([
      ledger.submit(nowhere, charge('nobody', 1), NOW),
      submit(charge(account, 1)),
    ])
    expect([missing.status, good.status]).toEqual(['rejected', 'fulfilled'])
  })

  test('a dry run says what would happen and does nothing', async () => {
    const outcome = await ledger.dryRun(address, charge(account, 4), NOW)
    expect(outcome).toMatchObject({ entry: { amount: -4 }, state: { totals: { available: 6 } } })
    const { rows } = await database().pool.query('select count(*) from entry where pool_id = $1', [
      address.pool,
    ])
    expect(rows[0].count).toBe(0)
  })

  test('advancing books what is due, once, and says what it was', async () => {
    await submit(grant(account, 5, { expiresAt: NOW + HOUR }))
    expect(await ledger.duePools(project.id, NOW + HOUR, 10)).toEqual([address])
    const first = await ledger.advance(address, NOW + 2 * HOUR)
    expect(first.changes.entries).toMatchObject([{ type: 'expired', amount: -5, at: NOW + HOUR }])
    const second = await ledger.advance(address, NOW + 2 * HOUR)
    expect(second.changes.entries).toEqual([])
    expect(await ledger.duePools(project.id, NOW + 3 * HOUR, 10)).toEqual([])
  })

  test('an account that shares the pool spends from it once every cache has heard of it', async () => {
    await submit(charge(account, 1))
    const child = `${account}-child`
    const facts = {
      project: project.id,
      accountId: child,
      parentId: account,
      timeZone: 'Asia/Kolkata',
      createdAt: NOW,
    }
    expect(await openSharingAccount(database().pool, facts)).toEqual(address)
    expect(await openSharingAccount(database().pool, facts)).toBeNull()
    expect(entryOf(await submit(charge(child, 2)))).toMatchObject({
      accountId: child,
      totals: { available: 7 },
    })
    const { rows } = await database().pool.query(
      'select sharing from entry where pool_id = $1 order by number',
      [address.pool],
    )
    expect(rows.map((row) => row.sharing)).toEqual([false, false, true])
  })

  test('a process whose clock is more than a minute off decides nothing', async () => {
    const fast = another({ clockSkewMs: async () => 61_000 })
    const attempt = fast.submit(address, charge(account, 1), NOW)
    await expect(attempt).rejects.toMatchObject({ name: 'LedgerFault', code: 'clock_unsafe' })
    await fast.close()
    const fine = another({ clockSkewMs: async () => -59_000 })
    expect(refusalOf(await fine.submit(address, charge(account, 1), NOW))).toBe('not refused')
    await fine.close()
  })

  test('closing finishes what was accepted and accepts nothing more', async () => {
    const other = another()
    const accepted = Array.from({ length: 8 }, () => other.submit(address, charge(account, 1), NOW))
    const closed = other.close()
    await expect(other.submit(address, charge(account, 1), NOW)).rejects.toBeInstanceOf(LedgerFault)
    expect((await Promise.all(accepted)).every((outcome) => 'entry' in outcome)).toBe(true)
    await closed
  })

  test('more than may wait is refused as a fault, and nothing of it is done', async () => {
    const small = another({ waitingMax: 3 })
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, () => small.submit(address, charge(account, 1), NOW)),
    )
    expect(outcomes.filter((one) => one.status === 'rejected')).toHaveLength(5)
    expect((await small.read(address, NOW))?.totals.used).toBe(3)
    await small.close()
  })
})
