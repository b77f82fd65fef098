import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FreshDatabase, openFreshDatabase } from '../support/databases.ts'
import { chargesIn, differences } from './books.ts'
import { startClients } from './clients.ts'
import { beginServer, ledgerDoor, type Program, scripServe } from './server-process.ts'
import { figure, seededDice, size } from './trial.ts'

let fresh: FreshDatabase
beforeEach(async () => {
  fresh = await openFreshDatabase('postgres')
})
afterEach(() => fresh.drop())

const STOPS = size(3, 20)

/** SIGTERM under load; nobody asks twice. What happened and was not answered is what must not be. */
async function stopUnderLoad(stops: number, program: Program) {
  const dice = seededDice('graceful stops')
  const unanswered: string[] = []
  const found: string[] = []
  const codes = new Set<number | null>()
  for (let stop = 0; stop < stops; stop++) {
    const server = await beginServer(program)
    const clients = startClients({ program, count: 32, dice, retries: false, name: `stop ${stop}` })
    await clients.acknowledged(dice.whole(100, 300))
    const { code } = await server.stop()
    codes.add(code)
    const told = await clients.stop()
    const happened = await chargesIn(fresh.database, `stop ${stop}`)
    unanswered.push(...happened.filter((key) => !told.acknowledged.has(key)))
    found.push(...(await differences(fresh.database, told)).filter((line) => !line.startsWith('unknown')))
  }
  figure(
    'graceful stops',
    `${stops} under load, exit codes ${[...codes].join(', ')}, ${unanswered.length} charges happened without an answer`,
  )
  return { unanswered, found, codes: [...codes] }
}

test('at SIGTERM whatever was accepted is finished and answered, and the server ends well', {
  timeout: 60_000 + STOPS * 5_000,
}, async () => {
  const program = await scripServe({ url: fresh.url! })
  expect(await stopUnderLoad(STOPS, program)).toEqual({ unanswered: [], found: [], codes: [0] })
})

test('a server that ends at once is found out', { timeout: 60_000 }, async () => {
  const program = await ledgerDoor({ url: fresh.url! }, { abrupt: true })
  const { unanswered } = await stopUnderLoad(3, program)
  expect(unanswered).not.toEqual([])
})
