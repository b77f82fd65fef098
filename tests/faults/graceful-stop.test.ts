import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openDatabase } from '../../server/src/database/database.ts'
import { type FreshDatabase, openFreshDatabase } from '../support/databases.ts'
import { chargesIn, differences } from './books.ts'
import { startClients } from './clients.ts'
import { beginServer, ledgerDoor, type Place, type Program, scripServe } from './server-process.ts'
import { figure, seededDice, size } from './trial.ts'

const STOPS = size(2, 20)

/** SIGTERM under load; nobody asks twice. What happened and was not answered is what must not be. */
async function stopUnderLoad(
  stops: number,
  program: Program,
  place: Place,
  isEnough = (_: readonly string[]) => false,
) {
  const dice = seededDice('graceful stops')
  const unanswered: string[] = []
  const found: string[] = []
  const codes = new Set<number | null>()
  let made = 0
  for (let stop = 0; stop < stops; stop++) {
    const server = await beginServer(program)
    const name = `stop ${stop}`
    const clients = startClients({ program, count: 32, dice, retries: false, name })
    await clients.acknowledged(dice.whole(100, 300))
    const { code } = await server.stop()
    codes.add(code)
    made++
    const told = await clients.stop()
    const database = await openDatabase(place)
    const happened = await chargesIn(database, name)
    unanswered.push(...happened.filter((key) => !told.acknowledged.has(key)))
    // The charges of the stops before are in the same books.
    found.push(...(await differences(database, told)).filter((line) => !line.startsWith('unknown')))
    await database.close()
    if (isEnough(unanswered)) break
  }
  figure(
    'graceful stops',
    `${made} under load, exit codes ${[...codes].join(', ')}, ${unanswered.length} charges happened without an answer`,
  )
  return { unanswered, found, codes: [...codes] }
}

const LIMIT = { timeout: 60_000 + STOPS * 15_000 }

describe('at SIGTERM under load', () => {
  let fresh: FreshDatabase
  let folder: string
  beforeEach(async () => {
    fresh = await openFreshDatabase('postgres')
    folder = mkdtempSync(join(tmpdir(), 'scrip-stop-'))
  })
  afterEach(async () => {
    await fresh.drop()
    rmSync(folder, { recursive: true, force: true })
  })

  const well = { unanswered: [], found: [], codes: [0] }
  test('what was accepted is finished and answered, on PostgreSQL', LIMIT, async () => {
    const place = { url: fresh.url! }
    expect(await stopUnderLoad(STOPS, await scripServe(place), place)).toEqual(well)
  })

  test('what was accepted is finished and answered, on the embedded database', LIMIT, async () => {
    const place = { folder }
    expect(await stopUnderLoad(STOPS, await scripServe(place), place)).toEqual(well)
  })

  test('a server that ends at once is found out', { timeout: 120_000 }, async () => {
    const place = { url: fresh.url! }
    const program = await ledgerDoor(place, { abrupt: true })
    // Whether a commit is under way at the very instant is chance, and a stop that hits none shows nothing.
    const { unanswered } = await stopUnderLoad(40, program, place, (found) => found.length > 0)
    expect(unanswered).not.toEqual([])
  })
})
