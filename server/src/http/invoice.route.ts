import { Type } from 'typebox'
import type { InvoiceRow } from '../database/invoices.sql.ts'
import { sayInstant } from '../ledger/replay.ts'
import { listInvoices } from '../operations/list-invoices.operation.ts'
import { pdfOf, readInvoice } from '../operations/read-invoice.operation.ts'
import { BillingOut, SellerOut } from './billing.route.ts'
import { pageOf, readPage } from './cursor.ts'
import { answer, route } from './route.ts'
import {
  fields,
  InstantOut,
  Money,
  nullable,
  OwnId,
  oneOf,
  optional,
  PageQuery,
  page,
  ScripId,
} from './schema.ts'
import { AccountParams } from './subscription.route.ts'

const tag = 'Invoices'

const STATUSES = [
  'draft',
  'waiting_for_details',
  'to_pay',
  'partly_paid',
  'paid',
  'voided',
  'issued',
] as const

const SUMMARY = {
  id: Type.String(),
  kind: oneOf(['invoice', 'credit_note'] as const),
  status: oneOf(STATUSES, 'Of a credit note always issued.'),
  number: nullable(Type.String({ description: 'null until it is issued.' })),
  accountId: Type.String(),
  purchaseId: Type.String(),
  invoiceId: nullable(Type.String({ description: 'Of a credit note: the invoice that it takes back from.' })),
  total: Money,
  paid: Money,
  issuedAt: nullable(InstantOut),
  createdAt: InstantOut,
}

const InvoiceSummary = fields(SUMMARY)

const Line = fields({
  name: Type.String(),
  remark: nullable(Type.String()),
  credits: Type.Number(),
  bonus: Type.Number(),
  price: Type.Integer({ description: 'Minor units, without tax.' }),
  discount: Type.Integer(),
  net: Type.Integer({ description: 'The taxable value: price less discount.' }),
})

const DocumentOut = fields({
  date: Type.String({ description: "By the seller's calendar." }),
  dueDate: nullable(Type.String()),
  language: Type.String(),
  seller: SellerOut,
  customer: BillingOut,
  placeOfSupply: fields({
    code: nullable(Type.String({ description: 'Of the state, in India.' })),
    region: nullable(Type.String()),
    country: Type.String(),
  }),
  currency: Type.String(),
  lines: Type.Array(Line),
  net: Type.Integer(),
  taxes: Type.Array(fields({ name: Type.String(), percent: Type.Number(), amount: Type.Integer() })),
  total: Type.Integer(),
  notes: Type.Array(Type.String({ description: 'What the law asks to be said. An open list.' })),
  payment: nullable(fields({ gateway: Type.String(), paymentId: Type.String(), date: Type.String() })),
  invoice: nullable(fields({ number: Type.String(), date: Type.String() })),
})

const InvoiceOut = fields({
  ...SUMMARY,
  document: nullable(DocumentOut),
  creditNotes: Type.Array(InvoiceSummary),
})

function saySummary(row: InvoiceRow) {
  const { id, kind, status, number, accountId, purchaseId, invoiceId, currency } = row
  return {
    ...{ id, kind, status, number, accountId, purchaseId, invoiceId },
    total: { amount: row.total, currency },
    paid: { amount: row.paid, currency },
    issuedAt: row.issuedAt === null ? null : sayInstant(row.issuedAt),
    createdAt: sayInstant(row.createdAt),
  }
}

const ForUser = optional(OwnId)

export const listInvoicesRoute = route({
  id: 'list-invoices',
  method: 'GET',
  path: '/accounts/{accountId}/invoices',
  tag,
  summary: 'The invoices and credit notes of an account',
  description:
    'One that waits for details has no number and no document; the billing details of the account issue it. With `userId` it is refused to members who are neither admin nor billing.',
  params: AccountParams,
  query: fields({ status: optional(oneOf(STATUSES)), userId: ForUser, ...PageQuery }),
  answers: { 200: page(InvoiceSummary) },
  run: async (ask, { params: { accountId }, query }) => {
    const list = `list-invoices:${accountId}`
    const { limit, ascending, after } = readPage(ask, list, query)
    const place = after === null ? null : { createdAt: after[0] as number, id: after[1] as string }
    const asked = { accountId, status: query.status ?? null, after: place, ascending, limit: limit + 1 }
    const rows = await listInvoices(ask, asked, query.userId ?? null)
    const { data, nextCursor } = pageOf(ask, list, rows, limit, (row) => [row.createdAt, row.id])
    return answer(200, { data: data.map(saySummary), nextCursor })
  },
})

export const readInvoiceRoute = route({
  id: 'read-invoice',
  method: 'GET',
  path: '/invoices/{invoiceId}',
  tag,
  summary: 'One invoice or credit note; with Accept: application/pdf or format=pdf the document itself',
  params: fields({ invoiceId: ScripId }),
  query: fields({ format: optional(oneOf(['json', 'pdf'] as const)), userId: ForUser }),
  answers: { 200: InvoiceOut },
  run: async (ask, { params: { invoiceId }, query, accept }) => {
    const read = await readInvoice(ask, invoiceId, query.userId ?? null)
    const wantsPdf =
      query.format === undefined ? /\bapplication\/pdf\b/i.test(accept) : query.format === 'pdf'
    if (wantsPdf) {
      const { name, content } = await pdfOf(read)
      return answer(200, content, {
        'content-type': 'application/pdf',
        'content-disposition': `attachment; filename="${name}"`,
      })
    }
    const { invoice, creditNotes } = read
    return answer(200, {
      ...saySummary(invoice),
      document: invoice.document,
      creditNotes: creditNotes.map(saySummary),
    })
  },
})
