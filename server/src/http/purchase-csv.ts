/** Purchases as CSV, streamed: money in minor units as numbers, so that no locale's comma is in the way. */
import { Readable } from 'node:stream'
import { formatCredits } from '@scrip/core'
import { stringify } from 'csv-stringify'
import { sayInstant } from '../ledger/replay.ts'
import { safeCell } from '../operations/csv-cell.ts'
import type { PurchaseRead } from '../operations/read-purchase.operation.ts'

const COLUMNS = [
  'createdAt',
  'purchaseId',
  'accountId',
  'userId',
  'status',
  'type',
  'name',
  'credits',
  'currency',
  'price',
  'discount',
  'tax',
  'total',
  'paid',
  'returned',
  'gateway',
  'orderId',
  'paymentId',
  'promotionCode',
  'paidAt',
]

export function purchaseCsv(rows: AsyncIterable<PurchaseRead>, decimals: number): Readable {
  const lines = stringify({ header: true, columns: COLUMNS, record_delimiter: 'windows' })
  const source = Readable.from(recordsOf(rows, decimals))
  source.on('error', (error) => lines.destroy(error))
  lines.on('close', () => source.destroy())
  return source.pipe(lines)
}

async function* recordsOf(
  rows: AsyncIterable<PurchaseRead>,
  decimals: number,
): AsyncIterable<readonly (string | number)[]> {
  for await (const { row } of rows) {
    const { priced } = row
    const text = (value: string | null): string => safeCell(value ?? '')
    yield [
      sayInstant(row.createdAt),
      row.id,
      text(row.accountId),
      text(row.userId),
      row.status,
      [...new Set(priced.lines.map(({ kind }) => kind))].join(', '),
      text(priced.lines.map(({ name }) => name).join(', ')),
      formatCredits(row.credits, decimals),
      row.currency,
      priced.price,
      priced.discount,
      priced.tax,
      row.total,
      row.paid,
      row.returned,
      row.gateway,
      text(row.orderId),
      text(row.paymentId),
      text(row.promotionCode),
      row.paidAt === null ? '' : sayInstant(row.paidAt),
    ]
  }
}
