import { type Static, Type } from 'typebox'
import type { MemberRow } from '../database/members.sql.ts'
import { listMembers } from '../operations/list-members.operation.ts'
import { putMember } from '../operations/put-member.operation.ts'
import { remembered } from '../operations/remembered.ts'
import { removeMember } from '../operations/remove-member.operation.ts'
import { pageOf, readPage } from './cursor.ts'
import { answer, route } from './route.ts'
import { Cursor, Email, fields, Limit, line, nullable, OwnId, oneOf, optional, page } from './schema.ts'

const Role = oneOf(['admin', 'billing', 'member'] as const)
const NAMES = { name: optional(nullable(line(200))), email: optional(nullable(Email)) }

export const Member = fields({ userId: OwnId, ...NAMES, role: Role })

export function readMember(member: Static<typeof Member>): MemberRow {
  return { userId: member.userId, name: member.name ?? null, email: member.email ?? null, role: member.role }
}

const AccountParams = fields({ accountId: OwnId })
const MemberParams = fields({ accountId: OwnId, userId: OwnId })
const tag = 'Accounts'

export const listMembersRoute = route({
  id: 'list-members',
  method: 'GET',
  path: '/accounts/{accountId}/members',
  tag,
  summary: 'Who belongs to an account, by user id',
  params: AccountParams,
  query: fields({ limit: optional(Limit), cursor: optional(Cursor) }),
  answers: { 200: page(Member) },
  run: async (ask, { params: { accountId }, query }) => {
    const list = `list-members:${accountId}`
    const { limit, after } = readPage(ask, list, query)
    const rows = await listMembers(ask, accountId, {
      after: (after?.[0] as string) ?? null,
      limit: limit + 1,
    })
    return answer(
      200,
      pageOf(ask, list, rows, limit, (row) => [row.userId]),
    )
  },
})

export const putMemberRoute = route({
  id: 'put-member',
  method: 'PUT',
  path: '/accounts/{accountId}/members/{userId}',
  tag,
  summary: 'Make a user a member of an account, or change its name and role',
  params: MemberParams,
  body: fields({ ...NAMES, role: optional(Role) }),
  answers: { 200: Member, 201: Member },
  run: (ask, { params: { accountId, userId }, body }) =>
    remembered(ask, `put-member:${userId}`, accountId, async (session) => {
      const member = readMember({ ...body, userId, role: body.role ?? 'member' })
      const made = await putMember(ask, session, accountId, member)
      return { status: made ? 201 : 200, body: member }
    }),
})

export const removeMemberRoute = route({
  id: 'remove-member',
  method: 'DELETE',
  path: '/accounts/{accountId}/members/{userId}',
  tag,
  summary: "End a user's membership; what the user spent stays in the list",
  params: MemberParams,
  answers: { 204: Type.Null() },
  run: (ask, { params: { accountId, userId } }) =>
    remembered(ask, `remove-member:${userId}`, accountId, async (session) => {
      await removeMember(ask, session, accountId, userId)
      return { status: 204, body: undefined }
    }),
})
