/** All limits of an account. */
import type { Budget } from '@scrip/core'
import type { Ask } from './ask.ts'
import { budgetsOf } from './read-budget.operation.ts'
import { readPool } from './read-pool.ts'

export async function listBudgets(ask: Ask, accountId: string): Promise<Budget[]> {
  return budgetsOf(await readPool(ask, accountId))
}
