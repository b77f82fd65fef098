import { describe, expect, test } from 'vitest'
import type { Catalog } from '../catalog/catalog.ts'
import { compileCatalog } from '../catalog/compile.ts'
import { shareOfMoney, spread } from './money-shares.ts'
import { taxesOf, taxRuleFor } from './tax.ts'

function catalog(taxes: unknown): Catalog {
  const compiled = compileCatalog({ scrip: 1, product: 'Test', currency: ['USD', 'INR', 'EUR'], taxes })
  if ('errors' in compiled) throw new Error(JSON.stringify(compiled.errors))
  return compiled.catalog
}

const NOWHERE = { country: null, region: null, hasTaxId: false }
const INDIA = [
  {
    currency: 'INR',
    country: 'IN',
    region: 'KA',
    lines: [
      { name: 'CGST', percent: 9 },
      { name: 'SGST', percent: 9 },
    ],
  },
  { currency: 'INR', name: 'IGST', percent: 18 },
]

describe('the first rule that fits counts:', () => {
  const named = (taxes: unknown, currency: string, place: object) =>
    (taxRuleFor(catalog(taxes), currency, { ...NOWHERE, ...place })?.lines ?? []).map(({ name }) => name)

  test("within the seller's state CGST and SGST, else IGST, and dollars untaxed", () => {
    expect(named(INDIA, 'INR', { country: 'IN', region: 'KA' })).toEqual(['CGST', 'SGST'])
    expect(named(INDIA, 'INR', { country: 'IN', region: ' ka ' })).toEqual(['CGST', 'SGST'])
    expect(named(INDIA, 'INR', { country: 'IN', region: 'MH' })).toEqual(['IGST'])
    expect(named(INDIA, 'INR', {})).toEqual(['IGST'])
    expect(named(INDIA, 'USD', { country: 'IN', region: 'KA' })).toEqual([])
  })

  test("by the customer's tax id", () => {
    const vat = [
      { country: 'DE', name: 'USt', percent: 19 },
      { taxId: true, currency: 'EUR', name: 'Reverse charge', percent: 0 },
      { taxId: false, name: 'VAT', percent: 20 },
    ]
    expect(named(vat, 'EUR', { country: 'FR', hasTaxId: true })).toEqual(['Reverse charge'])
    expect(named(vat, 'EUR', { country: 'FR' })).toEqual(['VAT'])
    expect(named(vat, 'EUR', { country: 'DE', hasTaxId: true })).toEqual(['USt'])
    expect(named(vat, 'USD', { country: 'FR', hasTaxId: true })).toEqual([])
  })
})

describe('a tax line is rounded half up, once, and its parts by line add up to it:', () => {
  const ka = { country: 'IN', region: 'KA', hasTaxId: false }
  const india = catalog(INDIA)

  test('on top of the prices', () => {
    expect(taxesOf(taxRuleFor(india, 'INR', NOWHERE), [150_000])).toEqual({
      taxes: [{ name: 'IGST', percent: 18, amount: 27_000 }],
      inclusive: false,
      byLine: [27_000],
    })
    const { taxes, byLine } = taxesOf(taxRuleFor(india, 'INR', ka), [33, 33, 34])
    expect(taxes.map(({ amount }) => amount)).toEqual([9, 9])
    expect(byLine).toEqual([6, 6, 6])
  })

  test('inside the prices', () => {
    const lines = [
      { name: 'A', percent: 9 },
      { name: 'B', percent: 9 },
    ]
    const rule = taxRuleFor(catalog([{ inclusive: true, lines }]), 'USD', NOWHERE)
    expect(taxesOf(rule, [1_180, 590])).toEqual({
      taxes: [
        { name: 'A', percent: 9, amount: 135 },
        { name: 'B', percent: 9, amount: 135 },
      ],
      inclusive: true,
      byLine: [180, 90],
    })
  })

  test('a rate with four decimals', () => {
    const rule = taxRuleFor(catalog([{ percent: 8.8751 }]), 'USD', NOWHERE)
    expect(taxesOf(rule, [100_000]).byLine).toEqual([8_875])
  })

  test('without a rule, nothing', () => {
    expect(taxesOf(null, [5, 6])).toEqual({ taxes: [], inclusive: false, byLine: [0, 0] })
  })

  test('whatever the prices: in 2,000 orders the parts add up and none is off by a unit', () => {
    let seed = 20_261_120
    const below = (most: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return seed % most
    }
    const rules = [
      taxRuleFor(india, 'INR', ka),
      taxRuleFor(catalog([{ percent: 7.7, inclusive: true }]), 'USD', NOWHERE),
    ]
    for (let round = 0; round < 2_000; round++) {
      const amounts = Array.from({ length: 1 + below(6) }, () => below(100_000))
      const rule = rules[round % 2]!
      const { taxes, byLine } = taxesOf(rule!, amounts)
      const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0)
      expect(sum(byLine)).toBe(sum(taxes.map(({ amount }) => amount)))
      const rate = sum(rule!.lines.map(({ percent }) => percent))
      const whole = rule!.inclusive ? 100 + rate : 100
      byLine.forEach((part, index) => {
        expect(Math.abs(part - (amounts[index]! * rate) / whole)).toBeLessThan(rule!.lines.length + 0.5)
      })
    }
  })
})

describe('shares of money', () => {
  test('are rounded half up', () => {
    expect([1, 2, 3, 5].map((amount) => shareOfMoney(amount, 1, 2))).toEqual([1, 1, 2, 3])
    expect(shareOfMoney(999_999_999_999_999, 999_999, 1_000_000)).toBe(999_998_999_999_999)
  })

  test('are spread to the last unit: what is left goes to those that lost most, the first of equals first', () => {
    expect(spread(100, [1, 1, 1])).toEqual([34, 33, 33])
    expect(spread(10, [3, 3, 4])).toEqual([3, 3, 4])
    expect(spread(5, [0, 0])).toEqual([5, 0])
    expect(spread(0, [1, 2])).toEqual([0, 0])
    expect(spread(7, [1, 2, 3, 4, 5, 6, 7])).toEqual([0, 1, 1, 1, 1, 1, 2])
  })
})
