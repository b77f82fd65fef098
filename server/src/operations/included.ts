/** What belongs to accounts and was asked to come with them: their pools in one read, their members in one. */
import { type CreditsView, type PoolState, viewCredits } from '@scrip/core'
import type { AccountRow } from '../database/accounts.sql.ts'
import { type MemberRow, membersOf } from '../database/members.sql.ts'
import { type Ask, accountTime } from './ask.ts'

export type Include = 'credits' | 'subscription' | 'members'

export interface Included {
  readonly state: PoolState | null
  readonly credits: CreditsView | null
  readonly members: readonly MemberRow[] | null
}

export async function includedWith(
  ask: Ask,
  accounts: readonly AccountRow[],
  include: readonly Include[],
): Promise<Map<string, Included>> {
  const { database, ledger } = ask.house
  const wantsPools = include.includes('credits') || include.includes('subscription')
  const clocks = new Map(accounts.map((account) => [account.pool, accountTime(ask, account)]))
  const states = wantsPools
    ? await ledger.readMany(accounts, (state) => clocks.get(state.pool) ?? state.at)
    : new Map<number, PoolState>()
  const ids = accounts.map(({ id }) => id)
  const members = include.includes('members') ? await membersOf(database.pool, ask.project.id, ids) : null
  return new Map(
    accounts.map((account) => {
      const state = states.get(account.pool) ?? null
      const credits =
        state !== null && include.includes('credits') ? viewCredits(state, ask.project.catalogs) : null
      const own = members === null ? null : (members.get(account.id) ?? [])
      return [account.id, { state, credits, members: own }]
    }),
  )
}
