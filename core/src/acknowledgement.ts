/**
 * What an act answers that its own row does not say: how the subscription stands afterwards, which
 * terms, budget or hold it left. Written into the row, so that a replay, years later, is answered
 * from the row alone, with the very same bytes.
 */
import type { Command } from './commands.ts'
import { amend, type Draft } from './draft.ts'
import type { Entry } from './pool.ts'

/** The command's row with its acknowledgement, where it needs one. */
export function acknowledge(draft: Draft, command: Command, entry: Entry): Entry {
  const answer = acknowledgementOf(draft, command, entry)
  const { available, held } = draft.totals
  const isMoved = available !== entry.totals.available || held !== entry.totals.held
  if (answer === undefined && !isMoved) return entry
  return amend(draft, entry, {
    ...(isMoved ? { after: { available, held } } : {}),
    ...(answer === undefined ? {} : { answer }),
  })
}

function acknowledgementOf(draft: Draft, command: Command, entry: Entry): unknown {
  switch (command.type) {
    case 'subscribe':
    case 'cancel':
    case 'pause':
    case 'resume':
    case 'payment_failed':
    case 'payment_received':
      return { subscription: draft.subscription, basePlan: draft.basePlan }
    case 'terms':
      return { terms: draft.terms.at(-1) }
    case 'alerts':
      return { thresholds: command.thresholds }
    case 'budget':
      return { name: command.name, budget: budgetOf(draft, command.accountId, command.name) }
    case 'extend':
      return { hold: draft.holds.find((hold) => hold.number === command.hold.number) }
    case 'void':
      return { lot: draft.touchedLots.get(command.lot) }
    case 'grant':
      return entry.type === 'scheduled' ? { lot: draft.scheduled.at(-1) } : undefined
    default:
      return undefined
  }
}

function budgetOf(draft: Draft, accountId: string, name: string) {
  return draft.budgets.find((budget) => budget.name === name && budget.accountId === accountId) ?? null
}
