/**
 * In which pool an account's credits are, as this process last saw it: a hint, so that a charge needs
 * no look-up. The pool's own state has the last word; where it does not know the account, the hint is
 * thrown away and the account read again.
 */
import type { Instant } from '@scrip/core'
import { type AccountRow, accountById } from '../database/accounts.sql.ts'
import type { Database } from '../database/database.ts'

/** What is needed to reach the account's pool at the right time. */
export type AccountPlace = Pick<
  AccountRow,
  'id' | 'lane' | 'pool' | 'parentId' | 'timeZone' | 'testClock' | 'testClockStands'
>

export interface Accounts {
  /** null where the project has no such account. In a test project at most a second old, for its clock. */
  place(
    project: { readonly id: number; readonly mode: 'live' | 'test' },
    id: string,
  ): Promise<AccountPlace | null>
  forget(project: number, id: string): void
  forgetAll(project: number): void
}

const PLACES_MAX = 100_000
const TEST_FRESH_MS = 1000

interface Known {
  readonly place: AccountPlace
  readonly readAt: Instant
}

export function openAccounts(database: Database, realTime: () => Instant): Accounts {
  const projects = new Map<number, Map<string, Known>>()
  const knownOf = (project: number): Map<string, Known> => {
    let known = projects.get(project)
    if (known === undefined) {
      known = new Map()
      projects.set(project, known)
    }
    return known
  }

  const read = async (project: number, id: string): Promise<AccountPlace | null> => {
    const readAt = realTime()
    const row = await accountById(database.pool, project, id)
    if (row === null) return null
    const { lane, pool, parentId, timeZone, testClock, testClockStands } = row
    const place = { id, lane, pool, parentId, timeZone, testClock, testClockStands }
    const known = knownOf(project)
    known.set(id, { place, readAt })
    const oldest = known.size > PLACES_MAX ? known.keys().next().value : undefined
    if (oldest !== undefined) known.delete(oldest)
    return place
  }

  return {
    place(project, id) {
      const known = projects.get(project.id)?.get(id)
      const isFresh =
        known !== undefined && (project.mode === 'live' || realTime() - known.readAt < TEST_FRESH_MS)
      return isFresh ? Promise.resolve(known.place) : read(project.id, id)
    },
    forget(project, id) {
      projects.get(project)?.delete(id)
    },
    forgetAll(project) {
      projects.delete(project)
    },
  }
}
