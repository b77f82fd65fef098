/** Makes up the next step: any command, about what there is, at any time from now to months later. */
import type { Threshold } from '@scrip/core'
import { availableOf, type Facts, freeOf, type NaivePool, sumOf } from './naive-pool.ts'
import type { Product } from './products.ts'
import type { Random } from './random.ts'
import type { Act } from './steps.ts'

const SECOND = 1_000
const HOUR = 3_600 * SECOND
const DAY = 24 * HOUR

const ELSEWHERE = ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Apia', 'Africa/Cairo']

/** Half of all accounts live by UTC, the others where clocks change, and where a day begins or ends elsewhere. */
export const ZONES = [...ELSEWHERE.map(() => 'UTC'), ...ELSEWHERE]
const STARTS = [
  '2026-01-31T10:00:00Z',
  '2026-03-01T00:00:00Z',
  '2027-12-31T23:59:59.999Z',
  '2026-10-24T22:15:00Z',
  '2028-02-29T05:00:00Z',
]

export function startOf(random: Random): number {
  return Date.parse(random.pick(STARTS)) + random.below(3 * DAY)
}

/** Mostly soon; sometimes at the very instant something is due, or a millisecond beside it; rarely earlier. */
export function timeOfNext(random: Random, pool: NaivePool, clock: number): number {
  const open = pool.holds.filter((hold) => hold.isOpen)
  // Holds are mostly captured or released before they run out.
  if (open.length > 0 && random.chance(0.6)) {
    return clock + random.below(Math.max(1, Math.min(...open.map((hold) => hold.expiresAt)) - clock))
  }
  const kind = random.below(20)
  if (kind < 5) return clock + random.below(3)
  if (kind < 9) return clock + random.below(2 * HOUR)
  if (kind < 13) return clock + random.below(3 * DAY)
  if (kind < 14) return clock + random.below(70 * DAY)
  if (kind < 19) return nearSomethingDue(random, pool, clock)
  return clock - random.below(2 * HOUR)
}

function nearSomethingDue(random: Random, pool: NaivePool, clock: number): number {
  const { subscription: sub } = pool
  const instants = [
    ...pool.holds.filter((hold) => hold.isOpen).map((hold) => hold.expiresAt),
    ...pool.lots.flatMap((lot) => (lot.expiresAt === null || freeOf(pool, lot) === 0 ? [] : [lot.expiresAt])),
    ...pool.lots.filter((lot) => !lot.isStarted).map((lot) => lot.effectiveAt),
    ...[sub?.refill?.end, sub?.bill?.end, sub?.trialEndsAt, sub?.endsAt, sub?.startsAt],
  ].filter((at): at is number => typeof at === 'number' && at > clock)
  if (instants.length === 0) return clock + random.below(DAY)
  return random.pick(instants) + random.pick([-1, 0, 0, 0, 1])
}

/** How often each is asked for. */
const WEIGHTS: Readonly<Record<string, number>> = {
  charge: 22,
  hold: 14,
  capture: 14,
  release: 4,
  extend: 2,
  refund: 11,
  grant: 7,
  purchase: 6,
  reverse: 7,
  void: 3,
  adjust: 2,
  subscribe: 8,
  cancel: 2,
  pause: 2,
  resume: 4,
  payment_failed: 2,
  payment_received: 3,
  terms: 1,
  alerts: 1,
  budget: 3,
  apply: 1.5,
  share: 1.5,
  leave: 0.5,
  quote: 3,
  advance: 4,
}

const BAG = Object.entries(WEIGHTS).flatMap(([type, weight]) => Array<string>(weight * 2).fill(type))

export function nextAct(
  random: Random,
  pool: NaivePool,
  product: Product,
  at: number,
  quotes: readonly number[],
): Act {
  const drawn = whatIsLikely(random, pool) ?? (random.pick(BAG) as Act['type'])
  const isIdle = ABOUT_HOLDS.includes(drawn) && !pool.holds.some((hold) => hold.isOpen)
  const type = isIdle && random.chance(0.9) ? 'hold' : drawn
  switch (type) {
    case 'charge':
    case 'hold':
      return spend(random, pool, type, quotes)
    case 'capture':
      return capture(random, pool)
    case 'refund':
      return refund(random, pool)
    case 'release':
      return { type, hold: someHold(random, pool) }
    case 'extend':
      return { type, hold: someHold(random, pool), timeoutMs: timeout(random) }
    case 'grant':
      return grant(random, pool, at)
    case 'purchase':
      return purchase(random)
    case 'reverse':
      return pool.purchases.length === 0 ? purchase(random) : reverse(random, pool)
    case 'void':
      return {
        type,
        lot: random.between(1, pool.lots.length + 1),
        credits: random.chance(0.5) ? random.between(1, 40) : null,
      }
    case 'adjust':
      return { type, credits: random.between(1, Math.max(1, Math.floor(availableOf(pool) * 0.5))) }
    case 'quote':
      return { type, ...asked(random, pool) }
    default:
      return plansAndSettings(random, pool, product, at, type)
  }
}

const ABOUT_HOLDS: readonly string[] = ['capture', 'release', 'extend']

