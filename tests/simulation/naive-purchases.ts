/** What is bought comes in as one row; when its money goes back, so do its credits, as far as they are there. */
import { after } from './naive-calendar.ts'
import { lotOf, newLot, sayComing, settle } from './naive-lots.ts'
import { addRow, type Draw, firstInOrder, type NaivePool, signed, spendOrder, sumOf } from './naive-pool.ts'
import { lifeBy, planOf } from './naive-subscription.ts'
import type { Purchase, Reverse } from './steps.ts'

export function buy(pool: NaivePool, step: number, asked: Purchase): null {
  const { credits, bonus, account } = asked
  const purchase = { step, credits: credits + bonus, paid: asked.paid, target: 0, taken: [], facts: 0 }
  pool.purchases.push(purchase)
  const draws: Draw[] = []
  for (const [amount, paid] of [
    [credits, asked.paid],
    [bonus, 0],
  ] as const) {
    if (amount === 0) continue
    const facts = { kind: 'purchased', type: 'purchase', account, purchase } as const
    const lot = newLot(pool, { ...facts, credits: amount, paid, expiresAt: lifeOf(pool, asked.life) })
    lot.isStarted = true
    if (draws.length === 0) sayComing(pool, lot)
    draws.push({ lot: lot.number, credits: amount })
  }
  addRow(pool, 'purchase', { account, amount: sumOf(draws), draws })
  return null
}

function lifeOf(pool: NaivePool, life: Purchase['life']): number | null {
  if (life === null) return null
  if (life !== 'term') return after(pool.now, { count: life, unit: 'day' }, 1, pool.zone)
  const sub = pool.subscription
  if (sub === null || sub.refill === null) return null
  const waited = sub.pausedAt === null ? 0 : pool.now - sub.pausedAt
  return lifeBy(planOf(pool, sub.plan), sub.refill.end + waited, sub.zone)
}

/** All that should be gone by now, less what is gone already; or the other way round. */
export function reverse(pool: NaivePool, { purchase: step, returned, facts }: Reverse): null {
  const purchase = pool.purchases.find((candidate) => candidate.step === step)
  if (purchase === undefined || facts < purchase.facts) {
    addRow(pool, 'reversal', {})
    return null
  }
  purchase.facts = facts
  const { paid, credits } = purchase
  const back = Math.min(returned, paid)
  purchase.target = paid === 0 ? 0 : Number((BigInt(credits) * BigInt(back)) / BigInt(paid))
  const theirs = pool.lots.filter((lot) => lot.purchase === purchase)
  const gone = sumOf(purchase.taken)
  const taken = firstInOrder(
    pool,
    Math.max(0, purchase.target - gone),
    spendOrder(pool).filter((lot) => theirs.includes(lot)),
  )
  purchase.taken.push(...taken)
  for (const { lot, credits: part } of taken) lotOf(pool, lot).removed += part
  const given = giveBack(pool, purchase, Math.max(0, gone - purchase.target))
  for (const lot of theirs) lot.isReversed = paid > 0 && back === paid && !lot.isVoided
  const draws = [...signed(taken, -1), ...given]
  addRow(pool, 'reversal', { amount: sumOf(draws), draws })
  for (const draw of given) settle(pool, draw.lot, draw.credits)
  return null
}

/** From the lot that was first touched last; what was taken of one lot at several times counts together. */
function giveBack(pool: NaivePool, purchase: { taken: Draw[] }, credits: number): Draw[] {
  const byLot = new Map<number, number>()
  for (const draw of purchase.taken) byLot.set(draw.lot, (byLot.get(draw.lot) ?? 0) + draw.credits)
  const given: Draw[] = []
  let missing = credits
  for (const [lot, part] of [...byLot].reverse()) {
    const again = Math.min(part, missing)
    missing -= again
    byLot.set(lot, part - again)
    if (again === 0) continue
    lotOf(pool, lot).removed -= again
    given.push({ lot, credits: again })
  }
  purchase.taken = [...byLot].filter(([, part]) => part > 0).map(([lot, part]) => ({ lot, credits: part }))
  return given
}
