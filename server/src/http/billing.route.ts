import { type Static, Type } from 'typebox'
import type { BillingDetails, Seller } from '../invoices/party.ts'
import { type BillingRequest, putBillingDetails } from '../operations/put-billing-details.operation.ts'
import { putSeller, type SellerRequest } from '../operations/put-seller.operation.ts'
import { readBillingDetails } from '../operations/read-billing-details.operation.ts'
import { readSeller } from '../operations/read-seller.operation.ts'
import { remembered } from '../operations/remembered.ts'
import { answer, route } from './route.ts'
import { Email, fields, line, nullable, oneOf, optional, text } from './schema.ts'
import { AccountParams } from './subscription.route.ts'

const tag = 'Invoices'

const Country = line(60, 2)

const Address = fields({
  lines: Type.Array(line(100), { minItems: 1, maxItems: 4 }),
  city: line(100),
  region: optional(nullable(line(60))),
  postcode: optional(nullable(line(20))),
  country: Country,
})

const AddressOut = fields({
  lines: Type.Array(Type.String()),
  city: Type.String(),
  region: nullable(Type.String({ description: 'In India the letters of ISO 3166-2, as KA.' })),
  postcode: nullable(Type.String()),
  country: Type.String({ description: 'ISO 3166, two letters.' }),
})

const TaxIdOut = fields({
  label: Type.String({ description: 'How it is called where it comes from: VAT, GSTIN, EIN.' }),
  value: Type.String(),
})

const Kind = oneOf(['company', 'person'] as const)
const Phone = line(40, 3)

const BillingBody = fields({
  kind: optional(Kind),
  name: line(200),
  email: optional(nullable(Email)),
  phone: optional(nullable(Phone)),
  address: Address,
  taxId: optional(nullable(line(40))),
  shipping: optional(nullable(fields({ name: line(200), address: Address }))),
})

export const BillingOut = fields({
  kind: Kind,
  name: Type.String(),
  email: nullable(Type.String()),
  phone: nullable(Type.String()),
  address: AddressOut,
  taxId: nullable(TaxIdOut),
  shipping: nullable(fields({ name: Type.String(), address: AddressOut })),
})

function readBilling(body: Static<typeof BillingBody>): BillingRequest {
  const { kind, email, phone, taxId, shipping } = body
  return {
    kind: kind ?? (taxId == null ? 'person' : 'company'),
    name: body.name,
    email: email ?? null,
    phone: phone ?? null,
    address: body.address,
    taxId: taxId ?? null,
    shipping: shipping ?? null,
  }
}

export const putBillingDetailsRoute = route({
  id: 'put-billing-details',
  method: 'PUT',
  path: '/accounts/{accountId}/billing-details',
  tag,
  summary: 'Who the invoices of an account are for; those that waited for it are issued',
  description:
    'All of it is replaced. Countries are ISO 3166, tax ids are checked by the form and the check digits of their country. ' +
    'Without `shipping` the address is both. Invoices that were issued keep what they say.',
  params: AccountParams,
  body: BillingBody,
  answers: { 200: BillingOut },
  run: (ask, { params: { accountId }, body }) =>
    remembered(ask, 'put-billing-details', accountId, async (session) => {
      const details: BillingDetails = await putBillingDetails(ask, session, accountId, readBilling(body))
      return { status: 200, body: details }
    }),
})

export const readBillingDetailsRoute = route({
  id: 'read-billing-details',
  method: 'GET',
  path: '/accounts/{accountId}/billing-details',
  tag,
  summary: 'Who the invoices of an account are for',
  params: AccountParams,
  answers: { 200: BillingOut },
  run: async (ask, { params }) => answer(200, await readBillingDetails(ask, params.accountId)),
})

const Prefix = Type.String({
  minLength: 1,
  maxLength: 3,
  pattern: '^[A-Z0-9]{1,3}$',
  'x-expects': 'one to three capital letters or digits',
})

const YearStart = Type.String({
  minLength: 5,
  maxLength: 5,
  pattern: '^(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$',
  'x-expects': 'a month and a day such as 04-01',
})

const SellerBody = fields({
  name: line(200),
  address: Address,
  email: optional(nullable(Email)),
  phone: optional(nullable(Phone)),
  website: optional(nullable(line(200))),
  taxIds: optional(Type.Array(line(40), { maxItems: 5 })),
  invoicePrefix: optional(Prefix),
  creditNotePrefix: optional(Prefix),
  financialYearStart: optional(YearStart),
  timeZone: optional(line(60)),
  taxCode: optional(nullable(line(10))),
  paymentTerms: optional(nullable(text(1000, 1))),
  note: optional(nullable(text(1000, 1))),
})

export const SellerOut = fields({
  name: Type.String(),
  address: AddressOut,
  email: nullable(Type.String()),
  phone: nullable(Type.String()),
  website: nullable(Type.String()),
  taxIds: Type.Array(TaxIdOut),
  invoicePrefix: Type.String(),
  creditNotePrefix: Type.String(),
  financialYearStart: Type.String(),
  timeZone: Type.String(),
  taxCode: nullable(Type.String({ description: 'HSN or SAC of what is sold.' })),
  paymentTerms: nullable(Type.String({ description: 'How to pay what is to be paid, on its invoice.' })),
  note: nullable(Type.String({ description: 'Stands below every invoice.' })),
})

const INDIAN_YEAR = '04-01'
const CALENDAR_YEAR = '01-01'

function readSellerBody(body: Static<typeof SellerBody>): SellerRequest {
  const isIndian = body.address.country === 'IN'
  return {
    name: body.name,
    address: body.address,
    email: body.email ?? null,
    phone: body.phone ?? null,
    website: body.website ?? null,
    taxIds: body.taxIds ?? [],
    invoicePrefix: body.invoicePrefix ?? 'INV',
    creditNotePrefix: body.creditNotePrefix ?? 'CN',
    financialYearStart: body.financialYearStart ?? (isIndian ? INDIAN_YEAR : CALENDAR_YEAR),
    timeZone: body.timeZone ?? (isIndian ? 'Asia/Kolkata' : 'UTC'),
    taxCode: body.taxCode ?? null,
    paymentTerms: body.paymentTerms ?? null,
    note: body.note ?? null,
  }
}

export const putSellerRoute = route({
  id: 'put-seller',
  method: 'PUT',
  path: '/project/seller',
  tag,
  summary: 'Who the invoices of the project are from, and how they are numbered',
  description:
    'Numbers run without a gap within a prefix and a financial year: INV/26-27/000123. Invoices that waited for the seller are issued.',
  body: SellerBody,
  answers: { 200: SellerOut },
  run: (ask, { body }) =>
    remembered(ask, 'put-seller', '', async (session) => {
      const seller: Seller = await putSeller(ask, session, readSellerBody(body))
      return { status: 200, body: seller }
    }),
})

export const readSellerRoute = route({
  id: 'read-seller',
  method: 'GET',
  path: '/project/seller',
  tag,
  summary: 'Who the invoices of the project are from',
  answers: { 200: SellerOut },
  run: async (ask) => answer(200, await readSeller(ask)),
})
