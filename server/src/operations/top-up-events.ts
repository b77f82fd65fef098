/** What is told of automatic top-ups that are not made: in the transaction that writes them down. */
import { formatCredits, type Instant } from '@scrip/core'
import { insertProjectEvent } from '../database/projects.sql.ts'
import type { AttemptFields } from '../database/top-ups.sql.ts'
import type { Session } from '../database/transaction.ts'
import type { Project } from '../directory/projects.ts'
import { decimalsOf } from './ask.ts'

export interface TopUpRefused {
  readonly code: string
  readonly reason: string
  /** Of an attempt that was declined. */
  readonly purchaseId: string | null
  readonly at: Instant
}

export async function tellTopUpRefused(
  session: Session,
  project: Project,
  { accountId, credits, total, currency }: AttemptFields,
  { code, reason, purchaseId, at }: TopUpRefused,
): Promise<void> {
  const data = {
    code,
    reason,
    purchaseId,
    topUp: {
      credits: formatCredits(credits, decimalsOf(project)),
      total: total === null ? null : { amount: total, currency },
    },
  }
  await insertProjectEvent(session, project.id, { type: 'top_up.refused', at, accountId, data })
}
