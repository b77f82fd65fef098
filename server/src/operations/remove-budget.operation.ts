/** Takes a limit away. */
import type { Ask } from './ask.ts'
import type { ReasonGiven } from './release.operation.ts'
import { type Done, keyOf, submit } from './submit.ts'

export async function removeBudget(
  ask: Ask,
  accountId: string,
  name: string,
  request: ReasonGiven,
): Promise<Done> {
  return submit(ask, { type: 'budget', accountId, name, budget: null, spent: 0, ...request, ...keyOf(ask) })
}
