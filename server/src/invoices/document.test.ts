import type { PricedOrder, PurchaseLine } from '@scrip/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { creditNoteOf, type Issue, invoiceOf, leftOf, split } from './document.ts'
import { dateOfIssue, financialYear, invoiceNumber } from './invoice-number.ts'
import type { BillingDetails, Seller } from './party.ts'

const address = (country: string, region: string | null = null) => ({
  lines: ['1 Street'],
  city: 'City',
  region,
  postcode: null,
  country,
})

const seller = (country: string, region: string | null = null): Seller => ({
  name: 'Seller',
  address: address(country, region),
  email: null,
  phone: null,
  website: null,
  taxIds: [],
  invoicePrefix: 'INV',
  creditNotePrefix: 'CN',
  financialYearStart: '04-01',
  timeZone: 'UTC',
  taxCode: null,
  paymentTerms: null,
  note: null,
})

const customer = (
  country: string,
  region: string | null = null,
  taxId: string | null = null,
): BillingDetails => ({
  kind: 'company',
  name: 'Customer',
  email: null,
  phone: null,
  address: address(country, region),
  taxId: taxId === null ? null : { label: 'VAT', value: taxId },
  shipping: null,
})

const issue = (from: Seller, to: BillingDetails): Issue => ({
  number: 'INV/25-26/000001',
  issuedAt: 0,
  date: '1970-01-01',
  dueDate: null,
  language: 'en',
  purchaseId: 'pur_1',
  seller: from,
  customer: to,
  decimals: 2,
  payment: null,
})

const line = (place: number, price: number, discount: number, tax: number): PurchaseLine => ({
  line: place,
  kind: 'credits',
  plan: null,
  pack: null,
  remark: null,
  name: 'Credits',
  credits: 10_050,
  bonus: 0,
  recurring: null,
  expires: { kind: 'never' },
  movesTo: null,
  price,
  discount,
  tax,
})

const order = (net: number, tax: number, names: readonly string[]): PricedOrder => ({
  currency: 'INR',
  lines: [line(0, net, 0, tax)],
  credits: 10_050,
  price: net,
  discount: 0,
  taxes: names.map((name) => ({ name, percent: 18 / names.length, amount: tax / names.length })),
  taxInclusive: false,
  tax,
  total: net + tax,
  catalogVersion: 1,
})

describe('the taxes of an Indian invoice', () => {
  const taxesFor = (region: string, names: readonly string[], tax = 27_001) =>
    invoiceOf(order(150_000, tax, names), issue(seller('IN', 'KA'), customer('IN', region))).taxes

  test('within the state are of centre and state, the odd paisa the centre’s', () => {
    expect(taxesFor('KA', ['GST'])).toEqual([
      { name: 'CGST', percent: 9, amount: 13_501 },
      { name: 'SGST', percent: 9, amount: 13_500 },
    ])
  })

  test('across states are the Union’s, also where they were charged as halves', () => {
    expect(taxesFor('MH', ['CGST', 'SGST'], 27_000)).toEqual([{ name: 'IGST', percent: 18, amount: 27_000 }])
  })

  test('within a union territory without legislature are of centre and territory', () => {
    const from = seller('IN', 'CH')
    const { taxes } = invoiceOf(order(100, 18, ['GST']), issue(from, customer('IN', 'CH')))
    expect(taxes.map(({ name }) => name)).toEqual(['CGST', 'UTGST'])
  })

  test('of a supply abroad are none, and its place of supply is outside India', () => {
    const document = invoiceOf(order(100, 0, []), issue(seller('IN', 'KA'), customer('US')))
    expect(document).toMatchObject({
      taxes: [],
      notes: ['export'],
      placeOfSupply: { code: '96', country: 'US' },
    })
  })
})

test('a business in another country of the European Union is told of the reverse charge', () => {
  const notes = (from: string, to: string, taxId: string | null) =>
    invoiceOf(order(100, 0, []), issue(seller(from), customer(to, null, taxId))).notes
  expect(notes('DE', 'FR', 'FR40303265045')).toEqual(['reverseCharge'])
  expect(notes('DE', 'DE', 'DE136695976')).toEqual([])
  expect(notes('DE', 'FR', null)).toEqual([])
})

