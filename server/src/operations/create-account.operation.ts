/** Makes an account; one without an id of the product's own gets one of Scrip's. */
import type { AccountRow } from '../database/accounts.sql.ts'
import type { Session } from '../database/transaction.ts'
import { freshId } from '../directory/keys.ts'
import { type AccountRequest, makeAccount } from './account-write.ts'
import type { Ask } from './ask.ts'
import { Refused } from './refused.ts'

export async function createAccount(
  ask: Ask,
  session: Session,
  request: AccountRequest & { readonly id: string | null },
): Promise<AccountRow> {
  const { id, ...rest } = request
  const made = await makeAccount(ask, session, id ?? freshId('acc', ask.house.realTime()), rest, id === null)
  if (made === null) throw new Refused('account_exists', `There is an account ${id} already.`, {}, 'id')
  return made
}
