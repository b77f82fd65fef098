import { expect, test } from 'vitest'
import { describeOnPostgres } from '../../../tests/support/databases.ts'
import { SESSION_SETTINGS } from '../ledger/writer-session.ts'
import { commitStatement } from './ledger.sql.ts'

describeOnPostgres('the plan of the commit', (database) => {
  /** As a writer has it: planned once, for whatever comes. */
  async function planOf(seldom: boolean): Promise<string> {
    const text = commitStatement(seldom)
    const session = await database().connect(SESSION_SETTINGS)
    await session.query(`prepare commit_plan as ${text}`)
    const parameters = Math.max(...[...text.matchAll(/\$(\d+)/g)].map((match) => Number(match[1])))
    const { rows } = await session.query(
      `explain (costs off) execute commit_plan(${Array(parameters).fill('null').join(', ')})`,
    )
    await session.end()
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  }

  test.each([false, true])(
    'reaches every table by its unique index, from the first row on (seldom: %s)',
    async (seldom) => {
      const plan = await planOf(seldom)
      expect(plan).not.toMatch(/Seq Scan|Merge Join|Hash Join/)
      const scans = [...plan.matchAll(/using (\w+) on (\w+)/g)].map((match) => `${match[2]}: ${match[1]}`)
      expect(new Set(scans)).toEqual(
        new Set([
          'project: project_pkey',
          'entry: entry_key',
          'entry: entry_quote',
          'pool: pool_pkey',
          'lot: lot_pkey',
        ]),
      )
      expect(plan).toContain('hashed SubPlan')
    },
  )
})
