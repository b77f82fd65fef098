/** Who sells and who buys, read as they were written: countries, states and tax ids are checked, and refused with what is nearest. */
import { COUNTRIES, isCountry, nearestCountry } from '../invoices/countries.ts'
import { INDIAN_STATES, indianState } from '../invoices/indian-states.ts'
import type { Address } from '../invoices/party.ts'
import type { TaxId } from '../invoices/tax-ids.ts'
import { Refused } from './refused.ts'

export interface AddressRequest {
  readonly lines: readonly string[]
  readonly city: string
  readonly region?: string | null
  readonly postcode?: string | null
  readonly country: string
}

export function readAddress(path: string, { region, postcode, ...address }: AddressRequest): Address {
  const { country } = address
  if (!isCountry(country)) {
    const nearest = nearestCountry(country)
    const expected = `two letters of ISO 3166, such as ${nearest} for ${COUNTRIES.get(nearest)}`
    const facts = { expected, found: country, nearest }
    throw new Refused('country_unknown', `There is no country ${country}.`, facts, `${path}.country`)
  }
  return { ...address, region: readRegion(path, country, region ?? null), postcode: postcode ?? null }
}

/** In India the state decides which tax is charged, so it is one of India's and is there. */
function readRegion(path: string, country: string, region: string | null): string | null {
  if (country !== 'IN') return region
  const state = region === null ? null : indianState(region)
  if (state !== null) return state.region
  const expected = `a state of India: ${INDIAN_STATES.map((known) => `${known.region} ${known.name}`).join(', ')}`
  const detail = region === null ? 'Name the state.' : `India has no state ${region}.`
  throw new Refused('region_unknown', detail, { expected, found: region }, `${path}.region`)
}

/** A GSTIN begins with its state's number, which is the address's. */
export async function readPartyTaxId(path: string, address: Address, written: string): Promise<TaxId> {
  // Loaded with the first that is read: the checks of fifty countries are not needed to start a server.
  const { readTaxId } = await import('../invoices/tax-ids.ts')
  const read = readTaxId(address.country, written)
  if ('expected' in read) {
    const facts = { expected: read.expected, found: written }
    throw new Refused('tax_id_invalid', `${written} is not ${read.expected}.`, facts, path)
  }
  const state = address.country === 'IN' && address.region !== null ? indianState(address.region) : null
  if (state !== null && !read.taxId.value.startsWith(state.code)) {
    const expected = `a GSTIN of ${state.name}, which begins with ${state.code}`
    throw new Refused('tax_id_invalid', `${written} is not ${expected}.`, { expected, found: written }, path)
  }
  return read.taxId
}
