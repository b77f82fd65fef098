import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listProjects } from '../operations/list-projects.operation.ts'
import { readPool } from '../operations/read-pool.ts'
import { verify } from '../operations/verify.operation.ts'
import { openScrip, type Scrip } from '../scrip.ts'
import { type DemoProgress, openDemo } from './demo.ts'
import { demoFilePath, readDemoFile } from './demo-file.ts'
import { askAt } from './tell.ts'

const SIZE = { months: 1, customers: 3 }
const UNSEEN: DemoProgress = { start: () => undefined, advance: () => undefined, end: () => undefined }
const NOW = Date.UTC(2026, 10, 20, 12)

let folder: string
let scrip: Scrip
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'scrip-demo-'))
  scrip = await openScrip({ memory: true, jobs: false, realTime: () => NOW })
}, 60_000)
afterEach(async () => {
  await scrip.close()
  rmSync(folder, { recursive: true })
})

/** What an account has at the end of the story. */
async function balanceOf(project: string, accountId: string): Promise<number> {
  const row = (await listProjects(scrip.house)).find(({ name }) => name === project)
  const found = await scrip.house.projects.find(row!.id)
  const { state } = await readPool(askAt(scrip.house, found!, NOW), accountId)
  return state.totals.available + state.totals.held
}

async function rowCounts(): Promise<Record<string, number>> {
  const { rows } = await scrip.house.database.pool.query<{ owner: string; count: number }>(
    `select p.project_id || ' ' || p.owner_id as owner, count(*) as count
     from entry e join pool p using (lane, pool_id) group by 1 order by 1`,
  )
  return Object.fromEntries(rows.map(({ owner, count }) => [owner, count]))
}

describe('the demo', () => {
  test('tells five products, whose books hold and whose special accounts are as described', async () => {
    const counted: number[] = []
    const progress = {
      ...UNSEEN,
      start: (all: number) => counted.push(-all),
      advance: (by: number) => counted.push(by),
    }
    const file = await openDemo(scrip.house, folder, SIZE, progress)
    expect(file.products.map(({ name }) => name)).toEqual([
      'Pinsearch demo',
      'Picsart demo',
      'PowerPost demo',
      'Pinpoint demo',
      '9pic demo',
    ])
    expect(counted.reduce((sum, one) => sum + one)).toBe(0)
    expect((await verify(scrip.house, { project: null, accountId: null })).violations).toEqual([])
    expect(await balanceOf('PowerPost demo', 'ada')).toBe(47)
    expect(await balanceOf('Pinsearch demo', 'paused')).toBe(120)
    expect(await balanceOf('Pinpoint demo', 'lumen-works')).toBe(0)
    expect(await balanceOf('Picsart demo', 'clip-maker')).toBeLessThan(300)
  }, 120_000)

  test('is kept: a second opening makes nothing and answers the same keys', async () => {
    const first = await openDemo(scrip.house, folder, SIZE, UNSEEN)
    const rows = await rowCounts()
    const told = { ...UNSEEN, start: () => expect.fail('the story was told again') }
    expect(await openDemo(scrip.house, folder, SIZE, told)).toEqual(first)
    expect(await rowCounts()).toEqual(rows)
    expect(statSync(demoFilePath(folder)).mode & 0o777).toBe(0o600)
  }, 120_000)

  test('interrupted anywhere, goes on at the next opening without doing anything twice', async () => {
    for (const after of [40, 150]) {
      let count = 0
      const killed: DemoProgress = {
        ...UNSEEN,
        advance(by) {
          count += by
          if (count > after) throw new Error('killed')
        },
      }
      await expect(openDemo(scrip.house, folder, SIZE, killed)).rejects.toThrow('killed')
      expect(readDemoFile(folder)?.products.every(({ told }) => told)).toBe(false)
    }
    await openDemo(scrip.house, folder, SIZE, UNSEEN)
    expect((await verify(scrip.house, { project: null, accountId: null })).violations).toEqual([])
    expect(await balanceOf('PowerPost demo', 'ada')).toBe(47)
    expect(await listProjects(scrip.house)).toHaveLength(5)
    const rows = Object.entries(await rowCounts())
    const rowsOf = (id: string): number | undefined => rows.find(([owner]) => owner.endsWith(` ${id}`))?.[1]
    // Signed up and three posts; subscribed with its refill, three articles, paused.
    expect([rowsOf('ada'), rowsOf('paused')]).toEqual([4, 6])
  }, 120_000)

  test('the file of its keys lost, makes new keys and tells nothing again', async () => {
    const first = await openDemo(scrip.house, folder, SIZE, UNSEEN)
    const rows = await rowCounts()
    writeFileSync(demoFilePath(folder), '{')
    const again = await openDemo(scrip.house, folder, SIZE, UNSEEN)
    expect(again.products.map(({ projectId }) => projectId)).toEqual(
      first.products.map(({ projectId }) => projectId),
    )
    expect(again.products[0]!.apiKey).not.toBe(first.products[0]!.apiKey)
    expect(await rowCounts()).toEqual(rows)
    expect(JSON.parse(readFileSync(demoFilePath(folder), 'utf8'))).toEqual(again)
  }, 120_000)
})
