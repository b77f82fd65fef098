/** Makes a user a member of an account, or changes its name and role. */
import { lockAccount } from '../database/accounts.sql.ts'
import { countMembers, type MemberRow, putMemberRow } from '../database/members.sql.ts'
import type { Session } from '../database/transaction.ts'
import { type Ask, accountNotFound } from './ask.ts'
import { Refused } from './refused.ts'

const MEMBERS_MAX = 1000

/** Whether the member is new. */
export async function putMember(
  ask: Ask,
  session: Session,
  accountId: string,
  member: MemberRow,
): Promise<boolean> {
  if ((await lockAccount(session, ask.project.id, accountId)) === null) throw accountNotFound(accountId)
  const made = await putMemberRow(session, ask.project.id, accountId, member)
  if (made && (await countMembers(session, ask.project.id, accountId)) > MEMBERS_MAX) {
    throw new Refused('members_exceeded', `An account has ${MEMBERS_MAX} members at most.`)
  }
  return made
}
