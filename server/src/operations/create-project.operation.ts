/** Makes a project with its first catalog and its first key. Done at the machine, not through a key. */
import { insertCatalogRow } from '../database/catalogs.sql.ts'
import { insertKey } from '../database/keys.sql.ts'
import { insertProject, type ProjectRow } from '../database/projects.sql.ts'
import { inTransaction, type Session } from '../database/transaction.ts'
import { type Mode, mintKey } from '../directory/key-text.ts'
import { freshId } from '../directory/keys.ts'
import { readOrRefuse } from './catalog-change.ts'
import type { Installation } from './installation.ts'
import { Refused } from './refused.ts'

export interface ProjectRequest {
  /** null: the product's name in the catalog. */
  readonly name: string | null
  readonly mode: Mode
  readonly catalog: string
}

export interface ProjectMade {
  readonly project: ProjectRow
  /** Its first key, with every scope; shown once. */
  readonly apiKey: string
}

export function createProject(
  house: Installation,
  request: ProjectRequest,
  options: { readonly dryRun?: boolean } = {},
): Promise<ProjectMade> {
  return inTransaction(house.database.pool, (session) => makeProject(house, session, request), {
    undo: options.dryRun === true,
  })
}

async function makeProject(
  house: Installation,
  session: Session,
  request: ProjectRequest,
): Promise<ProjectMade> {
  const catalog = readOrRefuse(request.catalog)
  const createdAt = house.realTime()
  const name = request.name ?? catalog.product
  const row = await insertProject(session, {
    name,
    mode: request.mode,
    keyPrefix: catalog.keyPrefix,
    createdAt,
  })
  if (row === null)
    throw new Refused('project_exists', `There is a ${request.mode} project “${name}” already.`, {}, 'name')
  await insertCatalogRow(session, row.id, {
    version: 1,
    appliedAt: createdAt,
    text: request.catalog,
    appliedBy: null,
  })
  const { text, prefix, hash } = mintKey('scrip', request.mode)
  await insertKey(session, {
    id: freshId('key', createdAt),
    projectId: row.id,
    accountId: null,
    userId: null,
    name: 'first key',
    prefix,
    hash,
    scopes: ['admin'],
    permissions: [],
    createdAt,
    lastUsedAt: null,
    revokedAt: null,
    expiresAt: null,
  })
  return { project: { ...row, catalogVersion: 1 }, apiKey: text }
}
