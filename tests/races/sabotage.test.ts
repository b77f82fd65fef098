/** A check that cannot fail proves nothing: each guard is taken away, and the harness must see it. */

import { expect, test } from 'vitest'
import type { Outcome } from '../../server/src/ledger/outcome.ts'
import { describeOnPostgres } from '../support/databases.ts'
import {
  charge,
  clients,
  grant,
  NOW,
  openTwoLedgers,
  type TwoLedgers,
  tally,
  violationsOf,
} from './two-ledgers.ts'

const CLIENTS = 20
/** Nobody is in anybody's way then, so no lock hides that a version is not looked at. */
const ONE_BY_ONE = 20

describeOnPostgres('the harness of the races', (database) => {
  /** Clients on one pool until it is empty; what is wrong afterwards, in words. */
  async function race({ project, submit, ledgers }: TwoLedgers, credits: number): Promise<string[]> {
    const wrong: string[] = []
    const address = await project.account('hot', NOW)
    await submit(address, grant('hot', credits))
    let done = 0
    // Each at an instant of its own: at the same one, the rows' own key would be a second guard.
    let now = NOW
    const spend = async (): Promise<boolean> => {
      try {
        const outcome = await submit(address, charge('hot', 1), ++now)
        if ('entry' in outcome) done++
        return 'entry' in outcome
      } catch (error) {
        wrong.push(String(error))
        return false
      }
    }
    for (let turn = 0; turn < ONE_BY_ONE; turn++) await spend()
    await clients(CLIENTS, spend)
    const used = (await ledgers[0].read(address, now))?.totals.used
    if (done !== credits) wrong.push(`${done} of ${credits} acknowledged`)
    if (used !== done) wrong.push(`${done} acknowledged, ${used} in the books`)
    const violations = await violationsOf(database(), project)
    return [
      ...wrong,
      ...violations.map(({ sentence, found, expected }) => `${sentence}: ${found}, not ${expected}`),
    ]
  }

  /** The same while the database ends the writers' connections; acknowledged charges that are not in the books. */
  async function raceWithoutConnections({ project, submit, ledgers }: TwoLedgers): Promise<number> {
    const address = await project.account('cut', NOW)
    await submit(address, grant('cut', 1_000_000))
    let acknowledged = 0
    let cut = 0
    let isOver = false
    const cutter = async () => {
      for (let round = 0; round < 12; round++) {
        const until = acknowledged + 50
        while (acknowledged < until) await new Promise((resolve) => setImmediate(resolve))
        const { rows } = await database().pool.query<{ count: number }>(
          `select count(pg_terminate_backend(pid))::int as count from pg_stat_activity
           where datname = current_database() and pid <> pg_backend_pid()`,
        )
        cut += rows[0]!.count
      }
      isOver = true
    }
    const client = clients(CLIENTS, async () => {
      const outcome: Outcome = await submit(address, charge('cut', 1))
      if ('entry' in outcome) acknowledged++
      return !isOver
    })
    await Promise.all([cutter(), client])
    expect(cut).toBeGreaterThan(0)
    return acknowledged - ((await ledgers[0].read(address, NOW))?.totals.used ?? 0)
  }

  test('finds nothing while every guard is in place', async () => {
    const two = await openTwoLedgers(database())
    expect(await race(two, 1_000)).toEqual([])
    await two.close()
    const cut = await openTwoLedgers(database())
    expect(await raceWithoutConnections(cut)).toBe(0)
    await cut.close()
  })

  test('sees that the version guard is missing', async () => {
    const two = await openTwoLedgers(database(), { sabotage: { withoutVersionGuard: true } })
    expect(await race(two, 1_000)).not.toEqual([])
    await two.close()
  })

  test('sees that charges are acknowledged before they are durable', async () => {
    const two = await openTwoLedgers(database(), { sabotage: { acknowledgeBeforeCommit: true } })
    expect(await raceWithoutConnections(two)).toBeGreaterThan(0)
    await two.close()
  })

  test('sees that keys are not looked up', async () => {
    // With the index the second row would be refused by the database itself, and the command fail instead.
    await database().pool.query('drop index entry_key')
    const two = await openTwoLedgers(database(), { sabotage: { withoutKeyLookup: true } })
    const { project, submit, ledgers } = two
    const address = await project.account('keyed', NOW)
    await submit(address, grant('keyed', 100))
    const command = charge('keyed', 1, { key: 'job-1', requestHash: 'hash' })
    const once = await ledgers[1].submit(address, command, NOW)
    // Whoever has just read the pool is not kept back by its version, and the key alone could.
    await ledgers[0].submit(address, charge('keyed', 1), NOW)
    const twice = await ledgers[0].submit(address, command, NOW)
    expect(tally([once, twice])).toEqual({ done: 2 })
    const violations = await violationsOf(database(), project)
    expect(violations.map((violation) => violation.sentence)).toContain(
      'one effect for each account, operation and idempotency key',
    )
    await two.close()
  })
})
