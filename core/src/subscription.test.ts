import { expect, test } from 'vitest'
import { givenPool, instant } from './pool-under-test.ts'

const GATED = { gated: { access: 'plan', price: { credits: 1, per: 'units' } }, free: { access: 'plan' } }
const gated = (units = 1) => ({
  type: 'charge' as const,
  action: 'gated',
  quantities: { units },
  options: {},
})
const month = (more: Record<string, unknown> = {}) => ({
  actions: GATED,
  plans: { plus: { every: 'month', credits: 100, rollover: 'keep', ...more } },
})
const trial = (rollover: unknown, converts = true) =>
  month({ rollover, trial: { length: '7 days', credits: 20, converts } })

test('subscribing starts period 0 with its refill, and each period brings one', () => {
  const pool = givenPool({ at: '2026-01-31', catalog: month() })
  pool.subscribe('plus')
  pool.at('2026-03-31')
  expect(pool.rows()).toEqual(['2026-01-31 refill +100', '2026-02-28 refill +100', '2026-03-31 refill +100'])
})

test("a subscription keeps the time zone in which it began, whatever the account's becomes", () => {
  const pool = givenPool({
    at: '2026-03-28T01:30Z',
    timeZone: 'Europe/Berlin',
    catalog: { plans: { daily: { every: 'day', credits: 1 } } },
  })
  pool.subscribe('daily')
  expect(pool.state().subscription?.timeZone).toBe('Europe/Berlin')
  pool.at('2026-03-30T12:00Z')
  expect(
    pool
      .entries()
      .filter((entry) => entry.type === 'refill')
      .map((entry) => entry.at),
  ).toEqual(['2026-03-28T01:30Z', '2026-03-29T01:30Z', '2026-03-30T00:30Z'].map(instant))
})

test('a subscription that starts later brings neither access nor credits before', () => {
  const pool = givenPool({ catalog: month() })
  pool.subscribe('plus', { startsAt: instant('2026-02-10') })
  expect(pool.at('2026-02-09').says(gated())).toBe('access_inactive')
  expect(pool.at('2026-02-10').does(gated()).amount).toBe(-1)
  pool.at('2026-03-11')
  expect(pool.rows().filter((row) => row.includes('refill'))).toEqual([
    '2026-02-10 refill +100',
    '2026-03-10 refill +100',
  ])
})

test('a trial comes before period 0, with its own credits and with access', () => {
  const pool = givenPool({ catalog: trial('keep') })
  pool.subscribe('plus', { trial: true })
  expect(pool.state().subscription?.status).toBe('trialing')
  expect(pool.lots()).toEqual(['trial 20'])
  expect(pool.does(gated()).amount).toBe(-1)
  pool.at('2026-02-09')
  expect(pool.rows().slice(2)).toEqual(['2026-01-08 refill +100', '2026-02-08 refill +100'])
  expect(pool.state().subscription?.status).toBe('active')
})

test("what is left of a trial rolls over by the plan's rule when it converts", () => {
  const after = (rollover: unknown) => {
    const pool = givenPool({ catalog: trial(rollover) })
    pool.subscribe('plus', { trial: true })
    pool.charge(5)
    return pool.at('2026-01-08').lives()
  }
  expect(after('keep')).toEqual(['trial 15 for ever', 'subscription 100 for ever'])
  expect(after('reset')).toEqual(['subscription 100 until 2026-02-08'])
  expect(after('window')).toEqual(['trial 15 until 2026-02-07', 'subscription 100 until 2026-03-10'])
  expect(after({ bank: 10, counts: 'carried' })).toEqual(['trial 10 for ever', 'subscription 100 for ever'])
})

test.each(['keep', 'reset', 'window'])(
  'what is left of a trial expires when it does not convert (%s), and what was bought stays',
  (rollover) => {
    const pool = givenPool({ catalog: trial(rollover, false) })
    pool.subscribe('plus', { trial: true })
    pool.buy(50)
    pool.at('2026-01-08')
    expect(pool.lots()).toEqual(['purchased 50'])
    expect(pool.state().subscription).toBeNull()
    expect(pool.says(gated())).toBe('access_inactive')
  },
)

test('taking the plan one is trying begins its first period at once where the trial would not convert, else at its end', () => {
  const startOf = (converts: boolean, when: 'now' | 'periodEnd' | null) => {
    const pool = givenPool({ catalog: trial('keep', converts) })
    pool.subscribe('plus', { trial: true })
    pool.at('2026-01-03').subscribe('plus', { when })
    return pool.at('2026-02-01').state().subscription?.bill?.start
  }
  expect(startOf(false, null)).toBe(instant('2026-01-03'))
  expect(startOf(true, null)).toBe(instant('2026-01-08'))
  expect(startOf(false, 'periodEnd')).toBe(instant('2026-01-08'))
  expect(startOf(true, 'now')).toBe(instant('2026-01-03'))
})

