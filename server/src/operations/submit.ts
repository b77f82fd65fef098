/**
 * From an account's command to what became of it: finds the pool and the time, hands the command to
 * the ledger, and turns a refusal into the "no" that the caller gets, with the ways out.
 */
import type { Command, Entry, Instant, PoolState } from '@scrip/core'
import type { AccountPlace } from '../directory/accounts.ts'
import type { Address, Outcome } from '../ledger/outcome.ts'
import { type Ask, accountOf, accountTime, catalogOf, decimalsOf } from './ask.ts'
import { refusedWith } from './refusal-facts.ts'
import { tellBudgetExceeded } from './tell-budget-exceeded.ts'

/** A command that happened, now or the first time its key was used. */
export interface Done {
  readonly entry: Entry
  readonly replayed: boolean
  readonly pool: number
  readonly decimals: number
  /** The pool after it; null on a replay, which is answered from the row alone. */
  readonly state: PoolState | null
}

type Asked = Pick<Command, 'key' | 'requestHash'>

/** The idempotency key of a request as a command carries it. */
export function keyOf(ask: Ask): Asked {
  return { key: ask.key, requestHash: ask.requestHash }
}

/** Decides a command for the account it names, in the account's pool. */
export async function submit(ask: Ask, command: Command): Promise<Done> {
  const account = await accountOf(ask, command.accountId)
  catalogOf(ask, accountTime(ask, account))
  const outcome = await decideAt(ask, account, command)
  if (!isStranger(outcome)) return doneOf(ask, account, command, outcome)
  // The hint was old: the account joined or left a pool since. Asked once more, where it is now.
  ask.house.accounts.forget(ask.project.id, command.accountId)
  const moved = await accountOf(ask, command.accountId)
  return doneOf(ask, moved, command, await decideAt(ask, moved, command))
}

/** Decides a command in the pool that an id names: what was charged or held there is settled there. */
export async function submitTo(ask: Ask, address: Address, command: Command): Promise<Done> {
  const account = await accountOf(ask, command.accountId)
  return doneOf(
    ask,
    { ...account, ...address },
    command,
    await decideAt(ask, { ...account, ...address }, command),
  )
}

function decideAt(ask: Ask, account: AccountPlace, command: Command): Promise<Outcome> {
  const now: Instant = accountTime(ask, account)
  const { ledger } = ask.house
  return ask.dryRun ? ledger.dryRun(account, command, now) : ledger.submit(account, command, now)
}

function isStranger(outcome: Outcome): boolean {
  return 'refused' in outcome && outcome.refused.code === 'account_not_found'
}

async function doneOf(ask: Ask, account: AccountPlace, command: Command, outcome: Outcome): Promise<Done> {
  if ('refused' in outcome) {
    const { state, refused } = outcome
    if (refused.code === 'budget_exceeded' && !ask.dryRun)
      await tellBudgetExceeded(ask, command, refused, accountTime(ask, account))
    throw await refusedWith(ask, state, refused, command)
  }
  if ('nothing' in outcome) throw new Error('a command without a row of its own is not submitted here')
  const { entry, replayed } = outcome
  const state = 'state' in outcome ? outcome.state : null
  return { entry, replayed, pool: account.pool, decimals: decimalsOf(ask.project), state }
}
