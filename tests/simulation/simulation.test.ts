import { describe, expect, test } from 'vitest'
import type { Decide } from './core-pool.ts'
import { randomFrom } from './random.ts'
import { expiryByJobOnly, floatShares, limitCountsHeld, refundToTheNewestLot } from './sabotage.ts'
import { report, shrink } from './shrink.ts'
import { type Played, simulate } from './simulation.ts'
import { steppingDifference } from './stepping.ts'

const STEPS = 80
const isLong = process.env.SCRIP_TESTS_LONG === '1'
const asked = process.env.SEED === undefined ? null : Number(process.env.SEED)

// Every day the same scenarios, so that a change that breaks one is known by it; the long run takes new ones.
const first = asked ?? (isLong ? Math.floor(Date.now() / 1000) : 1)
const scenarios = asked === null ? Math.ceil((isLong ? 1_000_000 : 100_000) / STEPS) : 1
const LANES = 5

describe(`${scenarios} scenarios of ${STEPS} steps, from seed ${first}`, { timeout: 1_800_000 }, () => {
  const lanes = asked === null ? LANES : 1
  test.each(Array.from({ length: lanes }, (_, lane) => lane + 1))(
    'core and the naive model agree after every step, and time in one step or many gives the same (part %i)',
    (part) => {
      for (let seed = first + part - 1; seed < first + scenarios; seed += lanes) {
        const played = simulate(seed, STEPS)
        if (played.failure !== null) throw new Error(report(seed, played))
        const difference = steppingDifference(played, randomFrom(seed))
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
  ] as const)('if %s', (_, rules) => {
    expect(firstFailure(rules, 1_000)).not.toBeNull()
  })

  test('and says with which few steps: those it does not need are left out', () => {
    const { seed, played } = firstFailure(refundToTheNewestLot, 1_000)!
    const shrunk = shrink(played, refundToTheNewestLot)!
    expect(shrunk.steps.length).toBeLessThan(12)
    expect(shrunk.steps.at(-1)?.act.type).toBe('refund')
    expect(report(seed, played, refundToTheNewestLot)).toContain(`SEED=${seed}`)
  })
})
