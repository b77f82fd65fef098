import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  assert,
  Bug,
  CREDITS_MAX,
  formatCredits,
  isAmount,
  multiply,
  parseCredits,
  share,
  shareUp,
} from './amounts.ts'

test('an amount is a whole number above zero of at most fifteen digits', () => {
  expect([1, CREDITS_MAX].map(isAmount)).toEqual([true, true])
  expect([0, -1, 1.5, CREDITS_MAX + 1, Number.NaN, Number.POSITIVE_INFINITY].map(isAmount)).toEqual(
    Array(6).fill(false),
  )
})

test('a product that leaves the exact range is null, never a wrong number', () => {
  expect(multiply(3, 14)).toBe(42)
  expect(multiply(CREDITS_MAX, 1)).toBe(CREDITS_MAX)
  expect(multiply(CREDITS_MAX, 2)).toBeNull()
  expect(multiply(94_906_267, 94_906_267)).toBeNull()
  expect(multiply(0, CREDITS_MAX)).toBe(0)
})

test('a share of fifteen digits is exact, rounded down, and its counterpart rounded up', () => {
  expect(share(CREDITS_MAX, 1, 3)).toBe(333_333_333_333_333)
  expect(share(CREDITS_MAX, CREDITS_MAX - 1, CREDITS_MAX)).toBe(CREDITS_MAX - 1)
  expect([share(10, 1, 3), shareUp(10, 1, 3)]).toEqual([3, 4])
  expect([share(9, 1, 3), shareUp(9, 1, 3)]).toEqual([3, 3])
  expect(() => share(1, 1, 0)).toThrow(Bug)
})

test('what is shared in parts never adds up to more than the whole', () => {
  const amount = fc.integer({ min: 0, max: CREDITS_MAX })
  fc.assert(
    fc.property(
      amount,
      fc.integer({ min: 1, max: 1e12 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (whole, days, at) => {
        const part = Math.floor(days * at)
        expect(share(whole, part, days) + share(whole, days - part, days)).toBeLessThanOrEqual(whole)
        expect(shareUp(whole, part, days) + share(whole, days - part, days)).toBe(whole)
      },
    ),
  )
})

test('credits are read digit by digit: 0.3 is three tenths, 0.1 + 0.2 is not', () => {
  expect(parseCredits(0.3, 1)).toBe(3)
  expect(parseCredits(0.1 + 0.2, 1)).toBeNull()
  expect(parseCredits(1.25, 2)).toBe(125)
  expect(parseCredits(1.255, 2)).toBeNull()
  expect(parseCredits(-1.5, 2)).toBe(-150)
  expect(parseCredits(5, 6)).toBe(5_000_000)
})

test('without decimals only whole numbers are credits, and none is beyond fifteen digits', () => {
  expect(parseCredits(5, 0)).toBe(5)
  expect(parseCredits(5.5, 0)).toBeNull()
  expect(parseCredits(CREDITS_MAX, 0)).toBe(CREDITS_MAX)
  expect(parseCredits(CREDITS_MAX + 1, 0)).toBeNull()
  expect(parseCredits(1e21, 2)).toBeNull()
  expect([Number.NaN, Number.POSITIVE_INFINITY].map((value) => parseCredits(value, 2))).toEqual([null, null])
})

test('minus zero is zero', () => {
  expect(Object.is(parseCredits(-0, 0), 0)).toBe(true)
  expect(Object.is(parseCredits(-0, 2), 0)).toBe(true)
})

test('what JSON shows of an amount is read back as the same amount, for every number of decimals', () => {
  const units = fc.integer({ min: -CREDITS_MAX, max: CREDITS_MAX })
  fc.assert(
    fc.property(units, fc.integer({ min: 0, max: 6 }), (amount, decimals) => {
      const shown = JSON.parse(JSON.stringify(formatCredits(amount, decimals))) as number
      expect(parseCredits(shown, decimals)).toBe(amount + 0)
    }),
    { numRuns: 1_000 },
  )
})

test('the smallest units are read and shown at six decimals, where numbers turn to exponents', () => {
  expect(formatCredits(1, 6)).toBe(0.000001)
  expect(parseCredits(0.000001, 6)).toBe(1)
  expect(parseCredits(1e-7, 6)).toBeNull()
})

test('an assertion that fails is a bug of ours', () => {
  expect(() => assert(false, 'this cannot be')).toThrow(new Bug('this cannot be'))
  expect(() => assert(true, 'this is')).not.toThrow()
})
