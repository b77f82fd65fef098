/** Ends a user's membership. What the user spent stays in the list. */

import { lockAccount } from '../database/accounts.sql.ts'
import { deleteMemberRow } from '../database/members.sql.ts'
import type { Session } from '../database/transaction.ts'
import { type Ask, accountNotFound } from './ask.ts'
import { Refused } from './refused.ts'

export async function removeMember(
  ask: Ask,
  session: Session,
  accountId: string,
  userId: string,
): Promise<void> {
  if ((await lockAccount(session, ask.project.id, accountId)) === null) throw accountNotFound(accountId)
  if (await deleteMemberRow(session, ask.project.id, accountId, userId)) return
  throw new Refused('member_not_found', `The account ${accountId} has no member ${userId}.`)
}
