import { expect, test } from 'vitest'
import { givenPool, instant } from './pool-under-test.ts'

const GATED = { gated: { access: 'plan', price: { credits: 1, per: 'units' } } }
const gated = { type: 'charge' as const, action: 'gated', quantities: { units: 1 }, options: {} }
const PLANS = {
  basic: { every: 'month', credits: 100, rollover: 'reset' },
  pro: { every: 'month', credits: 300, rollover: 'keep' },
  yearly: { every: 'year', credits: 2400, rollover: 'window' },
}
const on = (plan: string, at = '2026-01-01') => {
  const pool = givenPool({ at, catalog: { actions: GATED, plans: PLANS } })
  pool.subscribe(plan)
  return pool
}

test('change now, the default towards more: the period stays, and one lot of the difference × time left ÷ period is added, rounded down', () => {
  const pool = on('basic')
  pool.at('2026-01-11').subscribe('pro')
  expect(pool.rows().at(-1)).toBe('2026-01-11 plan_change +135')
  expect(pool.state().subscription?.refill).toMatchObject({
    start: instant('2026-01-01'),
    end: instant('2026-02-01'),
  })
  pool.at('2026-02-01')
  expect(pool.rows().slice(-2)).toEqual(['2026-02-01 expired -100', '2026-02-01 refill +300'])
})

test('nothing already granted is taken, and earlier lots keep the life they were given', () => {
  const pool = on('basic')
  pool.at('2026-01-11').subscribe('pro')
  expect(pool.lives()).toEqual(['subscription 100 until 2026-02-01', 'subscription 135 for ever'])
})

test("change at the period's end, the default towards fewer: the new plan's rollover and refill apply at that boundary", () => {
  const pool = on('pro')
  pool.at('2026-01-11').subscribe('basic')
  expect(pool.state().subscription?.plan).toBe('pro')
  pool.at('2026-02-01')
  expect(pool.rows()).toEqual(['2026-01-01 refill +300', '2026-02-01 refill +100'])
  expect(pool.lives()).toEqual(['subscription 100 until 2026-03-01', 'subscription 300 for ever'])
})

test("a downgrade at the period's end cuts to the bank limit of the new plan", () => {
  const plans = {
    pro: { every: 'month', credits: 800, rollover: { bank: 1600, counts: 'carried' } },
    basic: { every: 'month', credits: 100, rollover: { bank: 200, counts: 'carried' } },
  }
  const pool = givenPool({ catalog: { plans } })
  pool.subscribe('pro')
  pool.at('2026-02-10').charge(700)
  pool.subscribe('basic')
  pool.at('2026-03-01')
  expect(pool.rows().slice(-2)).toEqual(['2026-03-01 rollover_excess -700', '2026-03-01 refill +100'])
})

test('a change now towards fewer adds nothing, never below 0, and takes nothing', () => {
  const pool = on('pro')
  pool.at('2026-01-11').subscribe('basic', { when: 'now' })
  expect(pool.rows()).toEqual(['2026-01-01 refill +300'])
  expect(pool.state().subscription?.plan).toBe('basic')
  pool.at('2026-02-01')
  expect(pool.rows().slice(1)).toEqual(['2026-02-01 refill +100'])
})

test('which of two plans has more credits is counted by the day, so the default is the same whatever the intervals', () => {
  const planAfter = (from: string, to: string) => {
    const pool = on(from)
    pool.at('2026-01-11').subscribe(to)
    return pool.state().subscription?.plan
  }
  // A day: basic 3.3, yearly 6.6, pro 9.9. By the period yearly would have the most.
  expect([planAfter('basic', 'yearly'), planAfter('yearly', 'pro'), planAfter('pro', 'yearly')]).toEqual([
    'yearly',
    'pro',
    'pro',
  ])
})

test('with another interval, a change now begins a new period with its refill', () => {
  const pool = on('basic')
  pool.at('2026-01-11').subscribe('yearly')
  expect(pool.rows()).toEqual(['2026-01-01 refill +100', '2026-01-11 refill +2400'])
  expect(pool.state().subscription?.refill).toMatchObject({
    start: instant('2026-01-11'),
    end: instant('2027-01-11'),
  })
})

