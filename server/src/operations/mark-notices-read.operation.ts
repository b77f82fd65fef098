/** A user has seen notices: those that are named, or all so far. */
import { accountById } from '../database/accounts.sql.ts'
import { markNoticesRead as mark } from '../database/notices.sql.ts'
import type { Session } from '../database/transaction.ts'
import { type Ask, accountNotFound, projectTime } from './ask.ts'

export async function markNoticesRead(
  ask: Ask,
  session: Session,
  accountId: string,
  userId: string,
  numbers: readonly number[] | null,
): Promise<void> {
  if ((await accountById(session, ask.project.id, accountId)) === null) throw accountNotFound(accountId)
  await mark(session, ask.project.id, accountId, userId, numbers, projectTime(ask))
}
