/** What a server holds in memory after so many charges, and whether it still grows. */
import type { Measured } from './figures.ts'
import { postBatches } from './http-load.ts'
import type { Served } from './served.ts'

/** Small batches, so that it is not one body that is measured. */
const ITEMS = 100
const CONNECTIONS = 4
const SAMPLED_EVERY_SECONDS = 1

export interface Way {
  /** Charges that the server made already, and how many it must come to. */
  readonly before: number
  readonly until: number
  /** When it stops, on a machine too slow or too busy for so many; the line says how many there were. */
  readonly secondsMax: number
}

/** Goes on charging, by batches, until there are as many as that. */
export async function measureMemory(
  served: Served,
  suffix: string,
  { before, until, secondsMax }: Way,
): Promise<Measured[]> {
  const { server } = served
  const connections = served.connections.slice(0, CONNECTIONS)
  const residents = [server.residentMb()]
  let done = before
  for (let second = 0; second < secondsMax && done < until; second += SAMPLED_EVERY_SECONDS) {
    const { requests } = await postBatches({ ...served, connections }, SAMPLED_EVERY_SECONDS, ITEMS)
    done += requests * ITEMS
    residents.push(server.residentMb())
  }
  const part = Math.ceil(residents.length / 3)
  const last = residents.slice(-part)
  const beforeIt = residents.slice(-2 * part, -part)
  const line = (id: string, values: number[], of: string, yardsticks: number[]): Measured => ({
    id: `${id}${suffix}`,
    unit: 'MB',
    values,
    of,
    yardsticks,
  })
  return [
    line('memory', [residents.at(-1)!], `start, ${done.toLocaleString('en-US')} charges before`, [
      served.residentAtStartMb,
    ]),
    line('memory.growth', [Math.max(...last)], 'a third before', [Math.max(...beforeIt)]),
  ]
}
