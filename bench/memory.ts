/** What a server holds in memory after so many charges, and whether it still grows. */
import type { Measured } from './figures.ts'
import { BATCH_ITEMS, postBatches } from './http-load.ts'
import type { Served } from './served.ts'

const CONNECTIONS = 2
const SAMPLED_EVERY_SECONDS = 1

/** Goes on charging, by batches, until there are as many as that. */
export async function measureMemory(
  served: Served,
  suffix: string,
  charges: { readonly before: number; readonly until: number },
): Promise<Measured[]> {
  const { server } = served
  const connections = served.connections.slice(0, CONNECTIONS)
  const residents = [server.residentMb()]
  for (let done = charges.before; done < charges.until; ) {
    const { requests } = await postBatches({ ...served, connections }, SAMPLED_EVERY_SECONDS)
    done += requests * BATCH_ITEMS
    residents.push(server.residentMb())
  }
  const part = Math.ceil(residents.length / 3)
  const last = residents.slice(-part)
  const before = residents.slice(-2 * part, -part)
  const line = (id: string, values: number[], of: string, yardsticks: number[]): Measured => ({
    id: `${id}${suffix}`,
    unit: 'MB',
    values,
    of,
    yardsticks,
  })
  return [
    line('memory', [residents.at(-1)!], 'after its start', [served.residentAtStartMb]),
    line('memory.growth', [Math.max(...last)], 'a third before', [Math.max(...before)]),
  ]
}
