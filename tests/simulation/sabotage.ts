/**
 * Switches that break one rule each, around core and never in it: what goes in or comes out is
 * bent. The simulation must then fail, else it proves nothing.
 */
import {
  type Catalog,
  type Catalogs,
  type ChargeFacts,
  compareSpendOrder,
  type Decision,
  decide,
  type Lot,
  type PoolState,
} from '@scrip/core'
import type { Decide } from './core-pool.ts'

/** Lots expire when a job comes by, and are spent until then. */
export const expiryByJobOnly: Decide = (state, command, now, catalogs) => {
  if (command.type === 'advance') return decide(state, command, now, catalogs)
  const expiries = new Map(state.lots.map((lot) => [lot.number, lot.expiresAt]))
  const hidden = withExpiry(state, () => null)
  const decision = decide(hidden, command, now, catalogs)
  const restore = (lot: Lot) => expiries.get(lot.number) ?? lot.expiresAt
  const lots = decision.changes.lots.map((lot) => ({ ...lot, expiresAt: restore(lot) }))
  return { ...decision, state: withExpiry(decision.state, restore), changes: { ...decision.changes, lots } }
}

function withExpiry(state: PoolState, expiryOf: (lot: Lot) => number | null): PoolState {
  const lots = state.lots.map((lot) => ({ ...lot, expiresAt: expiryOf(lot) })).sort(compareSpendOrder)
  return { ...state, lots }
}

/** Whoever books what is due forgets what is due next. */
export const forgetfulLook: Decide = (state, command, now, catalogs) => {
  const decision = decide(state, command, now, catalogs)
  return command.type === 'advance' ? { ...decision, state: { ...decision.state, dueAt: null } } : decision
}

/** What is given back goes to the newest of the lots it came from. */
export const refundToTheNewestLot: Decide = (state, command, now, catalogs) => {
  const charges = Object.entries(state.past.charges).map(([number, facts]) => [number, allFromNewest(facts)])
  const past = { ...state.past, charges: Object.fromEntries(charges) }
  return decide({ ...state, past }, command, now, catalogs)
}

function allFromNewest(facts: ChargeFacts): ChargeFacts {
  if (facts.draws.length === 0) return facts
  const newest = Math.max(...facts.draws.map((draw) => draw.lot))
  return {
    ...facts,
    draws: [{ lot: newest, credits: facts.charged }],
    refundedByLot: { [newest]: facts.refunded },
  }
}

/** What comes back by a refund is the customer's, though the money of its purchase went back. */
export const refundOfReturnedMoney: Decide = (state, command, now, catalogs) => {
  if (command.type !== 'refund') return decide(state, command, now, catalogs)
  const decision = decide({ ...state, reversals: [] }, command, now, catalogs)
  return { ...decision, state: { ...decision.state, reversals: state.reversals } }
}

/** Shares of a period are floating point and rounded to the nearest. */
export const floatShares: Decide = (state, command, now, catalogs) => {
  const decision = decide(state, command, now, catalogs)
  const changed = decision.changes.lots.find(
    (lot) => lot.origin.type === 'plan_change' && !state.lots.some(({ number }) => number === lot.number),
  )
  const period = decision.state.subscription?.refill
  const before = state.subscription
  if (changed === undefined || period == null || before === null) return decision
  const plans = catalogs.at(decision.state.at).plans
  const old = before.credits ?? plans[before.plan]!.credits
  const after = decision.state.subscription!
  const difference = (after.credits ?? plans[after.plan]!.credits) - old
  const share = Math.round(difference * ((period.end - decision.state.at) / (period.end - period.start)))
  return withMore(decision, changed.number, share - changed.amount)
}

/** The same decision, had that lot come with more credits. */
function withMore(decision: Decision, number: number, more: number): Decision {
  const grow = (lot: Lot) =>
    lot.number === number ? { ...lot, amount: lot.amount + more, remaining: lot.remaining + more } : lot
  const totals = (figures: PoolState['totals']) => ({
    ...figures,
    available: figures.available + more,
    received: figures.received + more,
  })
  const first = decision.changes.entries.findIndex((entry) => entry.type === 'plan_change')
  const entries = decision.changes.entries.map((entry, index) => {
    if (index < first) return entry
    if (index > first) return { ...entry, totals: totals(entry.totals) }
    const draws = entry.draws.map((draw) => ({ ...draw, credits: draw.credits + more }))
    return { ...entry, amount: entry.amount + more, draws, totals: totals(entry.totals) }
  })
  const state = {
    ...decision.state,
    lots: decision.state.lots.map(grow),
    totals: totals(decision.state.totals),
  }
  return {
    ...decision,
    state,
    changes: { ...decision.changes, entries, lots: decision.changes.lots.map(grow) },
  }
}

/** A bank limit counts what is held. */
export const limitCountsHeld: Decide = (state, command, now, catalogs) => {
  let held = 0
  for (const lot of state.lots) if (lot.kind === 'subscription' || lot.kind === 'trial') held += lot.held
  if (held === 0) return decide(state, command, now, catalogs)
  const bent: Catalogs = {
    at: (instant) => lowered(catalogs.at(instant), held),
    version: (number) => catalogs.version(number),
    nextChange: (instant) => catalogs.nextChange(instant),
  }
  return decide(state, command, now, bent)
}

function lowered(catalog: Catalog, by: number): Catalog {
  const plans = Object.entries(catalog.plans).map(([id, plan]) => {
    const { rollover } = plan
    return [
      id,
      rollover.kind === 'bank'
        ? { ...plan, rollover: { ...rollover, limit: Math.max(0, rollover.limit - by) } }
        : plan,
    ]
  })
  return { ...catalog, plans: Object.fromEntries(plans) }
}

/** That a subscription will end is told by whoever looks, and not at its own instant. */
export const endToldLate: Decide = (state, command, now, catalogs) => {
  const decision = decide(state, command, now, catalogs)
  const notices = decision.changes.notices.map((notice) =>
    notice.type === 'subscription.expiring' ? { ...notice, at: decision.state.at } : notice,
  )
  return { ...decision, changes: { ...decision.changes, notices } }
}
