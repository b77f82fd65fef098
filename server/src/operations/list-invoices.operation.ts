/** The invoices and credit notes of an account, newest first. */
import { type InvoicePage, type InvoiceRow, listInvoiceRows } from '../database/invoices.sql.ts'
import type { Ask } from './ask.ts'
import { refuseNonReader } from './billing-reader.ts'

export async function listInvoices(
  ask: Ask,
  page: Omit<InvoicePage, 'project'>,
  userId: string | null,
): Promise<InvoiceRow[]> {
  await refuseNonReader(ask, page.accountId, userId)
  return listInvoiceRows(ask.house.database.pool, { ...page, project: ask.project.id })
}
