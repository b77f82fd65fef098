/** How an account stands with its plans now. */
import type { PoolState } from '@scrip/core'
import type { Ask } from './ask.ts'
import { readPool } from './read-pool.ts'

export function readSubscription(ask: Ask, accountId: string): Promise<PoolState> {
  return readPool(ask, accountId).then(({ state }) => state)
}
