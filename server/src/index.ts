/** Scrip for a product's own tests: a server in one call, in memory, with a test project and a clock for each account. */
import type { Database } from './database/database.ts'
import { EVERY_JOB } from './jobs/every-job.ts'
import { runJobs } from './jobs/jobs.ts'
import { createProject } from './operations/create-project.operation.ts'
import { openScrip } from './scrip.ts'

export { openScrip, type Scrip, type ScripOptions } from './scrip.ts'

export interface StartOptions {
  /** The text of a `catalog.yaml`. */
  readonly catalog: string
  /** The project's name; the product's by default. */
  readonly name?: string
  /** An open, migrated database instead of one in memory; it stays its owner's to close. */
  readonly database?: Database
}

export interface TestScrip {
  /** Such as `http://127.0.0.1:40123`; the API is below `/api/v1`. */
  readonly url: string
  /** The test project's key, with every scope. */
  readonly apiKey: string
  readonly project: { readonly id: number; readonly name: string; readonly mode: string }
  clock(accountId?: string): TestClock
  /** Does now what time does by itself: exports, webhooks, mails, top-ups, until nothing waits any more. */
  work(): Promise<void>
  close(): Promise<void>
}

/** The clock of one account, or of the whole project. Everything due on the way happens before a call resolves. */
export interface TestClock {
  /** `1 month`, `7 days`. */
  advance(by: string): Promise<ClockMoved>
  to(next: 'nextRefill' | 'nextExpiry'): Promise<ClockMoved>
  set(now: string | Date): Promise<ClockMoved>
}

export interface ClockMoved {
  readonly now: string
  readonly events: readonly {
    readonly type: string
    readonly timestamp: string
    readonly accountId: string | null
  }[]
}

export async function startScrip(options: StartOptions): Promise<TestScrip> {
  const where = options.database === undefined ? { memory: true } : { database: options.database }
  const scrip = await openScrip({ ...where, jobs: false, accountKeyLimit: null })
  try {
    const { project, apiKey } = await createProject(scrip.house, {
      name: options.name ?? null,
      mode: 'test',
      catalog: options.catalog,
    })
    const url = await scrip.listen({ port: 0 })
    const { id, name, mode } = project
    return {
      url,
      apiKey,
      project: { id, name, mode },
      clock: (accountId) => clockOf(url, apiKey, accountId),
      work: () => runJobs(scrip.house, EVERY_JOB),
      close: () => scrip.close(),
    }
  } catch (error) {
    await scrip.close()
    throw error
  }
}

function clockOf(url: string, apiKey: string, accountId: string | undefined): TestClock {
  const move = async (body: object): Promise<ClockMoved> => {
    const response = await fetch(`${url}/api/v1/test-clock`, {
      method: 'POST',
      headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
      body: JSON.stringify({ ...body, ...(accountId === undefined ? {} : { accountId }) }),
    })
    const told = (await response.json()) as ClockMoved & { readonly detail?: string }
    if (!response.ok) throw new Error(told.detail ?? `The clock did not move: ${response.status}`)
    return told
  }
  return {
    advance: (by) => move({ advance: by }),
    to: (next) => move({ to: next }),
    set: (now) => move({ now: typeof now === 'string' ? now : now.toISOString() }),
  }
}
