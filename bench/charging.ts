/** Charges straight into the ledger, in process: what the engine lines measure. */
import { type Account, type Books, chargeOf } from './books.ts'
import { type Load, runClients } from './clients.ts'

let charges = 0

/** Each charge under a key of its own, for one account after the other in an order that looks random. */
export function chargeAll(
  books: Books,
  accounts: readonly Account[],
  clients: number,
  seconds: number,
): Promise<Load> {
  return runClients({
    clients,
    seconds,
    request: async () => {
      const turn = charges++
      const account = accountOf(accounts, turn)
      const outcome = await books.ledger.submit(account, chargeOf(account, `job_${turn}`), Date.now())
      if ('refused' in outcome) throw new Error(outcome.refused.code)
    },
  })
}

/** A prime step, so that neighbours in time are far apart and all have their turn before one comes again. */
export function accountOf(accounts: readonly Account[], turn: number): Account {
  return accounts[(turn * 7919) % accounts.length]!
}
