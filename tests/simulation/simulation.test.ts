import { describe, expect, test } from 'vitest'
import type { Decide } from './core-pool.ts'
import { randomFrom } from './random.ts'
import {
  endToldLate,
  expiryByJobOnly,
  floatShares,
  forgetfulLook,
  limitCountsHeld,
  refundOfReturnedMoney,
  refundToTheNewestLot,
} from './sabotage.ts'
import { report, shrink } from './shrink.ts'
import { type Played, simulate } from './simulation.ts'
import { steppingDifference } from './stepping.ts'

const STEPS = 80
const isLong = process.env.SCRIP_TESTS_LONG === '1'
const asked = process.env.SEED === undefined ? null : Number(process.env.SEED)

// Every day the same scenarios, so that a change that breaks one is known by it; the long run takes new ones.
const first = asked ?? (isLong ? Math.floor(Date.now() / 1000) : 1)
const scenarios = asked === null ? Math.ceil((isLong ? 1_000_000 : 100_000) / STEPS) : 1
/** One scenario in so many is played twice more, its time at once and in steps. */
const STEPPED = 4
const parts = Array.from({ length: asked === null ? 5 : 1 }, (_, part) => first + part)

describe(`${scenarios} scenarios of ${STEPS} steps`, { timeout: 1_800_000 }, () => {
  test.each(parts)(
    'core and the naive model agree after every step, and time in one step or many gives the same: from seed %i on',
    (start) => {
      for (let seed = start; seed < first + scenarios; seed += parts.length) {
        const played = simulate(seed, STEPS)
        if (played.failure !== null) throw new Error(report(seed, played))
        const isStepped = asked !== null || seed % STEPPED === 0
        const difference = isStepped ? steppingDifference(played, randomFrom(seed)) : null
        if (difference !== null)
          throw new Error(`SEED=${seed}: time in steps gave something else\n${difference}`)
      }
    },
  )
})

test('a seed replays exactly: the same steps, the same rows, the same lots', () => {
  const trace = ({ beginning, steps, quotes }: Played) =>
    JSON.stringify([beginning.product.name, beginning.zone, beginning.openedAt, steps, [...quotes]])
  expect(trace(simulate(7, STEPS))).toBe(trace(simulate(7, STEPS)))
  expect(trace(simulate(7, STEPS))).not.toBe(trace(simulate(8, STEPS)))
})

/** The first scenario that fails under these rules. */
function firstFailure(rules: Decide, most: number): { seed: number; played: Played } | null {
  for (let seed = 1; seed <= most; seed++) {
    const played = simulate(seed, STEPS, rules)
    if (played.failure !== null) return { seed, played }
  }
  return null
}

describe('the simulation fails', { timeout: 120_000 }, () => {
  test.each([
    ['lots expired only when a job came by', expiryByJobOnly],
    ['a refund went to the newest lot', refundToTheNewestLot],
    ['shares were floating point, rounded to the nearest', floatShares],
    ['a bank limit counted what is held', limitCountsHeld],
    ['a refund kept what its purchase owed', refundOfReturnedMoney],
    ['the end of a subscription was told late', endToldLate],
  ] as const)('if %s', (_, rules) => {
    expect(firstFailure(rules, 1_000)).not.toBeNull()
  })

  test('if booking what is due forgot what is due next, so that time in steps gives something else', () => {
    const differs = (seed: number) =>
      steppingDifference(simulate(seed, STEPS), randomFrom(seed), forgetfulLook) !== null
    expect(Array.from({ length: 20 }, (_, index) => index + 1).some(differs)).toBe(true)
  })

  test('and says with which few steps: those it does not need are left out', () => {
    const { seed, played } = firstFailure(refundToTheNewestLot, 1_000)!
    const shrunk = shrink(played, refundToTheNewestLot)!
    expect(shrunk.steps.length).toBeLessThan(12)
    expect(shrunk.steps.at(-1)?.act.type).toBe('refund')
    expect(report(seed, played, refundToTheNewestLot)).toContain(`SEED=${seed}`)
  })
})
