/** Taxes: rules in their order, the first that fits being the one that counts. */
import type { TaxRule } from './catalog.ts'
import { currencyDecimals } from './currency.ts'
import { expected, type Keys, type Reading } from './faults.ts'
import { at, isRate, type Mapping, readFlag, readList, readMapping, readText } from './read-values.ts'

const TAXES_MAX = 500

export function compileTaxes(reading: Reading, top: Mapping): readonly TaxRule[] {
  const list = readList(at(top, 'taxes'))
  if (list.length > TAXES_MAX) expected(reading, ['taxes'], 'too_many', `at most ${TAXES_MAX} rules`, list)
  return list.slice(0, TAXES_MAX).map((value, index) => compileTax(reading, value, ['taxes', index]))
}

function compileTax(reading: Reading, value: unknown, keys: Keys): TaxRule {
  const known = ['currency', 'country', 'region', 'taxId', 'inclusive', 'name', 'percent', 'lines']
  const tax = readMapping(reading, value, keys, known)
  const currency = readText(reading, tax, 'currency', keys)
  if (currency !== null && currencyDecimals(currency) === null) {
    expected(reading, [...keys, 'currency'], 'not_money', 'a currency of ISO 4217', currency)
  }
  const country = readText(reading, tax, 'country', keys)
  if (country !== null && !/^[A-Z]{2}$/.test(country)) {
    expected(reading, [...keys, 'country'], 'wrong_type', 'a country of ISO 3166 such as IN', country)
  }
  const lines = at(tax, 'lines')
  return {
    when: {
      currency,
      country,
      region: readText(reading, tax, 'region', keys),
      taxId: readTaxId(reading, tax, keys),
    },
    inclusive: readFlag(reading, tax, 'inclusive', keys, false),
    lines:
      lines === undefined
        ? [compileTaxLine(reading, tax, keys)]
        : readList(lines).map((line, index) => {
            const path = [...keys, 'lines', index]
            return compileTaxLine(reading, readMapping(reading, line, path, ['name', 'percent']), path)
          }),
  }
}

/** Not written, it is for everybody. */
function readTaxId(reading: Reading, tax: Mapping, keys: Keys): boolean | null {
  const isWritten = at(tax, 'taxId') !== undefined && at(tax, 'taxId') !== null
  return isWritten ? readFlag(reading, tax, 'taxId', keys, false) : null
}

function compileTaxLine(reading: Reading, line: Mapping, keys: Keys): TaxRule['lines'][number] {
  const percent = at(line, 'percent')
  const isGiven = isRate(percent)
  if (!isGiven) expected(reading, [...keys, 'percent'], 'out_of_range', 'a rate from 0 to 100', percent)
  return { name: readText(reading, line, 'name', keys) ?? 'Tax', percent: isGiven ? percent : 0 }
}
