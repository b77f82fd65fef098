import type { Command, Place, PoolState, PurchaseLine } from '@scrip/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import { catalogSource, makeProject } from '../../../tests/support/sample-project.ts'
import { toInstant, toMilliseconds } from '../database/columns.ts'
import { openLedger } from './ledger.ts'
import { loadPools } from './load.ts'
import type { Outcome } from './outcome.ts'
import { verify } from './verify.ts'

const NOW = Date.UTC(2026, 0, 31, 22)
const MINUTE = 60_000
const DAY = 86_400_000

const CATALOG = `scrip: 1
product: Round trip
currency: USD
newAccounts: { plan: free, credits: 20 }
plans:
  free: { credits: 5 }
  life: { price: 90.00 USD, credits: 40 }
  basic: { price: 5.00 USD, every: week, credits: 30, rollover: { bank: 60 }, trial: { length: 3 days, credits: 8 } }
  pro: { price: 9.00 USD, every: month, creditsEvery: week, credits: 60, rollover: window, onEnd: expire }
alerts: { remaining: [25%, 3], expiring: [1 day] }
actions:
  image: { price: { credits: 1, per: images } }
`

/** One act of a customer or of staff; places are chosen among what exists when it comes. */
interface Act {
  readonly kind: number
  readonly credits: number
  readonly pick: number
  readonly waitMs: number
}

const act: fc.Arbitrary<Act> = fc.record({
  kind: fc.nat(24),
  credits: fc.integer({ min: 1, max: 25 }),
  pick: fc.nat(50),
  waitMs: fc.oneof(fc.constant(0), fc.nat(90 * MINUTE), fc.nat(3 * DAY)),
})

/** What the acts before have made. */
interface Made {
  readonly charges: Place[]
  readonly holds: Place[]
  readonly lots: number[]
  readonly purchases: { readonly purchase: string; readonly lots: readonly number[] }[]
}

function nothingMade(): Made {
  return { charges: [], holds: [], lots: [], purchases: [] }
}

/** A line that is bought: mostly credits with a bonus, sometimes a plan. */
function lineOf(credits: number, pick: number): PurchaseLine {
  const plan = pick % 4 === 0 ? (pick % 8 === 0 ? 'life' : 'pro') : null
  return {
    line: 0,
    kind: plan === null ? 'credits' : 'plan',
    plan,
    pack: null,
    remark: null,
    name: 'credits',
    credits: plan === null ? credits : 0,
    bonus: plan === null ? pick % 3 : 0,
    recurring: null,
    expires: pick % 2 === 0 ? { kind: 'term' } : { kind: 'after', length: { count: 1, unit: 'hour' } },
    movesTo: plan === null ? 'free' : null,
    price: 100 * credits,
    discount: 0,
    tax: 0,
  }
}

function commandOf({ kind, credits, pick }: Act, made: Made, now: number): Command {
  const accountId = 'traveller'
  const one = <T>(of: readonly T[], none: T): T => of[pick % Math.max(1, of.length)] ?? none
  const charge = one(made.charges, { at: now, number: 1 })
  const hold = one(made.holds, { at: now, number: 1 })
  const bought = one(made.purchases, { purchase: 'pur_0', lots: [] })
  const spend = {
    accountId,
    action: 'image',
    quantities: { images: credits },
    options: {},
    userId: `user-${pick % 3}`,
  }
  const commands: readonly Command[] = [
    { type: 'charge', ...spend, key: `key-${pick}` },
    { type: 'charge', ...spend, metadata: { 'a "quoted\\" key': 'ü{},' } },
    {
      type: 'hold',
      ...spend,
      timeoutMs: (1 + pick) * MINUTE,
      subject: { type: 'job', id: `j${pick}`, name: null },
    },
    { type: 'hold', ...spend, atMost: 'images' },
    { type: 'capture', accountId, hold, credits: Math.ceil(credits / 3), final: false, beyondHold: false },
    { type: 'capture', accountId, hold, final: true, beyondHold: false },
    {
      type: 'capture',
      accountId,
      hold,
      quantities: { images: credits },
      final: pick % 2 === 0,
      beyondHold: true,
    },
    { type: 'release', accountId, hold },
    { type: 'extend', accountId, hold, timeoutMs: pick * MINUTE + 1000 },
    { type: 'refund', accountId, charge },
    { type: 'refund', accountId, charge, credits: Math.ceil(credits / 4) },
    { type: 'grant', accountId, kind: 'free', credits, expiresAt: now + pick * 3_600_000 + 1 },
    {
      type: 'grant',
      accountId,
      kind: 'promotional',
      credits: 5 * credits,
      effectiveAt: now + pick * 3_600_000,
    },
    { type: 'void', accountId, lot: one(made.lots, 1) },
    { type: 'void', accountId, lot: one(made.lots, 1), credits: Math.ceil(credits / 5) },
    { type: 'adjust', accountId, credits: Math.ceil(credits / 5), reason: 'too much' },
    { type: 'subscribe', accountId, plan: pick % 2 === 0 ? 'basic' : 'pro', trial: pick % 5 === 0 },
    { type: 'cancel', accountId, when: pick % 2 === 0 ? 'now' : 'periodEnd' },
    { type: pick % 2 === 0 ? 'pause' : 'resume', accountId },
    { type: pick % 2 === 0 ? 'payment_failed' : 'payment_received', accountId },
    { type: 'alerts', accountId, thresholds: pick % 2 === 0 ? null : [{ kind: 'absolute', credits }] },
    {
      type: 'budget',
      accountId,
      name: `budget-${pick % 2}`,
      budget: {
        limit: 10 * credits,
        every: pick % 3 === 0 ? null : 'day',
        userId: `user-${pick % 3}`,
        subjectId: null,
      },
      spent: 0,
    },
    {
      type: 'purchase',
      accountId,
      purchase: `pur_${now}_${made.lots.length}`,
      currency: 'USD',
      lines: [lineOf(credits, pick)],
      key: `pur_${now}_${made.lots.length}`,
    },
    { type: 'reverse', accountId, ...bought, returned: pick, paid: 50, facts: 1 + made.lots.length },
    {
      type: 'reverse',
      accountId,
      ...bought,
      returned: 50 * (pick % 2),
      paid: 50,
      facts: 1 + made.lots.length,
    },
  ]
  return commands[kind] as Command
}

