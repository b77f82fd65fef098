/** Who belongs to an account, by user id. */
import { listMemberRows, type MemberRow } from '../database/members.sql.ts'
import { type Ask, accountOf } from './ask.ts'

export async function listMembers(
  ask: Ask,
  accountId: string,
  page: { readonly after: string | null; readonly limit: number },
): Promise<MemberRow[]> {
  await accountOf(ask, accountId)
  return listMemberRows(ask.house.database.pool, ask.project.id, accountId, page)
}
