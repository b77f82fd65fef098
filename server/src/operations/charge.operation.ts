/** Spends credits on an action, at once: the full cost or nothing. */
import type { Ask } from './ask.ts'
import { type SpendRequest, spendingOf } from './spend-request.ts'
import { type Done, keyOf, submit } from './submit.ts'

export async function charge(ask: Ask, request: SpendRequest): Promise<Done> {
  return submit(ask, { type: 'charge', ...spendingOf(ask, request), ...keyOf(ask) })
}
