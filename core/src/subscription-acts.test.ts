import { describe, expect, test } from 'vitest'
import { givenPool, textOf } from './pool-under-test.ts'

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

test('past due: access and refills for seven days, then unpaid: neither', () => {
  const pool = givenPool({ catalog: month() })
  pool.subscribe('plus')
  pool.at('2026-01-30').does({ type: 'payment_failed' })
  expect(pool.at('2026-02-05T23:59Z').does(gated()).amount).toBe(-1)
  expect(pool.state().subscription?.status).toBe('past_due')
  expect(pool.at('2026-02-06').says(gated())).toBe('access_inactive')
  expect(pool.state().subscription?.status).toBe('unpaid')
  pool.at('2026-05-01')
  expect(pool.rows().filter((row) => row.includes('refill'))).toEqual([
    '2026-01-01 refill +100',
    '2026-02-01 refill +100',
  ])
})

test('pastDueDays are calendar days, and the catalog may set them', () => {
  const pool = givenPool({
    at: '2026-03-20T11:00Z',
    timeZone: 'Europe/Berlin',
    catalog: month({ pastDueDays: 3 }),
  })
  pool.subscribe('plus')
  pool.at('2026-03-27T11:00Z').does({ type: 'payment_failed' })
  expect(pool.at('2026-03-30T09:59Z').state().subscription?.status).toBe('past_due')
  expect(pool.at('2026-03-30T10:00Z').state().subscription?.status).toBe('unpaid')
})

test('refill: whenPaid: while past due no refill comes; when paid it comes for the current period, whose end does not move', () => {
  const pool = givenPool({ catalog: month({ refill: 'whenPaid', rollover: 'reset' }) })
  pool.subscribe('plus')
  pool.at('2026-01-30').does({ type: 'payment_failed' })
  expect(pool.at('2026-02-03').lots()).toEqual([])
  pool.does({ type: 'payment_received' })
  expect(pool.lives()).toEqual(['subscription 100 until 2026-03-01'])
  pool.at('2026-03-01')
  expect(pool.rows().slice(-2)).toEqual(['2026-03-01 expired -100', '2026-03-01 refill +100'])
})

test('one refill per period, however often it is paid', () => {
  const pool = givenPool({ catalog: month({ refill: 'whenPaid' }) })
  pool.subscribe('plus')
  pool.at('2026-01-30').does({ type: 'payment_failed' })
  pool.at('2026-02-02').does({ type: 'payment_received' })
  pool.does({ type: 'payment_failed' })
  pool.at('2026-02-03').does({ type: 'payment_received' })
  expect(pool.rows()).toEqual(['2026-01-01 refill +100', '2026-02-02 refill +100'])
})

test('unpaid and then paid: it is active again, with the refill of the current period and no other', () => {
  const pool = givenPool({ catalog: month() })
  pool.subscribe('plus')
  pool.at('2026-01-20').does({ type: 'payment_failed' })
  pool.at('2026-04-15').does({ type: 'payment_received' })
  expect(pool.rows()).toEqual(['2026-01-01 refill +100', '2026-04-15 refill +100'])
  expect(pool.does(gated()).amount).toBe(-1)
  pool.at('2026-05-01')
  expect(pool.rows().at(-1)).toBe('2026-05-01 refill +100')
})

test('past due and paid in time, nothing was lost', () => {
  const pool = givenPool({ catalog: month() })
  pool.subscribe('plus')
  pool.at('2026-01-30').does({ type: 'payment_failed' })
  pool.at('2026-02-03').does({ type: 'payment_received' })
  expect(pool.at('2026-02-20').state().subscription).toMatchObject({ status: 'active', pastDueSince: null })
  expect(pool.rows()).toEqual(['2026-01-01 refill +100', '2026-02-01 refill +100'])
})

test('paused: no access and no refill; the rest of the period is kept and runs on at resume', () => {
  const pool = givenPool({ catalog: month({ rollover: 'reset' }) })
  pool.subscribe('plus')
  pool.at('2026-01-11').does({ type: 'pause' })
  expect(pool.at('2026-03-20').says(gated())).toBe('access_inactive')
  expect(pool.rows()).toEqual(['2026-01-01 refill +100'])
  pool.at('2026-04-11').does({ type: 'resume' })
  expect(pool.does(gated()).amount).toBe(-1)
  expect(pool.lives()).toEqual(['subscription 99 until 2026-05-02'])
  pool.at('2026-05-02')
  expect(pool.rows().slice(-2)).toEqual(['2026-05-02 expired -99', '2026-05-02 refill +100'])
})

test('a pause counts elapsed time: what it moves is moved by exactly as long as it lasted, also over a change of the clocks', () => {
  const pool = givenPool({
    at: '2026-02-28T23:00Z',
    timeZone: 'Europe/Berlin',
    catalog: month({ rollover: 'reset' }),
  })
  pool.subscribe('plus')
  expect(pool.lives()).toEqual(['subscription 100 until 2026-03-31T22:00Z'])
  pool.at('2026-03-20T12:00Z').does({ type: 'pause' })
  pool.at('2026-03-30T12:00Z').does({ type: 'resume' })
  // Ten days of 24 hours, though ten days of the calendar of Berlin were an hour less.
  expect(pool.lives()).toEqual(['subscription 100 until 2026-04-10T22:00Z'])
  expect(textOf(pool.state().subscription!.bill!.end)).toBe('2026-04-10T22:00Z')
})

