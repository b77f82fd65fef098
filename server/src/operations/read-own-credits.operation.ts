/** The balance of the account whose own key asks: the one call that a customer of a product makes. */
import type { Ask } from './ask.ts'
import { type CreditsRead, readCredits } from './read-credits.operation.ts'
import { Refused } from './refused.ts'

export async function readOwnCredits(
  ask: Ask,
): Promise<{ readonly accountId: string; readonly read: CreditsRead }> {
  if (ask.caller.kind !== 'account') {
    throw new Refused('account_required', "This key is no account's own. Ask GET /accounts/{id}/credits.")
  }
  const { accountId } = ask.caller
  return { accountId, read: await readCredits(ask, accountId) }
}
