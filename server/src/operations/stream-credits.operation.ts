/** An account's credits now, and again whenever they change, until the caller leaves or its key ends. */
import { setTimeout as wait } from 'node:timers/promises'
import { isKeyLive } from '../database/keys.sql.ts'
import type { Ask } from './ask.ts'
import { type CreditsRead, readCredits } from './read-credits.operation.ts'

/** How often is looked: so much later at most a change is told, or a revoked key's stream ends. */
const LOOK_EVERY_MS = 1_000
/** Something is said at least this often, so that nothing between takes the silence for an end. */
const SILENCE_MAX_MS = 15_000

/** What there is to say: the credits, or that there is nothing new. */
export type StreamedCredits = CreditsRead | 'unchanged'

/** Looks at once, so that a refusal is answered as such and not as a stream that breaks off. */
export async function streamCredits(
  ask: Ask,
  accountId: string,
  stopped: AbortSignal,
): Promise<AsyncIterable<StreamedCredits>> {
  const first = await readCredits(ask, accountId)
  return follow(ask, accountId, first, stopped)
}

async function* follow(
  ask: Ask,
  accountId: string,
  first: CreditsRead,
  stopped: AbortSignal,
): AsyncIterable<StreamedCredits> {
  yield first
  let told = first
  for (let silentMs = 0; ; silentMs += LOOK_EVERY_MS) {
    if (!(await pause(stopped)) || !(await mayGoOn(ask))) return
    const now = await readCredits(ask, accountId)
    if (isSame(told, now)) {
      if (silentMs < SILENCE_MAX_MS) continue
      yield 'unchanged'
    } else {
      told = now
      yield now
    }
    silentMs = 0
  }
}

/** False where the server is stopping. */
async function pause(stopped: AbortSignal): Promise<boolean> {
  try {
    await wait(LOOK_EVERY_MS, undefined, { signal: stopped, ref: false })
    return true
  } catch {
    return false
  }
}

async function mayGoOn({ caller, house }: Ask): Promise<boolean> {
  return caller.kind === 'operator' || isKeyLive(house.database.pool, caller.key.id)
}

/** Time alone moves `at`, which is no change. */
function isSame(left: CreditsRead, right: CreditsRead): boolean {
  return (
    JSON.stringify([left.credits, left.costPerCredit]) ===
    JSON.stringify([right.credits, right.costPerCredit])
  )
}
