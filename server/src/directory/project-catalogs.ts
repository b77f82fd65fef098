/**
 * All versions of one project's catalog, as the rules ask for them: which was live at an instant, and
 * a given one. Versions are never changed, so each is compiled once.
 */
import { assert, type Catalog, type Catalogs, type Instant } from '@scrip/core'
import { readCatalog } from '../catalog/read-catalog.ts'
import type { CatalogRow } from '../database/catalogs.sql.ts'

export interface ProjectCatalogs extends Catalogs {
  /** The newest version; 0 before the first. */
  readonly latest: number
  add(rows: readonly CatalogRow[]): void
  rowOf(version: number): CatalogRow | null
}

export function openProjectCatalogs(): ProjectCatalogs {
  const rows: CatalogRow[] = []
  const compiled = new Map<number, Catalog>()

  const version = (number: number): Catalog => {
    const known = compiled.get(number)
    if (known !== undefined) return known
    const row = rows[number - 1]
    assert(row !== undefined, `version ${number} of the catalog is loaded`)
    const catalog = compileRow(row)
    compiled.set(number, catalog)
    return catalog
  }

  return {
    get latest() {
      return rows.length
    },
    add(added) {
      for (const row of added) if (row.version === rows.length + 1) rows.push(row)
    },
    rowOf: (number) => rows[number - 1] ?? null,
    version,
    at(instant: Instant) {
      // From the newest backwards: nearly every question is about now. Before the first, the first counts.
      let number = rows.length
      while (number > 1 && rows[number - 1]!.appliedAt > instant) number--
      return version(number)
    },
    nextChange(after: Instant) {
      let next: Instant | null = null
      for (let number = rows.length; number > 1 && rows[number - 1]!.appliedAt > after; number--) {
        next = rows[number - 1]!.appliedAt
      }
      return next
    },
  }
}

function compileRow(row: CatalogRow): Catalog {
  const read = readCatalog(row.text, `version ${row.version}`)
  assert('catalog' in read, `version ${row.version} of the catalog, applied before, is still valid`)
  return { ...read.catalog, version: row.version, appliedAt: row.appliedAt }
}
