/** What an account agreed for itself: the terms live at an instant are the last that began by then. */
import type { Instant } from './amounts.ts'
import type { Action } from './catalog/catalog.ts'
import type { Terms } from './pool.ts'

export function termsAt(terms: readonly Terms[], at: Instant): Terms | null {
  let live: Terms | null = null
  for (const candidate of terms) {
    if (candidate.from <= at && (live === null || candidate.from >= live.from)) live = candidate
  }
  return live
}

/** The action with the account's own price, where its terms at `at` name one. */
export function actionUnderTerms(action: Action, terms: readonly Terms[], at: Instant): Action {
  if (terms.length === 0) return action
  const own = termsAt(terms, at)?.actions
  return own !== undefined && Object.hasOwn(own, action.id) ? { ...action, price: own[action.id]! } : action
}
