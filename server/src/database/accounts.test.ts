import { beforeAll, expect, test } from 'vitest'
import { describeOnPostgres } from '../../../tests/support/databases.ts'
import { type AccountFilter, listAccountRows } from './accounts.sql.ts'
import type { Session } from './transaction.ts'

const POOLS = 5_000
const ANY: AccountFilter = {
  project: 1,
  ids: null,
  text: null,
  plan: null,
  subscriptionStatus: null,
  parentId: null,
  after: null,
  ascending: false,
  limit: 50,
}

describeOnPostgres(`among ${POOLS} accounts`, (database) => {
  beforeAll(async () => {
    const { pool } = database()
    await pool.query(
      "insert into project (id, name, mode, key_prefix, created_at) values (1, 'One', 'test', 'one', now())",
    )
    await pool.query(
      `insert into pool (lane, pool_id, project_id, owner_id, at, sequence, alerts, profile, plan, base_plan, subscription_status)
       select n % 256, n, 1, 'org_' || n, now(), 1, '{}', '{}', case when n % 500 = 0 then 'pro' else 'basic' end,
              case when n = 1 then 'life' else 'free' end, case when n % 1000 = 0 then 'past_due' else 'active' end
       from generate_series(1, $1) n`,
      [POOLS],
    )
    await pool.query(
      `insert into account (project_id, account_id, lane, pool_id, created_at, updated_at)
       select 1, 'org_' || n, n % 256, n, now() - n * interval '1 second', now() from generate_series(1, $1) n`,
      [POOLS],
    )
    await pool.query('vacuum (analyze)')
  })

  /** What the list answers, and how the database finds it. */
  async function found(filter: Partial<AccountFilter>): Promise<{ ids: string[]; plan: string }> {
    let plan = ''
    const { pool } = database()
    const explained = {
      async query(text: string, parameters: unknown[]) {
        const { rows } = await pool.query(`explain (costs off) ${text}`, parameters)
        plan = rows.map((row: Record<string, string>) => row['QUERY PLAN']).join('\n')
        return pool.query(text, parameters)
      },
    } as unknown as Session
    const rows = await listAccountRows(explained, { ...ANY, ...filter })
    return { ids: rows.map(({ id }) => id), plan }
  }

  test.each([
    ['on a plan that few are on', { plan: 'pro' }, POOLS / 500, 'pool_plan'],
    ['on a base plan that few are on', { plan: 'life' }, 1, 'pool_base_plan'],
    [
      'in a state that few are in',
      { subscriptionStatus: 'past_due' },
      POOLS / 1000,
      'pool_subscription_status',
    ],
  ])('those %s are found by index', async (_, filter, count, index) => {
    const { ids, plan } = await found(filter)
    expect(ids).toHaveLength(count)
    expect(plan).toContain(index)
    expect(plan).not.toContain('Seq Scan on pool')
  })
})
