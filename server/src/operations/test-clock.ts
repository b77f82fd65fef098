/** Moving a test clock: everything due on the way happens before the answer, and the answer says what. */
import {
  addDuration,
  type Changes,
  type Duration,
  type Entry,
  type Instant,
  type Notice,
  nextRefill,
  viewCredits,
} from '@scrip/core'
import { setAccountClock } from '../database/accounts.sql.ts'
import { hasAccounts, setProjectClock } from '../database/projects.sql.ts'
import { inTransaction } from '../database/transaction.ts'
import type { Address } from '../ledger/outcome.ts'
import { type Ask, accountOf, accountTime, catalogOf, projectTime } from './ask.ts'
import { readPool } from './read-pool.ts'
import { Refused } from './refused.ts'

export type Move =
  | { readonly now: Instant }
  | { readonly advance: Duration }
  | { readonly to: 'nextRefill' | 'nextExpiry' }

/** A row or a notice that time made, in its pool. */
export type Happening =
  | { readonly pool: number; readonly entry: Entry }
  | { readonly pool: number; readonly notice: Notice }

export interface ClockMoved {
  readonly now: Instant
  readonly events: readonly Happening[]
}

export function refuseLive(ask: Ask): void {
  if (ask.project.mode === 'test') return
  throw new Refused('test_project_required', 'Real time is the only time of a live project.')
}

export async function moveProjectClock(ask: Ask, move: Move): Promise<ClockMoved> {
  refuseLive(ask)
  if ('to' in move)
    throw new Refused(
      'account_required',
      'The next refill or expiry is an account’s: name it.',
      {},
      'accountId',
    )
  const before = projectTime(ask)
  const now = 'now' in move ? move.now : addDuration(before, move.advance, 1, 'UTC')
  if (now < before && !(await mayStartEarlier(ask))) throw forwardOnly(before)
  if (ask.dryRun) return { now, events: [] }
  await inTransaction(ask.house.database.pool, (session) =>
    setProjectClock(session, ask.project.id, now, true),
  )
  await forgetClocks(ask)
  return { now, events: await bookAllDue(ask, now) }
}

/** Before there are accounts nothing has happened yet, and a story may be set in the past. */
async function mayStartEarlier(ask: Ask): Promise<boolean> {
  return !(await hasAccounts(ask.house.database.pool, ask.project.id))
}

function forwardOnly(now: Instant): Refused {
  const found = new Date(now).toISOString()
  return new Refused('time_goes_forward', `It is ${found} already, and a test clock moves forward only.`, {
    now: found,
  })
}

export async function moveAccountClock(ask: Ask, accountId: string, move: Move): Promise<ClockMoved> {
  refuseLive(ask)
  const account = await accountOf(ask, accountId)
  const before = accountTime(ask, account)
  const now = await targetOf(ask, accountId, before, move)
  if (now < before) throw forwardOnly(before)
  if (ask.dryRun) return { now, events: [] }
  const { database, ledger } = ask.house
  const clock = { project: ask.project.id, id: accountId }
  await inTransaction(database.pool, (session) => setAccountClock(session, clock, now, true))
  await forgetClocks(ask)
  const { changes } = await ledger.advance(account, now)
  return { now, events: happenings(account.pool, changes) }
}

async function targetOf(ask: Ask, accountId: string, before: Instant, move: Move): Promise<Instant> {
  if ('now' in move) return move.now
  const { state } = await readPool(ask, accountId)
  if ('advance' in move) return addDuration(before, move.advance, 1, state.timeZone)
  catalogOf(ask, before)
  const at =
    move.to === 'nextRefill'
      ? nextRefill(state, ask.project.catalogs)?.at
      : viewCredits(state, ask.project.catalogs).nextExpiry?.at
  if (at !== undefined) return at
  throw new Refused(
    'nothing_due',
    `The account has no next ${move.to === 'nextRefill' ? 'refill' : 'expiry'}.`,
  )
}

/** Real time again, as soon as it has caught up with where the clock stands. */
export async function letGo(ask: Ask, accountId: string | null): Promise<Instant> {
  refuseLive(ask)
  const { database } = ask.house
  if (accountId === null) {
    const { testClock } = ask.project
    if (testClock !== null && !ask.dryRun) {
      await inTransaction(database.pool, (session) =>
        setProjectClock(session, ask.project.id, testClock, false),
      )
    }
  } else {
    const account = await accountOf(ask, accountId)
    const clock = { project: ask.project.id, id: accountId }
    if (account.testClock !== null && !ask.dryRun) {
      await inTransaction(database.pool, (session) =>
        setAccountClock(session, clock, account.testClock, false),
      )
    }
  }
  const project = await forgetClocks(ask)
  const again = { ...ask, project: project ?? ask.project }
  return accountId === null ? projectTime(again) : accountTime(again, await accountOf(again, accountId))
}

async function forgetClocks(ask: Ask) {
  ask.house.accounts.forgetAll(ask.project.id)
  return ask.house.projects.reload(ask.project.id)
}

const POOLS_AT_ONCE = 200
/** What one answer tells; everything due has happened whether it is told or not. */
const EVENTS_MAX = 10_000

async function bookAllDue(ask: Ask, now: Instant): Promise<Happening[]> {
  const { ledger } = ask.house
  const events: Happening[] = []
  for (;;) {
    const due: readonly Address[] = await ledger.duePools(ask.project.id, now, POOLS_AT_ONCE)
    if (due.length === 0) break
    const advanced = await Promise.all(due.map((address) => ledger.advance(address, now)))
    advanced.forEach(({ changes }, index) => {
      if (events.length < EVENTS_MAX) events.push(...happenings(due[index]!.pool, changes))
    })
  }
  return events.sort(
    (left, right) => placeOf(left).at - placeOf(right).at || placeOf(left).number - placeOf(right).number,
  )
}

function happenings(pool: number, { entries, notices }: Changes): Happening[] {
  const all: Happening[] = [
    ...entries.map((entry) => ({ pool, entry })),
    ...notices.map((notice) => ({ pool, notice })),
  ]
  return all.sort((left, right) => placeOf(left).number - placeOf(right).number)
}

function placeOf(happening: Happening): Entry | Notice {
  return 'entry' in happening ? happening.entry : happening.notice
}
