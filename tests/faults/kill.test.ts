import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openDatabase } from '../../server/src/database/database.ts'
import { openFreshDatabase } from '../support/databases.ts'
import { differences } from './books.ts'
import { ledgerDoor, type Place, type Program, scripServe } from './server-process.ts'
import { median, survive } from './survival.ts'
import { figure, IS_LONG, seededDice, size } from './trial.ts'

/** Of the median of all starts after a kill. */
const READY_MS_MAX = 3_000

async function killOften(program: Program, place: Place, kills: number, what: string) {
  const { told, readyMs } = await survive({
    program,
    strikes: kills,
    dice: seededDice(what),
    strike: (server) => server.kill(),
  })
  const database = await openDatabase(place)
  const found = await differences(database, told)
  await database.close()
  figure(
    what,
    `${kills} × kill -9, ${told.acknowledged.size} charges acknowledged, ${told.unanswered} requests without an answer, ${found.length} differences, ready again in ${Math.round(median(readyMs))} ms (median)`,
  )
  return { found, readyMs: median(readyMs) }
}

const timeout = (kills: number) => ({ timeout: 60_000 + kills * 15_000 })

describe('kill -9 at random moments, the clients retrying with their keys', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'scrip-kill-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const embedded = size(5, 200)
  test(
    'on the embedded database loses nothing acknowledged and doubles nothing',
    timeout(embedded),
    async () => {
      const program = await scripServe({ folder })
      const { found, readyMs } = await killOften(program, { folder }, embedded, 'kills, embedded')
      expect(found).toEqual([])
      if (IS_LONG) expect(readyMs).toBeLessThan(READY_MS_MAX)
    },
  )

  const postgres = size(5, 50)
  test('on PostgreSQL loses nothing acknowledged and doubles nothing', timeout(postgres), async () => {
    const fresh = await openFreshDatabase('postgres')
    const url = fresh.url!
    const program = await scripServe({ url })
    const { found, readyMs } = await killOften(program, { url }, postgres, 'kills, PostgreSQL')
    await fresh.drop()
    expect(found).toEqual([])
    if (IS_LONG) expect(readyMs).toBeLessThan(READY_MS_MAX)
  })

  test('finds out a server that acknowledges before its commit', timeout(6), async () => {
    const program = await ledgerDoor({ folder }, { ledger: { acknowledgeBeforeCommit: true } })
    const { found } = await killOften(program, { folder }, 6, 'kills, acknowledged before the commit')
    expect(found.join('\n')).toMatch(/lost|wrong/)
  })
})
