/** What staff agree or choose for an account: its terms, its alert thresholds. Each is written down. */
import type { AlertsCommand, TermsCommand } from './commands.ts'
import { type Draft, record, whoAndWhy } from './draft.ts'
import type { Entry, Terms } from './pool.ts'
import { type Refusal, refuse } from './refusals.ts'

/** Terms hold from an instant on; what happened before keeps the terms it happened under. */
export function setTerms(draft: Draft, command: TermsCommand): { entry: Entry } | { refused: Refusal } {
  const from = command.terms.from ?? draft.at
  if (from < draft.at) return refuse('instant_in_the_past', 'Terms begin now or later.', {}, 'from')
  const entry = recordSetting(draft, command)
  const terms: Terms = { ...command.terms, from, number: entry.number }
  // Terms that have begun may have priced something in this very instant; those still to come are replaced.
  const others = draft.terms.filter((other) => other.from !== from || from === draft.at)
  draft.terms = [...others, terms]
  return { entry }
}

export function setAlerts(draft: Draft, command: AlertsCommand): { entry: Entry } {
  draft.thresholds = command.thresholds
  return { entry: recordSetting(draft, command) }
}

function recordSetting(draft: Draft, command: TermsCommand | AlertsCommand): Entry {
  return record(
    draft,
    { type: 'setting', accountId: command.accountId, command, detail: whoAndWhy(command) },
    { available: 0 },
  )
}
