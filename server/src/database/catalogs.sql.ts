import { instant } from './instant.ts'
import type { Session } from './transaction.ts'

export interface CatalogRow {
  readonly version: number
  readonly appliedAt: number
  readonly text: string
  readonly appliedBy: string | null
}

const COLUMNS = `version, applied_at as "appliedAt", text, applied_by as "appliedBy"`

/** All versions after `after`, oldest first: applied versions are never changed, so they are read once. */
export async function catalogRowsAfter(
  session: Session,
  project: number,
  after: number,
): Promise<CatalogRow[]> {
  const { rows } = await session.query(
    `select ${COLUMNS} from catalog_version where project_id = $1 and version > $2 order by version`,
    [project, after],
  )
  return rows
}

/** Locks the project, so that two versions applied at once get two numbers; answers the last number given. */
export async function lockCatalogVersion(session: Session, project: number): Promise<number> {
  const { rows } = await session.query<{ version: number }>(
    'select catalog_version as version from project where id = $1 for update',
    [project],
  )
  return rows[0]!.version
}

export async function insertCatalogRow(session: Session, project: number, row: CatalogRow): Promise<void> {
  await session.query(
    `insert into catalog_version (project_id, version, applied_at, text, applied_by)
     values ($1, $2, ${instant(3)}, $4, $5)`,
    [project, row.version, row.appliedAt, row.text, row.appliedBy],
  )
  await session.query('update project set catalog_version = $2 where id = $1', [project, row.version])
}

export interface VersionPage {
  readonly project: number
  readonly after: number | null
  readonly ascending: boolean
  readonly limit: number
}

export async function listCatalogRows(
  session: Session,
  page: VersionPage,
): Promise<Omit<CatalogRow, 'text'>[]> {
  const [sign, order] = page.ascending ? ['>', 'asc'] : ['<', 'desc']
  const { rows } = await session.query(
    `select version, applied_at as "appliedAt", applied_by as "appliedBy" from catalog_version
     where project_id = $1 and ($2::int is null or version ${sign} $2) order by version ${order} limit $3`,
    [page.project, page.after, page.limit],
  )
  return rows
}

/** Plans that somebody is on now, with how many: they cannot leave the catalog, and a change names them. */
export async function plansInUse(session: Session, project: number): Promise<Map<string, number>> {
  const { rows } = await session.query<{ plan: string; count: number }>(
    `select plan, count(*) as count
     from (select plan from pool where project_id = $1 and plan is not null
           union all
           select base_plan from pool where project_id = $1 and base_plan is not null) used
     group by plan`,
    [project],
  )
  return new Map(rows.map((row) => [row.plan, row.count]))
}

/** Whether any credits were ever granted: from then on the number of decimals stays. */
export async function hasLots(session: Session, project: number): Promise<boolean> {
  const { rows } = await session.query<{ found: boolean }>(
    `select exists (select 1 from pool join lot on lot.lane = pool.lane and lot.pool_id = pool.pool_id
                    where pool.project_id = $1) as found`,
    [project],
  )
  return rows[0]!.found
}
