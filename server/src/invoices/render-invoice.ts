import type { InvoiceDocument } from './document.ts'

/**
 * An invoice's PDF, always the same bytes. What draws it is loaded with the first one: it would slow the start
 * of every server, and take 15 MB of those that never make one.
 */
export async function renderInvoice(document: InvoiceDocument): Promise<Buffer> {
  const { invoicePdf } = await import('./invoice-pdf.ts')
  return invoicePdf(document)
}
