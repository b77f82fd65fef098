/** Load: a number of clients, each of which asks again as soon as it has its answer, for a given time. */

/** What came of one stretch of load. */
export interface Load {
  readonly requests: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

export interface Clients {
  readonly clients: number
  readonly seconds: number
  /** One request; `turn` counts all clients' requests together, from 0. A rejection ends the run. */
  readonly request: (turn: number) => Promise<unknown>
}

export async function runClients({ clients, seconds, request }: Clients): Promise<Load> {
  const latencies: number[] = []
  const start = performance.now()
  const end = start + seconds * 1000
  let turn = 0
  const client = async (): Promise<void> => {
    for (let sent = performance.now(); sent < end; ) {
      await request(turn++)
      const answered = performance.now()
      latencies.push(answered - sent)
      sent = answered
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  return loadOf(latencies, performance.now() - start)
}

/** From each request's milliseconds and those of the whole stretch. */
export function loadOf(latencies: readonly number[], elapsedMs: number): Load {
  const sorted = Float64Array.from(latencies).sort()
  return {
    requests: latencies.length,
    perSecond: (latencies.length / elapsedMs) * 1000,
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
  }
}

/** The smallest value that at least this part of the sorted values does not exceed; 0 of none. */
function percentile(sorted: Float64Array, part: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? 0
}
