/** What an account agreed for itself, from an instant on: its price per credit, its prices of actions, who sells to it. */
import type { TermsCommand } from '@scrip/core'
import type { Ask } from './ask.ts'
import type { ReasonGiven } from './release.operation.ts'
import { type Done, keyOf, submit } from './submit.ts'

export async function putTerms(
  ask: Ask,
  accountId: string,
  request: ReasonGiven & { readonly terms: TermsCommand['terms'] },
): Promise<Done> {
  return submit(ask, { type: 'terms', accountId, ...request, ...keyOf(ask) })
}