test("with another interval at the period's end, the new plan's first period begins there", () => {
  const pool = on('yearly')
  pool.at('2026-06-01').subscribe('basic', { when: 'periodEnd' })
  pool.at('2027-02-15')
  expect(pool.rows()).toEqual([
    '2026-01-01 refill +2400',
    '2027-01-01 refill +100',
    '2027-02-01 expired -100',
    '2027-02-01 refill +100',
  ])
})

test('a change now from a trial begins a new period', () => {
  const plans = {
    ...PLANS,
    plus: { every: 'month', credits: 50, rollover: 'keep', trial: { length: '14 days', credits: 5 } },
  }
  const pool = givenPool({ catalog: { plans } })
  pool.subscribe('plus', { trial: true })
  pool.at('2026-01-05').subscribe('pro')
  expect(pool.state().subscription).toMatchObject({
    plan: 'pro',
    status: 'active',
    refill: { start: instant('2026-01-05') },
  })
  pool.at('2026-02-05')
  expect(pool.rows()).toEqual(['2026-01-01 trial +5', '2026-01-05 refill +300', '2026-02-05 refill +300'])
})

test("a change asked for at the period's end is taken back by asking for the present plan", () => {
  const pool = on('pro')
  pool.at('2026-01-11').subscribe('basic')
  pool.at('2026-01-12').subscribe('pro')
  expect(pool.at('2026-02-01').state().subscription).toMatchObject({ plan: 'pro', change: null })
})

test('the share of the time left is exact to the millisecond and rounded down', () => {
  const pool = on('basic')
  pool.at(instant('2026-02-01') - 1).subscribe('pro')
  expect(pool.rows()).toEqual(['2026-01-01 refill +100'])
})

test('a change within a period happens once per step: up, and up again, each adds its own share', () => {
  const plans = { ...PLANS, max: { every: 'month', credits: 600, rollover: 'keep' } }
  const pool = givenPool({ at: '2026-04-01', catalog: { plans } })
  pool.subscribe('basic')
  pool.at('2026-04-16').subscribe('pro')
  pool.at('2026-04-16').subscribe('max')
  expect(pool.rows().slice(1)).toEqual(['2026-04-16 plan_change +100', '2026-04-16 plan_change +150'])
})

test('a plan without `every` is a base plan: it never ends, brings its credits once, and its access is active', () => {
  const pool = givenPool({
    catalog: { actions: GATED, plans: { lifetime: { price: '299.00 USD', credits: 500 } } },
  })
  expect(pool.says(gated)).toBe('access_inactive')
  pool.subscribe('lifetime')
  expect(pool.lives()).toEqual(['lifetime 500 for ever'])
  expect(pool.at('2046-01-01').does(gated).amount).toBe(-1)
  expect(pool.rows()).toHaveLength(2)
})

test('starter credits come once per account, however often the base plan is taken', () => {
  const plans = { free: { credits: 5 }, payg: {} }
  const pool = givenPool({ catalog: { plans } })
  for (const plan of ['free', 'payg', 'free', 'free']) pool.subscribe(plan)
  expect(pool.rows()).toEqual(['2026-01-01 starter +5'])
  expect(pool.state().basePlan?.plan).toBe('free')
})

test('a lifetime plan is never replaced by a free one', () => {
  const plans = { free: { credits: 5 }, lifetime: { price: '299.00 USD', credits: 500 } }
  const pool = givenPool({ catalog: { plans, newAccounts: { plan: 'free' } } })
  pool.subscribe('lifetime')
  expect(pool.says({ type: 'subscribe', plan: 'free' })).toBe('plan_not_replaceable')
  expect(pool.state().basePlan?.plan).toBe('lifetime')
})

test('an account has at most one base plan and one subscription, and access while either is active', () => {
  const plans = { ...PLANS, lifetime: { price: '299.00 USD', credits: 500 } }
  const pool = givenPool({ catalog: { actions: GATED, plans } })
  pool.subscribe('lifetime')
  pool.subscribe('pro')
  expect(pool.state()).toMatchObject({ basePlan: { plan: 'lifetime' }, subscription: { plan: 'pro' } })
  pool.does({ type: 'cancel', when: 'now' })
  expect(pool.does(gated).amount).toBe(-1)
})

