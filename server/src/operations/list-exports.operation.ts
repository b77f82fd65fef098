/** Exports, newest first: of all accounts, of one, or of one schedule. */
import { type ExportPage, type ExportRow, listExportRows } from '../database/exports.sql.ts'
import type { Ask } from './ask.ts'

export function listExports(ask: Ask, page: Omit<ExportPage, 'project'>): Promise<ExportRow[]> {
  return listExportRows(ask.house.database.pool, { ...page, project: ask.project.id })
}