/** What often comes next in the state there is; null = anything. */
function whatIsLikely(random: Random, pool: NaivePool): Act['type'] | null {
  if (pool.holds.some((hold) => hold.isOpen) && random.chance(0.3)) {
    return random.pick(['capture', 'capture', 'capture', 'capture', 'release', 'extend'])
  }
  // What a purchase owes is seen where its credits come back.
  const owes = pool.purchases.some(({ target, taken }) => target > sumOf(taken))
  if (owes && random.chance(0.35)) return random.pick(['refund', 'refund', 'release', 'reverse', 'capture'])
  const status = pool.subscription?.status
  if (status === undefined && random.chance(0.1)) return 'subscribe'
  if (status === 'paused' && random.chance(0.15)) return 'resume'
  if ((status === 'unpaid' || status === 'past_due') && random.chance(0.1)) return 'payment_received'
  return null
}

function plansAndSettings(
  random: Random,
  pool: NaivePool,
  product: Product,
  at: number,
  type: Act['type'],
): Act {
  switch (type) {
    case 'subscribe':
      return subscribe(random, pool, product, at)
    case 'cancel':
      return { type, when: random.pick(['now', 'periodEnd', 'periodEnd']) }
    case 'terms':
      return { type, from: at + random.pick([0, 0, DAY, 20 * DAY, -DAY]), unit: random.between(0, 4) }
    case 'alerts':
      return { type, thresholds: random.chance(0.3) ? null : [threshold(random), threshold(random)] }
    case 'budget':
      return budget(random)
    case 'apply':
      return { type, version: random.below(product.versions.length) }
    case 'share':
      return { type, account: 'child', zone: random.pick(ZONES) }
    case 'leave':
      return { type, account: 'child' }
    case 'pause':
    case 'resume':
    case 'payment_failed':
    case 'payment_received':
      return { type }
    default:
      return { type: 'advance' }
  }
}

function threshold(random: Random): Threshold {
  if (random.chance(0.5)) return { kind: 'absolute', credits: random.between(1, 300) }
  return { kind: 'relative', percent: random.between(1, 90) }
}

function spender(random: Random, pool: NaivePool) {
  const account = random.chance(pool.accounts.has('child') ? 0.3 : 0.03) ? 'child' : 'owner'
  return { account, user: random.pick([null, 'ann', 'bob']), subject: random.pick([null, null, 'event 7']) }
}

/** An action with quantities, mostly such that it can be afforded. */
function asked(random: Random, pool: NaivePool): { action: string } & Facts {
  const action = random.pick([
    'use',
    'use',
    'use',
    'gated',
    'gated',
    'pros',
    'pages',
    'publish',
    'publish',
    'render',
    'look',
    'soon',
  ])
  const rich = Math.max(4, Math.min(400, availableOf(pool)))
  const many = random.chance(0.1) ? rich : random.below(Math.ceil(rich * random.pick([0.1, 0.4, 0.4, 1.1])))
  const platforms = ['x', 'linkedin', 'tiktok'].filter(() => random.chance(0.5))
  switch (action) {
    case 'use':
      return { action, quantities: random.chance(0.02) ? {} : { units: many }, options: {} }
    case 'gated':
    case 'pros':
      return { action, quantities: { units: many }, options: {} }
    case 'pages':
      return { action, quantities: { pages: many * 2 }, options: {} }
    case 'publish':
      return {
        action,
        quantities: { posts: random.below(12) },
        options: random.chance(0.2) ? {} : { platforms },
      }
    case 'render':
      return {
        action,
        quantities: random.chance(0.3) ? {} : { images: random.below(10) },
        options: random.chance(0.3) ? {} : { size: random.pick(['small', 'large']) },
      }
    default:
      return { action, quantities: {}, options: {} }
  }
}

function spend(random: Random, pool: NaivePool, type: 'charge' | 'hold', quotes: readonly number[]): Act {
  const what = asked(random, pool)
  const names = Object.keys(what.quantities)
  return {
    type,
    ...what,
    spender: spender(random, pool),
    quoteStep: quotes.length > 0 && random.chance(0.15) ? random.pick(quotes) : null,
    maxCredits: random.chance(0.05) ? random.below(60) : null,
    timeoutMs: type === 'hold' && random.chance(0.7) ? timeout(random) : null,
    atMost: type === 'hold' && names.length > 0 && random.chance(0.3) ? names[0]! : null,
  }
}

function timeout(random: Random): number {
  if (random.chance(0.05)) return random.pick([999, 30 * DAY + 1])
  return (
    random.pick([SECOND, 60 * SECOND, HOUR, DAY, 10 * DAY, 29 * DAY]) +
    random.pick([0, 0, 0, random.below(DAY)])
  )
}

/** Mostly an open one; sometimes one that has ended, or none at all. */
function someHold(random: Random, pool: NaivePool): number {
  const open = pool.holds.filter((hold) => hold.isOpen)
  const from = open.length > 0 && random.chance(0.9) ? open : pool.holds
  return from.length === 0 || random.chance(0.02) ? -1 : random.pick(from).step
}

