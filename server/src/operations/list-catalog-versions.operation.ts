/** Every version ever applied, with when and by whom. */
import { type CatalogRow, listCatalogRows, type VersionPage } from '../database/catalogs.sql.ts'
import type { Ask } from './ask.ts'

export function listCatalogVersions(
  ask: Ask,
  page: Omit<VersionPage, 'project'>,
): Promise<Omit<CatalogRow, 'text'>[]> {
  return listCatalogRows(ask.house.database.pool, { ...page, project: ask.project.id })
}
