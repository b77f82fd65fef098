/** Ends an account's automatic top-up. What is in flight is carried through; what was attempted stays. */
import { deleteTopUp } from '../database/top-ups.sql.ts'
import type { Session } from '../database/transaction.ts'
import type { Ask } from './ask.ts'
import { topUpNotFound } from './read-top-up.operation.ts'

export async function removeTopUp(ask: Ask, session: Session, accountId: string): Promise<void> {
  if (!(await deleteTopUp(session, ask.project.id, accountId))) throw topUpNotFound(accountId)
}
