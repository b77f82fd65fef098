import { describe, expect, test } from 'vitest'
import { readTaxId, TAX_IDS } from './tax-ids.ts'

const KINDS = Object.entries(TAX_IDS).flatMap(([country, kinds]) =>
  kinds.map((kind) => [country, kind.label, kind.example] as const),
)

/** Forms without check digits, or whose last digits are a serial number. */
const WITHOUT_CHECK_DIGITS = new Set(['US', 'ZA', 'AE', 'SA'])

describe.each(KINDS)('%s %s %s', (country, label, example) => {
  test('is taken, and kept in one form', () => {
    expect(readTaxId(country, example)).toEqual({ taxId: { label, value: example } })
  })

  test('is taken however it is spaced and in small letters', () => {
    const spaced = `${example.slice(0, 4)} ${example.slice(4).toLowerCase()} `
    expect(readTaxId(country, spaced)).toEqual({ taxId: { label, value: example } })
  })

  test('is refused too long, and told what is expected', () => {
    const read = readTaxId(country, `${example}00000`)
    expect(read).toEqual({ expected: expect.stringContaining('such as') })
  })

  test('is refused with a wrong digit, where it has check digits', () => {
    const at = [...example].findLastIndex((sign, place) => /\d/.test(sign) && place < 9)
    const wrong = example.slice(0, at) + ((Number(example[at]) + 1) % 10) + example.slice(at + 1)
    const isRefused = 'expected' in readTaxId(country, wrong)
    expect(isRefused).toBe(!WITHOUT_CHECK_DIGITS.has(country))
  })
})

test('a country whose ids are not known here takes any', () => {
  expect(readTaxId('BT', 'x 1')).toEqual({ taxId: { label: 'Tax ID', value: 'X 1' } })
})
