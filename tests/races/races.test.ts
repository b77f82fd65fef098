import type { Command } from '@scrip/core'
import { expect, test } from 'vitest'
import { describeOnPostgres } from '../support/databases.ts'
import {
  charge,
  clients,
  entryOf,
  expectNoViolation,
  grant,
  NOW,
  openTwoLedgers,
  tally,
} from './two-ledgers.ts'

const MONTHLY = `scrip: 1
product: Monthly
currency: USD
plans:
  pro: { price: 10.00 USD, every: month, credits: 100, rollover: reset }
actions:
  image: { price: { credits: 1, per: images } }
`

describeOnPostgres('two ledgers on one database', (database) => {
  test('50 clients on one pool spend what there is, to the last credit, and no more', async () => {
    const { project, submit, close, ledgers } = await openTwoLedgers(database())
    const address = await project.account('hot', NOW)
    await submit(address, grant('hot', 3_000))
    let done = 0
    await clients(50, async () => {
      const outcome = await submit(address, charge('hot', 1))
      if ('entry' in outcome) done++
      return 'entry' in outcome
    })
    expect(done).toBe(3_000)
    expect((await ledgers[0].read(address, NOW))?.totals).toMatchObject({
      available: 0,
      used: 3_000,
      uses: 3_000,
    })
    await expectNoViolation(database(), project)
    await close()
  })

  test('many pools between two ledgers lose nothing and double nothing', async () => {
    const { project, submit, close, ledgers } = await openTwoLedgers(database())
    const names = Array.from({ length: 40 }, (_, index) => `pool-${index}`)
    const addresses = await Promise.all(names.map((name) => project.account(name, NOW)))
    await Promise.all(names.map((name, index) => submit(addresses[index]!, grant(name, 1_000))))
    const spent = new Array<number>(names.length).fill(0)
    let left = 4_000
    await clients(50, async (client) => {
      const turn = left--
      if (turn <= 0) return false
      const index = (client * 7 + turn) % names.length
      const outcome = await submit(addresses[index]!, charge(names[index]!, 1 + (turn % 3)))
      spent[index]! += -entryOf(outcome).amount
      return true
    })
    const states = await ledgers[1].readMany(addresses, () => NOW)
    expect(addresses.map(({ pool }) => states.get(pool)?.totals.used)).toEqual(spent)
    await expectNoViolation(database(), project)
    await close()
  })

  test('one key sent many times at once to both happens once', async () => {
    const { project, submit, close, ledgers } = await openTwoLedgers(database())
    const address = await project.account('keyed', NOW)
    await submit(address, grant('keyed', 1_000))
    for (let job = 0; job < 30; job++) {
      const command = charge('keyed', 1, { key: `job-${job}`, requestHash: `hash-${job}` })
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => submit(address, command)))
      expect(tally(outcomes)).toEqual({ done: 1, replayed: 19 })
      expect(new Set(outcomes.map((outcome) => entryOf(outcome).number)).size).toBe(1)
    }
    expect((await ledgers[0].read(address, NOW))?.totals.used).toBe(30)
    await expectNoViolation(database(), project)
    await close()
  })

  test('a capture and the hold’s time-out: one of them ends it', async () => {
    const { project, submit, close, ledgers } = await openTwoLedgers(database())
    const address = await project.account('timed', NOW)
    await submit(address, grant('timed', 1_000))
    let captured = 0
    for (let round = 0; round < 40; round++) {
      const at = NOW + round * 10_000
      const hold = entryOf(
        await submit(address, { ...charge('timed', 5), type: 'hold', timeoutMs: 2_000 } as Command, at),
      )
      const capture: Command = { type: 'capture', accountId: 'timed', hold, final: true, beyondHold: false }
      const outcomes = await Promise.all([
        submit(address, capture, at + 1_999),
        submit(address, { type: 'advance', accountId: 'timed' }, at + 2_000),
        submit(address, { type: 'release', accountId: 'timed', hold }, at + 1_999),
        submit(address, capture, at + 1_999),
      ])
      const ends = outcomes.filter(
        (outcome) => 'entry' in outcome && ['capture', 'release'].includes(outcome.entry.type),
      )
      expect(ends.length).toBeLessThanOrEqual(1)
      captured += ends.filter((outcome) => entryOf(outcome).type === 'capture').length
    }
    expect((await ledgers[0].read(address, NOW))?.totals).toMatchObject({ held: 0, used: 5 * captured })
    await expectNoViolation(database(), project)
    await close()
  })

  test('refund against refund never gives back more than was charged', async () => {
    const { project, submit, close, ledgers } = await openTwoLedgers(database())
    const address = await project.account('refunded', NOW)
    await submit(address, grant('refunded', 1_000))
    for (let round = 0; round < 25; round++) {
      const charged = entryOf(await submit(address, charge('refunded', 10)))
      const refund: Command = { type: 'refund', accountId: 'refunded', charge: charged, credits: 3 }
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => submit(address, refund)))
      expect(tally(outcomes)).toEqual({ done: 3, refund_exceeds_charge: 5 })
    }
    expect((await ledgers[1].read(address, NOW))?.totals.used).toBe(25)
    await expectNoViolation(database(), project)
    await close()
  })

  test('a refill against charges comes once, at its own instant', async () => {
    const { project, submit, close, ledgers } = await openTwoLedgers(database(), { catalog: MONTHLY })
    const address = await project.account('monthly', NOW)
    await submit(address, { type: 'subscribe', accountId: 'monthly', plan: 'pro' })
    const month = 30 * 86_400_000
    for (let period = 1; period <= 12; period++) {
      const at = NOW + period * month + 5 * 86_400_000
      const advances = Array.from({ length: 6 }, () =>
        submit(address, { type: 'advance', accountId: 'monthly' }, at),
      )
      const charges = Array.from({ length: 10 }, () => submit(address, charge('monthly', 10), at))
      await Promise.all([...advances, ...charges])
    }
    const { rows } = await database().pool.query(
      "select count(*) as refills, count(distinct origin_period) as periods from lot where pool_id = $1 and origin = 'refill'",
      [address.pool],
    )
    expect(rows[0].refills).toBe(rows[0].periods)
    expect(rows[0].refills).toBeGreaterThan(12)
    expect((await ledgers[0].read(address, NOW))?.totals.received).toBe(100 * rows[0].refills)
    await expectNoViolation(database(), project)
    await close()
  })

  test('grants to a brand-new account against charges: its first day is given once', async () => {
    const catalog = `${MONTHLY}newAccounts: { credits: 3 }\n`
    const { project, submit, close, ledgers } = await openTwoLedgers(database(), { catalog })
    for (let round = 0; round < 15; round++) {
      const name = `new-${round}`
      const address = await project.account(name, NOW)
      const outcomes = await Promise.all([
        submit(address, charge(name, 1)),
        submit(address, grant(name, 4)),
        submit(address, grant(name, 4)),
        ...Array.from({ length: 12 }, () => submit(address, charge(name, 1))),
      ])
      const used = outcomes.filter((outcome) => 'entry' in outcome && outcome.entry.type === 'charge').length
      const totals = (await ledgers[0].read(address, NOW))?.totals
      expect(totals).toMatchObject({ received: 11, used, available: 11 - used })
    }
    await expectNoViolation(database(), project)
    await close()
  })

  test('a pool that both want all the time gives each its share', async () => {
    const { project, close, ledgers } = await openTwoLedgers(database())
    const address = await project.account('shared', NOW)
    await ledgers[0].submit(address, grant('shared', 100_000), NOW)
    const done = [0, 0]
    await clients(40, async (client) => {
      const side = client % 2
      entryOf(await ledgers[side]!.submit(address, charge('shared', 1), NOW))
      done[side]!++
      return done[0]! + done[1]! < 2_000
    })
    expect(Math.min(done[0]!, done[1]!)).toBeGreaterThan(100)
    expect((await ledgers[0].read(address, NOW))?.totals.used).toBe(done[0]! + done[1]!)
    await expectNoViolation(database(), project)
    await close()
  })
})
