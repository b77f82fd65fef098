/** Changes what is named of an account, and nothing else. */
import {
  type AccountRow,
  accountById,
  bumpPools,
  lockAccount,
  poolOwner,
  renameAccount,
} from '../database/accounts.sql.ts'
import type { Session } from '../database/transaction.ts'
import { type AccountRequest, changeAccount } from './account-write.ts'
import { type Ask, accountNotFound } from './ask.ts'
import { Refused } from './refused.ts'

export async function updateAccount(
  ask: Ask,
  session: Session,
  id: string,
  request: AccountRequest & { readonly id: string | null },
): Promise<AccountRow> {
  const { id: replacement, ...changes } = request
  if (replacement === null || replacement === id) return changeAccount(ask, session, id, changes)
  await replaceId(ask, session, id, replacement)
  return changeAccount(ask, session, replacement, changes)
}

/** Only an id that Scrip made, and once: what was charged under it goes by the product's own from then on. */
async function replaceId(ask: Ask, session: Session, id: string, replacement: string): Promise<void> {
  const account = await lockAccount(session, ask.project.id, id)
  if (account === null) throw accountNotFound(id)
  const isOwner = (await poolOwner(session, account)) === id
  if (!account.replaceable || !isOwner) {
    throw new Refused(
      'id_fixed',
      'Only an id that Scrip made is replaced, once, and in a pool of its own.',
      {},
      'id',
    )
  }
  if ((await accountById(session, ask.project.id, replacement)) !== null) {
    throw new Refused('account_exists', `There is an account ${replacement} already.`, {}, 'id')
  }
  // The pool first: whoever decides on it meanwhile decides again.
  await bumpPools(session, [account])
  await renameAccount(session, account, replacement)
}
