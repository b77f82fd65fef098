/** Low, exhausted, restored, expiring: edges of the balance, judged when all of an instant is done. */
import type { Threshold } from '@scrip/core'
import { after } from './naive-calendar.ts'
import { availableOf, catalogOf, freeOf, heldInAll, type NaivePool, tell } from './naive-pool.ts'
import { endWarningsOf } from './naive-subscription.ts'

const DAY = 86_400_000

function nameOf(threshold: Threshold): string {
  return threshold.kind === 'absolute' ? `${threshold.credits}` : `${threshold.percent}%`
}

export function judge(pool: NaivePool): void {
  const balance = availableOf(pool) + heldInAll(pool)
  const { exhaustedBelow, alerts } = catalogOf(pool)
  pool.reference = Math.max(pool.reference, balance)
  const crossed: { name: string; level: number }[] = []
  const armed = new Set<string>()
  for (const threshold of pool.thresholds ?? alerts.remaining) {
    const name = nameOf(threshold)
    const level =
      threshold.kind === 'absolute'
        ? threshold.credits
        : Number((BigInt(pool.reference) * BigInt(threshold.percent)) / 100n)
    if (balance > level) armed.add(name)
    else if (pool.armed.has(name)) crossed.push({ name, level })
  }
  pool.armed = armed
  if (pool.isExhausted && balance >= exhaustedBelow) {
    pool.isExhausted = false
    tell(pool, 'credits.restored', `${balance}`)
  }
  if (!pool.isExhausted && pool.isFresh && balance < exhaustedBelow) {
    pool.isExhausted = true
    pool.isFresh = false
    tell(pool, 'credits.exhausted', `${balance}`)
    return
  }
  sayLow(pool, crossed, balance)
}

function sayLow(pool: NaivePool, crossed: readonly { name: string; level: number }[], balance: number): void {
  if (crossed.length === 0) return
  const lowest = crossed.reduce((least, one) => (one.level < least.level ? one : least))
  const before = pool.saidAt.get(lowest.name)
  if (before !== undefined && pool.now - before < DAY) return
  for (const { name } of crossed) pool.saidAt.set(name, pool.now)
  tell(pool, 'credits.low', `${balance} ${lowest.name}`)
}

/** The instants at which it is to be said that a lot will expire, by the lengths that hold now. */
export function warningsOf(pool: NaivePool, lotIndex: number): number[] {
  const lot = pool.lots[lotIndex]!
  const { expiresAt } = lot
  if (expiresAt === null || !lot.isStarted) return []
  const lengths = catalogOf(pool).alerts.expiring
  return lengths.map((length) => after(expiresAt, length, -1, pool.zone)).filter((at) => at > lot.effectiveAt)
}

export function sayWhatExpires(pool: NaivePool): void {
  pool.lots.forEach((lot, index) => {
    const isDue = warningsOf(pool, index).includes(pool.now)
    const credits = freeOf(pool, lot)
    if (!isDue || credits === 0 || lot.toldBefore.has(pool.now)) return
    lot.toldBefore.add(pool.now)
    tell(pool, 'credits.expiring', `${lot.number} ${credits}`)
  })
}

export function sayWhatEnds(pool: NaivePool): void {
  const sub = pool.subscription
  if (endWarningsOf(sub).includes(pool.now))
    tell(pool, 'subscription.expiring', `${sub!.plan} @${sub!.endsAt}`)
}
