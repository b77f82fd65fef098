/**
 * What an account agreed for itself: the terms live at an instant are the last that began by then. What
 * was decided keeps the terms that were known to it, though others begin in the very same instant.
 */
import type { Instant } from './amounts.ts'
import type { Action } from './catalog/catalog.ts'
import type { Terms } from './pool.ts'

/** `knownBy`: the number of what was decided; later terms are not looked at. */
export function termsAt(
  terms: readonly Terms[],
  at: Instant,
  knownBy = Number.POSITIVE_INFINITY,
): Terms | null {
  let live: Terms | null = null
  for (const candidate of terms) {
    if (candidate.number > knownBy) continue
    if (candidate.from <= at && (live === null || candidate.from >= live.from)) live = candidate
  }
  return live
}

/** The action with the account's own price, where its terms at `at` name one. */
export function actionUnderTerms(
  action: Action,
  terms: readonly Terms[],
  at: Instant,
  knownBy?: number,
): Action {
  if (terms.length === 0) return action
  const own = termsAt(terms, at, knownBy)?.actions
  return own !== undefined && Object.hasOwn(own, action.id) ? { ...action, price: own[action.id]! } : action
}
