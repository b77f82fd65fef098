import { expect, test } from 'vitest'
import { givenPool, instant } from './pool-under-test.ts'

const month = (rollover: unknown, credits = 300) => ({
  plans: { plus: { every: 'month', credits, rollover } },
})

test('reset: what is left of the plan credits expires when the period ends, and the refill comes whole', () => {
  const pool = givenPool({ catalog: month('reset', 200) })
  pool.subscribe('plus')
  pool.buy(100)
  pool.charge(140)
  expect(pool.at('2026-01-31T23:59Z').lots()).toEqual(['subscription 60', 'purchased 100'])
  expect(pool.at('2026-02-01').lots()).toEqual(['subscription 200', 'purchased 100'])
  expect(pool.rows().slice(-2)).toEqual(['2026-02-01 expired -60', '2026-02-01 refill +200'])
})

test('bank: plan credits carry over up to the limit, and what exceeds it goes as one rollover_excess row', () => {
  const pool = givenPool({ catalog: month({ bank: 600, counts: 'carried' }) })
  pool.subscribe('plus')
  pool.buy(50)
  pool.at('2026-03-01').charge(250)
  expect(pool.at('2026-03-31').lots()).toEqual([
    'subscription 50',
    'subscription 300',
    'subscription 300',
    'purchased 50',
  ])
  pool.at('2026-04-01')
  expect(pool.rows().slice(-2)).toEqual(['2026-04-01 rollover_excess -50', '2026-04-01 refill +300'])
  expect(pool.state().totals.available).toBe(950)
})

test('bank: the cut is in spend order, over as many lots as it needs, in one row', () => {
  const pool = givenPool({ catalog: month({ bank: 100, counts: 'carried' }, 80) })
  pool.subscribe('plus')
  pool.at('2026-02-01').state()
  pool.at('2026-03-01').state()
  const cut = pool.entries().filter((entry) => entry.type === 'rollover_excess')
  expect(cut.map((entry) => entry.draws.map((draw) => draw.credits))).toEqual([[-60]])
  pool.at('2026-04-01')
  expect(
    pool
      .entries()
      .filter((entry) => entry.type === 'rollover_excess')
      .at(-1)
      ?.draws.map((draw) => draw.credits),
  ).toEqual([-20, -60])
})

test('bank, counts: total: they are cut to the limit less the refill, so that the whole never exceeds it', () => {
  const pool = givenPool({ catalog: month({ bank: 600, counts: 'total' }) })
  pool.subscribe('plus')
  for (const day of ['2026-02-01', '2026-03-01', '2026-04-01']) {
    pool.at(day)
    expect(pool.state().totals.available).toBe(600)
  }
  pool.charge(50)
  pool.at('2026-05-01')
  expect(pool.rows().slice(-2)).toEqual(['2026-05-01 rollover_excess -250', '2026-05-01 refill +300'])
})

test('bank, counts: total: a limit below the refill counts as the refill', () => {
  const pool = givenPool({ catalog: month({ bank: 300, counts: 'total' }) })
  pool.subscribe('plus', { credits: 500 })
  pool.at('2026-02-01')
  expect(pool.rows().slice(-2)).toEqual(['2026-02-01 rollover_excess -500', '2026-02-01 refill +500'])
})

test('bank: every subscription-group credit is counted, whichever plan granted it', () => {
  const pool = givenPool({
    catalog: {
      plans: {
        pro: { every: 'month', credits: 800, rollover: { bank: 1600, counts: 'carried' } },
        basic: { every: 'month', credits: 100, rollover: { bank: 200, counts: 'carried' } },
      },
    },
  })
  pool.subscribe('pro')
  pool.at('2026-01-15').subscribe('basic')
  pool.at('2026-02-01')
  expect(pool.rows().slice(-2)).toEqual(['2026-02-01 rollover_excess -600', '2026-02-01 refill +100'])
  expect(pool.state().totals.available).toBe(300)
})