function note(made: Made, outcome: Outcome): void {
  if (!('entry' in outcome)) return
  const { entry } = outcome
  if (entry.type === 'charge' || (entry.type === 'capture' && entry.charge === null)) made.charges.push(entry)
  if (entry.type === 'hold') made.holds.push(entry)
  for (const draw of entry.draws) made.lots.push(draw.lot)
  const { purchase, lots } = entry.detail ?? {}
  if (purchase !== undefined && lots !== undefined) made.purchases.push({ purchase, lots })
}

/** As it is kept: the version is the commit's, facts of the past are the batch's. */
function stored(state: PoolState): object {
  const { version: _version, past: _past, ...kept } = state
  return kept
}

describeOnEachDatabase('a pool read back from its rows', (database, kind) => {
  const seed = Number(process.env.SEED ?? Math.floor(Date.now() / 1000))

  test(`is the pool that was decided, whatever was done to it (seed ${seed})`, async () => {
    const runs = Number(process.env.RUNS ?? (kind === 'embedded' ? 8 : 15))
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(act, { minLength: 1, maxLength: 4 }), { minLength: 4, maxLength: 14 }),
        async (batches) => {
          const project = await makeProject(database(), CATALOG)
          const address = await project.account('traveller', NOW, 'Europe/Berlin')
          const ledger = openLedger({ database: database(), catalogs: catalogSource(database()) })
          const made = nothingMade()
          let now = NOW
          for (const batch of batches) {
            const asked = batch.map((one) => {
              now += one.waitMs
              return { address, command: commandOf(one, made, now), now }
            })
            const settled = await ledger.submitMany(asked)
            let last: PoolState | null = null
            for (const one of settled) {
              if (one.status === 'rejected') throw one.reason
              note(made, one.value)
              // A key used before is answered before the batch is decided, with the pool as it was.
              const isReused = 'refused' in one.value && one.value.refused.code === 'idempotency_key_reused'
              if ('state' in one.value && !isReused) last = one.value.state
            }
            const read = (await loadPools(database().pool, [address])).get(address.pool)?.state
            if (last !== null) expect(stored({ ...(read as PoolState), at: last.at })).toEqual(stored(last))
          }
          await ledger.close()
          const violations = []
          for await (const violation of verify(database(), { project: project.id }))
            violations.push(violation)
          expect(violations).toEqual([])
        },
      ),
      { seed, numRuns: runs, endOnFailure: false },
    )
  }, 120_000)

  test('is one of which nothing was taken back, where it was written before that was known of', async () => {
    const project = await makeProject(database(), CATALOG)
    const address = await project.account('old', NOW)
    const { pool } = database()
    await pool.query("update pool set profile = profile - 'reversals' where pool_id = $1", [address.pool])
    expect((await loadPools(pool, [address])).get(address.pool)?.state.reversals).toEqual([])
    const ledger = openLedger({ database: database(), catalogs: catalogSource(database()) })
    const command = commandOf({ kind: 22, credits: 5, pick: 1, waitMs: 0 }, nothingMade(), NOW)
    const outcome = await ledger.submit(address, { ...command, accountId: 'old' }, NOW)
    expect('entry' in outcome && outcome.entry).toMatchObject({ type: 'purchase', amount: 6 })
    await ledger.close()
  })

  test('has every instant to the millisecond', async () => {
    const instants = fc.sample(fc.integer({ min: 0, max: Date.UTC(9999, 0) }), { numRuns: 5_000, seed })
    const { rows } = await database().pool.query(
      `select ${toInstant('ms')} as instant, ${toMilliseconds(toInstant('ms'))} as back from unnest($1::bigint[]) as ms`,
      [instants],
    )
    expect(rows.map((row) => row.instant)).toEqual(instants)
    expect(rows.map((row) => row.back)).toEqual(instants)
  })
})
