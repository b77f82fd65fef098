/** "What is always true" of core's pool and of every row it ever wrote, checked after every step. */
import { type Draw, type Entry, type Lot, type PoolState, violationsOf } from '@scrip/core'
import type { CorePool, Done } from './core-pool.ts'

/** The first rule that is broken, in words, or null. */
export function brokenRule(core: CorePool, done: Done): string | null {
  const violations = violationsOf(core.state)
  if (violations.length > 0) return violations.join('; ')
  const rows = done.decision.changes.entries
  for (const row of rows) {
    const broken = brokenRow(core, row)
    if (broken !== null) return `row ${row.number} (${row.type}): ${broken}`
  }
  return brokenRefill(core, done) ?? brokenOrder(done)
}

function sum(draws: readonly Draw[]): number {
  return draws.reduce((total, draw) => total + draw.credits, 0)
}

function brokenRow(core: CorePool, row: Entry): string | null {
  const index = core.entries.lastIndexOf(row)
  const before = core.entries[index - 1]
  const balance = row.totals.available + row.totals.held
  const balanceBefore = before === undefined ? 0 : before.totals.available + before.totals.held
  if (balance !== balanceBefore + row.amount) return 'its balance is not the previous one and its amount'
  if (before !== undefined && (row.at < before.at || row.number <= before.number)) return 'it went back'
  if (sum(row.draws) !== (row.amount === 0 ? row.held : row.amount)) return 'its draws are not its amount'
  if (row.type === 'capture') return brokenCapture(core, row)
  return row.type === 'refund' ? brokenRefund(core, row) : null
}

/** A capture draws from its hold's lots in their order, and never more than was held; beyond the hold apart. */
function brokenCapture(core: CorePool, row: Entry): string | null {
  const hold = core.holds.get(row.hold!.number)!
  const beyond = row.detail?.beyond ?? 0
  let fromHold = -row.amount - beyond
  const order = hold.pinned.map((draw) => draw.lot)
  let last = -1
  for (const draw of row.draws) {
    if (fromHold <= 0) break
    const place = order.indexOf(draw.lot)
    if (place < last || place < 0) return 'it draws from a lot that its hold does not name, or out of order'
    last = place
    fromHold += draw.credits
  }
  const captures = core.entries.filter(
    (entry) => entry.type === 'capture' && entry.hold?.number === hold.number,
  )
  const held = captures.reduce((total, entry) => total - entry.held, 0)
  return held > hold.amount ? 'more was captured than was held' : null
}

/** Refunds of a charge ≤ the charge, in all and for each lot. */
function brokenRefund(core: CorePool, row: Entry): string | null {
  const left = new Map<number, number>()
  for (const entry of core.charges.get(row.charge!.number) ?? []) {
    for (const draw of entry.draws) left.set(draw.lot, (left.get(draw.lot) ?? 0) - draw.credits)
  }
  return [...left.values()].some((credits) => credits < 0) ? 'a lot got more back than it gave' : null
}

/** One refill per subscription and period. */
function brokenRefill(core: CorePool, { decision }: Done): string | null {
  const nameOf = ({ origin }: Lot) =>
    origin.type === 'refill' ? `${origin.subscription} ${origin.period}` : null
  for (const lot of decision.changes.lots) {
    const name = nameOf(lot)
    if (name === null) continue
    for (const other of core.lots.values()) {
      if (other.number !== lot.number && nameOf(other) === name) return `a second refill of period ${name}`
    }
  }
  return null
}

/** What a charge or hold draws was there, effective and unexpired, and nothing that goes first was left. */
function brokenOrder({ decision }: Done): string | null {
  if (!('entry' in decision.outcome)) return null
  const { entry } = decision.outcome
  if (entry.type !== 'charge' && entry.type !== 'hold') return null
  return brokenDraws(decision.state, decision.changes.lots, entry)
}

function brokenDraws(state: PoolState, touched: readonly Lot[], entry: Entry): string | null {
  const lastDraw = entry.draws.at(-1)
  if (lastDraw === undefined) return null
  for (const { lot: number } of entry.draws) {
    const lot = touched.find((candidate) => candidate.number === number)
    if (lot === undefined || lot.effectiveAt > entry.at) return 'it draws from a lot that had not started'
    if (lot.expiresAt !== null && lot.expiresAt <= entry.at) return 'it draws from a lot that was over'
  }
  const last = touched.find((lot) => lot.number === lastDraw.lot)!
  const skipped = state.lots.find(
    (lot) => lot.number !== last.number && lot.remaining > 0 && lot.priority < last.priority,
  )
  return skipped === undefined ? null : 'a lot of lower priority was passed over'
}
