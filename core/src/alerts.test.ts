import { expect, test } from 'vitest'
import { givenPool, instant, type PoolUnderTest, type Told } from './pool-under-test.ts'

const DAY = 86_400_000
const ABOUT = ['credits.low', 'credits.exhausted', 'credits.restored'] as const

function poolWith(remaining: unknown[], more: Record<string, unknown> = {}): PoolUnderTest {
  return givenPool({ catalog: { alerts: { remaining }, ...more } })
}

const told = (pool: PoolUnderTest) =>
  pool
    .notices()
    .filter((notice) => (ABOUT as readonly string[]).includes(notice.type))
    .map((notice) => `${notice.type.slice(8)} ${notice.data.threshold ?? ''}`.trim())

test('an alert fires when the balance goes from above a threshold to at or below it, once', () => {
  const pool = poolWith([100])
  pool.grant(200)
  pool.charge(99)
  expect(told(pool)).toEqual([])
  pool.charge(1)
  expect(told(pool)).toEqual(['low 100'])
  pool.charge(50)
  expect(told(pool)).toEqual(['low 100'])
})

test('25 % of 500: the 75th check of 5 brings 125 and one message, the 76th none', () => {
  const pool = poolWith(['25%'])
  pool.grant(500)
  for (let check = 1; check <= 74; check++) pool.charge(5)
  expect(told(pool)).toEqual([])
  pool.charge(5)
  expect(told(pool)).toEqual(['low 25%'])
  pool.charge(5)
  expect(told(pool)).toEqual(['low 25%'])
})

test('a new account is not low, and neither is one whose first credits are below the threshold', () => {
  const pool = poolWith([100])
  pool.at('2026-01-02').state()
  pool.grant(50)
  pool.charge(10)
  expect(told(pool)).toEqual([])
})

test('several crossed at once are one message that names the lowest', () => {
  const pool = poolWith([100, '50%', 20])
  pool.grant(300)
  pool.charge(285)
  expect(told(pool)).toEqual(['low 20'])
})

test('what is held is not spent yet: a hold crosses nothing, its capture does', () => {
  const pool = poolWith([100])
  pool.grant(200)
  const hold = pool.hold(150)
  expect(told(pool)).toEqual([])
  pool.capture(hold)
  expect(told(pool)).toEqual(['low 100'])
})

test('it re-arms when the balance is above again, but at most one message per threshold in 24 hours', () => {
  const pool = poolWith([100])
  pool.grant(200)
  const charge = pool.charge(100)
  pool.refund(charge)
  pool.charge(100)
  expect(told(pool)).toEqual(['low 100'])
  pool.at('2026-01-03').grant(100)
  pool.charge(100)
  expect(told(pool)).toEqual(['low 100', 'low 100'])
})

test('a purchase ends the wait of 24 hours', () => {
  const pool = poolWith([100])
  pool.buy(200)
  pool.charge(100)
  pool.buy(100)
  pool.charge(100)
  expect(told(pool)).toEqual(['low 100', 'low 100'])
})

test('a refill ends the wait of 24 hours', () => {
  const pool = givenPool({
    catalog: { alerts: { remaining: [50] }, plans: { plus: { every: 'day', credits: 100 } } },
  })
  pool.subscribe('plus')
  pool.at('2026-01-01T12:00Z').charge(60)
  pool.at('2026-01-02T11:00Z').charge(60)
  expect(told(pool)).toEqual(['low 50', 'low 50'])
})

test('100 % is the highest balance since the latest refill; a refund or a small top-up does not move it down', () => {
  const pool = givenPool({
    catalog: { alerts: { remaining: ['50%'] }, plans: { plus: { every: 'month', credits: 100 } } },
  })
  pool.subscribe('plus')
  pool.buy(100)
  expect(pool.state().alerts.reference).toBe(200)
  const charge = pool.charge(60)
  pool.refund(charge, 10)
  pool.buy(5)
  expect(pool.state().alerts.reference).toBe(200)
  pool.at('2026-02-01')
  expect(pool.state().alerts.reference).toBe(pool.state().totals.available)
})

