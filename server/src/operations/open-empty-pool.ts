/**
 * The pool of an account that leaves a shared one: empty, on the plan that new accounts get, and
 * without what comes once per account, since it may have had it before it joined.
 */
import { newPool } from '@scrip/core'
import type { AccountRow } from '../database/accounts.sql.ts'
import { insertPool, nextPoolNumber } from '../database/accounts.sql.ts'
import { profileOf } from '../database/ledger-rows.ts'
import type { Session } from '../database/transaction.ts'
import { type Address, laneOf } from '../ledger/outcome.ts'
import { type Ask, catalogOf, projectTime } from './ask.ts'

export async function openEmptyPool(ask: Ask, session: Session, account: AccountRow): Promise<Address> {
  const now = projectTime(ask)
  const { plan } = catalogOf(ask, now).newAccounts
  const pool = await nextPoolNumber(session)
  const address = { pool, lane: laneOf(pool) }
  const facts = {
    ...address,
    project: ask.project.id,
    ownerId: account.id,
    timeZone: account.timeZone,
    openedAt: now,
  }
  const state = {
    ...newPool(facts),
    opened: true,
    basePlan: plan === null ? null : { plan, since: now },
    once: ['sign_up', 'trial', ...(plan === null ? [] : [`starter:${plan}`])],
    dueAt: null,
  }
  await insertPool(session, {
    ...address,
    project: ask.project.id,
    ownerId: account.id,
    at: now,
    sequence: state.sequence,
    alerts: state.alerts,
    profile: profileOf(state),
    basePlan: plan,
  })
  return address
}
