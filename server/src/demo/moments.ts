/**
 * From an account's acts to single moments, each one operation: a hold and its captures are moments
 * of their own, so that what happens in between comes in between.
 */
import { placeId, type Quantities } from '@scrip/core'
import type { Ask } from '../operations/ask.ts'
import { cancelSubscription } from '../operations/cancel-subscription.operation.ts'
import { capture } from '../operations/capture.operation.ts'
import { charge } from '../operations/charge.operation.ts'
import { grant } from '../operations/grant.operation.ts'
import { hold } from '../operations/hold.operation.ts'
import { pauseSubscription } from '../operations/pause-subscription.operation.ts'
import { putBudget } from '../operations/put-budget.operation.ts'
import { putTerms } from '../operations/put-terms.operation.ts'
import { refund } from '../operations/refund.operation.ts'
import { Refused } from '../operations/refused.ts'
import { release } from '../operations/release.operation.ts'
import { reportPaymentFailed } from '../operations/report-payment-failed.operation.ts'
import { reportPaymentReceived } from '../operations/report-payment-received.operation.ts'
import { requestHash } from '../operations/request-hash.ts'
import { resumeSubscription } from '../operations/resume-subscription.operation.ts'
import type { Done } from '../operations/submit.ts'
import { subscribe } from '../operations/subscribe.operation.ts'
import type { AccountStory, Act, Spend, Step } from './story.ts'

export interface Moment {
  readonly at: number
  happen(ask: Ask): Promise<void>
}

const BY_STAFF = { actor: { id: 'staff', name: 'Staff' } }
const BY_NOBODY = { reason: null, actor: null }

export function momentsOf(account: AccountStory): readonly Moment[] {
  const empty = emptinessOf(account)
  return account.acts.flatMap((act, index) =>
    momentsOfAct(account, act, `demo:${account.id}:${index}`, empty),
  )
}

/** What happens to an account whose credits run out: after some refusals, staff grant more. */
interface Emptiness {
  /** Does it, and does it again where staff helped; null where the story goes on without it. */
  orHelped(ask: Ask, key: string, spend: (ask: Ask) => Promise<Done>): Promise<Done | null>
}

function emptinessOf({ id, whenEmpty }: AccountStory): Emptiness {
  let refusals = 0
  return {
    async orHelped(ask, key, spend) {
      const done = await unlessRefused(() => spend(keyed(ask, key)))
      if (done !== 'insufficient_credits' || whenEmpty === null) return typeof done === 'string' ? null : done
      refusals++
      if (refusals < whenEmpty.refusals) return null
      refusals = 0
      const { credits, reason } = whenEmpty
      await grant(keyed(ask, `${key}:help`), { ...grantOf(id, credits), reason })
      const again = await unlessRefused(() => spend(keyed(ask, `${key}:again`)))
      return typeof again === 'string' ? null : again
    },
  }
}

function grantOf(accountId: string, credits: number) {
  return {
    accountId,
    kind: 'admin_grant' as const,
    credits,
    effectiveAt: null,
    expiresAt: null,
    metadata: null,
    ...BY_STAFF,
  }
}

function momentsOfAct(account: AccountStory, act: Act, key: string, empty: Emptiness): Moment[] {
  if (act.does === 'charge') return chargeMoments(account, act, key, empty)
  if (act.does === 'hold') return holdMoments(account, act, key, empty)
  return [
    {
      at: act.at,
      happen: async (ask) => void (await unlessRefused(() => doAct(keyed(ask, key), account.id, act))),
    },
  ]
}

type ActOf<Does extends Act['does']> = Extract<Act, { readonly does: Does }>

function chargeMoments(account: AccountStory, act: ActOf<'charge'>, key: string, empty: Emptiness): Moment[] {
  let chargeId: string | null = null
  const request = spendOf(account, act)
  const moments: Moment[] = [
    {
      at: act.at,
      async happen(ask) {
        const done = await empty.orHelped(ask, key, (keyedAsk) => charge(keyedAsk, request))
        chargeId = done === null ? null : placeId('chg', done.pool, done.entry)
      },
    },
  ]
  const { refund: failure } = act
  if (failure === undefined) return moments
  moments.push({
    at: act.at + failure.afterMs,
    async happen(ask) {
      if (chargeId === null) return
      const { credits = null, reason } = failure
      const amount = { credits, quantities: null, options: null, reason, actor: null }
      await unlessRefused(() => refund(keyed(ask, `${key}:refund`), chargeId as string, amount))
    },
  })
  return moments
}

