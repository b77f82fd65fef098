/** Plays scenarios on core and on the naive model and compares after every step. */

import { brokenRule } from './always-true.ts'
import { differenceOf, lotDifferenceOf } from './comparison.ts'
import { type CorePool, type Decide, newCorePool, playOnCore } from './core-pool.ts'
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
function beginningOf(random: Random): Beginning {
  return { product: random.pick(PRODUCTS), zone: random.pick(ZONES), openedAt: startOf(random) }
}

function openWorld({ product, zone, openedAt }: Beginning, rules?: Decide): World {
  const version = product.versions[0]!
  return {
    product,
    core: newCorePool(openedAt, zone, version, rules),
    naive: newNaivePool(openedAt, zone, version),
    quotes: new Map(),
  }
}

/** One step on both; what differs or is broken afterwards, or null. */
function play(world: World, step: Step): string | null {
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
function isShells({ product, core, naive, quotes }: World, step: Step): boolean {
  const { number, at, act } = step
  if (act.type === 'quote') {
    const now = Math.max(at, naive.now)
    if (act.action === 'soon') return true
    const price = atTime(naive, now, () => priceOfFacts(naive, act.action, act))
    if (typeof price !== 'string') quotes.set(number, { price, pricedAt: now, expiresAt: now + QUOTE_LIFE })
    return true
  }
  if (act.type === 'share') naive.accounts.set(act.account, act.zone)
  if (act.type === 'leave') naive.accounts.delete(act.account)
  return playShell([core, naive], product, step)
}

/** A new catalog, an account that comes or goes; false where the step is for the pool. */
export function playShell(
  pools: readonly (CorePool | NaivePool)[],
  product: Product,
  { at, act }: Step,
): boolean {
  for (const pool of pools) {
    const now = Math.max(at, 'state' in pool ? pool.state.at : pool.now)
    // A catalog is applied once in an instant, and never before another.
    if (act.type === 'apply' && pool.versions.at(-1)!.from < now) {
      pool.versions.push({ from: now, version: product.versions[act.version]! })
    }
    if (!('state' in pool)) continue
    const { [act.type === 'leave' ? act.account : '']: _, ...accounts } = pool.state.accounts
    if (act.type === 'share')
      pool.state = { ...pool.state, accounts: { ...accounts, [act.account]: { timeZone: act.zone } } }
    if (act.type === 'leave') pool.state = { ...pool.state, accounts }
  }
  return act.type === 'apply' || act.type === 'share' || act.type === 'leave' || act.type === 'quote'
}

/** A look at what is then; nothing is booked by it. */
function atTime<T>(naive: NaivePool, now: number, look: () => T): T {
  const before = naive.now
  naive.now = now
  const seen = look()
  naive.now = before
  return seen
}

export interface Played {
  readonly beginning: Beginning
  readonly steps: readonly Step[]
  readonly quotes: ReadonlyMap<number, Quote>
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
    const act = nextAct(random, world.naive, beginning.product, clock, quotesFor(world, random, clock))
    const step = { number, at: clock, act }
    steps.push(step)
    const what = attempt(() => play(world, step))
    if (what !== null) return { beginning, steps, quotes: world.quotes, failure: { step, what } }
  }
  const what = lotDifferenceOf(world.core, world.naive)
  return {
    beginning,
    steps,
    quotes: world.quotes,
    failure: what === null ? null : { step: steps.at(-1)!, what },
  }
}

/** Mostly those that hold; at times one that has expired, or that was used. */
function quotesFor({ quotes }: World, random: Random, clock: number): number[] {
  const all = [...quotes].filter(([, quote]) => quote.expiresAt > clock || random.chance(0.05))
  return all.map(([number]) => number)
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
export function attempt(playing: () => string | null): string | null {
  try {
    return playing()
  } catch (error) {
    return error instanceof Error
      ? `${error.name}: ${error.message}\n${error.stack?.split('\n').slice(1, 6).join('\n')}`
      : String(error)
  }
}
