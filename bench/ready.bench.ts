/** From the start of the program until it says that it is ready, on a database that is there and on none. */
import { execFileSync } from 'node:child_process'
import type { Bench } from './bench.ts'
import type { Measured } from './figures.ts'
import type { Machine } from './machine.ts'
import { interleave } from './rounds.ts'
import { buildProgram, type Place, startScrip } from './server-process.ts'

const ROUNDS = 3

export const readyBench: Bench = { title: 'start', ids: ['ready'], run }

async function run(machine: Machine): Promise<readonly Measured[]> {
  buildProgram()
  const postgres: Place = { url: await machine.newPostgres() }
  const embedded: Place = { folder: machine.newFolder() }
  const values = await interleave(ROUNDS, {
    node: async () => bareNodeMs(),
    warm: () => readyMs(postgres),
    cold: async () => readyMs({ url: await machine.newPostgres() }),
    warmEmbedded: () => readyMs(embedded),
    coldEmbedded: () => readyMs({ folder: machine.newFolder() }),
  })
  const line = (id: string, found: readonly number[]): Measured => ({
    id,
    unit: 'ms',
    values: found,
    of: 'bare Node',
    yardsticks: values.node,
  })
  return [
    line('ready', values.warm),
    line('ready.cold', values.cold),
    line('ready.embedded', values.warmEmbedded),
    line('ready.cold.embedded', values.coldEmbedded),
  ]
}

async function readyMs(place: Place): Promise<number> {
  const server = await startScrip(place)
  await server.stop()
  return server.readyMs
}

/** What the machine takes to start a program that does nothing. */
function bareNodeMs(): number {
  const start = performance.now()
  execFileSync(process.execPath, ['--eval', ''])
  return performance.now() - start
}
