/** One invoice or credit note, as data or as the PDF that was issued. */
import { creditNotesOf, type InvoiceRow, invoiceById } from '../database/invoices.sql.ts'
import type { InvoiceDocument } from '../invoices/document.ts'
import { renderInvoice } from '../invoices/render-invoice.ts'
import type { Ask } from './ask.ts'
import { refuseNonReader } from './billing-reader.ts'
import { Refused } from './refused.ts'

export interface InvoiceRead {
  readonly invoice: InvoiceRow
  readonly creditNotes: readonly InvoiceRow[]
}

export async function readInvoice(ask: Ask, id: string, userId: string | null): Promise<InvoiceRead> {
  const { pool } = ask.house.database
  const invoice = await invoiceById(pool, ask.project.id, id)
  const notFound = new Refused('invoice_not_found', `There is no invoice ${id}.`)
  if (invoice === null) throw notFound
  if (ask.caller.kind === 'account' && ask.caller.accountId !== invoice.accountId) throw notFound
  await refuseNonReader(ask, invoice.accountId, userId)
  return { invoice, creditNotes: await creditNotesOf(pool, id) }
}

export interface InvoiceFile {
  readonly name: string
  readonly content: Buffer
}

function fileNameOf({ number }: InvoiceDocument): string {
  return `${number.replaceAll('/', '-')}.pdf`
}

/** Refused before it is issued: an invoice without a number is none. */
export async function pdfOf({ invoice }: InvoiceRead): Promise<InvoiceFile> {
  const { document, status } = invoice
  if (document !== null) return { name: fileNameOf(document), content: await renderInvoice(document) }
  const reason =
    status === 'waiting_for_details'
      ? 'It waits for the billing details of the account, or for those of the seller.'
      : `It is ${status}.`
  throw new Refused('invoice_not_issued', `The invoice has no number and no document yet. ${reason}`, {
    status,
  })
}
