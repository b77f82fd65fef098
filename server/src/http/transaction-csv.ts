/** Transactions as CSV, streamed. */
import { Readable } from 'node:stream'
import type { EntryLine } from '../database/entry-lines.sql.ts'
import { csvLine } from '../operations/csv-cell.ts'
import { type CsvWords, TRANSACTION_COLUMNS, transactionRecord } from '../operations/transaction-record.ts'

export function csvOf(pages: AsyncIterable<readonly EntryLine[]>, pool: number, words: CsvWords): Readable {
  return Readable.from(textsOf(pages, pool, words))
}

async function* textsOf(
  pages: AsyncIterable<readonly EntryLine[]>,
  pool: number,
  words: CsvWords,
): AsyncIterable<string> {
  yield csvLine(TRANSACTION_COLUMNS)
  for await (const lines of pages) {
    const text = lines.map((line) => csvLine(transactionRecord(line, pool, words))).join('')
    if (text !== '') yield text
  }
}
