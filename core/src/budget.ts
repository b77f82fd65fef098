/**
 * Budgets limit what an account, a user or a subject may spend (held + captured) per day, week, month
 * or in all, by the account's calendar. A charge or hold counts in the period in which it was made;
 * release and refund give the room back there. A capture is never refused by a budget.
 */
import type { Credits, Instant } from './amounts.ts'
import { startOfPeriod } from './calendar.ts'
import type { BudgetCommand } from './commands.ts'
import { type Draft, record, whoAndWhy } from './draft.ts'
import type { Budget, Entry, SubjectRef } from './pool.ts'
import { type Refusal, refuse } from './refusals.ts'

/** Whose spending it is. */
export interface Spender {
  readonly accountId: string
  readonly userId: string | null
  readonly subject: SubjectRef | null
}

/** Every budget that matches must have room; what is free needs none, even where too much was spent. */
export function refuseBudget(draft: Draft, spender: Spender, credits: Credits): Refusal | null {
  if (credits === 0) return null
  for (const budget of draft.budgets) {
    if (!matches(budget, spender)) continue
    const { spent } = inPeriod(draft, budget, draft.at)
    if (spent + credits <= budget.limit) continue
    const left = Math.max(0, budget.limit - spent)
    const span = budget.every === null ? 'in all' : `this ${budget.every}`
    return refuse(
      'budget_exceeded',
      `The budget “${budget.name}” has ${left} of ${budget.limit} credits left ${span}.`,
      {
        budget: budget.name,
        limit: budget.limit,
        spent,
        left,
        required: credits,
      },
    ).refused
  }
  return null
}

/** Counts what is spent (or held) in the period in which its charge or hold was made; a period gone by needs no count. */
export function countSpent(draft: Draft, spender: Spender, credits: Credits, madeAt = draft.at): void {
  changeBudgets(draft, spender, (budget) => {
    const current = inPeriod(draft, budget, draft.at)
    const isSamePeriod = madeAt === draft.at || periodStart(draft, budget, madeAt) === current.periodStart
    return isSamePeriod ? { ...current, spent: current.spent + credits } : current
  })
}

/** Gives room back in the period in which the charge or hold was made; a period gone by needs none. */
export function countReturned(draft: Draft, spender: Spender, credits: Credits, madeAt: Instant): void {
  changeBudgets(draft, spender, (budget) => {
    const current = inPeriod(draft, budget, draft.at)
    const isSamePeriod = periodStart(draft, budget, madeAt) === current.periodStart
    return isSamePeriod ? { ...current, spent: Math.max(0, current.spent - credits) } : current
  })
}

function changeBudgets(draft: Draft, spender: Spender, change: (budget: Budget) => Budget): void {
  if (draft.budgets.length === 0) return
  draft.budgets = draft.budgets.map((budget) => (matches(budget, spender) ? change(budget) : budget))
}

function matches(budget: Budget, spender: Spender): boolean {
  return (
    budget.accountId === spender.accountId &&
    (budget.userId === null || budget.userId === spender.userId) &&
    (budget.subjectId === null || budget.subjectId === (spender.subject?.id ?? null))
  )
}

function inPeriod(draft: Draft, budget: Budget, at: Instant): Budget {
  const start = periodStart(draft, budget, at)
  return start === budget.periodStart ? budget : { ...budget, periodStart: start, spent: 0 }
}

function periodStart(draft: Draft, budget: Pick<Budget, 'every' | 'accountId'>, at: Instant): Instant {
  if (budget.every === null) return 0
  return startOfPeriod(at, budget.every, draft.accounts[budget.accountId]?.timeZone ?? draft.timeZone)
}

/** Sets or removes a budget. What was spent before in the same period counts from the start. */
export function setBudget(draft: Draft, command: BudgetCommand): { entry: Entry } | { refused: Refusal } {
  const others = draft.budgets.filter(
    (budget) => budget.name !== command.name || budget.accountId !== command.accountId,
  )
  if (command.budget === null && others.length === draft.budgets.length) {
    return refuse('budget_not_found', `There is no budget “${command.name}”.`)
  }
  draft.budgets = others
  if (command.budget !== null) {
    const budget = { ...command.budget, name: command.name, accountId: command.accountId }
    draft.budgets = [
      ...others,
      { ...budget, periodStart: periodStart(draft, budget, draft.at), spent: command.spent },
    ]
  }
  return {
    entry: record(
      draft,
      { type: 'setting', accountId: command.accountId, command, detail: whoAndWhy(command) },
      { available: 0 },
    ),
  }
}
