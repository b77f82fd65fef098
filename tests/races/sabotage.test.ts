/** A check that cannot fail proves nothing: each guard is taken away, and the harness must see it. */

import { expect, test } from 'vitest'
import type { Outcome } from '../../server/src/ledger/outcome.ts'
import { describeOnPostgres } from '../support/databases.ts'
import {
  charge,
  clients,
  grant,
  NOW,
  openTwoProcesses,
  type TwoProcesses,
  violationsOf,
} from './two-processes.ts'

const CLIENTS = 20

describeOnPostgres('the harness of the races', (database) => {
  /** Clients on one pool until it is empty; what is wrong afterwards, in words. */
  async function race({ project, submit, ledgers }: TwoProcesses, credits: number): Promise<string[]> {
    const wrong: string[] = []
    const address = await project.account('hot', NOW)
    await submit(address, grant('hot', credits))
    let done = 0
    // Each at an instant of its own: at the same one, the rows' own key would be a second guard.
    let now = NOW
    await clients(CLIENTS, async () => {
      try {
        const outcome = await submit(address, charge('hot', 1), ++now)
        if ('entry' in outcome) done++
        return 'entry' in outcome
      } catch (error) {
        wrong.push(String(error))
        return false
      }
    })
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
  async function raceWithoutConnections({ project, submit, ledgers }: TwoProcesses): Promise<number> {
    const address = await project.account('cut', NOW)
    await submit(address, grant('cut', 1_000_000))
    let acknowledged = 0
    let isOver = false
    const cutter = async () => {
      for (let round = 0; round < 12; round++) {
        const until = acknowledged + 50
        while (acknowledged < until) await new Promise((resolve) => setImmediate(resolve))
        await database().pool.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and pid <> pg_backend_pid() and query like 'with asked%'`,
        )
      }
      isOver = true
    }
    const client = clients(CLIENTS, async () => {
      const outcome: Outcome = await submit(address, charge('cut', 1))
      if ('entry' in outcome) acknowledged++
      return !isOver
    })
    await Promise.all([cutter(), client])
    return acknowledged - ((await ledgers[0].read(address, NOW))?.totals.used ?? 0)
  }

  test('finds nothing while every guard is in place', async () => {
    const processes = await openTwoProcesses(database())
    expect(await race(processes, 1_000)).toEqual([])
    await processes.close()
    const cut = await openTwoProcesses(database())
    expect(await raceWithoutConnections(cut)).toBe(0)
    await cut.close()
  })

  test('sees that the version guard is missing', async () => {
    const processes = await openTwoProcesses(database(), { sabotage: { withoutVersionGuard: true } })
    expect(await race(processes, 1_000)).not.toEqual([])
    await processes.close()
  })

  test('sees that charges are acknowledged before they are durable', async () => {
    const processes = await openTwoProcesses(database(), { sabotage: { acknowledgeBeforeCommit: true } })
    expect(await raceWithoutConnections(processes)).toBeGreaterThan(0)
    await processes.close()
  })

  test('sees that keys are not looked up', async () => {
    // With the index the second row would be refused by the database itself, and the command fail instead.
    await database().pool.query('drop index entry_key')
    const processes = await openTwoProcesses(database(), { sabotage: { withoutKeyLookup: true } })
    const { project, submit } = processes
    const address = await project.account('keyed', NOW)
    await submit(address, grant('keyed', 100))
    const command = charge('keyed', 1, { key: 'job-1', requestHash: 'hash' })
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => submit(address, command)))
    const first = outcomes.filter((outcome) => 'replayed' in outcome && !outcome.replayed)
    expect(first.length).toBeGreaterThan(1)
    const violations = await violationsOf(database(), project)
    expect(violations.map((violation) => violation.sentence)).toContain(
      'one effect for each account, operation and idempotency key',
    )
    await processes.close()
  })
})
