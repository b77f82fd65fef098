/**
 * What is in an export, part by part: the rows of a span that has ended, in an order that never changes,
 * so that whoever goes on after a kill goes on behind the last row that was kept.
 */
import { formatCredits } from '@scrip/core'
import { entryLines } from '../database/entry-lines.sql.ts'
import type { ExportRow, UsageKey } from '../database/exports.sql.ts'
import type { EntryFilter, RowsOf } from '../database/journal.sql.ts'
import { type UsageLine, usageLines } from '../database/usage-report.sql.ts'
import type { Project } from '../directory/projects.ts'
import { actionNames } from './action-name.ts'
import { decimalsOf } from './ask.ts'
import { csvLine, safeCell } from './csv-cell.ts'
import type { Installation } from './installation.ts'
import { TRANSACTION_COLUMNS, transactionRecord } from './transaction-record.ts'

export interface ExportPart {
  readonly text: string
  readonly rows: number
  /** The last row in it; null where it has none. */
  readonly reached: readonly (string | number)[] | null
  readonly isLast: boolean
}

/** Whose rows they are; null = those of all accounts of the pool. */
export type Whose = RowsOf | null

type Cell = string | number

interface Page {
  readonly records: readonly (readonly Cell[])[]
  readonly reached: readonly (string | number)[] | null
}

/** Each takes a few megabytes of memory while it is made. */
export const PART_ROWS = 5_000

export async function nextExportPart(
  house: Installation,
  project: Project,
  row: ExportRow,
  whose: Whose,
): Promise<ExportPart> {
  const filter: EntryFilter = { of: whose, from: row.from, to: row.to }
  const { columns, read } = REPORTS[row.report]
  const { records, reached } = await read(house, project, row, filter)
  const isFirst = row.parts === 0
  const lines = isFirst ? [columns(row), ...records] : records
  const text = lines.map(csvLine).join('')
  return { text, rows: records.length, reached, isLast: records.length < PART_ROWS }
}

interface Report {
  columns(row: ExportRow): readonly string[]
  read(house: Installation, project: Project, row: ExportRow, filter: EntryFilter): Promise<Page>
}

const KEY_COLUMNS: Readonly<Record<UsageKey, readonly string[]>> = {
  user: ['userId', 'userName'],
  action: ['action', 'actionName'],
  subject: ['subjectId', 'subjectName'],
  account: ['accountId'],
}

const REPORTS: Readonly<Record<ExportRow['report'], Report>> = {
  transactions: { columns: () => TRANSACTION_COLUMNS, read: readTransactions },
  usage: {
    columns: ({ by }) => [
      ...by.flatMap((key) => KEY_COLUMNS[key]),
      ...['used', 'charged', 'refunded', 'usageTransactions'],
    ],
    read: readUsage,
  },
}

async function readTransactions(
  house: Installation,
  project: Project,
  { reached, lane, pool }: ExportRow,
  filter: EntryFilter,
): Promise<Page> {
  const after = reached === null ? null : { at: reached[0] as number, number: reached[1] as number }
  const page = { ...filter, moves: 'any' as const, after, ascending: true, limit: PART_ROWS }
  const rows = await entryLines(house.database.pool, { lane, pool }, page)
  const words = { decimals: decimalsOf(project), nameOf: actionNames(project) }
  const last = rows.at(-1)
  return {
    records: rows.map((line) => transactionRecord(line, pool, words)),
    reached: last === undefined ? null : [last.at, last.number],
  }
}

async function readUsage(
  house: Installation,
  project: Project,
  { accountId, by, reached, lane, pool }: ExportRow,
  filter: EntryFilter,
): Promise<Page> {
  const after = reached as readonly string[] | null
  const page = { project: project.id, accountId, by, after, limit: PART_ROWS }
  const lines = await usageLines(house.database.pool, { lane, pool }, filter, page)
  const names = actionNames(project)
  const decimals = decimalsOf(project)
  const say = (units: number): number => formatCredits(units, decimals)
  const records = lines.map((line) => [
    ...by.flatMap((key, index) => keyCells(key, line.keys[index] as string, line, names)),
    ...[say(line.used), say(line.charged), say(line.refunded), line.uses],
  ])
  return { records, reached: lines.at(-1)?.keys ?? null }
}

function keyCells(
  key: UsageKey,
  value: string,
  { userName, subjectName }: UsageLine,
  nameOf: (action: string) => string | null,
): string[] {
  const name = {
    user: userName,
    subject: subjectName,
    action: value === '' ? null : nameOf(value),
    account: null,
  }
  const cells = [value, name[key] ?? ''].map(safeCell)
  return cells.slice(0, KEY_COLUMNS[key].length)
}
