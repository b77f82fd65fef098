/**
 * A purchase becomes paid (rules.md, "Purchases"): its lots, at most one bonus lot per line, the base
 * plan it moves the account to and the plan it is for, all in one decision and exactly once. It has the
 * credits and expiry it was ordered with, whatever the catalog says by now: the money is paid.
 */

import { additionSeen } from '../alerts.ts'
import { assert, type Credits } from '../amounts.ts'
import { addDuration } from '../calendar.ts'
import type { Plan } from '../catalog/catalog.ts'
import type { PurchaseCommand, SubscribeCommand } from '../commands.ts'
import { amend, catalogNow, type Draft, notify, putLot, record, takeNumber, whoAndWhy } from '../draft.ts'
import { roomFor } from '../lots.ts'
import { lifeOf } from '../open-pool.ts'
import type { Draw, Entry, Lot, Subscription, Unapplied } from '../pool.ts'
import { beginAnew, changeAtPeriodEnd, changeWithin, takePlan } from '../subscribe.ts'
import { grantForPeriod, periodKey, putSubscription, startPlan } from '../subscription.ts'
import { isOwed, receive, resume } from '../subscription-acts.ts'
import type { PlanChange, PlanPeriod, PurchaseLine } from './purchase.ts'

type Why = Unapplied['why']

export function takeEffect(draft: Draft, command: PurchaseCommand): { entry: Entry } {
  const first = draft.sequence
  const unapplied: Unapplied[] = []
  const say = (line: PurchaseLine, why: Why | null) => {
    if (why !== null) unapplied.push({ line: line.line, why })
  }
  // Plans first: credits that live for the term live for the term that was bought with them.
  for (const line of command.lines) {
    if (line.plan !== null) say(line, takePaidPlan(draft, line, command))
    if (line.movesTo !== null) say(line, moveTo(draft, line.movesTo))
  }
  const draws: Draw[] = []
  for (const line of command.lines) say(line, addLots(draft, line, command, draws))
  const entry = recordPurchase(draft, command, draws)
  const lots = [...draft.touchedLots.values()]
    .filter(({ number, origin }) => number >= first && origin.type !== 'grace')
    .map(({ number }) => number)
  return { entry: amend(draft, entry, { lots, ...(unapplied.length > 0 ? { unapplied } : {}) }) }
}

/** The line's lot and its bonus, which was paid for with nothing; no more than there is room for. */
function addLots(draft: Draft, line: PurchaseLine, command: PurchaseCommand, draws: Draw[]): Why | null {
  const paid = { amount: line.price - line.discount, currency: command.currency }
  const isWhole =
    addPart(draft, line, command, draws, { credits: line.credits, bonus: false, paid }) &&
    addPart(draft, line, command, draws, { credits: line.bonus, bonus: true, paid: null })
  return isWhole ? null : 'amount_too_large'
}

interface Part {
  readonly credits: Credits
  readonly bonus: boolean
  readonly paid: Lot['paid']
}

/** Whether all of it was granted. */
function addPart(
  draft: Draft,
  line: PurchaseLine,
  command: PurchaseCommand,
  draws: Draw[],
  { credits: ordered, bonus, paid }: Part,
): boolean {
  const coming = draws.reduce((sum, draw) => sum + draw.credits, 0)
  const credits = Math.min(ordered, roomFor(draft) - coming)
  if (credits <= 0) return ordered === 0
  const lot: Lot = {
    number: takeNumber(draft),
    grantedAt: draft.at,
    accountId: command.accountId,
    kind: 'purchased',
    priority: catalogNow(draft).priorities.purchased,
    effectiveAt: draft.at,
    expiresAt: lifeOf(draft, line.expires),
    paid,
    origin: { type: 'purchase', purchase: command.purchase, line: line.line, bonus },
    amount: credits,
    returned: 0,
    drawn: 0,
    removed: 0,
    remaining: credits,
    held: 0,
    closed: null,
  }
  putLot(draft, lot)
  draws.push({ lot: lot.number, credits })
  return credits === ordered
}

function recordPurchase(draft: Draft, command: PurchaseCommand, draws: readonly Draw[]): Entry {
  const credits = draws.reduce((sum, draw) => sum + draw.credits, 0)
  if (credits > 0) additionSeen(draft, 'purchase')
  return record(
    draft,
    {
      type: 'purchase',
      accountId: command.accountId,
      amount: credits,
      draws,
      userId: command.userId ?? null,
      command,
      detail: {
        kind: 'purchased',
        purchase: command.purchase,
        ...(command.metadata ? { metadata: command.metadata } : {}),
        ...whoAndWhy(command),
      },
    },
    { available: credits, received: credits },
  )
}

/** A trial account becomes pay as you go; a plan for life is never replaced by one that costs nothing. */
function moveTo(draft: Draft, id: string): Why | null {
  const plan = planNamed(draft, id)
  if (plan === undefined || plan.every !== null) return 'plan_not_found'
  if (draft.basePlan?.plan === id || isForLife(draft)) return null
  startPlan(draft, id, null)
  return null
}

function isForLife(draft: Draft): boolean {
  const present = draft.basePlan === null ? undefined : planNamed(draft, draft.basePlan.plan)
  return present !== undefined && isPriced(present)
}

function isPriced({ price }: Plan): boolean {
  return price === 'custom' || price.length > 0
}

function planNamed(draft: Draft, id: string): Plan | undefined {
  const { plans } = catalogNow(draft)
  return Object.hasOwn(plans, id) ? plans[id] : undefined
}

