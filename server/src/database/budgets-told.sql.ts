import type { Instant } from '@scrip/core'
import { instant } from './instant.ts'
import type { Session } from './transaction.ts'

export interface ToldBudget {
  readonly project: number
  readonly accountId: string
  readonly budget: string
}

/** Whether its end was told at or after an instant. */
export async function wasBudgetTold(
  session: Session,
  { project, accountId, budget }: ToldBudget,
  since: Instant,
): Promise<boolean> {
  const { rows } = await session.query<{ told: boolean }>(
    `select exists (select from budget_told
       where project_id = $1 and account_id = $2 and budget = $3 and told_at > ${instant(4)}) as told`,
    [project, accountId, budget, since],
  )
  return rows[0]!.told
}

/** Of several at once one takes it; false for the others. */
export async function takeBudgetTold(
  session: Session,
  { project, accountId, budget }: ToldBudget,
  since: Instant,
  now: Instant,
): Promise<boolean> {
  const { rowCount } = await session.query(
    `insert into budget_told (project_id, account_id, budget, told_at) values ($1, $2, $3, ${instant(5)})
     on conflict (project_id, account_id, budget) do update set told_at = excluded.told_at
     where budget_told.told_at <= ${instant(4)}`,
    [project, accountId, budget, since, now],
  )
  return rowCount === 1
}
