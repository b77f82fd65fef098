import { beforeAll, describe, expect, test } from 'vitest'
import { describeOnPostgres } from '../../../tests/support/databases.ts'
import { SESSION_SETTINGS } from '../ledger/writer-session.ts'
import { commitStatement } from './ledger.sql.ts'

describeOnPostgres('the plan of the commit', (database) => {
  /** As a writer has it: planned once, for whatever comes. */
  async function planOf(seldom: boolean, tells: boolean): Promise<string> {
    const text = commitStatement(seldom, {}, tells)
    const session = await database().connect(SESSION_SETTINGS)
    await session.query(`prepare commit_plan as ${text}`)
    const parameters = Math.max(...[...text.matchAll(/\$(\d+)/g)].map((match) => Number(match[1])))
    const { rows } = await session.query(
      `explain (costs off) execute commit_plan(${Array(parameters).fill('null').join(', ')})`,
    )
    await session.end()
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  }

  /** What the planner is told: nothing yet, or that every table is small, which it believes for as long as a plan lives. */
  const told = {
    'before anything is known of the tables': [],
    'after a look at nearly empty tables': [
      "insert into project (name, mode, key_prefix, created_at) values ('One', 'test', 'one', now())",
      'vacuum (analyze)',
    ],
  }

  describe.each(Object.entries(told))('%s', (_, statements) => {
    beforeAll(async () => {
      for (const statement of statements) await database().pool.query(statement)
    })

    test.each([
      [false, false],
      [false, true],
      [true, false],
      [true, true],
    ])('reaches every row by its own index (seldom: %s, told: %s)', async (seldom, tells) => {
      const plan = await planOf(seldom, tells)
      expect(plan).not.toMatch(/Seq Scan|Merge Join|Hash Join/)
      const scans = [...plan.matchAll(/using (\w+) on (\w+).*\n\s+(\w+ Cond)?/g)]
      expect(new Set(scans.map((match) => `${match[2]}: ${match[1]}, ${match[3]}`))).toEqual(
        new Set([
          'project: project_pkey, Index Cond',
          'entry: entry_key, Index Cond',
          'entry: entry_quote, Index Cond',
          'pool: pool_pkey, Index Cond',
          'lot: lot_pkey, Index Cond',
        ]),
      )
      expect(plan.match(/TID Cond/g)).toHaveLength(2)
      expect(plan).toContain('hashed SubPlan')
    })
  })
})
