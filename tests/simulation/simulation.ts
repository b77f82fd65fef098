/** Plays scenarios on core and on the naive model and compares after every step. */

import { brokenRule } from './always-true.ts'
import { differenceOf, lotDifferenceOf } from './comparison.ts'
import { type CorePool, type Decide, type Done, newCorePool, playOnCore } from './core-pool.ts'
import { playNaively } from './naive-model.ts'
import { type NaivePool, newNaivePool } from './naive-pool.ts'
import { priceOfFacts } from './naive-spending.ts'
import { PRODUCTS, type Product } from './products.ts'
import { type Random, randomFrom } from './random.ts'
import { nextAct, startOf, timeOfNext, ZONES } from './scenario.ts'
import type { Quote, Step } from './steps.ts'

export interface World {
  readonly product: Product
  readonly core: CorePool
  readonly naive: NaivePool
  readonly quotes: Map<number, Quote>
}

export interface Beginning {
  readonly product: Product
  readonly zone: string
  readonly openedAt: number
}

export interface Failure {
  readonly step: Step
  readonly what: string
}

const QUOTE_LIFE = 15 * 60_000

/** The seed of a scenario says all of it: the product, the zone, the first day and every step. */
export function beginningOf(random: Random): Beginning {
  return { product: random.pick(PRODUCTS), zone: random.pick(ZONES), openedAt: startOf(random) }
}

export function openWorld({ product, zone, openedAt }: Beginning, rules?: Decide): World {
  const version = product.versions[0]!
  return {
    product,
    core: newCorePool(openedAt, zone, version, rules),
    naive: newNaivePool(openedAt, zone, version),
    quotes: new Map(),
  }
}

/** One step on both; what differs or is broken afterwards, or null. */
export function play(world: World, step: Step): string | null {
  const { core, naive } = world
  const [rows, notices] = [core.entries.length, core.notices.length]
  if (isShells(world, step)) return null
  const quote = quoteFor(world, step)
  const asked = withQuotedFacts(step, quote)
  const refused = playNaively(naive, asked, quote)
  const done = playOnCore(core, asked, quote)
  if (done.refused !== refused) return `refusal\n   core: ${done.refused}\n  naive: ${refused}`
  // Where nothing happened nothing is kept, not even that time passed: a clock behind it may still come.
  const isQuiet = refused !== null || step.act.type === 'advance'
  if (isQuiet && core.state.at < naive.now) naive.now = core.state.at
  return differenceOf(core, naive, rows, notices) ?? brokenRule(core, done)
}

function quoteFor(world: World, { act }: Step): Quote | null {
  const isSpend = act.type === 'charge' || act.type === 'hold'
  return isSpend && act.quoteStep !== null ? (world.quotes.get(act.quoteStep) ?? null) : null
}

/** A quote is for what was asked when it was made. */
function withQuotedFacts(step: Step, quote: Quote | null): Step {
  if (quote === null) return step
  const { action, quantities, options } = quote.price
  return { ...step, act: { ...step.act, action, quantities, options } as Step['act'] }
}

/** What the shell does beside the pool is done to both alike. */
function isShells({ product, core, naive, quotes }: World, { number, at, act }: Step): boolean {
  const now = Math.max(at, naive.now)
  switch (act.type) {
    case 'apply':
      // A catalog is applied once in an instant, and never before another.
      if (naive.versions.at(-1)!.from >= now) return true
      for (const { versions } of [core, naive])
        versions.push({ from: now, version: product.versions[act.version]! })
      return true
    case 'share':
      naive.accounts.set(act.account, act.zone)
      setAccounts(core, { ...core.state.accounts, [act.account]: { timeZone: act.zone } })
      return true
    case 'leave': {
      naive.accounts.delete(act.account)
      const { [act.account]: _, ...others } = core.state.accounts
      setAccounts(core, others)
      return true
    }
    case 'quote': {
      if (act.action === 'soon') return true
      quotes.delete(number)
      const price = atTime(naive, now, () => priceOfFacts(naive, act.action, act))
      if (typeof price !== 'string') quotes.set(number, { price, pricedAt: now, expiresAt: now + QUOTE_LIFE })
      return true
    }
    default:
      return false
  }
}

/** A look at what is then; nothing is booked by it. */
function atTime<T>(naive: NaivePool, now: number, look: () => T): T {
  const before = naive.now
  naive.now = now
  const seen = look()
  naive.now = before
  return seen
}

function setAccounts(core: CorePool, accounts: CorePool['state']['accounts']): void {
  core.state = { ...core.state, accounts }
}

export interface Played {
  readonly beginning: Beginning
  readonly steps: readonly Step[]
  readonly failure: Failure | null
}

/** Makes up a scenario as it goes, from its seed alone. */
export function simulate(seed: number, count: number, rules?: Decide): Played {
  const random = randomFrom(seed)
  const beginning = beginningOf(random)
  const world = openWorld(beginning, rules)
  const steps: Step[] = []
  let clock = beginning.openedAt
  for (let number = 1; number <= count; number++) {
    clock = timeOfNext(random, world.naive, clock)
    const act = nextAct(random, world.naive, beginning.product, clock, [...world.quotes.keys()].slice(-4))
    const step = { number, at: clock, act }
    steps.push(step)
    const what = attempt(() => play(world, step))
    if (what !== null) return { beginning, steps, failure: { step, what } }
  }
  const what = lotDifferenceOf(world.core, world.naive)
  return { beginning, steps, failure: what === null ? null : { step: steps.at(-1)!, what } }
}

/** The same steps once more, or some of them. */
export function replay(beginning: Beginning, steps: readonly Step[], rules?: Decide): Failure | null {
  const world = openWorld(beginning, rules)
  for (const step of steps) {
    const what = attempt(() => play(world, step))
    if (what !== null) return { step, what }
  }
  return null
}

/** A bug that throws is a failure like another. */
function attempt(playing: () => string | null): string | null {
  try {
    return playing()
  } catch (error) {
    return error instanceof Error
      ? `${error.name}: ${error.message}\n${error.stack?.split('\n').slice(1, 6).join('\n')}`
      : String(error)
  }
}

export type { Done }
