/** One request to an operation: who asks, in which project, and what it shares with every other. */
import type { Catalog, Instant } from '@scrip/core'
import type { AccountPlace } from '../directory/accounts.ts'
import { type Project, timeOfClock } from '../directory/projects.ts'
import type { Caller } from './caller.ts'
import type { Installation } from './installation.ts'
import { Refused } from './refused.ts'

export interface Ask {
  readonly house: Installation
  readonly caller: Caller
  readonly project: Project
  /** Answers what it would do, and does nothing. */
  readonly dryRun: boolean
  readonly key: string | null
  /** A hash of everything that was asked under the key. */
  readonly requestHash: string | null
}

/** Nobody asks: a job does what is due, with the operator's own rights. */
export function askOfJob(house: Installation, project: Project): Ask {
  return { house, project, caller: { kind: 'operator' }, dryRun: false, key: null, requestHash: null }
}

/** What time it is for the project: real time, or in a test project what its clock says. */
export function projectTime(ask: Ask): Instant {
  return timeOfClock(ask.project, ask.house.realTime())
}

/** For an account of a test project its own clock counts where that is ahead of the project's. */
export function accountTime(ask: Ask, account: AccountPlace): Instant {
  const time = projectTime(ask)
  if (account.testClock === null) return time
  return Math.max(time, timeOfClock(account, ask.house.realTime()))
}

/** The account, or `account_not_found`: the same for one that is unknown and one that the key may not know. */
export async function accountOf(ask: Ask, id: string): Promise<AccountPlace> {
  mayKnow(ask, id)
  const place = await ask.house.accounts.place(ask.project, id)
  if (place === null) throw accountNotFound(id)
  return place
}

export function mayKnow(ask: Ask, accountId: string): void {
  if (ask.caller.kind === 'account' && ask.caller.accountId !== accountId) throw accountNotFound(accountId)
}

export function accountNotFound(id: string): Refused {
  return new Refused('account_not_found', `There is no account ${id}.`)
}

/** The account that a request is about: the one it names, or the one whose key it is; null where neither says. */
export function accountAsked(ask: Ask, given: string | null | undefined): string | null {
  if (ask.caller.kind !== 'account') return given ?? null
  if (given != null) mayKnow(ask, given)
  return ask.caller.accountId
}

/** The catalog live now. A project without one cannot price, grant or open accounts. */
export function catalogOf(ask: Ask, now: Instant): Catalog {
  if (ask.project.catalogs.latest === 0) {
    throw new Refused('catalog_required', 'The project has no catalog yet: PUT /catalog makes its first.')
  }
  return ask.project.catalogs.at(now)
}

export function decimalsOf(project: Project): number {
  const { latest } = project.catalogs
  return latest === 0 ? 0 : project.catalogs.version(latest).credit.decimals
}
