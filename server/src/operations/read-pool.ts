/** An account's pool as it is now, without writing anything: what a charge now would find. */
import { assert, type Instant, type PoolState } from '@scrip/core'
import type { AccountPlace } from '../directory/accounts.ts'
import { type Ask, accountNotFound, accountOf, accountTime } from './ask.ts'

export interface ReadPool {
  readonly account: AccountPlace
  readonly state: PoolState
  readonly now: Instant
}

export async function readPool(ask: Ask, accountId: string): Promise<ReadPool> {
  for (let attempt = 0; attempt < 2; attempt++) {
    const account = await accountOf(ask, accountId)
    const now = accountTime(ask, account)
    const state = await ask.house.ledger.read(account, now)
    if (state !== null && Object.hasOwn(state.accounts, accountId)) return { account, state, now }
    // It joined or left a pool since this process looked.
    ask.house.accounts.forget(ask.project.id, accountId)
  }
  throw accountNotFound(accountId)
}

/** First books what is due: for lists, months and explanations, which show rows. */
export async function bookedPool(ask: Ask, accountId: string): Promise<ReadPool> {
  const read = await readPool(ask, accountId)
  const { account, now, state } = read
  // Only a pool that time has moved needs a commit; the others are read as they stand.
  const { state: booked } = await ask.house.ledger.advance(account, now)
  assert(booked.pool === state.pool, 'the pool that was read is the one that was booked')
  return { ...read, state: booked }
}
