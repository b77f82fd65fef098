/** A row of the signed list as a record of a CSV file. Text that a spreadsheet would take for a formula is made text; numbers stay numbers. */
import { formatCredits, placeId } from '@scrip/core'
import type { EntryLine } from '../database/entry-lines.sql.ts'
import { sayInstant } from '../ledger/replay.ts'
import { safeCell } from './csv-cell.ts'

export const TRANSACTION_COLUMNS = [
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

/** How the file says what a row does not: its project's decimals, and what an action is called. */
export interface CsvWords {
  readonly decimals: number
  nameOf(action: string): string | null
}

export function transactionRecord(
  line: EntryLine,
  pool: number,
  { decimals, nameOf }: CsvWords,
): readonly (string | number)[] {
  const text = (value: string | null): string => (value === null ? '' : safeCell(value))
  return [
    sayInstant(line.at),
    line.type,
    text(line.action),
    formatCredits(line.amount, decimals),
    formatCredits(line.balance, decimals),
    text(line.userId),
    text(line.subjectType),
    text(line.subjectId),
    text(line.subjectName),
    text(line.accountId),
    chargeIdOf(line, pool),
    placeId('txn', pool, line),
    text(line.reason),
    text(line.metadata),
    text(line.action === null ? null : nameOf(line.action)),
  ]
}

function chargeIdOf(line: EntryLine, pool: number): string {
  const { chargeAt, chargeNumber, type } = line
  if (chargeAt !== null && chargeNumber !== null) {
    return placeId('chg', pool, { at: chargeAt, number: chargeNumber })
  }
  return type === 'charge' || type === 'capture' ? placeId('chg', pool, line) : ''
}
