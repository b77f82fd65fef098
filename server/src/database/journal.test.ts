import type { Command, Entry } from '@scrip/core'
import { beforeAll, expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import { makeProject } from '../../../tests/support/sample-project.ts'
import { openLedger } from '../ledger/ledger.ts'
import { openSharingAccount } from '../ledger/open-account.ts'
import type { Address } from '../ledger/outcome.ts'
import { entryLinePages } from './entry-lines.sql.ts'
import {
  chargeRows,
  type EntryFilter,
  entryAt,
  holdAt,
  type JournalRow,
  listEntries,
  listLots,
  lotByNumber,
  totalsAt,
  totalsBefore,
  usageBreakdown,
  usageOfAccount,
  usageOfPool,
} from './journal.sql.ts'

const NOW = Date.UTC(2026, 0, 1)
const HOUR = 3_600_000
const DAY = 24 * HOUR

describeOnEachDatabase('the journal', (database) => {
  let address: Address
  /** Every row, in order, as the ledger gave them back. */
  const all: Entry[] = []
  const holds: Entry[] = []
  let charged: Entry

  beforeAll(async () => {
    const project = await makeProject(database())
    const ledger = openLedger({ database: database(), catalogs: project.catalogs })
    address = await project.account('parent', NOW)
    const facts = { project: project.id, parentId: 'parent', timeZone: 'UTC', createdAt: NOW }
    await openSharingAccount(database().pool, { ...facts, accountId: 'child' })
    let now = NOW
    const submit = async (command: object): Promise<Entry> => {
      const outcome = await ledger.submit(address, { accountId: 'parent', ...command } as Command, now)
      if (!('entry' in outcome) || outcome.replayed) throw new Error(JSON.stringify(outcome))
      all.push(...outcome.changes.entries)
      return outcome.entry
    }
    const spend = (type: string, images: number, more: object = {}) =>
      submit({ type, action: 'image', quantities: { images }, options: {}, ...more })
    await submit({ type: 'grant', kind: 'free', credits: 5_000 })
    for (let step = 0; step < 60; step++) {
      // Every third row shares its instant with the one before.
      now += step % 3 === 0 ? 0 : 17 * HOUR
      const accountId = step % 4 === 0 ? 'child' : 'parent'
      const who = {
        accountId,
        userId: `user-${step % 3}`,
        subject: { type: 'job', id: `job-${step % 5}`, name: `Job ${step}` },
      }
      if (step % 7 === 6) {
        const hold = await spend('hold', 9, who)
        holds.push(hold)
        await submit({ type: 'capture', hold, credits: 2, final: false, beyondHold: false, accountId })
        if (step % 2 === 0)
          await submit({ type: 'capture', hold, credits: 3, final: true, beyondHold: false, accountId })
      } else {
        charged = await spend('charge', step % 6, who)
        if (step % 6 > 1) await submit({ type: 'refund', charge: charged, credits: 1, accountId })
      }
    }
    await ledger.close()
  })

  const session = () => database().pool

  async function pages(filter: EntryFilter, ascending: boolean): Promise<JournalRow[]> {
    const found: JournalRow[] = []
    for (;;) {
      const last = found.at(-1)?.entry ?? null
      const page = await listEntries(session(), address, { ...filter, ascending, after: last, limit: 7 })
      found.push(...page)
      if (page.length < 7) return found
    }
  }

  test('lists every row once, page by page, in both directions', async () => {
    expect((await pages({}, true)).map((row) => row.entry)).toEqual(all)
    expect((await pages({}, false)).map((row) => row.entry)).toEqual(all.toReversed())
    const streamed: number[] = []
    for await (const lines of entryLinePages(session(), address, { ascending: true })) {
      streamed.push(...lines.map(({ number }) => number))
    }
    expect(streamed).toEqual(all.map(({ number }) => number))
  })

  test('filters as brute force does', async () => {
    const from = NOW + 5 * DAY
    const to = NOW + 12 * DAY
    const cases: readonly (readonly [EntryFilter, (entry: Entry) => boolean])[] = [
      [{ types: ['charge', 'capture'] }, ({ type }) => type === 'charge' || type === 'capture'],
      [{ moves: 'added' }, ({ amount }) => amount > 0],
      [{ moves: 'removed' }, ({ amount }) => amount < 0],
      [{ moves: 'any', userId: 'user-1' }, ({ amount, userId }) => amount !== 0 && userId === 'user-1'],
      [{ from, to }, ({ at }) => at >= from && at < to],
      [{ subjectId: 'job-2', to }, ({ at, subject }) => subject?.id === 'job-2' && at < to],
      [{ action: 'image', types: ['refund'] }, ({ action, type }) => action === 'image' && type === 'refund'],
      [{ action: 'video' }, () => false],
      [{ of: { accountId: 'child', isOwner: false } }, ({ accountId }) => accountId === 'child'],
      [{ of: { accountId: 'parent', isOwner: true } }, ({ accountId }) => accountId === 'parent'],
    ]
    for (const [filter, matches] of cases) {
      const found = (await pages(filter, true)).map((row) => row.entry)
      expect(found, JSON.stringify(filter)).toEqual(all.filter(matches))
    }
  })

  test('finds a row by the two parts of its id, and nothing by parts that do not fit', async () => {
    expect((await entryAt(session(), address, charged))?.entry).toEqual(charged)
    expect(await entryAt(session(), address, { at: charged.at + 1, number: charged.number })).toBeNull()
  })

  test('gives a charge with what was given back of it', async () => {
    const refunded = all.find((entry) => entry.type === 'refund')!
    const rows = await chargeRows(session(), address, refunded.charge!)
    expect(rows.map((row) => row.entry.type)).toEqual(['charge', 'refund'])
    expect(await chargeRows(session(), address, refunded)).toEqual([])
  })

  test('knows the totals as of any instant', async () => {
    for (const at of [NOW - 1, NOW, charged.at - 1, charged.at, charged.at + DAY]) {
      const last = all.findLast((entry) => entry.at <= at)
      const none = { available: 0, held: 0, received: 0, used: 0, charged: 0, expired: 0, uses: 0 }
      expect(await totalsAt(session(), address, at)).toEqual(last?.totals ?? none)
    }
    expect(await totalsBefore(session(), address, [])).toEqual([])
  })

  /** Added up row by row. */
  function usage(rows: readonly Entry[]) {
    const spent = rows.filter(({ type }) => ['charge', 'capture', 'refund'].includes(type))
    const firsts = spent.filter(
      ({ type, amount, charge }) => type !== 'refund' && amount < 0 && charge === null,
    )
    const used = spent.reduce((sum, { amount }) => sum - amount, 0)
    const refunded = spent
      .filter(({ type }) => type === 'refund')
      .reduce((sum, { amount }) => sum + amount, 0)
    return { used, refunded, charged: used + refunded, uses: firsts.length }
  }

  const days = Array.from({ length: 25 }, (_, day) => NOW + day * DAY)
  const between = (rows: readonly Entry[]) =>
    days.slice(1).map((to, index) => usage(rows.filter(({ at }) => at >= days[index]! && at < to)))

  test('usage by days is what brute force adds up, for the pool and for each of its accounts', async () => {
    expect(await usageOfPool(session(), address, days)).toEqual(between(all))
    for (const [accountId, isOwner] of [
      ['child', false],
      ['parent', true],
    ] as const) {
      const own = all.filter((entry) => entry.accountId === accountId)
      expect(await usageOfAccount(session(), address, { accountId, isOwner }, days)).toEqual(between(own))
    }
  })

  test('the breakdown adds up to the whole, the most first', async () => {
    const span = { from: NOW, to: NOW + 20 * DAY }
    const rows = all.filter(({ at }) => at < span.to)
    const expected = {
      action: (entry: Entry) => entry.action,
      user: (entry: Entry) => entry.userId,
      subject: (entry: Entry) => entry.subject?.id ?? null,
      account: (entry: Entry) => entry.accountId,
    }
    for (const by of ['action', 'user', 'subject', 'account'] as const) {
      const found = await usageBreakdown(session(), address, by, span, 100)
      expect(found.map(({ used }) => used)).toEqual(
        found.map(({ used }) => used).sort((left, right) => right - left),
      )
      for (const { key, name: _name, ...sums } of found) {
        expect(sums).toEqual(usage(rows.filter((entry) => expected[by](entry) === key)))
      }
      const sum = found.reduce((total, { used }) => total + used, 0)
      expect(sum).toBe(usage(rows).used)
    }
    const subjects = await usageBreakdown(session(), address, 'subject', span, 100)
    const last = rows.findLast((entry) => entry.subject?.id === 'job-1' && entry.type !== 'hold')
    expect(subjects.find(({ key }) => key === 'job-1')?.name).toBe(last?.subject?.name)
  })

  test('finds a hold by its id, and lists lots', async () => {
    const numbers = holds.map(({ number }) => number)
    expect(await holdAt(session(), address, holds[0]!)).toMatchObject({ number: numbers[0], amount: 9 })
    expect(await holdAt(session(), address, { at: NOW - 1, number: numbers[0]! })).toBeNull()
    const [lot] = await listLots(session(), address, { open: true, ascending: false, limit: 10 })
    expect(lot).toMatchObject({ amount: 5_000, kind: 'free' })
    expect(await lotByNumber(session(), address, lot!.number)).toEqual(lot)
    expect(await lotByNumber(session(), address, 999_999)).toBeNull()
  })
})
