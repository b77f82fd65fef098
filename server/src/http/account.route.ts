import { type Static, Type } from 'typebox'
import type { AccountRow } from '../database/accounts.sql.ts'
import { sayInstant, saySubscription } from '../ledger/replay.ts'
import type { AccountRequest } from '../operations/account-write.ts'
import { type Ask, decimalsOf } from '../operations/ask.ts'
import { createAccount } from '../operations/create-account.operation.ts'
import { erasePersonalData } from '../operations/erase-personal-data.operation.ts'
import { type Include, type Included, includedWith } from '../operations/included.ts'
import { listAccounts } from '../operations/list-accounts.operation.ts'
import { putAccount } from '../operations/put-account.operation.ts'
import { readAccount } from '../operations/read-account.operation.ts'
import { remembered } from '../operations/remembered.ts'
import { updateAccount } from '../operations/update-account.operation.ts'
import { CreditsSummary, sayCredits } from './credits.schema.ts'
import { pageOf, readPage } from './cursor.ts'
import { Member, readMember } from './member.route.ts'
import { type Answer, answer, route } from './route.ts'
import {
  Email,
  fields,
  InstantOut,
  line,
  MetadataPatch,
  nullable,
  OwnId,
  oneOf,
  optional,
  PageQuery,
  page,
} from './schema.ts'
import { AccountParams, SubscriptionOut } from './subscription.route.ts'

const Currency = Type.String({
  minLength: 3,
  maxLength: 3,
  pattern: '^[A-Z]{3}$',
  'x-expects': 'an ISO 4217 code',
})
const Language = Type.String({
  minLength: 2,
  maxLength: 35,
  pattern: '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$',
  'x-expects': 'a language tag',
})
const MEMBERS_AT_ONCE = 1000

const ACCOUNT_FIELDS = {
  name: optional(nullable(line(200))),
  email: optional(nullable(Email)),
  timeZone: optional(line(60)),
  currency: optional(nullable(Currency)),
  language: optional(nullable(Language)),
  parentId: optional(nullable(OwnId)),
  pool: optional(oneOf(['own', 'parent'] as const)),
  members: optional(Type.Array(Member, { maxItems: MEMBERS_AT_ONCE })),
  metadata: optional(MetadataPatch),
}

const AccountOut = fields({
  id: Type.String(),
  name: nullable(Type.String()),
  email: nullable(Type.String()),
  timeZone: Type.String(),
  currency: nullable(Type.String()),
  language: nullable(Type.String()),
  parentId: nullable(Type.String()),
  metadata: Type.Record(Type.String(), Type.String()),
  createdAt: InstantOut,
  updatedAt: InstantOut,
  credits: optional(CreditsSummary),
  subscription: optional(SubscriptionOut),
  members: optional(Type.Array(Member)),
})

const IncludeQuery = Type.Array(oneOf(['credits', 'subscription', 'members'] as const), {
  maxItems: 3,
  description: 'What belongs to the account and comes in the same read; separated by commas.',
})

function sayAccount(ask: Ask, account: AccountRow, included?: Included, include: readonly Include[] = []) {
  const decimals = decimalsOf(ask.project)
  const { id, name, email, timeZone, currency, language, parentId, metadata, createdAt, updatedAt } = account
  const state = included?.state ?? null
  return {
    ...{ id, name, email, timeZone, currency, language, parentId, metadata },
    createdAt: sayInstant(createdAt),
    updatedAt: sayInstant(updatedAt),
    ...(included?.credits == null ? {} : { credits: sayCredits(included.credits, decimals) }),
    ...(state === null || !include.includes('subscription')
      ? {}
      : { subscription: { accountId: id, ...saySubscription(state, { pool: state.pool, decimals }) } }),
    ...(included?.members == null ? {} : { members: included.members }),
  }
}

type AccountBody = Static<ReturnType<typeof fields<typeof ACCOUNT_FIELDS>>>

function readAccountBody({ members, ...body }: AccountBody): AccountRequest {
  return members === undefined ? body : { ...body, members: members.map(readMember) }
}

const tag = 'Accounts'

export const putAccountRoute = route({
  id: 'put-account',
  method: 'PUT',
  path: '/accounts/{accountId}',
  tag,
  summary: "Make an account under the product's own id, or update it",
  params: AccountParams,
  body: fields(ACCOUNT_FIELDS),
  answers: { 200: AccountOut, 201: AccountOut },
  run: async (ask, { params: { accountId }, body }) => {
    const wrote = await remembered(ask, 'put-account', accountId, async (session) => {
      const { account, made } = await putAccount(ask, session, accountId, readAccountBody(body))
      return { status: made ? 201 : 200, body: sayAccount(ask, account) }
    })
    return changed(ask, accountId, wrote)
  },
})

