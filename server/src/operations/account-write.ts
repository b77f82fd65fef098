/** What accounts are made of and how they change: checks, members, pools, and who must hear of it. */
import { type Catalog, isTimeZone, peek } from '@scrip/core'
import {
  type AccountFacts,
  type AccountRow,
  accountById,
  bumpPools,
  lockAccount,
  moveToPool,
  poolAccounts,
  poolOwner,
  updateAccountRow,
} from '../database/accounts.sql.ts'
import { lookAgainAtSchedules } from '../database/export-schedules.sql.ts'
import { countMembers, type MemberRow, putMemberRow } from '../database/members.sql.ts'
import { insertProjectEvent } from '../database/projects.sql.ts'
import { hasPaid } from '../database/purchases.sql.ts'
import type { Session } from '../database/transaction.ts'
import { loadPools } from '../ledger/load.ts'
import { openAccount, openSharingAccount } from '../ledger/open-account.ts'
import { type Ask, accountNotFound, catalogOf, projectTime } from './ask.ts'
import { openEmptyPool } from './open-empty-pool.ts'
import { Refused } from './refused.ts'

/** What a request says of an account; what it leaves out stays (or gets its default). */
export interface AccountRequest {
  readonly name?: string | null
  readonly email?: string | null
  readonly timeZone?: string
  readonly currency?: string | null
  readonly language?: string | null
  readonly parentId?: string | null
  readonly pool?: 'own' | 'parent'
  readonly members?: readonly MemberRow[]
  /** A null removes its name. */
  readonly metadata?: Readonly<Record<string, string | null>>
}

const SHARING_MAX = 1000
const MEMBERS_MAX = 1000

/** Makes the account with its pool, or in its parent's; null where there is one of that id already. */
export async function makeAccount(
  ask: Ask,
  session: Session,
  id: string,
  request: AccountRequest,
  replaceable: boolean,
): Promise<AccountRow | null> {
  const now = projectTime(ask)
  const catalog = catalogOf(ask, now)
  const facts = factsAfter(catalog, null, request)
  const parentId = request.parentId ?? null
  const shares = parentId !== null && request.pool !== 'own'
  if (parentId === null && request.pool === 'parent')
    throw noParent('Name the parent whose pool it is to share.')
  if (parentId !== null) await checkParent(session, ask, id, parentId, shares)
  const account = { project: ask.project.id, accountId: id, ...facts, parentId, replaceable, createdAt: now }
  const place =
    shares && parentId !== null
      ? await openSharingAccount(session, { ...account, parentId })
      : await openAccount(session, account)
  if (place === null) return null
  await putMembers(ask, session, id, request.members ?? [])
  await tell(ask, session, 'account.created', id)
  return accountById(session, ask.project.id, id)
}

/** Changes what the request names. Its calendar and its pool are the rules' business: whoever cached them reads again. */
export async function changeAccount(
  ask: Ask,
  session: Session,
  id: string,
  request: AccountRequest,
): Promise<AccountRow> {
  const before = await lockAccount(session, ask.project.id, id)
  if (before === null) throw accountNotFound(id)
  const facts = factsAfter(catalogOf(ask, projectTime(ask)), before, request)
  await refuseOtherCurrency(ask, session, before, facts)
  await changePool(ask, session, before, request)
  const after = await updateAccountRow(session, before, facts, projectTime(ask))
  if (after.timeZone !== before.timeZone) {
    await bumpPools(session, [after])
    await lookAgainAtSchedules(session, after, projectTime(ask))
  }
  await putMembers(ask, session, id, request.members ?? [])
  await tell(ask, session, 'account.updated', id)
  return after
}

/** An account has one currency, fixed by its first purchase: what was paid and what is returned are in it. */
async function refuseOtherCurrency(
  ask: Ask,
  session: Session,
  before: AccountRow,
  { currency }: AccountFacts,
): Promise<void> {
  if (currency === before.currency || before.currency === null) return
  if (!(await hasPaid(session, ask.project.id, before.id))) return
  const facts = { expected: before.currency, found: currency }
  throw new Refused('currency_fixed', `The account pays in ${before.currency}.`, facts, 'currency')
}

function factsAfter(catalog: Catalog, before: AccountRow | null, request: AccountRequest): AccountFacts {
  const { timeZone, currency } = request
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    throw new Refused('time_zone_unknown', `There is no time zone ${timeZone}.`, {}, 'timeZone')
  }
  if (currency != null && !catalog.currencies.includes(currency)) {
    const facts = { expected: catalog.currencies.join(' or '), found: currency }
    throw new Refused('currency_unknown', `The catalog has no prices in ${currency}.`, facts, 'currency')
  }
  return {
    name: request.name === undefined ? (before?.name ?? null) : request.name,
    email: request.email === undefined ? (before?.email ?? null) : request.email,
    timeZone: timeZone ?? before?.timeZone ?? 'UTC',
    currency: currency === undefined ? (before?.currency ?? null) : currency,
    language: request.language === undefined ? (before?.language ?? null) : request.language,
    metadata: mergeMetadata(before?.metadata ?? {}, request.metadata ?? {}),
  }
}

