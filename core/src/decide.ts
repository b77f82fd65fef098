/**
 * The one door to the rules: a pool's state, a command and an instant make a decision. First the pool
 * is advanced to the instant, then the command is judged, then alerts. A refusal keeps what time did
 * and nothing else; a command whose clock is behind the pool's happens at the pool's time.
 */

import { acknowledge } from './acknowledgement.ts'
import { advance } from './advance.ts'
import { judgeAlerts } from './alerts.ts'
import type { Instant } from './amounts.ts'
import { setBudget } from './budget.ts'
import { capture } from './capture.ts'
import { charge } from './charge.ts'
import type { Command, CommandType } from './commands.ts'
import type { Catalogs, Changes, Decision } from './decision.ts'
import { type Draft, finish, openDraft } from './draft.ts'
import { grant } from './grant.ts'
import { extend, hold, release } from './hold.ts'
import type { Entry, PoolState } from './pool.ts'
import { reverse } from './purchase/reverse.ts'
import { takeEffect } from './purchase/take-effect.ts'
import { refund } from './refund.ts'
import { type Refusal, refuse } from './refusals.ts'
import { setAlerts, setTerms } from './setting.ts'
import { subscribe } from './subscribe.ts'
import { actOnSubscription, cancel } from './subscription-acts.ts'
import { adjustDown, voidLot } from './void.ts'

/** Pure: the same arguments give the same decision. Where nothing changed, `state` itself comes back. Throws only a Bug. */
export function decide(state: PoolState, command: Command, now: Instant, catalogs: Catalogs): Decision {
  if (command.type === 'advance') return { ...timeAlone(state, now, catalogs), outcome: { nothing: true } }
  const draft = openDraft(state, catalogs)
  advance(draft, now)
  const stranger = refuseStranger(draft, command) ?? refuseSharer(draft, command)
  const outcome = stranger === null ? act(draft, command) : { refused: stranger }
  // A refused command's draft is thrown away whole; what time did is decided afresh without it.
  if ('refused' in outcome) return { ...timeAlone(state, now, catalogs), outcome }
  const entry = acknowledge(draft, command, outcome.entry)
  judgeAlerts(draft)
  return { ...finish(draft), outcome: { entry } }
}

const NOTHING: Changes = { entries: [], lots: [], holds: [], notices: [] }

/** What time does by itself until `now`. */
function timeAlone(
  state: PoolState,
  now: Instant,
  catalogs: Catalogs,
): { state: PoolState; changes: Changes } {
  const draft = openDraft(state, catalogs)
  advance(draft, now)
  const { entries, notices, touchedLots, touchedHolds } = draft
  const isQuiet =
    entries.length + notices.length + touchedLots.size + touchedHolds.size === 0 &&
    draft.subscription === state.subscription &&
    draft.dueAt === state.dueAt &&
    draft.opened === state.opened
  return isQuiet ? { state, changes: NOTHING } : finish(draft)
}

const SETTLING: readonly CommandType[] = ['refund', 'capture', 'release', 'extend', 'purchase', 'reverse']
const FOR_THE_OWNER: readonly CommandType[] = [
  'subscribe',
  'cancel',
  'pause',
  'resume',
  'payment_failed',
  'payment_received',
  'terms',
  'alerts',
]

/** Plan, access, prices, terms and alerts are the parent's: a sharing account changes none of them. */
function refuseSharer(draft: Draft, command: Command): Refusal | null {
  if (command.accountId === draft.ownerId || !FOR_THE_OWNER.includes(command.type)) return null
  return refuse(
    'pool_shared',
    `The account uses the credits of ${draft.ownerId}, whose plan and terms apply.`,
    {
      owner: draft.ownerId,
    },
  ).refused
}

/** An account that shares the pool no longer, or not yet, spends nothing from it; what it spent can still be settled. */
function refuseStranger(draft: Draft, command: Command): Refusal | null {
  const settles = SETTLING.includes(command.type)
  if (settles || Object.hasOwn(draft.accounts, command.accountId)) return null
  return refuse('account_not_found', `The account ${command.accountId} does not use this pool.`).refused
}

function act(
  draft: Draft,
  command: Exclude<Command, { type: 'advance' }>,
): { entry: Entry } | { refused: Refusal } {
  switch (command.type) {
    case 'charge':
      return charge(draft, command)
    case 'hold':
      return hold(draft, command)
    case 'capture':
      return capture(draft, command)
    case 'release':
      return release(draft, command)
    case 'extend':
      return extend(draft, command)
    case 'refund':
      return refund(draft, command)
    case 'grant':
      return grant(draft, command)
    case 'void':
      return voidLot(draft, command)
    case 'adjust':
      return adjustDown(draft, command)
    case 'subscribe':
      return subscribe(draft, command)
    case 'cancel':
      return cancel(draft, command)
    case 'pause':
    case 'resume':
    case 'payment_failed':
    case 'payment_received':
      return actOnSubscription(draft, command)
    case 'terms':
      return setTerms(draft, command)
    case 'alerts':
      return setAlerts(draft, command)
    case 'budget':
      return setBudget(draft, command)
    case 'purchase':
      return takeEffect(draft, command)
    case 'reverse':
      return reverse(draft, command)
  }
}
