/** Who sees invoices: the product's backend, and of an account's users its admins and billing members. */
import { listMemberRows } from '../database/members.sql.ts'
import { type Ask, accountOf } from './ask.ts'
import { Refused } from './refused.ts'

/** `userId`: for whom the product asks; a customer's key that is bound to a user asks for that one. */
export async function refuseNonReader(ask: Ask, accountId: string, userId: string | null): Promise<void> {
  await accountOf(ask, accountId)
  const { caller, project, house } = ask
  const reader = caller.kind === 'account' ? (caller.key.userId ?? userId) : userId
  if (reader === null) return
  const members = await listMemberRows(house.database.pool, project.id, accountId)
  if (members.find((member) => member.userId === reader)?.role !== 'member') return
  throw new Refused(
    'role_required',
    `${reader} is a member without the role to see invoices: an admin or billing member does.`,
    {},
    'userId',
  )
}