/** A hold that was made, and how much of what it is for has not been taken yet. */
interface Held {
  readonly id: string
  readonly left: Record<string, number>
}

function holdMoments(account: AccountStory, act: ActOf<'hold'>, key: string, empty: Emptiness): Moment[] {
  let held: Held | null = null
  const request = { ...spendOf(account, act), timeoutMs: null, atMost: act.atMost ?? null }
  const start: Moment = {
    at: act.at,
    async happen(ask) {
      const done = await empty.orHelped(ask, key, (keyedAsk) => hold(keyedAsk, request))
      if (done === null) return
      held = { id: placeId('hold', done.pool, done.entry), left: { ...done.entry.detail?.quantities } }
    },
  }
  const steps = act.steps.map(
    (step, index): Moment => ({
      at: act.at + step.afterMs,
      async happen(ask) {
        if (held !== null) await takeStep(keyed(ask, `${key}:${index}`), held, step)
      },
    }),
  )
  return [start, ...steps]
}

async function takeStep(ask: Ask, held: Held, { took, final }: Step): Promise<void> {
  if (took === 'nothing') {
    await unlessRefused(() => release(ask, held.id, { ...BY_NOBODY, reason: 'It failed' }))
    return
  }
  const quantities = took === 'all' ? null : takenOf(held, took.quantities)
  const request = { credits: null, quantities, options: null, ...BY_NOBODY, final, beyondHold: false }
  await unlessRefused(() => capture(ask, held.id, request))
}

/** Never more than is held: with `atMost` fewer may have been affordable than were asked for. */
function takenOf(held: Held, wanted: Quantities): Quantities {
  const taken: Record<string, number> = {}
  for (const [name, count] of Object.entries(wanted)) {
    const left = held.left[name] ?? count
    taken[name] = Math.min(count, left)
    held.left[name] = left - taken[name]
  }
  return taken
}

function spendOf({ id }: AccountStory, { action, quantities = {}, options = {}, userId, subject }: Spend) {
  return {
    accountId: id,
    action,
    quantities,
    options,
    quoteId: null,
    maxCredits: null,
    userId: userId ?? null,
    subject: subject ?? null,
    metadata: null,
    actor: null,
  }
}

function doAct(
  ask: Ask,
  accountId: string,
  act: Exclude<Act, ActOf<'charge'> | ActOf<'hold'>>,
): Promise<Done> {
  switch (act.does) {
    case 'grant': {
      const { credits, kind, reason, expiresAt = null } = act
      return grant(ask, { ...grantOf(accountId, credits), kind, reason, expiresAt })
    }
    case 'subscribe': {
      const { plan, trial = false, when = null, credits = null } = act
      const terms = { credits, price: null, startsAt: null, endsAt: null }
      return subscribe(ask, { accountId, plan, trial, when, ...terms, ...BY_NOBODY })
    }
    case 'cancel':
      return cancelSubscription(ask, accountId, { when: act.when, ...BY_NOBODY })
    case 'pause':
      return pauseSubscription(ask, accountId, BY_NOBODY)
    case 'resume':
      return resumeSubscription(ask, accountId, BY_NOBODY)
    case 'paymentFailed':
      return reportPaymentFailed(ask, accountId, BY_NOBODY)
    case 'paymentReceived':
      return reportPaymentReceived(ask, accountId, BY_NOBODY)
    case 'terms':
      return putTerms(ask, accountId, { terms: act.terms, reason: 'By contract', ...BY_STAFF })
    case 'budget': {
      const { name, limit, every, userId = null } = act
      return putBudget(ask, accountId, name, { limit, every, userId, subjectId: null, ...BY_NOBODY })
    }
  }
}

function keyed(ask: Ask, key: string): Ask {
  return { ...ask, key, requestHash: requestHash([key]) }
}

/** The refusals that belong to a year of use. Any other is a mistake in the story, and is thrown. */
const ORDINARY: ReadonlySet<string> = new Set([
  'insufficient_credits',
  'access_inactive',
  'budget_exceeded',
  'subscription_not_found',
  'subscription_state',
  'already_on_plan',
  'trial_already_used',
  'hold_ended',
  'refund_exceeds_charge',
])

async function unlessRefused(act: () => Promise<Done>): Promise<Done | string> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof Refused && ORDINARY.has(error.code)) return error.code
    throw error
  }
}
