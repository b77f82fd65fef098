/**
 * An invoice or credit note as a PDF of A4 pages. A function of the document alone: made again it has the
 * same bytes, so nothing in it is a clock's or dice's. A long table goes on over as many pages as it needs, each with
 * its heads and the number of the page.
 */
import PDFDocument from 'pdfkit'
import { type Messages, messagesIn } from '../messages/messages.ts'
import { amountWords, dateWords, moneyWords } from '../messages/words.ts'
import type { InvoiceDocument } from './document.ts'
import { invoiceFonts } from './fonts.ts'
import { BOTTOM, CELL_PADDING, INK, LEFT, MUTED, type Page, RIGHT, RULE, TOP, WIDTH } from './invoice-page.ts'
import { drawTable } from './invoice-table.ts'
import { addressOf, partyOf, placeWords, titleOf } from './invoice-words.ts'

export function invoicePdf(document: InvoiceDocument): Promise<Buffer> {
  const messages = messagesIn(document.language)
  const title = `${titleOf(document, messages)} ${document.number}`
  const doc = new PDFDocument({
    size: 'A4',
    // Compressors differ from one version to the next, and an invoice of a page has 30 kB without.
    compress: false,
    margin: 0,
    bufferPages: true,
    lang: messages.language,
    displayTitle: true,
    info: { Title: title, Author: document.seller.name, CreationDate: new Date(document.issuedAt) },
  })
  const { regular, bold } = invoiceFonts()
  // The library takes a font that was read before; its types know files alone.
  doc.registerFont('regular', regular as unknown as Buffer)
  doc.registerFont('bold', bold as unknown as Buffer)
  const page: Page = { doc, document, messages, y: TOP }
  drawHead(page)
  drawParties(page)
  drawTable(page, totalsHeight(page))
  drawTotals(page)
  drawNotes(page)
  drawFeet(page)
  return collect(doc)
}

function collect(doc: PDFKit.PDFDocument): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    doc.on('data', (chunk: Buffer) => chunks.push(chunk))
    doc.on('end', () => resolve(Buffer.concat(chunks)))
    doc.on('error', reject)
    doc.end()
  })
}

const HALF = (WIDTH - 24) / 2

/** The seller to the left, what it is to the right. */
function drawHead(page: Page): void {
  const { doc, document, messages } = page
  const { seller } = document
  doc.font('bold').fontSize(13).fillColor(INK).text(seller.name, LEFT, TOP, { width: HALF })
  const below = doc.y + 2
  doc.font('regular').fontSize(8.5).fillColor(MUTED)
  doc.text(addressOf(seller).concat(contactsOf(seller)).join('\n'), LEFT, below, {
    width: HALF,
    lineGap: 1.5,
  })
  const leftEnd = doc.y
  doc.font('bold').fontSize(21).fillColor(INK)
  doc.text(titleOf(document, messages), LEFT + WIDTH - HALF, TOP - 5, { width: HALF, align: 'right' })
  page.y = doc.y + 8
  for (const [label, value] of factsOf(document, messages)) drawFact(page, label, value)
  page.y = Math.max(leftEnd, page.y) + 18
  rule(page, 1.2, INK)
  page.y += 18
}

function contactsOf({ email, phone, website, taxIds }: InvoiceDocument['seller']): string[] {
  const contacts = [email, phone, website].filter((contact) => contact !== null)
  return [...contacts, ...taxIds.map(({ label, value }) => `${label} ${value}`)]
}

function factsOf(document: InvoiceDocument, messages: Messages): readonly (readonly [string, string])[] {
  const words = messages.invoices
  const facts: [string, string][] = [
    [words.number, document.number],
    [words.date, dateWords(document.date, messages)],
  ]
  if (document.dueDate !== null) facts.push([words.dueDate, dateWords(document.dueDate, messages)])
  if (document.invoice !== null) {
    const { number, date } = document.invoice
    facts.push([words.forInvoice, number], [words.invoiceDate, dateWords(date, messages)])
  }
  return facts
}

function drawFact(page: Page, label: string, value: string): void {
  const { doc } = page
  const left = RIGHT - 210
  doc.font('regular').fontSize(9).fillColor(MUTED).text(label, left, page.y, { lineBreak: false })
  doc
    .font('bold')
    .fillColor(INK)
    .text(value, left + 70, page.y, { width: 140, align: 'right' })
  page.y = doc.y + 2
}

function drawParties(page: Page): void {
  const { document, messages } = page
  const { customer } = document
  const words = messages.invoices
  const top = page.y
  const left = block(page, LEFT, top, words.billTo, customer.name, partyOf(customer))
  const { shipping } = customer
  const right = block(
    page,
    LEFT + HALF + 24,
    top,
    shipping === null ? words.placeOfSupply : words.shipTo,
    shipping === null ? placeWords(document, messages) : shipping.name,
    shipping === null
      ? []
      : [...addressOf(shipping), `${words.placeOfSupply}: ${placeWords(document, messages)}`],
  )
  page.y = Math.max(left, right) + 22
}

