import type { Command, Entry } from '@scrip/core'
import { beforeAll, expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import { makeProject, type SampleProject } from '../../../tests/support/sample-project.ts'
import { type Ledger, openLedger } from './ledger.ts'
import type { Address } from './outcome.ts'
import { type Violation, verify } from './verify.ts'

const NOW = Date.UTC(2026, 2, 1)
const DAY = 86_400_000

const CATALOG = `scrip: 1
product: Verified
currency: USD
newAccounts: { plan: free, credits: 5 }
plans:
  free: { credits: 7 }
  pro: { price: 10.00 USD, every: month, credits: 50, rollover: reset, trial: { length: 7 days, credits: 20 } }
actions:
  image: { price: { credits: 1, per: images } }
`

/** Everything that a break may touch: every kind of lot, row and hold. */
async function live(ledger: Ledger, address: Address, accountId: string): Promise<void> {
  let now = NOW
  const submit = async (command: object): Promise<Entry> => {
    const outcome = await ledger.submit(address, { accountId, ...command } as Command, now)
    if (!('entry' in outcome)) throw new Error(JSON.stringify(outcome))
    return outcome.entry
  }
  const spend = (type: 'charge' | 'hold', images: number, more: object = {}) =>
    submit({ type, action: 'image', quantities: { images }, options: {}, ...more })
  await submit({ type: 'subscribe', plan: 'pro', trial: true })
  await submit({ type: 'grant', kind: 'promotional', credits: 90, expiresAt: now + 3 * DAY })
  const purchase = { id: 'pur_1', line: 1, bonus: false }
  const bought = await submit({
    type: 'grant',
    kind: 'purchased',
    credits: 100,
    purchase,
    paid: { amount: 900, currency: 'USD' },
  })
  const charged = await spend('charge', 30, { key: 'job-1' })
  now += DAY
  await submit({ type: 'refund', charge: charged, credits: 4 })
  const hold = await spend('hold', 12)
  await submit({ type: 'capture', hold, credits: 5, final: false, beyondHold: false })
  await submit({ type: 'capture', hold, credits: 3, final: true, beyondHold: false })
  await spend('hold', 2, { timeoutMs: 5_000 })
  now += 10 * DAY
  await submit({ type: 'adjust', credits: 2 })
  await spend('hold', 3, { timeoutMs: 20 * DAY })
  await spend('charge', 60, { key: 'job-2' })
  const lots = bought.draws.map(({ lot }) => lot)
  await submit({ type: 'reverse', purchase: 'pur_1', lots, returned: 800, paid: 900, facts: 2 })
}

/** Each breaks one line of "What is always true" in the pool $1. */
const breaks: readonly (readonly [rule: number, sentence: string, sql: string])[] = [
  [1, 'amount + returns − drawn', 'update lot set returned = returned + 1 where pool_id = $1 and open'],
  [
    1,
    'nothing remains in a lot that is expired',
    "update lot set expires_at = '2026-03-02' where pool_id = $1 and remaining > 0",
  ],
  [1, 'a lot is open as long as', 'update lot set open = not open where pool_id = $1'],
  [1, 'is what the rows say', 'update lot set drawn = drawn + 1, returned = returned + 1 where pool_id = $1'],
  [
    1,
    'is what open holds set aside',
    "update hold set data = jsonb_set(data, '{left}', '[]') where pool_id = $1 and open",
  ],
  [
    1,
    'what was taken back',
    "update pool set profile = jsonb_set(profile, '{reversals,0,taken,0,credits}', '1') where pool_id = $1",
  ],
  [
    1,
    'what is unrecovered',
    "update pool set profile = jsonb_set(profile, '{reversals,0,unrecovered}', '9999') where pool_id = $1",
  ],
  [2, "the pool's balance", 'update pool set available = available + 1 where pool_id = $1'],
  [2, "the pool's received", 'update pool set received = received + 1 where pool_id = $1'],
  [2, "the pool's used", 'update pool set used = used + 1 where pool_id = $1'],
  [2, "the pool's charged", 'update pool set charged = charged + 1 where pool_id = $1'],
  [2, "the pool's expired", 'update pool set expired = expired + 1 where pool_id = $1'],
  [
    2,
    "the pool's removed",
    'update pool set received = received + 1, available = available + 0 where pool_id = $1',
  ],
  [2, "the pool's held", 'update pool set held = held + 1, available = available - 1 where pool_id = $1'],
  [
    2,
    'the lots that have started hold',
    'update lot set remaining = remaining + 1, amount = amount + 1 where pool_id = $1',
  ],
  [2, 'where its last row left it', 'update pool set sequence = 3 where pool_id = $1'],
  [2, 'where its last row left it', "update pool set at = '2026-03-01' where pool_id = $1"],
  [
    3,
    'the sum of a row’s draws',
    "update entry set lot_amounts[1] = lot_amounts[1] - 1 where pool_id = $1 and type = 'charge'",
  ],
  [
    3,
    'are the previous row’s',
    "update entry set balance_after = balance_after + 1 where pool_id = $1 and type = 'refund'",
  ],
  [3, 'are the previous row’s', "delete from entry where pool_id = $1 and type = 'refund'"],
  [
    4,
    'lots that have started and have not expired',
    "update entry set at = at + interval '10 years' where pool_id = $1 and type = 'charge'",
  ],
  [4, 'in spend order', "update lot set priority = 1 where pool_id = $1 and kind = 'purchased'"],
  [
    4,
    'what their hold set aside',
    "update entry set lot_numbers = array[1::bigint] where pool_id = $1 and type = 'capture'",
  ],
  [
    5,
    'no more is refunded',
    "update entry set lot_amounts[1] = 1000, amount = 1000 where pool_id = $1 and type = 'refund'",
  ],
  [5, 'no more is captured', "update entry set held = -1000 where pool_id = $1 and type = 'capture'"],
  [5, 'no more is captured', 'update hold set captured = captured + 1 where pool_id = $1'],
  [5, 'one ending', "update hold set open = false, status = 'released' where pool_id = $1 and open"],
  [5, 'one ending', "update entry set type = 'setting' where pool_id = $1 and type = 'hold_expired'"],
  [
    6,
    'one refill',
    "insert into lot select (l).* from (select jsonb_populate_record(l, '{\"number\": 900}') as l from lot l where pool_id = $1 and origin = 'refill') x",
  ],
  [
    6,
    'one trial',
    "insert into lot select (l).* from (select jsonb_populate_record(l, '{\"number\": 901}') as l from lot l where pool_id = $1 and origin = 'trial') x",
  ],
  [
    6,
    'starter credits once',
    "insert into lot select (l).* from (select jsonb_populate_record(l, '{\"number\": 902}') as l from lot l where pool_id = $1 and origin = 'starter') x",
  ],
  [
    6,
    'sign-up credits once',
    "insert into lot select (l).* from (select jsonb_populate_record(l, '{\"number\": 903}') as l from lot l where pool_id = $1 and origin = 'sign_up') x",
  ],
  [
    6,
    'for each paid line',
    "insert into lot select (l).* from (select jsonb_populate_record(l, '{\"number\": 904}') as l from lot l where pool_id = $1 and origin = 'purchase') x",
  ],
  [
    6,
    'idempotency key',
    "update entry set idempotency_key = 'job-1' where pool_id = $1 and idempotency_key = 'job-2'",
  ],
  [6, 'a quote is spent once', "update entry set quote_id = 'q' where pool_id = $1 and type = 'charge'"],
  [6, 'a number is given once', "update entry set number = 2 where pool_id = $1 and type = 'charge'"],
]

describeOnEachDatabase('verify', (database) => {
  let project: SampleProject
  let ledger: Ledger

  beforeAll(async () => {
    project = await makeProject(database(), CATALOG)
    ledger = openLedger({ database: database(), catalogs: project.catalogs })
    return () => ledger.close()
  })

  const found = async (accountId: string): Promise<Violation[]> => {
    const violations: Violation[] = []
    for await (const violation of verify(database(), { accountId })) violations.push(violation)
    return violations
  }

  test('finds nothing in a life with every kind of lot, row and hold', async () => {
    const address = await project.account('whole', NOW)
    await live(ledger, address, 'whole')
    expect(await found('whole')).toEqual([])
    const types = await database().pool.query('select distinct type from entry where pool_id = $1', [
      address.pool,
    ])
    expect(types.rows.map((row) => row.type).sort()).toEqual(
      [
        'capture',
        'charge',
        'expired',
        'grant',
        'hold',
        'hold_expired',
        'purchase',
        'refill',
        'refund',
        'release',
        'reversal',
      ]
        .concat(['sign_up', 'starter', 'subscription', 'trial', 'void'])
        .sort(),
    )
  })

  test('names the line that each break crosses, and where', async () => {
    for (const constraint of await constraints()) await database().pool.query(constraint)
    for (const [index, [rule, sentence, sql]] of breaks.entries()) {
      const accountId = `broken-${index}`
      const address = await project.account(accountId, NOW)
      await live(ledger, address, accountId)
      const { rowCount } = await database().pool.query(sql, [address.pool])
      expect(rowCount, sql).toBeGreaterThan(0)
      const violations = await found(accountId)
      const named = violations.filter(
        (violation) => violation.rule === rule && violation.sentence.includes(sentence),
      )
      expect(named.length, `${sentence}: ${JSON.stringify(violations)}`).toBeGreaterThan(0)
      expect(named[0]).toMatchObject({ account: accountId, pool: address.pool })
    }
  })

  /** Statements that take away what would refuse the breaks. */
  async function constraints(): Promise<string[]> {
    const { rows } = await database().pool.query(
      `select format('alter table %I drop constraint %I', conrelid::regclass, conname) as sql
       from pg_constraint where contype = 'c' and conrelid in ('pool'::regclass, 'lot'::regclass, 'entry'::regclass, 'hold'::regclass)
       union all
       select format('drop index %I', indexrelid::regclass) from pg_index
       where indisunique and not indisprimary and indrelid in ('lot'::regclass, 'entry'::regclass)`,
    )
    return rows.map((row) => row.sql)
  }
})
