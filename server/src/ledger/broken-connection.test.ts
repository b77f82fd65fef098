import type { Command } from '@scrip/core'
import { expect, test } from 'vitest'
import { describeOnPostgres } from '../../../tests/support/databases.ts'
import { makeProject } from '../../../tests/support/sample-project.ts'
import { openLedger } from './ledger.ts'

const NOW = Date.UTC(2026, 0, 15, 12)
const GRANT: Command = { type: 'grant', accountId: 'busy', kind: 'free', credits: 100_000 }
const CHARGE: Command = {
  type: 'charge',
  accountId: 'busy',
  action: 'image',
  quantities: { images: 1 },
  options: {},
}

describeOnPostgres('a ledger whose connection breaks', (database) => {
  test('settles every command to exactly one effect', async () => {
    const project = await makeProject(database())
    const ledger = openLedger({ database: database(), catalogs: project.catalogs })
    const address = await project.account('busy', NOW)
    await ledger.submit(address, GRANT, NOW)
    let isOver = false
    let done = 0
    const killer = async () => {
      for (let round = 0; round < 15; round++) {
        const until = done + 20
        while (done < until) await new Promise((resolve) => setImmediate(resolve))
        await database().pool.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and query like 'with asked%' and pid <> pg_backend_pid()`,
        )
      }
      isOver = true
    }
    const client = async () => {
      while (!isOver) {
        const outcome = await ledger.submit(address, CHARGE, NOW)
        if ('entry' in outcome) done++
      }
    }
    await Promise.all([killer(), ...Array.from({ length: 10 }, client)])
    expect((await ledger.read(address, NOW))?.totals.used).toBe(done)
    expect(done).toBeGreaterThanOrEqual(300)
    await ledger.close()
  })
})