function block(
  { doc }: Page,
  x: number,
  y: number,
  label: string,
  name: string,
  lines: readonly string[],
): number {
  const width = HALF
  doc
    .font('regular')
    .fontSize(8)
    .fillColor(MUTED)
    .text(label.toUpperCase(), x, y, { width, characterSpacing: 0.6 })
  doc
    .font('bold')
    .fontSize(10)
    .fillColor(INK)
    .text(name, x, doc.y + 3, { width, characterSpacing: 0 })
  doc.font('regular').fontSize(9).fillColor(INK)
  if (lines.length > 0) doc.text(lines.join('\n'), x, doc.y + 1, { width, lineGap: 1.5 })
  return doc.y
}

type TotalRow = readonly [label: string, amount: string]

function totalRowsOf({ document, messages }: Page): readonly TotalRow[] {
  const { currency, net, taxes } = document
  if (taxes.length === 0) return []
  const inWords = (amount: number) => amountWords({ amount, currency }, messages)
  return [
    [messages.invoices.subtotal, inWords(net)],
    ...taxes.map(
      ({ name, percent, amount }): TotalRow => [
        `${name} ${percentWords(percent, messages)}`,
        inWords(amount),
      ],
    ),
  ]
}

const TOTAL_ROW_HEIGHT = 16
const TOTAL_HEIGHT = 46

/** What the table leaves free below its last line: no total stands on a page without any of what it sums. */
function totalsHeight(page: Page): number {
  return totalRowsOf(page).length * TOTAL_ROW_HEIGHT + TOTAL_HEIGHT
}

function drawTotals(page: Page): void {
  const { doc, document, messages } = page
  const words = messages.invoices
  page.y += 8
  for (const [label, value] of totalRowsOf(page)) {
    totalRow(page, label, value, 9.5, 'regular')
    page.y += TOTAL_ROW_HEIGHT
  }
  doc
    .moveTo(RIGHT - 230, page.y + 1)
    .lineTo(RIGHT, page.y + 1)
    .lineWidth(0.8)
    .strokeColor(INK)
    .stroke()
  page.y += 8
  const label = document.kind === 'credit_note' ? words.credited : words.total
  const { total: amount, currency } = document
  totalRow(page, label, moneyWords({ amount, currency }, messages), 13, 'bold')
  page.y += 30
}

function percentWords(percent: number, { separators }: Messages): string {
  return `${String(percent).replace('.', separators[1])} %`
}

function totalRow(page: Page, label: string, value: string, size: number, font: 'regular' | 'bold'): void {
  const { doc } = page
  doc.font(font).fontSize(size).fillColor(INK)
  doc.text(label, RIGHT - 230, page.y, { lineBreak: false })
  doc.text(value, RIGHT - CELL_PADDING - doc.widthOfString(value), page.y, { lineBreak: false })
}

function drawNotes(page: Page): void {
  const { document, messages } = page
  for (const [label, text] of notesOf(document, messages)) {
    const { doc } = page
    doc.font('regular').fontSize(9)
    makeRoom(page, doc.heightOfString(text, { width: WIDTH, lineGap: 1.5 }) + 26)
    if (label !== '') {
      doc.font('bold').fontSize(9).fillColor(INK).text(label, LEFT, page.y, { width: WIDTH })
      page.y = doc.y + 1
    }
    doc
      .font('regular')
      .fontSize(9)
      .fillColor(label === '' ? MUTED : INK)
    doc.text(text, LEFT, page.y, { width: WIDTH, lineGap: 1.5 })
    page.y = doc.y + 9
  }
}

function notesOf(document: InvoiceDocument, messages: Messages): [label: string, text: string][] {
  const words = messages.invoices
  const { payment, seller, kind, total } = document
  const notes: [string, string][] = []
  if (payment !== null) {
    const date = dateWords(payment.date, messages)
    notes.push(['', words.paid(date, payment.gateway, payment.paymentId)])
  } else if (kind === 'invoice' && total > 0 && seller.paymentTerms !== null)
    notes.push([words.howToPay, seller.paymentTerms])
  for (const note of document.notes) notes.push(['', words.notes[note]])
  if (seller.note !== null) notes.push(['', seller.note])
  return notes
}

function makeRoom(page: Page, height: number): void {
  if (page.y + height <= BOTTOM) return
  page.doc.addPage()
  page.y = TOP
}

function rule({ doc, y }: Page, width: number, color: string): void {
  doc.moveTo(LEFT, y).lineTo(RIGHT, y).lineWidth(width).strokeColor(color).stroke()
}

/** Written last, when it is known how many pages there are. */
function drawFeet(page: Page): void {
  const { doc, document, messages } = page
  const { count } = doc.bufferedPageRange()
  for (let number = 0; number < count; number++) {
    doc.switchToPage(number)
    doc
      .moveTo(LEFT, BOTTOM + 16)
      .lineTo(RIGHT, BOTTOM + 16)
      .lineWidth(0.5)
      .strokeColor(RULE)
      .stroke()
    doc.font('regular').fontSize(8).fillColor(MUTED)
    const order = `${messages.invoices.order} ${document.purchaseId}`
    doc.text(`${document.seller.name} · ${document.number} · ${order}`, LEFT, BOTTOM + 22, {
      lineBreak: false,
    })
    const paging = messages.invoices.page(number + 1, count)
    doc.text(paging, RIGHT - doc.widthOfString(paging), BOTTOM + 22, { lineBreak: false })
  }
}
