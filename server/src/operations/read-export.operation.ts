/** One export: how far it is, and once it is ready, its file. */
import { type ExportRow, exportById } from '../database/exports.sql.ts'
import type { Ask } from './ask.ts'
import { exportBytes } from './export-file.ts'
import { Refused } from './refused.ts'

export async function readExport(ask: Ask, id: string): Promise<ExportRow> {
  const row = await exportById(ask.house.database.pool, ask.project.id, id)
  if (row === null) throw new Refused('export_not_found', `There is no export ${id}.`)
  return row
}

export function openExport(ask: Ask, row: ExportRow): AsyncIterable<Buffer> {
  const { status, failure } = row
  if (status === 'ready') return exportBytes(ask.house, row)
  if (status === 'forgotten') throw new Refused('export_forgotten', 'The file was kept for 30 days.')
  const why = status === 'failed' ? `It could not be made: ${failure}` : 'It is being made; ask again soon.'
  throw new Refused('export_not_ready', why, { exportStatus: status })
}
