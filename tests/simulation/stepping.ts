/** Time in one step or in many: the same commands, with and without looks and bookings in between. */

import { peek } from '@scrip/core'
import { coreLot, coreNotice, coreRow, readable } from './comparison.ts'
import { type CorePool, type Decide, newCorePool, playOnCore } from './core-pool.ts'
import type { Random } from './random.ts'
import { attempt, type Beginning, playShell } from './simulation.ts'
import type { Quote, Step } from './steps.ts'

export interface Scenario {
  readonly beginning: Beginning
  readonly steps: readonly Step[]
  readonly quotes: ReadonlyMap<number, Quote>
}

/** What differs when time is stepped through random instants instead of at once, or null. */
export function steppingDifference(scenario: Scenario, random: Random, rules?: Decide): string | null {
  return attempt(() => firstDifference(scenario, random, rules))
}

function firstDifference(scenario: Scenario, random: Random, rules?: Decide): string | null {
  const atOnce = traceOf(scenario, () => [], rules)
  const stepped = traceOf(scenario, (from, to) => instantsBetween(random, from, to), rules)
  for (let index = 0; index < Math.max(atOnce.length, stepped.length); index++) {
    if (atOnce[index] === stepped[index]) continue
    return readable(`at once: ${atOnce[index] ?? '(none)'}\n in steps: ${stepped[index] ?? '(none)'}`)
  }
  return null
}

/** From `from` on and before `to`: at `to` itself a new catalog may come first. */
function instantsBetween(random: Random, from: number, to: number): number[] {
  const count = to > from ? random.below(3) : 0
  return Array.from({ length: count }, () => from + random.below(to - from)).sort(
    (left, right) => left - right,
  )
}

/** Every row, notice and lot, numbers of rows apart. A clock that goes back is left out: it has its own rule. */
function traceOf(
  scenario: Scenario,
  between: (from: number, to: number) => number[],
  rules?: Decide,
): string[] {
  const { product, zone, openedAt } = scenario.beginning
  const core = newCorePool(openedAt, zone, product.versions[0]!, rules)
  let clock = openedAt
  for (const step of scenario.steps) {
    if (step.at < clock) continue
    for (const at of between(clock, step.at)) look(core, step.number, at)
    clock = step.at
    if (playShell([core], product, step)) continue
    const quote =
      'quoteStep' in step.act && step.act.quoteStep !== null
        ? scenario.quotes.get(step.act.quoteStep)
        : undefined
    playOnCore(core, step, quote ?? null)
  }
  look(core, 0, clock)
  return [
    ...core.entries.map((row) => coreRow(core, row)),
    ...core.notices.map((notice) => coreNotice(core, notice)),
    ...[...core.lots.values()].map((lot) => coreLot(core, lot)),
  ]
}

/** What is read at an instant is what booking finds there. */
function look(core: CorePool, number: number, at: number): void {
  const seen = peek(core.state, at, core.catalogs)
  playOnCore(core, { number, at, act: { type: 'advance' } }, null)
  const { totals, lots } = core.state
  if (JSON.stringify([seen.totals, seen.lots]) !== JSON.stringify([totals, lots]))
    throw new Error('a look found what booking did not')
}
