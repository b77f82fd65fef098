/** Transactions as CSV, streamed. A cell that a spreadsheet would take for a formula is made text; numbers stay numbers. */
import { Readable } from 'node:stream'
import { formatCredits, placeId } from '@scrip/core'
import { stringify } from 'csv-stringify'
import { sayInstant } from '../ledger/replay.ts'
import type { Told } from './transaction.schema.ts'

const COLUMNS = [
  'at',
  'type',
  'action',
  'credits',
  'balanceAfter',
  'userId',
  'subjectType',
  'subjectId',
  'subjectName',
  'accountId',
  'chargeId',
  'transactionId',
  'reason',
  'metadata',
  'actionName',
]

/** What begins like a formula, or hides one behind a tab or line end, gets an apostrophe, which a spreadsheet shows as text. */
export function safeCell(value: string): string {
  return /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value
}

/** How the file says what a row does not: its project's decimals, and what an action is called. */
export interface CsvWords {
  readonly decimals: number
  nameOf(action: string): string | null
}

export function csvOf(rows: AsyncIterable<Told>, words: CsvWords): Readable {
  const lines = stringify({ header: true, columns: COLUMNS, record_delimiter: 'windows' })
  const source = Readable.from(recordsOf(rows, words))
  source.on('error', (error) => lines.destroy(error))
  lines.on('close', () => source.destroy())
  return source.pipe(lines)
}

async function* recordsOf(
  rows: AsyncIterable<Told>,
  words: CsvWords,
): AsyncIterable<readonly (string | number)[]> {
  for await (const told of rows) yield recordOf(told, words)
}

function recordOf({ entry, pool }: Told, { decimals, nameOf }: CsvWords): readonly (string | number)[] {
  const { subject, detail, totals } = entry
  const charge = entry.charge ?? (entry.type === 'charge' || entry.type === 'capture' ? entry : null)
  const text = (value: string | null | undefined): string => safeCell(value ?? '')
  return [
    sayInstant(entry.at),
    entry.type,
    text(entry.action),
    formatCredits(entry.amount, decimals),
    formatCredits(totals.available + totals.held, decimals),
    text(entry.userId),
    text(subject?.type),
    text(subject?.id),
    text(subject?.name),
    text(entry.accountId),
    charge === null ? '' : placeId('chg', pool, charge),
    placeId('txn', pool, entry),
    text(detail?.reason),
    detail?.metadata === undefined ? '' : safeCell(JSON.stringify(detail.metadata)),
    text(entry.action === null ? null : nameOf(entry.action)),
  ]
}