test('in a pool without a subscription, 100 % is the highest balance since the latest purchase', () => {
  const pool = poolWith(['50%'])
  pool.buy(1000)
  pool.charge(900)
  pool.buy(100)
  expect(pool.state().alerts.reference).toBe(200)
  pool.grant(50)
  expect(pool.state().alerts.reference).toBe(250)
  pool.charge(240)
  pool.grant(10)
  expect(pool.state().alerts.reference).toBe(250)
})

test('where nothing was ever bought, 100 % is the highest balance since the latest grant', () => {
  const pool = poolWith(['50%'])
  pool.grant(1000)
  pool.charge(900)
  pool.grant(20)
  expect(pool.state().alerts.reference).toBe(120)
})

test('below exhaustedBelow credits.exhausted is said at once, and at or above it again credits.restored', () => {
  const pool = poolWith([], { exhaustedBelow: 5 })
  pool.grant(20)
  pool.charge(15)
  expect(told(pool)).toEqual([])
  pool.charge(1)
  expect(told(pool)).toEqual(['exhausted'])
  pool.grant(1)
  expect(told(pool)).toEqual(['exhausted', 'restored'])
})

test('what runs out at one instant is said to be exhausted and not low as well, also where a threshold was crossed', () => {
  const pool = poolWith([100, 10])
  pool.grant(200)
  pool.charge(200)
  expect(told(pool)).toEqual(['exhausted'])
  pool.grant(200)
  pool.charge(100)
  expect(told(pool)).toEqual(['exhausted', 'restored', 'low 100'])
})

test('exhausted is said again only after new credits came in: a refund is not new', () => {
  const pool = poolWith([])
  pool.grant(20)
  const charge = pool.charge(20)
  pool.refund(charge)
  pool.charge(20)
  expect(told(pool)).toEqual(['exhausted', 'restored'])
  pool.grant(5)
  pool.charge(5)
  expect(told(pool)).toEqual(['exhausted', 'restored', 'exhausted'])
})

test('what expires and what is refilled at one instant are judged together: a reset is no alert', () => {
  const pool = givenPool({
    catalog: { alerts: { remaining: ['25%'] }, plans: { plus: { every: 'month', credits: 100 } } },
  })
  pool.subscribe('plus')
  pool.at('2026-06-01')
  expect(told(pool)).toEqual([])
})

test('what time did alone is said too, dated when it happened', () => {
  const pool = poolWith([100])
  pool.grant(50)
  pool.grant(100, { expiresAt: instant('2026-02-01') })
  pool.at('2026-05-01')
  expect(pool.news(...ABOUT)).toEqual(['2026-02-01 credits.low'])
})

test('the capture and the release of one command are judged once: nothing is said of the balance between', () => {
  const pool = poolWith([100])
  const lot = pool.grant(150, { expiresAt: instant('2026-01-02') }).draws[0]!.lot
  pool.hold(100, { timeoutMs: 5 * DAY })
  pool.at('2026-01-03')
  expect(told(pool)).toEqual(['low 100'])
  pool.does({ type: 'release', hold: pool.state().holds[0]! })
  expect(pool.state().lots[0]?.origin).toEqual({ type: 'grace', lot })
  expect(told(pool)).toEqual(['low 100'])
})

test("an account's own thresholds replace the catalog's, until it takes the catalog's again", () => {
  const pool = poolWith([100])
  pool.grant(200)
  pool.does({ type: 'alerts', thresholds: [{ kind: 'absolute', credits: 150 }] })
  pool.charge(100)
  expect(told(pool)).toEqual(['low 150'])
  pool.does({ type: 'alerts', thresholds: null })
  pool.at('2026-01-05').grant(100)
  pool.charge(100)
  expect(told(pool)).toEqual(['low 150', 'low 100'])
})