test('bank: held credits are neither counted nor cut, and what comes back may exceed the limit until the next refill', () => {
  const pool = givenPool({ catalog: month({ bank: 100, counts: 'carried' }) })
  pool.subscribe('plus')
  const hold = pool.at('2026-01-31').hold(250, { timeoutMs: 5 * 86_400_000 })
  pool.at('2026-02-01')
  expect(pool.rows().slice(-1)).toEqual(['2026-02-01 refill +300'])
  pool.at('2026-02-02').does({ type: 'release', hold })
  expect(pool.state().totals.available).toBe(600)
  expect(pool.at('2026-03-01').state().totals.available).toBe(400)
})

test('other groups are outside the cap and never touched', () => {
  const pool = givenPool({
    catalog: { ...month({ bank: 100, counts: 'carried' }), newAccounts: { credits: 500 } },
  })
  pool.buy(500)
  pool.subscribe('plus')
  pool.at('2026-02-01')
  expect(pool.lots()).toEqual(['subscription 100', 'subscription 300', 'free 500', 'purchased 500'])
})

test.each([
  ['month', '2026-02-01', '2026-03-31'],
  ['quarter', '2026-01-31', '2026-05-30'],
  ['year', '2026-01-15', '2027-04-15'],
  ['year', '2028-01-15', '2029-04-15'],
])(
  'window: a refill of a %s from %s lives for its period plus 30 days, 90 for a year or longer: until %s',
  (every, at, until) => {
    const pool = givenPool({ at, catalog: { plans: { term: { every, credits: 500, rollover: 'window' } } } })
    pool.subscribe('term')
    expect(pool.lives()).toEqual([`subscription 500 until ${until}`])
  },
)

test('window: an annual allocation lives 455 days, 456 in a leap year', () => {
  const days = (at: string) => {
    const pool = givenPool({
      at,
      catalog: { plans: { term: { every: 'year', credits: 500, rollover: 'window' } } },
    })
    pool.subscribe('term')
    return (pool.state().lots[0]!.expiresAt! - instant(at)) / 86_400_000
  }
  expect([days('2026-01-15'), days('2028-01-15')]).toEqual([455, 456])
})

test('window: at the renewal the old credits are still there and are spent first', () => {
  const pool = givenPool({ catalog: month({ window: '45 days' }, 100) })
  pool.subscribe('plus')
  pool.at('2026-02-01').charge(10)
  expect(pool.lives()).toEqual(['subscription 90 until 2026-03-18', 'subscription 100 until 2026-04-15'])
})

test('keep: plan credits never expire', () => {
  const pool = givenPool({ catalog: month('keep', 10) })
  pool.subscribe('plus')
  expect(pool.at('2026-12-31').state().totals.available).toBe(120)
  expect(pool.lives().every((life) => life.endsWith('for ever'))).toBe(true)
})

test("with credits monthly in a yearly plan, each month's credits roll over by the month", () => {
  const pool = givenPool({
    at: '2026-01-31',
    catalog: { plans: { yearly: { every: 'year', creditsEvery: 'month', credits: 500, rollover: 'reset' } } },
  })
  pool.subscribe('yearly')
  pool.at('2026-04-01')
  expect(pool.rows()).toEqual([
    '2026-01-31 refill +500',
    '2026-02-28 expired -500',
    '2026-02-28 refill +500',
    '2026-03-31 expired -500',
    '2026-03-31 refill +500',
  ])
})

test('a catalog edit touches no lot: subscribers get the new credits and rollover from their next period', () => {
  const pool = givenPool({ catalog: month('reset', 100) })
  pool.subscribe('plus')
  pool.at('2026-01-10').apply(month('keep', 250))
  expect(pool.lives()).toEqual(['subscription 100 until 2026-02-01'])
  pool.at('2026-02-01')
  expect(pool.lives()).toEqual(['subscription 250 for ever'])
})

test('a refill of 0 makes no lot and no row', () => {
  const pool = givenPool({ catalog: month('reset', 0) })
  pool.subscribe('plus')
  pool.at('2026-05-01')
  expect(pool.rows()).toEqual([])
  expect(pool.state().subscription?.refill?.index).toBe(4)
})