test('past due and then paused, the days it was past due before count on at resume', () => {
  const pool = givenPool({ catalog: month() })
  pool.subscribe('plus')
  pool.at('2026-01-10').does({ type: 'payment_failed' })
  pool.at('2026-01-12').does({ type: 'pause' })
  pool.at('2026-02-12').does({ type: 'resume' })
  expect(pool.state().subscription?.status).toBe('past_due')
  expect(pool.at('2026-02-16T23:59Z').state().subscription?.status).toBe('past_due')
  expect(pool.at('2026-02-17').state().subscription?.status).toBe('unpaid')
})

test('a paused trial has its remaining days at resume', () => {
  const pool = givenPool({ catalog: trial('keep') })
  pool.subscribe('plus', { trial: true })
  pool.at('2026-01-03').does({ type: 'pause' })
  pool.at('2026-02-03').does({ type: 'resume' })
  expect(pool.state().subscription?.status).toBe('trialing')
  pool.at('2026-03-01')
  expect(pool.rows().slice(1)).toEqual(['2026-02-08 refill +100'])
})

test.each([
  ['resume', 'active'],
  ['pause', 'paused'],
  ['pause', 'unpaid'],
  ['payment_failed', 'paused'],
] as const)('%s is refused while it is %s', (type, status) => {
  const pool = givenPool({ catalog: month() })
  pool.subscribe('plus')
  if (status === 'paused') pool.does({ type: 'pause' })
  if (status === 'unpaid') pool.does({ type: 'payment_failed' })
  expect(pool.at('2026-01-20').says({ type })).toBe('subscription_state')
})

test.each(['cancel', 'pause', 'resume', 'payment_failed', 'payment_received'] as const)(
  '%s without a subscription is refused',
  (type) => {
    const pool = givenPool({ catalog: month() })
    expect(pool.says(type === 'cancel' ? { type, when: 'now' } : { type })).toBe('subscription_not_found')
  },
)

test('a paused and an unpaid subscription can be cancelled', () => {
  for (const status of ['paused', 'unpaid'] as const) {
    const pool = givenPool({ catalog: month() })
    pool.subscribe('plus')
    pool.does(status === 'paused' ? { type: 'pause' } : { type: 'payment_failed' })
    pool.at('2026-01-20').does({ type: 'cancel', when: 'now' })
    expect(pool.state().subscription).toBeNull()
  }
})

/** A period of 100 credits, paused from the 11th of January to the 11th of April, whose refill is used up `when`. */
function usedUp(when: 'before the pause' | 'in the pause', rollover: unknown = 'reset') {
  const pool = givenPool({ catalog: month({ rollover, onEnd: 'keep' }) })
  const spendAll = () => pool.charge(100)
  pool.subscribe('plus')
  const before = when === 'before the pause' ? pool.at('2026-01-10') && spendAll() : null
  pool.at('2026-01-11').does({ type: 'pause' })
  const charge = before ?? (pool.at('2026-01-20') && spendAll())
  return { pool, charge }
}

describe.each(['before the pause', 'in the pause'] as const)('a lot emptied %s', (when) => {
  test('that is refunded after it lives to the end of the period, which runs on', () => {
    const { pool, charge } = usedUp(when)
    pool.at('2026-04-11').does({ type: 'resume' })
    pool.at('2026-04-20').refund(charge, 30)
    expect(pool.lives()).toEqual(['subscription 30 until 2026-05-02'])
    pool.at('2026-05-02')
    expect(pool.rows().slice(-2)).toEqual(['2026-05-02 expired -30', '2026-05-02 refill +100'])
  })

  test('that is refunded in it does not age until the subscription is resumed', () => {
    const { pool, charge } = usedUp(when)
    pool.at('2026-02-20').refund(charge, 30)
    expect(pool.at('2026-04-10').lives()).toEqual(['subscription 30 for ever'])
    pool.at('2026-04-11').does({ type: 'resume' })
    expect(pool.lives()).toEqual(['subscription 30 until 2026-05-02'])
  })

  test('that is refunded after its life expires there and comes again as grace', () => {
    const { pool, charge } = usedUp(when)
    pool.at('2026-04-11').does({ type: 'resume' })
    pool.at('2026-05-03').refund(charge, 30)
    expect(pool.rows().slice(-2)).toEqual(['2026-05-03 expired -30', '2026-05-03 grace +30'])
  })

  test('is moved by a second pause of the same period too', () => {
    const { pool, charge } = usedUp(when)
    pool.at('2026-04-11').does({ type: 'resume' })
    pool.at('2026-04-20').does({ type: 'pause' })
    pool.at('2026-04-30').does({ type: 'resume' })
    pool.refund(charge, 30)
    expect(pool.lives()).toEqual(['subscription 30 until 2026-05-12'])
  })

  test('has what its life had left when the paused subscription is cancelled', () => {
    const { pool, charge } = usedUp(when)
    pool.at('2026-04-11').does({ type: 'cancel', when: 'now' })
    pool.at('2026-04-12').refund(charge, 30)
    expect(pool.lives()).toEqual(['subscription 30 until 2026-05-02'])
  })

  test('and voided afterwards stays closed through the resume', () => {
    const { pool, charge } = usedUp(when)
    const lot = charge.draws[0]!.lot
    pool.at('2026-02-01').does({ type: 'void', lot })
    pool.at('2026-04-11').does({ type: 'resume' })
    pool.refund(charge, 30)
    expect(pool.rows().slice(-2)).toEqual(['2026-04-11 refund +30', '2026-04-11 void -30'])
  })
})

test('emptied lots of a period gone by are not kept at hand', () => {
  const pool = givenPool({ catalog: month({ rollover: 'reset' }) })
  pool.subscribe('plus')
  for (const day of ['2026-01-10', '2026-02-10', '2026-03-10']) pool.at(day).charge(100)
  expect(pool.state().subscription?.emptied).toHaveLength(1)
})
