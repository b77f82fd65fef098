import { describe, expect, test } from 'vitest'
import { order, poolWithCatalog, refusal, usd } from './order-under-test.ts'

describe('a plan', () => {
  const on = (plan: string, more: object = {}) => {
    const pool = poolWithCatalog()
    pool.subscribe(plan, more)
    return pool
  }

  test('costs its price, and nothing more for a catalog that changes later', () => {
    expect(order([{ plan: 'plus' }])).toMatchObject({
      credits: 0,
      total: 3_000,
      lines: [{ recurring: null }],
    })
    expect(order([{ plan: 'plus' }]).lines[0]).not.toHaveProperty('recurringPrice')
    expect(order([{ plan: 'lifetime' }]).total).toBe(9_900)
  })

  test('with a fixed term is not bought twice at once', () => {
    expect(refusal([{ plan: 'pro' }], { pool: on('pro') })).toMatchObject({
      code: 'already_on_plan',
      facts: { plan: 'pro', endsAt: Date.parse('2027-01-01') },
    })
    expect(order([{ plan: 'pro' }], { pool: on('pro').at('2027-01-01') }).total).toBe(20_000)
  })

  test('that it is on is not bought again, unless its bill is owed', () => {
    const pool = on('plus')
    expect(refusal([{ plan: 'plus' }], { pool }).code).toBe('already_on_plan')
    pool.does({ type: 'payment_failed' })
    expect(order([{ plan: 'plus' }], { pool }).total).toBe(3_000)
    expect(refusal([{ plan: 'basic' }], { pool })).toMatchObject({
      code: 'subscription_state',
      facts: { subscriptionStatus: 'past_due' },
    })
  })

  test('changed within its period costs the share of the difference that is left of it, rounded up', () => {
    const pool = on('basic')
    expect(order([{ plan: 'plus' }], { pool }).total).toBe(2_000)
    expect(order([{ plan: 'plus' }], { pool: pool.at('2026-01-16T12:00Z') }).total).toBe(1_000)
    expect(order([{ plan: 'plus' }], { pool: pool.at('2026-01-21') }).total).toBe(710)
    const { number } = pool.state().subscription!
    expect(order([{ plan: 'plus' }], { pool }).lines[0]).toMatchObject({
      change: { credits: 70, subscription: number, period: 0 },
    })
  })

  test('upgraded, spent and left again earns nothing: towards fewer there is nothing to pay and nothing back', () => {
    const pool = on('plus').at('2026-01-16')
    expect(refusal([{ plan: 'basic' }], { pool })).toMatchObject({ code: 'nothing_to_pay' })
  })

  test('billed by the year counts what is left of the year, though credits come by the month', () => {
    const pool = on('yearly').at('2026-07-02T12:00Z')
    expect(order([{ plan: 'yearlyPro' }], { pool }).total).toBe(15_000)
  })

  test('with another interval, from a trial or from one that costs nothing starts a new period: the whole price', () => {
    expect(order([{ plan: 'yearly' }], { pool: on('plus').at('2026-01-16') }).total).toBe(30_000)
    expect(order([{ plan: 'plus' }], { pool: on('gratis').at('2026-01-16') }).total).toBe(3_000)
    expect(order([{ plan: 'plus' }], { pool: on('gratis', { trial: true }) }).total).toBe(3_000)
  })

  test('by contract costs its credits at the price of its tier, and so do later periods', () => {
    const [line] = order([{ plan: 'contract' }]).lines
    expect(line).toMatchObject({ price: 90_000, recurring: null, recurringPrice: 90_000 })
    const [less] = order([{ plan: 'contract', credits: 400 }]).lines
    expect(less).toMatchObject({ price: 80_000, recurring: 400, recurringPrice: 80_000 })
  })

  test('with another recurring amount is never had for the price of the usual one', () => {
    const [line] = order([{ plan: 'basic', credits: 100_000 }]).lines
    expect(line).toMatchObject({ price: 200_000, recurring: 100_000, recurringPrice: 200_000 })
  })

  test('whose price nobody has set is agreed with staff', () => {
    const none = { catalog: { topUp: null, promotions: {} } }
    expect(refusal([{ plan: 'basic', credits: 101 }], none)).toMatchObject({ code: 'price_not_set' })
    expect(refusal([{ plan: 'enterprise' }])).toMatchObject({ code: 'price_not_set', path: 'lines[0].plan' })
    const [line] = order([{ plan: 'enterprise', credits: 9 }], { offered: usd(123_456) }).lines
    expect(line).toMatchObject({ price: 123_456, recurring: 9, recurringPrice: 123_456 })
  })
})
