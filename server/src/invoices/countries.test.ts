import { expect, test } from 'vitest'
import { COUNTRIES, isCountry, isInEuropeanUnion, nearestCountry } from './countries.ts'
import { INDIAN_STATES, indianState } from './indian-states.ts'

test('there are the 249 countries of ISO 3166, and Kosovo', () => {
  expect(COUNTRIES.size).toBe(250)
  expect(['IN', 'DE', 'US', 'GB', 'TW', 'XK'].every(isCountry)).toBe(true)
  expect(['UK', 'XX', 'in', 'EU', ''].some(isCountry)).toBe(false)
})

test.each([
  ['Germny', 'DE'],
  ['india', 'IN'],
  ['UK', 'GB'],
  ['USA', 'US'],
  ['Polnd', 'PL'],
  ['Untied Kingdom', 'GB'],
])('%s is probably %s', (written, code) => {
  expect(nearestCountry(written)).toBe(code)
})

test('the European Union has 27 members, of which the United Kingdom is none', () => {
  expect([...COUNTRIES.keys()].filter(isInEuropeanUnion)).toHaveLength(27)
  expect(isInEuropeanUnion('GB')).toBe(false)
})

test('a state of India is known by its letters, its number and its name, old ones too', () => {
  expect(INDIAN_STATES).toHaveLength(36)
  for (const written of ['KA', 'in-ka', '29', 'karnataka']) {
    expect(indianState(written)).toMatchObject({ code: '29', region: 'KA', tax: 'SGST' })
  }
  expect(indianState('OR')).toMatchObject({ region: 'OD' })
  expect(indianState('CH')).toMatchObject({ name: 'Chandigarh', tax: 'UTGST' })
  expect(indianState('25')).toBeNull()
})