test('a trial comes once per account, and only where the plan has one', () => {
  const pool = givenPool({
    catalog: { plans: { ...trial('keep', false).plans, pro: { every: 'month', credits: 1 } } },
  })
  expect(pool.says({ type: 'subscribe', plan: 'pro', trial: true })).toBe('trial_not_offered')
  pool.subscribe('plus', { trial: true })
  pool.at('2026-02-01')
  expect(pool.says({ type: 'subscribe', plan: 'plus', trial: true })).toBe('trial_already_used')
  pool.subscribe('plus')
  expect(pool.state().subscription?.status).toBe('active')
})

test('trial credits say when they end: with the trial where it does not convert, else as the rollover lets them live on', () => {
  const lives = (rollover: unknown, converts?: boolean) => {
    const pool = givenPool({ catalog: trial(rollover, converts) })
    pool.subscribe('plus', { trial: true })
    return pool.lives()
  }
  expect(lives('keep', false)).toEqual(['trial 20 until 2026-01-08'])
  expect(lives('reset')).toEqual(['trial 20 until 2026-01-08'])
  expect(lives('window')).toEqual(['trial 20 until 2026-02-07'])
  expect(lives('keep')).toEqual(['trial 20 for ever'])
})

test('cancelling a trial gives its credits its end, and taking that back gives them their life again', () => {
  const pool = givenPool({ catalog: trial('keep') })
  pool.subscribe('plus', { trial: true })
  pool.does({ type: 'cancel', when: 'periodEnd' })
  expect(pool.lives()).toEqual(['trial 20 until 2026-01-08'])
  pool.does({ type: 'resume' })
  expect(pool.lives()).toEqual(['trial 20 for ever'])
})

test('trial credits given back after the trial has ended come again as grace, also where all of them had been spent', () => {
  const pool = givenPool({ catalog: trial('keep', false) })
  pool.subscribe('plus', { trial: true })
  const charge = pool.charge(20)
  pool.at('2026-01-10').refund(charge, 5)
  expect(pool.lives()).toEqual(['trial 5 until 2026-02-09'])
})

test('cancelled at the end of the period: access until then, no more refills, and the credits live on', () => {
  const pool = givenPool({ catalog: month() })
  pool.subscribe('plus')
  pool.at('2026-01-10').does({ type: 'cancel', when: 'periodEnd' })
  expect(pool.at('2026-01-31T23:59Z').does(gated()).amount).toBe(-1)
  expect(pool.at('2026-02-01').says(gated())).toBe('access_inactive')
  expect(pool.at('2026-06-01').lots()).toEqual(['subscription 99'])
  expect(pool.state().subscription).toBeNull()
})

test('cancelled with onEnd: expire, plan credits end with the plan and what was bought stays', () => {
  const pool = givenPool({ catalog: month({ onEnd: 'expire' }) })
  pool.subscribe('plus')
  pool.buy(50)
  pool.at('2026-01-10').does({ type: 'cancel', when: 'periodEnd' })
  pool.at('2026-02-01')
  expect(pool.rows().slice(-1)).toEqual(['2026-02-01 expired -100'])
  expect(pool.lots()).toEqual(['purchased 50'])
})

test('what comes back after plan credits have ended expires and has its grace, also where all of them had been spent', () => {
  const pool = givenPool({ catalog: month({ onEnd: 'expire' }) })
  pool.subscribe('plus')
  const charge = pool.charge(100)
  pool.at('2026-01-10').does({ type: 'cancel', when: 'now' })
  pool.at('2026-01-20').refund(charge, 40)
  expect(pool.rows().slice(-3)).toEqual([
    '2026-01-20 refund +40',
    '2026-01-20 expired -40',
    '2026-01-20 grace +40',
  ])
  expect(pool.lives()).toEqual(['subscription 40 until 2026-02-19'])
  pool.at('2026-01-21').subscribe('plus')
  const later = pool.charge(140)
  pool.refund(later)
  expect(pool.lives()).toEqual(['subscription 40 until 2026-02-19', 'subscription 100 for ever'])
})

test('cancelled now: access ends now, and plan credits by onEnd', () => {
  for (const [onEnd, left] of [
    ['keep', ['subscription 100']],
    ['expire', []],
  ] as const) {
    const pool = givenPool({ catalog: month({ onEnd }) })
    pool.subscribe('plus')
    pool.at('2026-01-10').does({ type: 'cancel', when: 'now' })
    expect(pool.says(gated())).toBe('access_inactive')
    expect(pool.lots()).toEqual(left)
  }
})

