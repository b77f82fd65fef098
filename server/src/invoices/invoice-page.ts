/** The sheet that an invoice is drawn on: A4, in points, from the top. */
import type { Messages } from '../messages/messages.ts'
import type { InvoiceDocument } from './document.ts'

export const LEFT = 50
export const RIGHT = 545
export const TOP = 50
/** Below it stands only the foot. */
export const BOTTOM = 770
export const WIDTH = RIGHT - LEFT
/** What stands at a cell's edge keeps this much from it. */
export const CELL_PADDING = 6

export const INK = '#1b2333'
export const MUTED = '#5d6778'
export const RULE = '#d5dae2'
export const SHADE = '#f3f5f8'

/** What is being drawn, and how far down. */
export interface Page {
  readonly doc: PDFKit.PDFDocument
  readonly document: InvoiceDocument
  readonly messages: Messages
  y: number
}