/** A plan that was retired, or taken, since it was ordered is paid for all the same. */
function takePaidPlan(draft: Draft, line: PurchaseLine, command: PurchaseCommand): Why | null {
  assert(line.plan !== null, 'the line is of a plan')
  if (line.renewal !== undefined) return payBill(draft, line.renewal)
  const plan = planNamed(draft, line.plan)
  if (plan === undefined) return 'plan_not_found'
  if (plan.every === null) return takeBasePlan(draft, plan, command)
  const before = draft.subscription
  const why = takeSubscription(draft, plan, line, subscribing(line, command))
  markBought(draft, before, command.purchase)
  return why
}

/** A period that began with a purchase is paid for by it, and those after it are billed. */
function markBought(draft: Draft, before: Subscription | null, purchase: string): void {
  const now = draft.subscription
  if (now === null || now.bill === null) return
  if (before?.number === now.number && before.bill?.index === now.bill.index) return
  putSubscription(draft, { ...now, bought: { purchase, paidPeriod: now.bill.index } })
}

/** The bill for a later period: no plan is taken, and none is taken up again. A late one pays for the present period. */
function payBill(draft: Draft, bill: PlanPeriod): Why | null {
  const found = draft.subscription
  if (found === null || found.number !== bill.subscription) return 'subscription_ended'
  if (!isOwed(found, bill)) return 'already_on_plan'
  receive(draft, endPause(draft, found))
  return null
}

function takeBasePlan(draft: Draft, plan: Plan, command: PurchaseCommand): Why | null {
  if (draft.basePlan?.plan === plan.id) return 'already_on_plan'
  if (isForLife(draft) && !isPriced(plan)) return 'plan_not_replaceable'
  startPlan(draft, plan.id, null)
  if (draft.basePlan !== null) draft.basePlan = { ...draft.basePlan, purchase: command.purchase }
  return null
}

/** What `subscribe` would be asked for it: what is bought begins at once. */
function subscribing(line: PurchaseLine, command: PurchaseCommand): SubscribeCommand {
  const price =
    line.recurringPrice === undefined ? null : { amount: line.recurringPrice, currency: command.currency }
  const { accountId, actor, reason } = command
  return {
    type: 'subscribe',
    accountId,
    plan: line.plan ?? '',
    credits: line.recurring,
    price,
    when: 'now',
    actor: actor ?? null,
    reason: reason ?? null,
  }
}

function takeSubscription(draft: Draft, plan: Plan, line: PurchaseLine, asked: SubscribeCommand): Why | null {
  const current = draft.subscription
  if (line.change !== undefined) return changePlan(draft, plan, line.change, asked)
  if (current === null) startPlan(draft, plan.id, asked)
  else if (current.plan === plan.id) return payForPresent(draft, current, plan, asked)
  else if (current.status === 'scheduled') {
    // One that has not begun is replaced.
    putSubscription(draft, null)
    startPlan(draft, plan.id, asked)
  } else beginAnew(draft, paidFor(endPause(draft, current)), plan, asked)
  return null
}

/**
 * A part of one period was paid for: the plan changes within it. Where that period is over when the
 * money comes, its credits come all the same, and the plan changes with the next one: else who orders
 * at a period's end and pays after it would have a whole period for next to nothing.
 */
function changePlan(draft: Draft, plan: Plan, change: PlanChange, asked: SubscribeCommand): Why | null {
  const found = draft.subscription
  if (found === null || found.number !== change.subscription) return 'subscription_ended'
  if (found.plan === plan.id) return 'already_on_plan'
  const current = endPause(draft, found)
  if (current.bill?.index === change.period) {
    changeWithin(draft, current, plan, asked, change.credits)
    return null
  }
  const credits = Math.min(change.credits, roomFor(draft))
  if (credits > 0)
    grantForPeriod(draft, credits, 'plan_change', { type: 'plan_change', ...periodKey(current) })
  changeAtPeriodEnd(draft, current, plan, asked)
  return null
}

/** What the plan before owed is not asked for any more: the new one has a period of its own, which is paid. */
function paidFor(current: Subscription): Subscription {
  const owes = current.status === 'past_due' || current.status === 'unpaid'
  return owes ? { ...current, status: 'active', pastDueSince: null } : current
}

/** Nobody pays for a plan to be kept waiting. */
function endPause(draft: Draft, current: Subscription): Subscription {
  if (current.status === 'paused') resume(draft, current)
  assert(draft.subscription !== null, 'a resumed subscription stands')
  return draft.subscription
}

/** The plan it is on: the bill that was owed, a further term, or what was to end goes on. */
function payForPresent(draft: Draft, current: Subscription, plan: Plan, asked: SubscribeCommand): Why | null {
  const { status, cancelAt, change, endsAt, timeZone } = current
  if (status === 'past_due' || status === 'unpaid') receive(draft, current)
  else if (status === 'paused') resume(draft, current)
  else if (status === 'active' && plan.term !== null && endsAt !== null && cancelAt === null) {
    putSubscription(draft, { ...current, endsAt: addDuration(endsAt, plan.term, 1, timeZone) })
    notify(draft, 'subscription.changed', { plan: plan.id, renewed: true })
  } else {
    const isNews =
      status !== 'active' ||
      cancelAt !== null ||
      change !== null ||
      (asked.credits ?? current.credits) !== current.credits
    if (!isNews) return 'already_on_plan'
    takePlan(draft, plan, asked)
  }
  return null
}