test('a free base plan is no access to what needs another plan: plan_required names which', () => {
  const actions = { pros: { price: 1, plans: ['pro'] } }
  const pool = givenPool({
    catalog: { actions, plans: { ...PLANS, free: { credits: 5 } }, newAccounts: { plan: 'free' } },
  })
  const ask = { type: 'charge' as const, action: 'pros', quantities: {}, options: {} }
  expect(pool.says(ask)).toBe('plan_required')
  pool.subscribe('pro')
  expect(pool.does(ask).amount).toBe(-1)
})

test('a subscription starts now or later', () => {
  const pool = givenPool({ at: '2026-02-01', catalog: { plans: PLANS } })
  expect(pool.says({ type: 'subscribe', plan: 'pro', startsAt: instant('2026-01-31') })).toBe(
    'instant_in_the_past',
  )
})

test('a change now to a plan with a fixed term ends with that term', () => {
  const plans = { ...PLANS, fixed: { term: '365 days', credits: 9_000, price: '200.00 USD' } }
  const pool = givenPool({ catalog: { plans } })
  pool.subscribe('basic')
  pool.at('2026-01-11').subscribe('fixed', { when: 'now' })
  expect(pool.state().subscription?.endsAt).toBe(instant('2027-01-11'))
  expect(pool.at('2027-01-11').state().subscription).toBeNull()
})

test('a change within a fixed term ends with the period that stays, not a whole term later', () => {
  const term = (price: string, credits: number) => ({ term: '365 days', every: '365 days', credits, price })
  const plans = { small: term('100.00 USD', 100), large: term('200.00 USD', 300) }
  const pool = givenPool({ catalog: { plans } })
  pool.subscribe('small')
  pool.at('2026-12-30').subscribe('large')
  expect(pool.state().subscription).toMatchObject({ plan: 'large', endsAt: instant('2027-01-01') })
  pool.at('2027-01-01')
  expect(pool.state().subscription).toBeNull()
})

test('a plan chosen for the end of a fixed term takes over there, in place of the end', () => {
  const plans = { ...PLANS, fixed: { term: '365 days', credits: 9_000, price: '200.00 USD' } }
  const pool = givenPool({ catalog: { plans } })
  pool.subscribe('fixed')
  pool.at('2026-06-01').subscribe('basic', { when: 'periodEnd' })
  pool.at('2027-03-15')
  expect(pool.state().subscription).toMatchObject({ plan: 'basic', status: 'active', endsAt: null })
  expect(pool.rows().slice(1, 3)).toEqual(['2027-01-01 expired -9000', '2027-01-01 refill +100'])
})

test('who is past due stays so on another plan: only a payment ends it', () => {
  const pool = on('basic')
  pool.at('2026-01-10').does({ type: 'payment_failed' })
  pool.at('2026-01-11').subscribe('yearly')
  expect(pool.state().subscription?.status).toBe('past_due')
  expect(pool.at('2026-01-17').state().subscription?.status).toBe('unpaid')
})

test('a change now with another interval cuts nothing that was granted, whatever the limit; the next refill does', () => {
  const plans = {
    pro: { every: 'month', credits: 300, rollover: 'keep' },
    quarterly: { every: 'quarter', credits: 2_000, rollover: { bank: 100 } },
  }
  const pool = givenPool({ catalog: { plans } })
  pool.subscribe('pro')
  pool.at('2026-01-11').subscribe('quarterly')
  expect(pool.lots()).toEqual(['subscription 300', 'subscription 2000'])
  pool.at('2026-04-11')
  expect(pool.rows().slice(2)).toEqual(['2026-04-11 rollover_excess -2200', '2026-04-11 refill +2000'])
})

test('a change now from a trial takes no trial credits: under reset they last as long as the trial would have', () => {
  const plans = { ...PLANS, plus: { every: 'month', credits: 50, trial: { length: '14 days', credits: 5 } } }
  const pool = givenPool({ catalog: { plans } })
  pool.subscribe('plus', { trial: true })
  pool.at('2026-01-05').subscribe('basic')
  expect(pool.lives()).toEqual(['trial 5 until 2026-01-15', 'subscription 100 until 2026-02-05'])
})