test('credits.expiring is said once per lot and time, at its own instant', () => {
  const pool = givenPool({ catalog: { alerts: { expiring: ['30 days', '7 days'] } } })
  pool.grant(10, { expiresAt: instant('2026-04-01') })
  pool.at('2026-03-30')
  expect(pool.news('credits.expiring')).toEqual([
    '2026-03-02 credits.expiring',
    '2026-03-25 credits.expiring',
  ])
})

test('nothing is said of a lot that is spent, or of one that is granted within the time', () => {
  const pool = givenPool({ catalog: { alerts: { expiring: ['7 days'] } } })
  pool.grant(10, { expiresAt: instant('2026-02-01') })
  pool.charge(10)
  pool.at('2026-01-30').grant(10, { expiresAt: instant('2026-02-01') })
  pool.at('2026-03-01')
  expect(pool.news('credits.expiring')).toEqual([])
})

test('nothing is said late: credits that come back to a lot after its time are not announced, however time is stepped', () => {
  const pool = givenPool({ catalog: { alerts: { expiring: ['7 days'] } } })
  pool.grant(10, { expiresAt: instant('2026-02-01') })
  const hold = pool.at('2026-01-20').hold(10, { timeoutMs: 10 * DAY })
  pool.at('2026-01-27').does({ type: 'release', hold })
  expect(pool.news('credits.expiring')).toEqual([])
})

test('a catalog applied in the very instant that the pool has lived to warns from then on', () => {
  const pool = givenPool()
  pool.grant(10, { expiresAt: instant('2026-02-01') })
  pool.apply({ alerts: { expiring: ['7 days'] } })
  pool.at('2026-01-30')
  expect(pool.news('credits.expiring')).toEqual(['2026-01-25 credits.expiring'])
})

const FIXED = { plans: { pro: { term: '365 days', credits: 10 }, plus: { every: 'month', credits: 10 } } }

test('subscription.expiring is said 60 and 30 days before a term ends, each at its own instant, however late one looks', () => {
  const pool = givenPool({ catalog: FIXED })
  pool.subscribe('pro')
  pool.at('2028-01-01')
  expect(pool.news('subscription.expiring', 'subscription.ended')).toEqual([
    '2026-11-02 subscription.expiring',
    '2026-12-02 subscription.expiring',
    '2027-01-01 subscription.ended',
  ])
  const data = { plan: 'pro', endsAt: instant('2027-01-01') }
  expect(pool.notices().find(({ type }) => type === 'subscription.expiring')?.data).toEqual(data)
})

test('it is said of every subscription with an end, and of none that renews itself', () => {
  const pool = givenPool({ catalog: FIXED })
  pool.subscribe('plus')
  pool.at('2026-03-15').subscribe('plus', { endsAt: instant('2026-05-01') })
  pool.at('2026-06-01')
  expect(pool.news('subscription.expiring')).toEqual(['2026-04-01 subscription.expiring'])
})

test('nothing is said of an end that is cancelled, paused or taken over by another plan', () => {
  const ends: Told[] = [
    { type: 'cancel', when: 'periodEnd' },
    { type: 'pause' },
    { type: 'subscribe', plan: 'plus', when: 'periodEnd' },
  ]
  for (const command of ends) {
    const pool = givenPool({ catalog: FIXED })
    pool.subscribe('pro')
    pool.at('2026-02-01').does(command)
    pool.at('2027-06-01')
    expect(pool.news('subscription.expiring')).toEqual([])
  }
})

test('after a pause it is said before the end that the pause put off', () => {
  const pool = givenPool({ catalog: FIXED })
  pool.subscribe('pro')
  pool.at('2026-11-20').does({ type: 'pause' })
  pool.at('2026-12-20').does({ type: 'resume' })
  pool.at('2027-03-01')
  expect(pool.news('subscription.expiring')).toEqual([
    '2026-11-02 subscription.expiring',
    '2027-01-01 subscription.expiring',
  ])
})
