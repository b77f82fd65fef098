/** The naive model's one door: time first, then the command, then the alerts. */

import { act, adjust, cancel, grant, setBudget, setTerms, subscribe, voidLot } from './naive-acts.ts'
import { judge } from './naive-alerts.ts'
import { addRow, type NaivePool } from './naive-pool.ts'
import { buy, reverse } from './naive-purchases.ts'
import { capture, charge, extend, hold, refund, release } from './naive-spending.ts'
import { advanceTo } from './naive-time.ts'
import type { Act, Quote, Step } from './steps.ts'

/** The code of the refusal, or null where it was done; `quote` is the one that the step names. */
export function playNaively(pool: NaivePool, step: Step, quote: Quote | null): string | null {
  advanceTo(pool, step.at)
  if (step.act.type === 'advance') return null
  const answer = refuseStranger(pool, step.act) ?? play(pool, step, quote)
  if (answer === null) judge(pool)
  return answer
}

function refuseStranger(pool: NaivePool, asked: Act): string | null {
  // What was paid for has its effect, wherever the account is by then.
  if (asked.type === 'purchase') return null
  const account = 'spender' in asked ? asked.spender.account : 'account' in asked ? asked.account : 'owner'
  return pool.accounts.has(account) ? null : 'account_not_found'
}

function play(pool: NaivePool, { number, act: asked }: Step, quote: Quote | null): string | null {
  switch (asked.type) {
    case 'charge':
      return charge(pool, number, { ...asked, quote })
    case 'hold':
      return hold(pool, number, { ...asked, quote })
    case 'capture':
      return capture(pool, asked)
    case 'release':
      return release(pool, asked.hold)
    case 'extend':
      return extend(pool, asked.hold, asked.timeoutMs)
    case 'refund':
      return refund(pool, asked)
    case 'grant':
      return grant(pool, asked)
    case 'purchase':
      return buy(pool, number, asked)
    case 'reverse':
      return reverse(pool, asked)
    case 'void':
      return voidLot(pool, asked.lot, asked.credits)
    case 'adjust':
      return adjust(pool, asked.credits)
    case 'subscribe':
      return subscribe(pool, asked)
    case 'cancel':
      return cancel(pool, asked.when)
    case 'pause':
    case 'resume':
    case 'payment_failed':
    case 'payment_received':
      return act(pool, asked.type)
    case 'terms':
      return setTerms(pool, asked.from, asked.unit)
    case 'budget':
      return setBudget(pool, asked)
    case 'alerts':
      pool.thresholds = asked.thresholds
      addRow(pool, 'setting', {})
      return null
    default:
      throw new Error(`${asked.type} is the shell's`)
  }
}