test('with inclusive tax the lines are stated without it, and all adds up to what was paid', () => {
  const inclusive: PricedOrder = {
    ...order(0, 0, []),
    lines: [line(0, 1000, 100, 144)],
    taxes: [{ name: 'VAT', percent: 19, amount: 144 }],
    taxInclusive: true,
    price: 1000,
    discount: 100,
    tax: 144,
    total: 900,
  }
  const document = invoiceOf(inclusive, issue(seller('DE'), customer('DE')))
  expect(document.lines[0]).toMatchObject({ price: 856, discount: 100, net: 756, credits: 100.5 })
  expect(document).toMatchObject({ net: 756, total: 900 })
})

test('an order whose parts do not add up makes no invoice', () => {
  const wrong = { ...order(100, 18, ['GST']), total: 119 }
  expect(() => invoiceOf(wrong, issue(seller('IN', 'KA'), customer('US')))).toThrow('add up')
})

describe('credit notes', () => {
  const whole = () => {
    const lines = [line(0, 3333, 0, 600), line(1, 1, 0, 0), line(2, 7, 0, 1)]
    const priced = { ...order(3341, 601, ['GST']), lines, price: 3341 }
    return invoiceOf(priced, issue(seller('IN', 'KA'), customer('IN', 'KA')))
  }
  const next = { number: 'CN/25-26/000001', issuedAt: 0, date: '1970-01-01', seller: seller('IN', 'KA') }

  test('never take back more of a part than is left of it, and together take back all of it exactly', () => {
    const parts = fc.array(fc.integer({ min: 1, max: 3942 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(parts, (asked) => {
        const invoice = whole()
        const notes = []
        let left = invoice.total
        for (const returned of [...asked, Number.POSITIVE_INFINITY]) {
          const amount = Math.min(returned, left)
          if (amount === 0) break
          const note = creditNoteOf(invoice, notes, amount, next)
          expect(note.net + note.taxes.reduce((sum, tax) => sum + tax.amount, 0)).toBe(amount)
          notes.push(note)
          left -= amount
          expect(leftOf(invoice, notes).every((part) => part >= 0)).toBe(true)
        }
        expect(leftOf(invoice, notes).every((part) => part === 0)).toBe(true)
      }),
    )
  })

  test('are refused for more than is left', () => {
    expect(() => creditNoteOf(whole(), [], 3943, next)).toThrow('no more is taken back')
  })

  test('give what rounding leaves to the largest remainders', () => {
    expect(split(10, [1, 1, 1])).toEqual([4, 3, 3])
    expect(split(0, [5, 5])).toEqual([0, 0])
    expect(split(2, [1, 999_999_999_999])).toEqual([0, 2])
  })
})

describe('numbers', () => {
  test.each([
    ['2026-03-31', '04-01', '25-26'],
    ['2026-04-01', '04-01', '26-27'],
    ['2099-12-31', '04-01', '99-00'],
    ['2026-12-31', '01-01', '2026'],
  ])('of %s in a year from %s are those of %s', (date, start, year) => {
    expect(financialYear(date, start)).toBe(year)
  })

  test('have at most sixteen characters, past a million in a year too', () => {
    expect(invoiceNumber('INV', '25-26', 123)).toBe('INV/25-26/000123')
    expect(invoiceNumber('INV', '25-26', 1_234_567)).toBe('INV/2526/1234567')
    expect(invoiceNumber('INV', '2026', 1_234_567)).toHaveLength(16)
    expect(() => invoiceNumber('INV', '25-26', 12_345_678)).toThrow('sixteen')
  })

  test('are dated by the seller’s calendar', () => {
    const at = Date.UTC(2026, 2, 31, 20)
    expect(dateOfIssue(at, { timeZone: 'Asia/Kolkata' })).toBe('2026-04-01')
    expect(dateOfIssue(at, { timeZone: 'UTC' })).toBe('2026-03-31')
  })
})