/** Its pool or its clock may be others now: what this process remembers of it is forgotten. */
function changed(ask: Ask, accountId: string, wrote: Answer): Answer {
  ask.house.accounts.forget(ask.project.id, accountId)
  return wrote
}

export const createAccountRoute = route({
  id: 'create-account',
  method: 'POST',
  path: '/accounts',
  tag,
  summary: 'Make an account; without an id it gets one of Scrip’s',
  body: fields({ id: optional(OwnId), ...ACCOUNT_FIELDS }),
  answers: { 201: AccountOut },
  run: (ask, { body: { id, ...body } }) =>
    remembered(ask, 'create-account', id ?? '', async (session) => {
      const account = await createAccount(ask, session, { ...readAccountBody(body), id: id ?? null })
      return { status: 201, body: sayAccount(ask, account) }
    }),
})

export const updateAccountRoute = route({
  id: 'update-account',
  method: 'PATCH',
  path: '/accounts/{accountId}',
  tag,
  summary: 'Change what is named of an account',
  description: 'An id that Scrip made (acc_…) may be replaced once, by `id`.',
  params: AccountParams,
  body: fields({ id: optional(OwnId), ...ACCOUNT_FIELDS }),
  answers: { 200: AccountOut },
  run: async (ask, { params: { accountId }, body: { id, ...body } }) => {
    const wrote = await remembered(ask, 'update-account', accountId, async (session) => {
      const account = await updateAccount(ask, session, accountId, {
        ...readAccountBody(body),
        id: id ?? null,
      })
      return { status: 200, body: sayAccount(ask, account) }
    })
    return changed(ask, accountId, wrote)
  },
})

export const readAccountRoute = route({
  id: 'read-account',
  method: 'GET',
  path: '/accounts/{accountId}',
  tag,
  summary: 'An account, with what is asked to come with it',
  params: AccountParams,
  query: fields({ include: optional(IncludeQuery) }),
  answers: { 200: AccountOut },
  run: async (ask, { params: { accountId }, query: { include = [] } }) => {
    const account = await readAccount(ask, accountId)
    const included = await includedWith(ask, [account], include)
    return answer(200, sayAccount(ask, account, included.get(accountId), include))
  },
})

export const listAccountsRoute = route({
  id: 'list-accounts',
  method: 'GET',
  path: '/accounts',
  tag,
  summary: 'Accounts, newest first',
  query: fields({
    q: optional(line(200)),
    plan: optional(line(100)),
    status: optional(oneOf(['scheduled', 'trialing', 'active', 'past_due', 'unpaid', 'paused'] as const)),
    parentId: optional(OwnId),
    id: optional(Type.Array(OwnId, { maxItems: 200 })),
    include: optional(IncludeQuery),
    ...PageQuery,
  }),
  answers: { 200: page(AccountOut) },
  run: async (ask, { query }) => {
    const { limit, ascending, after } = readPage(ask, 'list-accounts', query)
    const include = query.include ?? []
    const rows = await listAccounts(ask, {
      ids: query.id ?? null,
      text: query.q ?? null,
      plan: query.plan ?? null,
      subscriptionStatus: query.status ?? null,
      parentId: query.parentId ?? null,
      after: after === null ? null : { createdAt: after[0] as number, id: after[1] as string },
      ascending,
      limit: limit + 1,
    })
    const { data, nextCursor } = pageOf(ask, 'list-accounts', rows, limit, (row) => [row.createdAt, row.id])
    const included = await includedWith(ask, data, include)
    return answer(200, {
      data: data.map((row) => sayAccount(ask, row, included.get(row.id), include)),
      nextCursor,
    })
  },
})

export const erasePersonalDataRoute = route({
  id: 'erase-personal-data',
  method: 'DELETE',
  path: '/accounts/{accountId}/personal-data',
  tag,
  summary: 'Erase names, addresses and metadata of an account and its members; the ledger stays whole',
  params: AccountParams,
  answers: { 204: Type.Null() },
  run: (ask, { params: { accountId } }) =>
    remembered(ask, 'erase-personal-data', accountId, async (session) => {
      await erasePersonalData(ask, session, accountId)
      return { status: 204, body: undefined }
    }),
})
