import { test } from 'vitest'
import { simulate } from './simulation.ts'

test('x', { timeout: 300000 }, () => {
  const by = new Map<string, number>()
  const first = Number(process.env.SEED ?? 1)
  for (let seed = first; seed < first + Number(process.env.N ?? 200); seed++) {
    const { steps, failure, beginning } = simulate(seed, 80)
    if (failure !== null) {
      console.log(
        `seed ${seed} ${beginning.product.name} ${beginning.zone} step ${failure.step.number} of ${steps.length} at ${new Date(failure.step.at).toISOString()} ${JSON.stringify(failure.step.act)}\n${failure.what}`,
      )
      by.set(failure.what.split('\n')[0]!, 1)
      if (by.size > 2 || process.env.ONE) break
    }
  }
})
