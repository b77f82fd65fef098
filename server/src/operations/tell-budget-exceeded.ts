/** Tells that a budget had no room: at most once a day for each, since whoever was refused asks again. */
import type { Command, Instant, Refusal } from '@scrip/core'
import { formatCredits } from '@scrip/core'
import { takeBudgetTold, wasBudgetTold } from '../database/budgets-told.sql.ts'
import { databaseFault } from '../database/fault.ts'
import { insertProjectEvent } from '../database/projects.sql.ts'
import { inTransaction } from '../database/transaction.ts'
import { type Ask, decimalsOf } from './ask.ts'

const DAY_MS = 86_400_000

/** A database that cannot write makes no other answer of a refusal: then it is told the next time. */
export async function tellBudgetExceeded(
  ask: Ask,
  command: Command,
  { facts }: Refusal,
  now: Instant,
): Promise<void> {
  const { pool } = ask.house.database
  const decimals = decimalsOf(ask.project)
  const { budget, limit, spent, left, required } = facts as Record<string, number> & { budget: string }
  const told = { project: ask.project.id, accountId: command.accountId, budget }
  const say = (credits: number | undefined) => formatCredits(credits ?? 0, decimals)
  const data = { budget, limit: say(limit), spent: say(spent), left: say(left), required: say(required) }
  const event = { type: 'budget.exceeded', at: now, accountId: command.accountId, data }
  try {
    if (await wasBudgetTold(pool, told, now - DAY_MS)) return
    await inTransaction(pool, async (session) => {
      if (await takeBudgetTold(session, told, now - DAY_MS, now))
        await insertProjectEvent(session, ask.project.id, event)
    })
  } catch (error) {
    if (databaseFault(error) === undefined) throw error
  }
}
