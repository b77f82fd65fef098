/** The catalog as it was applied: the newest version, or a given one. */
import type { CatalogRow } from '../database/catalogs.sql.ts'
import type { Ask } from './ask.ts'
import { Refused } from './refused.ts'

export function readCatalogText(ask: Ask, version: number | null): CatalogRow {
  const { catalogs } = ask.project
  const row = catalogs.rowOf(version ?? catalogs.latest)
  if (row !== null) return row
  if (version === null)
    throw new Refused('catalog_required', 'The project has no catalog yet: PUT /catalog makes its first.')
  throw new Refused('catalog_version_not_found', `There is no version ${version} of the catalog.`)
}