function mergeMetadata(
  before: Readonly<Record<string, string>>,
  patch: Readonly<Record<string, string | null>>,
): Record<string, string> {
  const merged: Record<string, string> = { ...before }
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name]
    else merged[name] = value
  }
  if (Object.keys(merged).length > 50) {
    throw new Refused('metadata_too_large', 'Metadata has at most 50 entries.', {}, 'metadata')
  }
  return merged
}

function noParent(detail: string): Refused {
  return new Refused('parent_not_possible', detail, {}, 'parentId')
}

/** One level: a parent shares its own pool, and no account is its own parent. */
async function checkParent(
  session: Session,
  ask: Ask,
  id: string,
  parentId: string,
  shares: boolean,
): Promise<AccountRow> {
  const parent = await accountById(session, ask.project.id, parentId)
  if (parent === null) throw noParent(`There is no account ${parentId}.`)
  if (parentId === id) throw noParent('An account is not its own parent.')
  if (!shares) return parent
  const sharing = await poolAccounts(session, parent.lane, parent.pool)
  const hasOwnPool = sharing[0] !== undefined && parent.parentId === null
  if (!hasOwnPool)
    throw noParent(`The account ${parentId} shares a pool itself; sharing goes one level deep.`)
  if (sharing.length >= SHARING_MAX) {
    throw new Refused('pool_full', `A pool is shared by ${SHARING_MAX} accounts at most.`)
  }
  return parent
}

/**
 * Joins the parent's pool, or leaves it. Credits never move between accounts: an account joins while
 * its own pool is empty and without a subscription; one that leaves starts with an empty pool.
 */
async function changePool(
  ask: Ask,
  session: Session,
  before: AccountRow,
  request: AccountRequest,
): Promise<void> {
  const parentId = request.parentId === undefined ? before.parentId : request.parentId
  const shared = await isSharing(session, before)
  const wants =
    request.pool ?? (parentId === null ? 'own' : request.parentId === undefined && !shared ? 'own' : 'parent')
  if (wants === 'parent' && parentId === null) throw noParent('Name the parent whose pool it is to share.')
  if (parentId === before.parentId && (wants === 'parent') === shared) return
  if (parentId !== null) await checkParent(session, ask, before.id, parentId, wants === 'parent')
  if (wants === 'own') {
    if (shared) await leavePool(ask, session, before, parentId)
    else await moveToPool(session, before, { lane: before.lane, pool: before.pool, parentId })
    return
  }
  const parent = await accountById(session, ask.project.id, parentId as string)
  if (parent === null) throw noParent(`There is no account ${parentId}.`)
  if (parent.pool === before.pool) return
  await refuseUnlessEmpty(ask, session, before, shared)
  await moveToPool(session, before, { lane: parent.lane, pool: parent.pool, parentId })
  await bumpPools(session, [before, parent])
}

async function isSharing(session: Session, account: AccountRow): Promise<boolean> {
  const owner = await poolOwner(session, account)
  return owner !== null && owner !== account.id
}

async function refuseUnlessEmpty(
  ask: Ask,
  session: Session,
  account: AccountRow,
  shared: boolean,
): Promise<void> {
  // What it leaves in a pool that it shared stays there; only its own pool must be empty.
  if (shared) return
  const [first, second] = await poolAccounts(session, account.lane, account.pool)
  if (second !== undefined || first?.id !== account.id) {
    throw noParent('Other accounts share its pool; sharing goes one level deep.')
  }
  // Locked from here on: nothing is granted meanwhile.
  await bumpPools(session, [account])
  // Through this very session: on the embedded database any other would wait for this one for ever.
  const loaded = (await loadPools(session, [account])).get(account.pool)
  const state = loaded === undefined ? null : peek(loaded.state, projectTime(ask), ask.project.catalogs)
  const isEmpty =
    state !== null &&
    state.totals.available + state.totals.held === 0 &&
    state.scheduled.length === 0 &&
    state.subscription === null
  if (isEmpty) return
  throw new Refused(
    'credits_not_transferable',
    'The account has credits or a subscription of its own, and credits do not move between accounts.',
  )
}

async function leavePool(
  ask: Ask,
  session: Session,
  account: AccountRow,
  parentId: string | null,
): Promise<void> {
  const place = await openEmptyPool(ask, session, account)
  await moveToPool(session, account, { ...place, parentId })
  await bumpPools(session, [account])
}

async function putMembers(
  ask: Ask,
  session: Session,
  id: string,
  members: readonly MemberRow[],
): Promise<void> {
  for (const member of members) await putMemberRow(session, ask.project.id, id, member)
  if (members.length === 0) return
  if ((await countMembers(session, ask.project.id, id)) > MEMBERS_MAX) {
    throw new Refused('members_exceeded', `An account has ${MEMBERS_MAX} members at most.`, {}, 'members')
  }
}

export async function tell(
  ask: Ask,
  session: Session,
  type: string,
  accountId: string | null,
  data = {},
): Promise<void> {
  await insertProjectEvent(session, ask.project.id, { type, at: projectTime(ask), accountId, data })
}
