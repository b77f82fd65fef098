/** Limits what an account, a user or a subject may spend per day, week, month or in all. */
import type { BudgetPeriod, Credits } from '@scrip/core'
import type { Ask } from './ask.ts'
import type { ReasonGiven } from './release.operation.ts'
import { type Done, keyOf, submit } from './submit.ts'

export interface BudgetRequest extends ReasonGiven {
  readonly limit: Credits
  readonly every: BudgetPeriod | null
  readonly userId: string | null
  readonly subjectId: string | null
}

export async function putBudget(
  ask: Ask,
  accountId: string,
  name: string,
  request: BudgetRequest,
): Promise<Done> {
  const { reason, actor, ...budget } = request
  // What was spent before in the same period, the ledger counts from its rows.
  return submit(ask, { type: 'budget', accountId, name, budget, spent: 0, reason, actor, ...keyOf(ask) })
}
