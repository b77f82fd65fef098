/** The file of an export as it is handed out or put somewhere: piece by piece, whatever its size. */
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { type ExportRow, exportPart } from '../database/exports.sql.ts'
import type { Installation } from './installation.ts'

const decompress = promisify<Buffer, Buffer>(gunzip)

/** Every part of a file that is ready; throws where one is gone meanwhile. */
export async function* exportBytes({ database }: Installation, row: ExportRow): AsyncGenerator<Buffer> {
  for (let part = 1; part <= row.parts; part++) {
    const body = await exportPart(database.pool, row.id, part)
    if (body === null) throw new Error(`part ${part} of ${row.id} is gone`)
    yield await decompress(body)
  }
}

/** The first and the last day that it is of, by the account's calendar; the last alone where it has no first. */
export function exportDays({ from, to, timeZone }: ExportRow): readonly string[] {
  const day = (instant: number): string => new Intl.DateTimeFormat('en-CA', { timeZone }).format(instant)
  return [...new Set(from === null ? [day(to - 1)] : [day(from), day(to - 1)])]
}

/** Of letters that every file system takes, and no two exports alike. */
export function exportFileName(row: ExportRow): string {
  const words = [row.scheduleId ?? row.report, ...exportDays(row), row.id]
  return `${words.map((word) => word.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+/, '')).join('_')}.csv`
}
