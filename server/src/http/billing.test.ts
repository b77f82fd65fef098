import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import { type Api, serveProject } from './api-under-test.ts'

const SELLER = {
  name: 'Shop Private Limited',
  address: {
    lines: ['21 Residency Road'],
    city: 'Bengaluru',
    region: 'Karnataka',
    postcode: '560025',
    country: 'IN',
  },
  taxIds: ['29AAPFU0939F1ZR'],
  taxCode: '998314',
}

const IN_MUMBAI = {
  name: 'Runners of Mumbai',
  email: 'ap@runners.example',
  address: { lines: ['12 Marine Drive'], city: 'Mumbai', region: 'IN-MH', postcode: '400020', country: 'IN' },
  taxId: '27AAPFU0939F1ZV',
}

describeOnEachDatabase('billing details', (database) => {
  let api: Api
  let count = 0

  beforeAll(async () => {
    api = await serveProject(database())
  }, 60_000)
  afterAll(() => api.close())

  const account = async (): Promise<string> => {
    const id = `org_${++count}`
    await api.ok('PUT', `/accounts/${id}`, {})
    return id
  }

  test('are kept in one form, and answered as they are kept', async () => {
    const id = await account()
    const put = await api.ok('PUT', `/accounts/${id}/billing-details`, {
      ...IN_MUMBAI,
      taxId: '27aapfu0939f1zv',
      shipping: { name: 'Store', address: { ...IN_MUMBAI.address, region: '29', city: 'Bengaluru' } },
    })
    expect(put).toMatchObject({
      kind: 'company',
      address: { region: 'MH', country: 'IN' },
      taxId: { label: 'GSTIN', value: '27AAPFU0939F1ZV' },
      shipping: { address: { region: 'KA' } },
    })
    expect(await api.ok('GET', `/accounts/${id}/billing-details`)).toEqual(put)
    const replaced = await api.ok('PUT', `/accounts/${id}/billing-details`, {
      name: 'Ada',
      address: { lines: ['1 Street'], city: 'Paris', country: 'FR' },
    })
    expect(replaced).toMatchObject({ kind: 'person', taxId: null, shipping: null, email: null })
  })

  test('of an account that got another id are found under the new one', async () => {
    const { id } = await api.ok('POST', '/accounts', {})
    await api.ok('PUT', `/accounts/${id}/billing-details`, IN_MUMBAI)
    await api.ok('PATCH', `/accounts/${id}`, { id: 'own_name' })
    expect((await api.ok('GET', '/accounts/own_name/billing-details')).name).toBe(IN_MUMBAI.name)
  })

  test.each([
    [
      'a country by its name',
      { address: { ...IN_MUMBAI.address, country: 'Germny' } },
      'country_unknown',
      'address.country',
      'DE for Germany',
    ],
    [
      'a state that India does not have',
      { address: { ...IN_MUMBAI.address, region: 'Bavaria' } },
      'region_unknown',
      'address.region',
      'MH Maharashtra',
    ],
    [
      'no state in India',
      { address: { ...IN_MUMBAI.address, region: null } },
      'region_unknown',
      'address.region',
      'a state of India',
    ],
    [
      'a GSTIN with a wrong check digit',
      { taxId: '27AAPFU0939F1ZX' },
      'tax_id_invalid',
      'taxId',
      'GSTIN such as',
    ],
    ['a GSTIN of another state', { taxId: '29AAPFU0939F1ZR' }, 'tax_id_invalid', 'taxId', 'begins with 27'],
  ])('%s is refused, with what is expected', async (_what, wrong, code, path, expected) => {
    const id = await account()
    const body = { ...IN_MUMBAI, ...wrong }
    const refused = await api.call('PUT', `/accounts/${id}/billing-details`, { body })
    expect(refused).toMatchObject({ status: 422, body: { code, errors: [{ path }] } })
    expect(refused.body.errors[0].expected).toContain(expected)
    expect((await api.call('GET', `/accounts/${id}/billing-details`)).status).toBe(404)
  })

  test('invoices and credit notes do not share a prefix', async () => {
    const body = { ...SELLER, invoicePrefix: 'A', creditNotePrefix: 'A' }
    expect(await api.call('PUT', '/project/seller', { body })).toMatchObject({
      status: 422,
      body: { code: 'prefix_taken' },
    })
  })
})