test('subscribing to the same plan again before the period has ended resumes it, without a second refill', () => {
  const pool = givenPool({ catalog: month() })
  pool.subscribe('plus')
  pool.at('2026-01-10').does({ type: 'cancel', when: 'periodEnd' })
  pool.at('2026-01-20').subscribe('plus')
  pool.at('2026-02-01')
  expect(pool.rows()).toEqual(['2026-01-01 refill +100', '2026-02-01 refill +100'])
  expect(pool.state().subscription?.status).toBe('active')
})

test('after it has ended, subscribing again begins a new subscription with its refill', () => {
  const pool = givenPool({ catalog: month() })
  pool.subscribe('plus')
  const first = pool.state().subscription?.number
  pool.does({ type: 'cancel', when: 'now' })
  pool.at('2026-01-10').subscribe('plus')
  expect(pool.rows()).toEqual(['2026-01-01 refill +100', '2026-01-10 refill +100'])
  expect(pool.state().subscription?.number).not.toBe(first)
})

test('a repeated request for the plan it already has changes nothing', () => {
  const pool = givenPool({ catalog: month() })
  pool.subscribe('plus')
  const before = pool.state().subscription
  pool.at('2026-01-10').subscribe('plus')
  expect(pool.rows()).toEqual(['2026-01-01 refill +100'])
  expect(pool.state().subscription).toEqual(before)
})

test('a plan with a fixed term ends by itself, is not bought twice at once, and its account keeps its credits', () => {
  const catalog = { plans: { pro: { term: '365 days', price: '200.00 USD', onEnd: 'keep' } } }
  const pool = givenPool({ at: '2026-05-09', catalog })
  pool.grant(10)
  pool.subscribe('pro')
  expect(pool.at('2027-05-08T23:59Z').says({ type: 'subscribe', plan: 'pro' })).toBe('already_on_plan')
  expect(pool.at('2027-05-09').state().subscription).toBeNull()
  pool.subscribe('pro')
  expect(pool.at('2028-05-07T23:59Z').state().subscription).not.toBeNull()
  expect(pool.at('2028-05-08').state().subscription).toBeNull()
  expect(pool.lots()).toEqual(['free 10'])
})

test('a subscription with a given end has no refill at or after it', () => {
  const pool = givenPool({ catalog: month() })
  pool.subscribe('plus', { endsAt: instant('2026-03-01') })
  pool.at('2026-06-01')
  expect(pool.rows()).toEqual(['2026-01-01 refill +100', '2026-02-01 refill +100'])
  expect(pool.state().subscription).toBeNull()
})

test('the recurring amount belongs to the subscription: set with it, from the next refill on, until the plan changes', () => {
  const plans = {
    plus: { every: 'month', credits: 100, rollover: 'keep' },
    pro: { every: 'month', credits: 300, rollover: 'keep' },
  }
  const pool = givenPool({ catalog: { plans } })
  pool.subscribe('plus', { credits: 150 })
  pool.at('2026-01-10').subscribe('plus', { credits: 170 })
  pool.at('2026-02-01').state()
  pool.at('2026-02-10').subscribe('pro', { when: 'periodEnd' })
  pool.at('2026-03-01')
  expect(pool.rows()).toEqual(['2026-01-01 refill +150', '2026-02-01 refill +170', '2026-03-01 refill +300'])
})

test('a plan in use cannot leave: retired, its subscribers go on, and nobody new begins', () => {
  const pool = givenPool({ catalog: month() })
  pool.subscribe('plus')
  pool.at('2026-01-10').apply(month({ retired: true }))
  expect(pool.at('2026-02-01').lots()).toEqual(['subscription 100', 'subscription 100'])
  const other = givenPool({ catalog: month({ retired: true }) })
  expect(other.says({ type: 'subscribe', plan: 'plus' })).toBe('plan_retired')
})

test('a plan nobody knows is refused with those that are offered, the nearest first', () => {
  const plan = { every: 'month', credits: 1 }
  const plans = { basic: plan, plus: plan, 'plus-old': { ...plan, retired: true } }
  expect(givenPool({ catalog: { plans } }).refuses({ type: 'subscribe', plan: 'pluss' })).toMatchObject({
    code: 'plan_not_found',
    path: 'plan',
    facts: { found: 'pluss', expected: 'plus or basic', allowed: ['plus', 'basic'] },
  })
})

test('credits may come more often than the bill: a yearly plan refills monthly, by its own month-ends', () => {
  const pool = givenPool({
    at: '2026-01-31',
    catalog: { plans: { yearly: { every: 'year', creditsEvery: 'month', credits: 5, rollover: 'keep' } } },
  })
  pool.subscribe('yearly')
  pool.does({ type: 'cancel', when: 'periodEnd' })
  pool.at('2027-06-01')
  expect(pool.rows()).toHaveLength(12)
  expect(pool.rows().at(-1)).toBe('2026-12-31 refill +5')
  expect(pool.news('subscription.ended')).toEqual(['2027-01-31 subscription.ended'])
})
