/** What a new version of the catalog changes, and for how many. */
import {
  type ApplyFault,
  applyFaults,
  type Catalog,
  type CatalogChange,
  diffCatalogs,
  sayChange,
} from '@scrip/core'
import { type PlacedError, readCatalog } from '../catalog/read-catalog.ts'
import { hasLots, plansInUse } from '../database/catalogs.sql.ts'
import type { Session } from '../database/transaction.ts'
import { Refused } from './refused.ts'

export interface ChangeSaid extends Pick<CatalogChange, 'path' | 'subject' | 'id'> {
  readonly sentence: string
  readonly subscribers: number | null
}

/** The catalog of the text, or every fault of it with line and column. */
export function readOrRefuse(text: string): Catalog {
  const read = readCatalog(text, 'catalog.yaml')
  if ('catalog' in read) return read.catalog
  const [first] = read.errors
  const more = read.errors.length > 1 ? ` And ${read.errors.length - 1} more.` : ''
  throw new Refused(
    'catalog_invalid',
    `${first?.place ?? ''} ${first?.path ?? ''}: ${first?.message ?? ''}.${more}`,
    {
      errors: read.errors.map(sayError),
    },
  )
}

function sayError({ path, code, message, line, column }: PlacedError) {
  return { path, code, ...expectedAndFound(message), message, line, column }
}

function expectedAndFound(message: string): { expected: string; found: string | null } {
  const match = /^expected (.*), found (.*)$/s.exec(message)
  return match === null ? { expected: message, found: null } : { expected: match[1]!, found: match[2]! }
}

/** Refuses what a project in use forbids. */
export async function changesFrom(
  session: Session,
  project: number,
  from: Catalog | null,
  to: Catalog,
): Promise<ChangeSaid[]> {
  if (from === null) return []
  const counts = await plansInUse(session, project)
  const faults = applyFaults(from, to, {
    plans: [...counts.keys()],
    hasLots: await hasLots(session, project),
  })
  if (faults.length > 0) throw conflict(faults)
  return diffCatalogs(from, to).map((change) => {
    const subscribers = change.plan === null ? null : (counts.get(change.plan) ?? 0)
    const { path, subject, id } = change
    return { path, subject, id, sentence: sayChange(change, subscribers), subscribers }
  })
}

function conflict(faults: readonly ApplyFault[]): Refused {
  const errors = faults.map(({ path, code, message }) => ({
    path,
    code,
    ...expectedAndFound(message),
    message,
  }))
  return new Refused('catalog_conflict', `${faults[0]?.path}: ${faults[0]?.message}.`, { errors })
}
