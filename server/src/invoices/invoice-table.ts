/** The lines of an invoice as a table, which goes on over as many pages as it needs, each with its head. */
import { amountWords, numberWords } from '../messages/words.ts'
import type { DocumentLine } from './document.ts'
import {
  BOTTOM,
  CELL_PADDING,
  INK,
  LEFT,
  MUTED,
  type Page,
  RIGHT,
  RULE,
  SHADE,
  TOP,
  WIDTH,
} from './invoice-page.ts'

interface Column {
  readonly head: string
  readonly x: number
  readonly width: number
  readonly align: 'left' | 'right'
  readonly cell: (line: DocumentLine, place: number) => string
}

const NUMBER_WIDTH = 26
const MONEY_WIDTH = 82
const CODE_WIDTH = 60
const PADDING = 8

/** `below`: what must fit on the page of the last line. */
export function drawTable(page: Page, below: number): void {
  const columns = columnsOf(page)
  const description = columns[1]!
  drawHeads(page, columns)
  page.document.lines.forEach((line, place) => {
    const remarks = belowName(page, line)
    const height = heightOf(page, line.name, remarks, description.width)
    const isLast = place === page.document.lines.length - 1
    if (page.y + height + (isLast ? below : 0) > BOTTOM) {
      page.doc.addPage()
      page.y = TOP
      drawHeads(page, columns)
    }
    drawRow(page, columns, line, place, remarks)
    page.y += height
    const { doc, y } = page
    doc.moveTo(LEFT, y).lineTo(RIGHT, y).lineWidth(0.5).strokeColor(RULE).stroke()
  })
}

function columnsOf({ document, messages }: Page): readonly Column[] {
  const words = messages.invoices
  const { currency, lines, seller } = document
  const money = (amount: number) => amountWords({ amount, currency }, messages)
  const hasDiscount = lines.some(({ discount }) => discount > 0)
  const right: Omit<Column, 'x'>[] = []
  if (hasDiscount) {
    right.push(
      { head: words.price, width: MONEY_WIDTH, align: 'right', cell: ({ price }) => money(price) },
      { head: words.discount, width: MONEY_WIDTH, align: 'right', cell: ({ discount }) => money(-discount) },
    )
  }
  const code = seller.taxCode
  if (code !== null)
    right.unshift({ head: words.taxCode, width: CODE_WIDTH, align: 'right', cell: () => code })
  right.push({
    head: `${words.amount} (${currency})`,
    width: MONEY_WIDTH + 8,
    align: 'right',
    cell: ({ net }) => money(net),
  })
  const taken = right.reduce((sum, { width }) => sum + width, 0)
  const left: Omit<Column, 'x'>[] = [
    { head: '#', width: NUMBER_WIDTH, align: 'left', cell: (_, place) => String(place + 1) },
    { head: words.description, width: WIDTH - NUMBER_WIDTH - taken, align: 'left', cell: ({ name }) => name },
  ]
  let x = LEFT
  return [...left, ...right].map((column) => {
    const placed = { ...column, x }
    x += column.width
    return placed
  })
}

/** What stands in small letters below the name: the credits that a line brings, and its remark. */
function belowName({ document, messages }: Page, line: DocumentLine): string {
  const credits = numberWords(line.credits, messages)
  const bonus = line.bonus === 0 ? null : numberWords(line.bonus, messages)
  const brings = document.kind === 'invoice' && (line.credits > 0 || line.bonus > 0)
  const words = brings ? messages.invoices.credits(credits, bonus) : null
  return [words, line.remark].filter((text) => text !== null && text !== line.name).join('\n')
}

function heightOf({ doc }: Page, name: string, below: string, width: number): number {
  const options = { width: width - 12 }
  const nameHeight = doc.font('regular').fontSize(9.5).heightOfString(name, options)
  const belowHeight = below === '' ? 0 : doc.fontSize(8).heightOfString(below, options) + 1
  return nameHeight + belowHeight + 2 * PADDING - 4
}

function drawHeads(page: Page, columns: readonly Column[]): void {
  const { doc } = page
  doc.rect(LEFT, page.y, WIDTH, 20).fill(SHADE)
  doc.font('bold').fontSize(8).fillColor(MUTED)
  for (const column of columns) drawCell(doc, column, column.head, page.y + 4.5)
  page.y += 20
}

function drawRow(
  page: Page,
  columns: readonly Column[],
  line: DocumentLine,
  place: number,
  below: string,
): void {
  const { doc } = page
  const y = page.y + PADDING - 2
  const [, description] = columns
  doc.font('regular').fontSize(9.5).fillColor(INK)
  for (const column of columns) {
    if (column !== description) drawCell(doc, column, column.cell(line, place), y)
  }
  const options = { width: description!.width - 12 }
  doc.text(line.name, description!.x, y, options)
  if (below !== '')
    doc
      .fontSize(8)
      .fillColor(MUTED)
      .text(below, description!.x, doc.y + 1, options)
}

/** One line, without the cost of looking where it could be broken. */
function drawCell(doc: PDFKit.PDFDocument, { x, width, align }: Column, text: string, y: number): void {
  const left =
    align === 'left'
      ? x + (x === LEFT ? CELL_PADDING : 0)
      : x + width - CELL_PADDING - doc.widthOfString(text)
  doc.text(text, left, y, { lineBreak: false })
}
