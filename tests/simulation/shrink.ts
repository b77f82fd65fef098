/** Which of the steps a failure needs: whatever can be left out is left out. */
import { readable } from './comparison.ts'
import type { Decide } from './core-pool.ts'
import { type Beginning, type Failure, type Played, replay } from './simulation.ts'
import type { Step } from './steps.ts'

export interface Shrunk {
  readonly steps: readonly Step[]
  readonly failure: Failure
}

export function shrink({ beginning, steps, failure }: Played, rules?: Decide): Shrunk | null {
  if (failure === null) return null
  let least: Shrunk = { steps, failure }
  for (let size = Math.ceil(steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < least.steps.length; ) {
      const fewer = without(beginning, least, from, size, rules)
      if (fewer === null) from += size
      else least = fewer
    }
  }
  return least
}

/** The scenario without `size` steps, where it still fails in the same way; it ends with the step that failed. */
function without(
  beginning: Beginning,
  whole: Shrunk,
  from: number,
  size: number,
  rules?: Decide,
): Shrunk | null {
  const steps = [...whole.steps.slice(0, from), ...whole.steps.slice(from + size)]
  const failure = replay(beginning, steps, rules)
  if (failure === null || kindOf(failure) !== kindOf(whole.failure)) return null
  return { steps: steps.slice(0, steps.indexOf(failure.step) + 1), failure }
}

function kindOf({ what }: Failure): string {
  return what.split(/[ \n:]/, 1)[0]!
}

/** Everything one needs to see it again. */
export function report(seed: number, played: Played, rules?: Decide): string {
  const shrunk = shrink(played, rules)
  if (shrunk === null) return `scenario ${seed} passed`
  const { product, zone, openedAt } = played.beginning
  const lines = shrunk.steps.map(
    ({ number, at, act }) => `  ${number} ${new Date(at).toISOString()} ${JSON.stringify(act)}`,
  )
  return [
    `scenario ${seed} failed at step ${played.failure?.step.number}; again: SEED=${seed} npm run test:simulation`,
    `product ${product.name}, zone ${zone}, opened ${new Date(openedAt).toISOString()}; steps that it needs:`,
    ...lines,
    readable(shrunk.failure.what),
  ].join('\n')
}
