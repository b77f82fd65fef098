import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { refuseTopUp, restAfterDecline, topUpCredits } from './automatic-top-up.ts'

const setting = { threshold: 100, amount: 500, monthlyCap: 10_000 }
const calm = { balance: 100, pending: 0, declines: 0, spent: 0 }

describe('an automatic top-up', () => {
  test.each([
    [101, 0, 0],
    [100, 0, 500],
    [0, 0, 500],
    [100, 1, 0],
    [40, 60, 500],
    [0, 500, 0],
  ])('with a balance of %i and %i on their way buys %i', (balance, pending, credits) => {
    expect(topUpCredits(setting, { balance, pending })).toBe(credits)
  })

  test('buys whole increments, as many as end above the threshold', () => {
    const steep = { ...setting, threshold: 1_000, amount: 300 }
    expect(topUpCredits(steep, { balance: 0, pending: 0 })).toBe(1_200)
    expect(topUpCredits(steep, { balance: 100, pending: 0 })).toBe(1_200)
    expect(topUpCredits(steep, { balance: 101, pending: 0 })).toBe(900)
  })

  test('ends above the threshold by at most one increment, whatever the amounts', () => {
    const amount = fc.integer({ min: 1, max: 10 ** 12 })
    const amounts = fc.record({
      threshold: amount,
      amount,
      balance: fc.nat(10 ** 12),
      pending: fc.nat(10 ** 12),
    })
    fc.assert(
      fc.property(amounts, ({ threshold, amount: increment, balance, pending }) => {
        const credits = topUpCredits({ threshold, amount: increment, monthlyCap: 0 }, { balance, pending })
        expect(credits % increment).toBe(0)
        expect(balance + pending + credits).toBeGreaterThan(threshold)
        if (credits > 0) expect(balance + pending + credits - increment).toBeLessThanOrEqual(threshold)
      }),
    )
  })

  test('stays within what a month may cost, tax and what is being paid included', () => {
    expect(refuseTopUp(setting, { ...calm, spent: 4_000 }, 6_000)).toBeNull()
    expect(refuseTopUp(setting, { ...calm, spent: 4_001 }, 6_000)).toBe('monthly_cap_reached')
  })

  test('leaves a means of payment alone that was declined three times in a row', () => {
    expect(refuseTopUp(setting, { ...calm, declines: 2 }, 1)).toBeNull()
    expect(refuseTopUp(setting, { ...calm, declines: 3 }, 1)).toBe('declined_too_often')
    expect(refuseTopUp(setting, { ...calm, declines: 3, spent: 10_000 }, 1)).toBe('declined_too_often')
  })

  test('asks a means of payment that was declined again after an hour, then after a day', () => {
    expect([1, 2, 3].map((declines) => restAfterDecline(0, declines) / 3_600_000)).toEqual([1, 24, 24])
  })
})
