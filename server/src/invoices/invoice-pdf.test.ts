import { describe, expect, test } from 'vitest'
import { messagesIn } from '../messages/messages.ts'
import { dateWords, moneyWords, numberWords } from '../messages/words.ts'
import type { InvoiceDocument } from './document.ts'
import { invoiceFonts } from './fonts.ts'
import { invoicePdf } from './invoice-pdf.ts'
import { addressOf, placeWords, titleOf } from './invoice-words.ts'

const party = {
  name: 'Łódź Ελληνικά Бегун हिन्दी',
  email: null,
  phone: null,
  address: { lines: ['12 Marine Drive'], city: 'Mumbai', region: 'MH', postcode: '400020', country: 'IN' },
}

const documentOf = (lines: number, language = 'en'): InvoiceDocument => ({
  kind: 'invoice',
  number: 'INV/25-26/000001',
  issuedAt: Date.UTC(2026, 2, 31),
  date: '2026-03-31',
  dueDate: null,
  language,
  purchaseId: 'pur_1',
  seller: {
    ...party,
    website: null,
    taxIds: [{ label: 'GSTIN', value: '29AAPFU0939F1ZR' }],
    invoicePrefix: 'INV',
    creditNotePrefix: 'CN',
    financialYearStart: '04-01',
    timeZone: 'UTC',
    taxCode: '998314',
    paymentTerms: 'By transfer.',
    note: null,
  },
  customer: { ...party, kind: 'company', taxId: null, shipping: null },
  placeOfSupply: { code: '27', region: 'Maharashtra', country: 'IN' },
  currency: 'INR',
  lines: Array.from({ length: lines }, (_, place) => ({
    name: `Pack ${place + 1} with a name that is long enough to be broken into two lines somewhere`,
    remark: null,
    credits: 1000,
    bonus: place % 2,
    price: 100_000,
    discount: 0,
    net: 100_000,
  })),
  net: 100_000 * lines,
  taxes: [{ name: 'IGST', percent: 18, amount: 18_000 * lines }],
  total: 118_000 * lines,
  notes: [],
  payment: null,
  invoice: null,
})

const pagesOf = (pdf: Buffer): number => pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length ?? 0

describe('an invoice as a PDF', () => {
  test('has the same bytes when it is made again, others made meanwhile', async () => {
    const first = await invoicePdf(documentOf(3))
    await Promise.all([invoicePdf(documentOf(5, 'de')), invoicePdf(documentOf(1))])
    expect((await invoicePdf(documentOf(3))).equals(first)).toBe(true)
  })

  test('names no instant but its own, and no producer’s random id', async () => {
    const text = (await invoicePdf(documentOf(1))).toString('latin1')
    expect(text.match(/\(D:\d+/g)).toEqual(['(D:20260331000000'])
  })

  test('goes on over as many pages as it needs', async () => {
    expect(pagesOf(await invoicePdf(documentOf(1)))).toBe(1)
    const milliseconds: number[] = []
    let long: Buffer = Buffer.alloc(0)
    for (let time = 0; time < 3; time++) {
      const started = performance.now()
      long = await invoicePdf(documentOf(200))
      milliseconds.push(Math.round(performance.now() - started))
    }
    console.log(`an invoice of 200 lines: ${Math.min(...milliseconds)} ms, ${long.length} bytes`)
    expect(pagesOf(long)).toBeGreaterThan(8)
  })

  test('embeds its typefaces, and no other is named', async () => {
    const text = (await invoicePdf(documentOf(1))).toString('latin1')
    expect([...new Set(text.match(/\/BaseFont \/\S+/g))].every((font) => font.includes('+NotoSans'))).toBe(
      true,
    )
    expect(text.match(/\/FontFile2 /g)).toHaveLength(2)
  })

  test.each(['₹€£¥zł', 'ŁódźŻółw', 'Ελληνικά', 'РусскийҐґЇї', 'हिन्दी', '−·“”’…'])(
    'has every letter of %s',
    (letters) => {
      for (const font of Object.values(invoiceFonts())) {
        const missing = [...letters].filter((letter) => !font.hasGlyphForCodePoint(letter.codePointAt(0)))
        expect(missing).toEqual([])
      }
    },
  )
})

describe('what is written on it', () => {
  const en = messagesIn('en')
  const de = messagesIn('de')

  test('is a tax invoice in India where tax is charged, and a credit note where it is one', () => {
    const document = documentOf(1)
    expect(titleOf(document, en)).toBe('Tax invoice')
    expect(titleOf({ ...document, taxes: [] }, en)).toBe('Invoice')
    expect(titleOf({ ...document, kind: 'credit_note' }, en)).toBe('Credit note')
  })

  test('names states and countries in words', () => {
    expect(addressOf(party)).toEqual(['12 Marine Drive', '400020 Mumbai, Maharashtra', 'India'])
    expect(placeWords(documentOf(1), en)).toBe('27 Maharashtra')
    const abroad = { ...documentOf(1), placeOfSupply: { code: '96', region: null, country: 'US' } }
    expect(placeWords(abroad, en)).toBe('96 outside India (United States)')
  })

  test('groups India’s money by lakhs, and all other as the language does', () => {
    expect(moneyWords({ amount: 15_000_000, currency: 'INR' }, en)).toBe('₹1,50,000.00')
    expect(moneyWords({ amount: 123_456_789_00, currency: 'INR' }, en)).toBe('₹12,34,56,789.00')
    expect(moneyWords({ amount: -150_000, currency: 'USD' }, en)).toBe('−$1,500.00')
    expect(moneyWords({ amount: 150_000, currency: 'EUR' }, de)).toBe('1.500,00 €')
    expect(moneyWords({ amount: 1_500, currency: 'JPY' }, en)).toBe('¥1,500')
    expect(moneyWords({ amount: 5, currency: 'CHF' }, en)).toBe('0.05 CHF')
    expect(numberWords(1234567.5, de)).toBe('1.234.567,5')
    expect(dateWords('2026-03-01', de)).toBe('1. März 2026')
  })
})
