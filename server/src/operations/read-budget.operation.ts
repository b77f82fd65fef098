/** One limit, with what is spent of it in the period under way. */
import { type Budget, startOfPeriod } from '@scrip/core'
import type { Ask } from './ask.ts'
import { type ReadPool, readPool } from './read-pool.ts'
import { Refused } from './refused.ts'

export async function readBudget(ask: Ask, accountId: string, name: string): Promise<Budget> {
  const budget = budgetsOf(await readPool(ask, accountId)).find((candidate) => candidate.name === name)
  if (budget === undefined) throw new Refused('budget_not_found', `There is no budget “${name}”.`)
  return budget
}

/** The account's own budgets; where a new period began, nothing is spent of it yet. */
export function budgetsOf({ state, account }: ReadPool): Budget[] {
  return state.budgets
    .filter((budget) => budget.accountId === account.id)
    .map((budget) => {
      if (budget.every === null) return budget
      const periodStart = startOfPeriod(
        state.at,
        budget.every,
        state.accounts[account.id]?.timeZone ?? state.timeZone,
      )
      return periodStart === budget.periodStart ? budget : { ...budget, periodStart, spent: 0 }
    })
}
