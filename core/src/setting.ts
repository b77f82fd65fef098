/** What staff agree or choose for an account: its terms, its alert thresholds. Each is written down. */
import type { AlertsCommand, TermsCommand } from './commands.ts'
import { type Draft, record, whoAndWhy } from './draft.ts'
import type { Entry, Terms } from './pool.ts'
import { type Refusal, refuse } from './refusals.ts'

/** Terms hold from an instant on; what happened before keeps the terms it happened under. */
export function setTerms(draft: Draft, command: TermsCommand): { entry: Entry } | { refused: Refusal } {
  const terms: Terms = { ...command.terms, from: command.terms.from ?? draft.at }
  if (terms.from < draft.at) {
    return refuse('instant_in_the_past', 'Terms begin now or later.', {}, 'from')
  }
  draft.terms = [...draft.terms.filter((other) => other.from !== terms.from), terms]
  return { entry: recordSetting(draft, command) }
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
