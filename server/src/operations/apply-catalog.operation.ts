/** Makes a new version of the catalog: checked as a whole, live from now on, kept for ever. */
import type { Catalog, Instant } from '@scrip/core'
import { insertCatalogRow, lockCatalogVersion } from '../database/catalogs.sql.ts'
import type { Session } from '../database/transaction.ts'
import { tell } from './account-write.ts'
import { type Ask, projectTime } from './ask.ts'
import { type ChangeSaid, changesFrom, readOrRefuse } from './catalog-change.ts'

export interface Applied {
  readonly catalog: Catalog
  readonly version: number
  readonly appliedAt: Instant
  readonly changes: readonly ChangeSaid[]
  /** False where the text is the one that is live already. */
  readonly changed: boolean
}

export async function applyCatalog(
  ask: Ask,
  session: Session,
  text: string,
  by: string | null,
): Promise<Applied> {
  const catalog = readOrRefuse(text)
  const latest = await lockCatalogVersion(session, ask.project.id)
  // Another process may have applied one since; what is compared with is the newest.
  const { catalogs } = (await ask.house.projects.newest(session, ask.project.id)) ?? ask.project
  const row = catalogs.rowOf(latest)
  if (row !== null && row.text === text) {
    return { catalog, version: latest, appliedAt: row.appliedAt, changes: [], changed: false }
  }
  const before = latest === 0 ? null : catalogs.version(latest)
  const changes = await changesFrom(session, ask.project.id, before, catalog)
  // Versions follow each other in time, whatever a clock says.
  const appliedAt = Math.max(projectTime(ask), latest > 1 ? (row?.appliedAt ?? 0) : 0)
  const version = latest + 1
  await insertCatalogRow(session, ask.project.id, { version, appliedAt, text, appliedBy: by })
  await tell(ask, session, 'catalog.applied', null, { version })
  return { catalog, version, appliedAt, changes, changed: true }
}
