/**
 * The loop that kills and power cuts share: clients charge, the server is struck at a random moment and
 * started again, and the clients settle what they were not answered. Whoever started it compares the books.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Dice } from '../../server/src/demo/dice.ts'
import { type Clients, type ClientsBooks, startClients } from './clients.ts'
import { beginServer, type Program, type ServerProcess, startServer } from './server-process.ts'

export interface SurvivalOptions {
  readonly program: Program
  readonly strikes: number
  readonly dice: Dice
  /** Ends the server, and whatever else the fault does. */
  readonly strike: (server: ServerProcess) => Promise<void>
}

export interface Survival {
  readonly told: ClientsBooks
  /** Milliseconds of each start after a strike, sorted. */
  readonly readyMs: readonly number[]
}

const CLIENTS = 8
/** Of the strikes, these come while the server starts. */
const STRUCK_AT_START = 0.2

export async function survive(options: SurvivalOptions): Promise<Survival> {
  const { program, dice } = options
  let server = await beginServer(program)
  const readyMs: number[] = []
  // One that was struck while it started never is; the next one is asked then.
  const whenUp = () => server.ready.catch(() => {})
  const clients = startClients({ program, count: CLIENTS, dice, whenUp })
  try {
    for (let strike = 0; strike < options.strikes; strike++) {
      await randomMoment(clients, server, dice)
      await options.strike(server)
      server = startServer(program)
      if (dice.chance(STRUCK_AT_START)) {
        await delay(dice.whole(0, 1_000))
        await options.strike(server)
        server = startServer(program)
      }
      readyMs.push(await server.ready)
    }
    const told = await clients.stop()
    await server.stop()
    return { told, readyMs: readyMs.sort((left, right) => left - right) }
  } finally {
    await server.kill()
  }
}

/** Some charges on, and some milliseconds into the next ones. */
async function randomMoment(clients: Clients, server: ServerProcess, dice: Dice): Promise<void> {
  const more = clients.books.acknowledged.size + dice.whole(20, 200)
  const early = server.ended.then(({ output }) => {
    throw new Error(`The server ended by itself: ${output}`)
  })
  await Promise.race([clients.acknowledged(more), early])
  await delay(dice.whole(0, 25))
}

export function median(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