function capture(random: Random, pool: NaivePool): Act {
  const hold = someHold(random, pool)
  const found = pool.holds.find((candidate) => candidate.step === hold)
  const left = sumOf(found?.left ?? [])
  const way = random.below(3)
  return {
    type: 'capture',
    hold,
    credits: way === 0 ? random.below(Math.ceil(left * 1.4) + 2) : null,
    facts: way === 1 && found !== undefined ? happened(random, found.price.action, found.price, 2) : null,
    final: random.chance(0.5),
    beyondHold: random.chance(0.5),
  }
}

function refund(random: Random, pool: NaivePool): Act {
  const found =
    pool.charges.length === 0 || random.chance(0.02) ? undefined : random.pick(pool.charges.slice(-12))
  const way = random.below(3)
  const left = found === undefined ? 0 : sumOf(found.draws) - sumOf(found.refunds)
  return {
    type: 'refund',
    charge: found?.step ?? -1,
    credits: way === 0 ? random.between(1, Math.ceil(left * 1.1) + 1) : null,
    facts: way === 1 && found !== undefined ? happened(random, found.price.action, found.price, 1) : null,
  }
}

/** What really happened: some of what was asked for, in `steps` parts. */
function happened(random: Random, action: string, asked: Facts, steps: number): Facts | null {
  if (action === 'look') return null
  const some = (quantity: number) => random.below(Math.ceil((quantity * 1.1) / steps) + 1)
  const quantities = Object.fromEntries(
    Object.entries(asked.quantities).map(([name, quantity]) => [name, some(quantity)]),
  )
  const platforms = asked.options.platforms
  const isList = Array.isArray(platforms) && random.chance(0.6)
  const options = isList ? { platforms: platforms.filter(() => random.chance(0.6)) } : {}
  return { quantities: random.chance(0.8) ? quantities : {}, options }
}

function grant(random: Random, pool: NaivePool, at: number): Act {
  const effectiveAt = random.chance(0.2) ? at + random.pick([0, HOUR, DAY, 25 * DAY, -1]) : null
  const life = random.pick([HOUR, DAY, 3 * DAY, 20 * DAY, 50 * DAY, 0])
  return {
    type: 'grant',
    kind: random.pick(['free', 'promotional', 'admin_grant', 'purchased', 'purchased']),
    account: random.chance(0.9) ? 'owner' : 'child',
    credits: random.between(1, 300),
    effectiveAt,
    expiresAt: random.chance(0.6)
      ? Math.max(at, pool.now) + life + (random.chance(0.5) ? 25 * DAY : 0)
      : null,
    paid: random.pick([0, 900]),
  }
}

function purchase(random: Random): Act {
  return {
    type: 'purchase',
    account: random.chance(0.9) ? 'owner' : 'child',
    credits: random.between(1, 300),
    bonus: random.chance(0.4) ? random.between(1, 60) : 0,
    life: random.pick([null, null, 'term', 'term', 1, 5, 25]),
    paid: random.pick([0, 900, 900, 1_000, 777]),
  }
}

/** Mostly of the latest purchases; more or less of the money, all of it, or, where a dispute is won, none again. */
function reverse(random: Random, { purchases, rows }: NaivePool): Act {
  const found = purchases.length === 0 ? undefined : random.pick(purchases.slice(-4))
  const paid = found?.paid ?? 0
  const late = random.chance(0.1) ? random.below(40) : 0
  return {
    type: 'reverse',
    purchase: found?.step ?? -1,
    returned: random.pick([0, random.below(paid + 1), random.below(paid + 1), paid, paid]),
    facts: Math.max(1, rows.length - late),
  }
}

function subscribe(random: Random, pool: NaivePool, product: Product, at: number): Act {
  const all = Object.values(product.versions[0]!.catalog.plans)
  const isNew = pool.subscription === null
  const tries = isNew && random.chance(pool.once.has('trial') ? 0.05 : 0.5)
  const some = random.chance(0.75) ? all.filter((plan) => plan.every !== null) : all
  const plans = (tries ? all.filter((plan) => plan.trial !== null || random.chance(0.1)) : some).map(
    ({ id }) => id,
  )
  return {
    type: 'subscribe',
    plan: random.chance(0.01) ? 'gold' : random.pick(plans),
    credits: random.chance(0.15) ? random.between(0, 500) : null,
    startsAt: isNew && random.chance(0.1) ? at + random.pick([0, DAY, 9 * DAY, -1]) : null,
    endsAt: isNew && random.chance(0.1) ? at + random.pick([12 * DAY, 40 * DAY, 100 * DAY]) : null,
    trial: tries || random.chance(0.02),
    when: random.pick([null, null, 'now', 'periodEnd']),
  }
}

function budget(random: Random): Act {
  const [name, user, subject] = random.pick([
    ['all', null, null],
    ['ann', 'ann', null],
    ['event', null, 'event 7'],
  ] as const)
  return {
    type: 'budget',
    name,
    user,
    subject,
    account: random.chance(0.7) ? 'owner' : 'child',
    limit: random.chance(0.3) ? null : random.between(20, 800),
    every: random.pick(['day', 'week', 'month', null]),
  }
}
